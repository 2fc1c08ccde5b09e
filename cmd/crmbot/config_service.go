package main

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/adapters/openai"
	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// ThreadConfig is a place where colleagues answer customers.
type ThreadConfig struct {
	Place string   `yaml:"place"` // "platform:install/chat"
	From  []string `yaml:"from"`  // "platform:install"
	Team  string   `yaml:"team"`
}

// HoursConfig is when somebody is there. An empty one is always, one without
// days is from Monday to Friday.
type HoursConfig struct {
	Days     []string `yaml:"days"`
	From     string   `yaml:"from"`
	To       string   `yaml:"to"`
	Holidays []string `yaml:"holidays"`
}

// HandoffConfig is how a person takes over and leaves again.
type HandoffConfig struct {
	AnswerWithin string `yaml:"answer_within"`
	OpenEach     int    `yaml:"open_each"`
	Idle         string `yaml:"idle"`
	Reopen       string `yaml:"reopen"`
	LiveFor      string `yaml:"live_for"`
}

// FloodConfig is how much one sender may write.
type FloodConfig struct {
	PerMinute int    `yaml:"per_minute"`
	Mute      string `yaml:"mute"`
}

// TranslateConfig is where translations come from.
type TranslateConfig struct {
	URL      string   `yaml:"url"`
	Key      string   `yaml:"key"`
	Model    string   `yaml:"model"`
	Proxy    string   `yaml:"proxy"`
	Glossary []string `yaml:"glossary"`
}

// desks are the pages where colleagues answer in the browser, as places of
// threads.
func desks(doors []door) (all []bot.ThreadPlace) {
	for _, d := range doors {
		if d.platform == webchat.Platform && d.audience == crm.AudienceStaff {
			all = append(all, bot.ThreadPlace{Platform: d.platform, Install: d.install, Chat: webchat.Desk})
		}
	}
	return all
}

// reachable are the places of the config behind doors that are open: a terminal
// opens none of them.
func (c *Config) reachable(doors []door) (all []bot.ThreadPlace) {
	for _, p := range c.places {
		if slices.ContainsFunc(doors, func(d door) bool { return d.platform == p.Platform && d.install == p.Install }) {
			all = append(all, p)
		}
	}
	return all
}

// placesOf are the chats of colleagues at an install where customers write.
func (c *Config) placesOf(d door) (chats []bot.ChatID) {
	for _, p := range c.places {
		if p.Platform == d.platform && p.Install == d.install && d.audience == crm.AudienceCustomers {
			chats = append(chats, p.Chat)
		}
	}
	return chats
}

// threadless is the complaint about a place at an install that can open no
// thread, nil if there is none.
func (c *Config) threadless(d door, f bot.Features) error {
	if f.Can(bot.OpThread) {
		return nil
	}
	for i, p := range c.places {
		if p.Platform == d.platform && p.Install == d.install {
			return wrongUse(&fault{
				lang: c.Language, config: c.path, line: c.placeLines[i],
				word: "config.thread.none", pairs: []any{"key", "threads.place", "value", c.Threads[i].Place},
			})
		}
	}
	return nil
}

// page is the address of the first of these pages, "" if there is none.
func (c *Config) page(desks []bot.ThreadPlace) string {
	if len(desks) == 0 {
		return ""
	}
	at := strings.TrimRight(c.PublicURL, "/")
	if at == "" {
		_, port, _ := net.SplitHostPort(c.Listen)
		at = "http://" + net.JoinHostPort("localhost", port)
	}
	return fmt.Sprintf("%s/chat/%s", at, desks[0].Install)
}

// validateService checks what says how customers are answered by people.
func (c *Config) validateService() error {
	for _, check := range []func() error{c.validateThreads, c.validateHours, c.validateHandoff, c.validateTranslate, c.validateKnowledge} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) validateThreads() error {
	installs := map[string]bool{}
	for _, a := range c.Adapters {
		installs[string(a.Platform)+":"+string(a.Install)] = true
	}
	c.places = nil
	for i, t := range c.Threads {
		key := fmt.Sprintf("threads.%d", i)
		install, chat, ok := strings.Cut(t.Place, "/")
		platform, name, _ := strings.Cut(install, ":")
		switch {
		case !ok || platform == "" || name == "" || chat == "":
			return badKey(key+".place", "config.thread", "value", t.Place, "like", "slack:team/C0123ABCD")
		case !installs[install]:
			return badKey(key+".place", "config.thread.install", "value", install)
		case slices.ContainsFunc(c.Threads[:i], func(other ThreadConfig) bool { return other.Place == t.Place }):
			return badKey(key+".place", "config.thread.twice", "value", t.Place)
		}
		for n, from := range t.From {
			if !installs[from] {
				return badKey(fmt.Sprintf("%s.from.%d", key, n), "config.thread.install", "value", from)
			}
		}
		if bot.Platform(platform) == webchat.Platform { // its threads open on a page for colleagues, without being asked to
			return badKey(key+".place", "config.thread.none", "value", t.Place)
		}
		c.places = append(c.places, bot.ThreadPlace{
			Platform: bot.Platform(platform), Install: bot.Install(name), Chat: bot.ChatID(chat), From: t.From, Team: t.Team,
		})
	}
	return nil
}

// weekdays are the days as the config names them.
var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

func (c *Config) validateHours() error {
	h := c.Hours
	c.hours = crm.Hours{}
	if len(h.Days) == 0 && h.From == "" && h.To == "" && len(h.Holidays) == 0 {
		return nil
	}
	c.hours = crm.Hours{Holidays: h.Holidays, Zone: c.zone}
	for i, name := range h.Days {
		day, ok := weekdays[name]
		if !ok {
			return badKey(fmt.Sprintf("hours.days.%d", i), "config.hours.day", "value", name)
		}
		c.hours.Days = append(c.hours.Days, day)
	}
	if len(h.Days) == 0 {
		c.hours.Days = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	var err error
	if c.hours.From, err = clock("hours.from", h.From); err != nil {
		return err
	}
	if c.hours.To, err = clock("hours.to", h.To); err != nil {
		return err
	}
	if c.hours.To <= c.hours.From {
		return badKey("hours.to", "config.hours.order")
	}
	for i, day := range h.Holidays {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return badKey(fmt.Sprintf("hours.holidays.%d", i), "config.hours.holiday", "value", day)
		}
	}
	return nil
}

// clock reads a time of the day, to 24:00.
func clock(key, value string) (time.Duration, error) {
	if value == "" {
		return 0, badKey(key, "config.given")
	}
	hour, minute, ok := strings.Cut(value, ":")
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	at := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if !ok || err != nil || err2 != nil || len(minute) != 2 || h < 0 || m < 0 || m > 59 || at > 24*time.Hour {
		return 0, badKey(key, "config.hours.clock", "value", value)
	}
	return at, nil
}

func (c *Config) validateHandoff() error {
	h, f := c.Handoff, c.Flood
	for _, d := range []struct {
		key, value string
		least      time.Duration
		to         *time.Duration
	}{
		{"hold", c.Hold, 0, &c.hold},
		{"handoff.answer_within", h.AnswerWithin, time.Minute, &c.rules.AnswerWithin},
		{"handoff.idle", h.Idle, time.Minute, &c.rules.Idle},
		{"handoff.reopen", h.Reopen, time.Minute, &c.rules.Reopen},
		{"handoff.live_for", h.LiveFor, time.Minute, &c.rules.LiveFor},
		{"flood.mute", f.Mute, time.Minute, &c.mute},
	} {
		length, ok := span(d.value)
		if d.value != "" && (!ok || length < d.least) {
			return badKey(d.key, "config.span", "value", d.value)
		}
		*d.to = length
	}
	switch {
	case c.hold > time.Hour:
		return badKey("hold", "config.hold")
	case h.OpenEach < 0:
		return badKey("handoff.open_each", "config.count", "value", h.OpenEach)
	case f.PerMinute < 0:
		return badKey("flood.per_minute", "config.count", "value", f.PerMinute)
	}
	c.rules.OpenEach = h.OpenEach
	return nil
}

// span reads a length of time such as 10s, 15m, 12h or 7d.
func span(s string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n <= 3650
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

func (c *Config) validateTranslate() error {
	t := c.Translate
	switch {
	case t.URL == "" && t.Key == "" && t.Model == "" && t.Proxy == "" && len(t.Glossary) == 0:
		return nil
	case t.URL == "" || bot.CheckURL("url", t.URL) != nil:
		return badKey("translate.url", "config.translate.url")
	case t.Model == "":
		return badKey("translate.model", "config.translate.model")
	}
	if t.Proxy != "" {
		if _, err := bot.ProxyURL(t.Proxy); err != nil {
			return badKey("translate.proxy", "config.begins", "want", "http://, https:// / socks5://")
		}
	}
	return nil
}

// translate is the translator of the config.
func (c *Config) translate() (*openai.Translator, error) {
	t := c.Translate
	return openai.NewTranslator(openai.Config{URL: t.URL, Key: t.Key, Model: t.Model, Proxy: t.Proxy, Glossary: t.Glossary})
}
