package main

import (
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"crmbot/adapters"
	"crmbot/crm"
)

// validate checks what can be checked without opening anything.
func (c *Config) validate() error {
	zone, err := time.LoadLocation(c.Timezone)
	c.zone = zone
	switch {
	case err != nil || c.Timezone == "":
		return badKey("timezone", "config.timezone", "value", c.Timezone)
	case c.Language != "en" && c.Language != "zh-CN":
		return badKey("language", "config.language", "value", c.Language)
	case !isCurrency(c.Currency):
		return badKey("currency", "config.currency", "value", c.Currency)
	case !isCountry(c.Country):
		if like := likeCountry(c.Country); like != "" {
			return badKey("country", "config.country.like", "value", c.Country, "like", like)
		}
		return badKey("country", "config.country", "value", c.Country)
	case c.DayEnds < 1 || c.DayEnds > 23:
		return badKey("day_ends", "config.day_ends")
	case c.PublicURL != "" && !strings.HasPrefix(c.PublicURL, "https://") && !strings.HasPrefix(c.PublicURL, "http://"):
		return badKey("public_url", "config.public_url")
	}
	for _, check := range []func() error{c.validateOpenings, c.validateStages, c.validateUsers, c.validateAdapters, c.validateService} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// validateOpenings checks where things are kept and where we listen.
func (c *Config) validateOpenings() error {
	scheme, _, isURL := strings.Cut(c.Database, "://")
	if c.Database == "" || isURL && scheme != "postgres" && scheme != "postgresql" {
		return badKey("database", "config.database")
	}
	for _, l := range [][2]string{{"listen", c.Listen}, {"admin_listen", c.AdminListen}} {
		if _, _, err := net.SplitHostPort(l[1]); err != nil {
			return badKey(l[0], "config.listen")
		}
	}
	if err := c.level.UnmarshalText([]byte(c.Log)); err != nil {
		return badKey("log", "config.log")
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		return badKey("log_format", "config.log_format")
	}
	return nil
}

func (c *Config) validateStages() error {
	c.stages = crm.DefaultStages()
	if len(c.Stages) == 0 {
		return nil
	}
	c.stages = nil
	for _, s := range c.Stages {
		c.stages = append(c.stages, crm.Stage(s))
	}
	if err := c.stages.Validate(); err != nil {
		return badKey("stages", "config.stages")
	}
	return nil
}

func (c *Config) validateUsers() error {
	for _, u := range c.Users {
		if u.Handle == "" || u.Name == "" {
			return badKey("users", "config.user")
		}
		if _, err := crm.ParseRole(u.Role); err != nil {
			return badKey("users", "config.role", "handle", u.Handle, "value", u.Role)
		}
		if _, err := u.identityKeys(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) validateAdapters() error {
	seen := map[string]bool{}
	for i := range c.Adapters {
		a := &c.Adapters[i]
		if err := a.validate(); err != nil {
			return err
		}
		if seen[a.name()] {
			return a.bad("config.twice", "value", a.name())
		}
		seen[a.name()] = true
	}
	return nil
}

// bad complains about a block.
func (a *AdapterConfig) bad(word string, pairs ...any) error {
	return &fault{line: a.line(), word: word, pairs: pairs}
}

// validate checks the keys that every platform has, and fills in whom the
// install is for.
func (a *AdapterConfig) validate() error {
	entry, known := adapters.Platforms[string(a.Platform)]
	switch {
	case a.Platform == "":
		return a.bad("config.block")
	case !known:
		return a.bad("config.platform", "value", string(a.Platform), "want", strings.Join(slices.Sorted(maps.Keys(adapters.Platforms)), ", "))
	case a.Install == "":
		return a.bad("config.given", "key", "install")
	case strings.ContainsAny(string(a.Install), "/ ?#:"):
		return a.bad("config.install", "value", string(a.Install))
	}
	switch a.Audience {
	case "":
		a.Audience = crm.AudienceCustomers
		if entry.Staff {
			a.Audience = crm.AudienceStaff
		}
	case crm.AudienceCustomers, crm.AudienceStaff:
	default:
		return a.bad("config.audience")
	}
	return nil
}

// isCountry says whether s is the two-letter code of a country.
func isCountry(s string) bool {
	region, err := language.ParseRegion(s)
	return len(s) == 2 && strings.ToUpper(s) == s && err == nil && region.IsCountry() && region.Canonicalize() == region
}

// likeCountry is the code that whoever wrote s may mean, "" if nobody knows.
func likeCountry(s string) string {
	if len(s) != 2 {
		return ""
	}
	region, err := language.ParseRegion(strings.ToUpper(s))
	if like := region.Canonicalize().String(); err == nil && isCountry(like) {
		return like
	}
	return ""
}

// isCurrency says whether s is the three-letter code of a currency.
func isCurrency(s string) bool {
	_, err := currency.ParseISO(s)
	return len(s) == 3 && strings.ToUpper(s) == s && err == nil && s != "XXX"
}
