package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/crm"
)

// Config is the file that crmbot serve reads. config.example.yaml teaches
// every key of it.
type Config struct {
	Company     string          `yaml:"company"`
	Language    string          `yaml:"language"`
	Timezone    string          `yaml:"timezone"`
	Currency    string          `yaml:"currency"`
	Country     string          `yaml:"country"`
	DayEnds     int             `yaml:"day_ends"`
	Database    string          `yaml:"database"`
	Listen      string          `yaml:"listen"`
	AdminListen string          `yaml:"admin_listen"`
	Pprof       bool            `yaml:"pprof"`
	PublicURL   string          `yaml:"public_url"`
	Log         string          `yaml:"log"`
	Stages      []StageConfig   `yaml:"stages"`
	Sources     []SourceConfig  `yaml:"sources"`
	Users       []UserConfig    `yaml:"users"`
	Adapters    []AdapterConfig `yaml:"adapters"`

	zone   *time.Location
	stages crm.Stages
	level  slog.Level
}

// StageConfig is one step of the sales process.
type StageConfig struct {
	Key         string            `yaml:"key"`
	Names       map[string]string `yaml:"names"`
	Probability int               `yaml:"probability"`
	Won         bool              `yaml:"won"`
	Lost        bool              `yaml:"lost"`
}

// SourceConfig is one place where customers come from.
type SourceConfig struct {
	Name  string   `yaml:"name"`
	Words []string `yaml:"words"`
}

// UserConfig is somebody who works here, for an empty database.
type UserConfig struct {
	Handle     string   `yaml:"handle"`
	Name       string   `yaml:"name"`
	Role       string   `yaml:"role"`
	Team       string   `yaml:"team"`
	Identities []string `yaml:"identities"`
}

// identityKeys reads "platform/install/…" spelled "platform:install/sender".
func (u UserConfig) identityKeys() ([]crm.IdentityKey, error) {
	var keys []crm.IdentityKey
	for _, s := range u.Identities {
		platform, rest, ok := strings.Cut(s, ":")
		install, sender, ok2 := strings.Cut(rest, "/")
		if !ok || !ok2 || platform == "" || install == "" || sender == "" {
			return nil, badKey("users", "%s: identities: %q is not platform:install/sender", u.Handle, s)
		}
		keys = append(keys, crm.IdentityKey{Platform: platform, Install: install, Sender: sender})
	}
	return keys, nil
}

// AdapterConfig is one install. The block is read once more by its platform.
type AdapterConfig struct {
	Platform bot.Platform
	Install  bot.Install
	Audience crm.Audience
	block    ast.Node
}

// UnmarshalYAML takes the keys that every platform has.
func (a *AdapterConfig) UnmarshalYAML(block ast.Node) error {
	var common struct {
		Platform bot.Platform `yaml:"platform"`
		Install  bot.Install  `yaml:"install"`
		Audience crm.Audience `yaml:"audience"`
	}
	line := block.GetToken().Position.Line
	if err := yaml.NodeToValue(block, &common); err != nil {
		return fmt.Errorf("[%d] adapters: expected a block of keys that begins with platform", line)
	}
	a.Platform, a.Install, a.Audience, a.block = common.Platform, common.Install, common.Audience, block
	entry, known := adapters.Platforms[string(a.Platform)]
	switch {
	case a.Platform == "":
		return fmt.Errorf("[%d] adapters: platform is missing", line)
	case !known:
		return fmt.Errorf("[%d] adapters: platform %q is not known; expected one of %s", line, a.Platform,
			strings.Join(slices.Sorted(maps.Keys(adapters.Platforms)), ", "))
	case a.Install == "":
		return fmt.Errorf("[%d] adapters: install is missing: a short name of your own, such as shop", line)
	case strings.ContainsAny(string(a.Install), "/ ?#:"):
		return fmt.Errorf("[%d] adapters: install %q must not contain / : ? # or spaces", line, a.Install)
	}
	switch a.Audience {
	case "":
		a.Audience = crm.AudienceCustomers
		if entry.Staff {
			a.Audience = crm.AudienceStaff
		}
	case crm.AudienceCustomers, crm.AudienceStaff:
	default:
		return fmt.Errorf("[%d] adapters: audience must be customers or staff, not %q", line, a.Audience)
	}
	return nil
}

// defaultConfig is what holds where the file says nothing.
func defaultConfig() *Config {
	return &Config{
		Language: "en", Timezone: "Asia/Shanghai", Currency: "CNY", Country: "CN", DayEnds: 18,
		Database: "crmbot.db", Listen: ":8080", AdminListen: "127.0.0.1:9090", Log: "info",
	}
}

// loadConfig reads and checks a file. An error names the line, the key and
// what was expected; it never shows a value that may be a secret.
func loadConfig(path string) (*Config, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, wrongUse(fmt.Errorf("there is no %s; crmbot init writes one, and config.example.yaml explains it", path))
	}
	if err != nil {
		return nil, wrongUse(fmt.Errorf("config: %w", err))
	}
	cfg, err := parseConfig(raw)
	if err != nil {
		return nil, wrongUse(fmt.Errorf("%s: %w", filepath.Base(path), err))
	}
	return cfg, nil
}

func parseConfig(raw []byte) (*Config, error) {
	file, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return nil, plainYAMLError(err, nil)
	}
	cfg := defaultConfig()
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return cfg, cfg.validate()
	}
	body := file.Docs[0].Body
	env := &expander{}
	ast.Walk(env, body)
	if len(env.missing) > 0 {
		return nil, errors.New(strings.Join(env.missing, "\n"))
	}
	if err := yaml.NodeToValue(body, cfg, yaml.Strict()); err != nil {
		return nil, plainYAMLError(err, body)
	}
	if err := cfg.validate(); err != nil {
		return nil, withLine(err, body)
	}
	return cfg, nil
}

// expander puts the environment into ${NAME} of every text value.
type expander struct{ missing []string }

// Visit implements ast.Visitor.
func (e *expander) Visit(node ast.Node) ast.Visitor {
	if s, ok := node.(*ast.StringNode); ok && strings.Contains(s.Value, "${") {
		s.Value = os.Expand(s.Value, func(name string) string {
			value, ok := os.LookupEnv(name)
			if !ok {
				e.missing = append(e.missing, fmt.Sprintf(
					"line %d: the variable %s is not set: export it before you start crmbot", s.GetToken().Position.Line, name))
			}
			return value
		})
	}
	return e
}

// validate checks what can be checked without opening anything.
func (c *Config) validate() error {
	zone, err := time.LoadLocation(c.Timezone)
	c.zone = zone
	switch {
	case err != nil || c.Timezone == "":
		return badKey("timezone", "%q is not known; expected a name such as Asia/Shanghai or Europe/Berlin", c.Timezone)
	case c.Language != "en" && c.Language != "zh-CN":
		return badKey("language", "%q is not spoken here; expected en or zh-CN", c.Language)
	case len(c.Currency) != 3 || strings.ToUpper(c.Currency) != c.Currency:
		return badKey("currency", "%q; expected three capital letters such as CNY, EUR or USD", c.Currency)
	case len(c.Country) != 2 || strings.ToUpper(c.Country) != c.Country:
		return badKey("country", "%q; expected two capital letters such as CN, DE or US", c.Country)
	case c.DayEnds < 1 || c.DayEnds > 23:
		return badKey("day_ends", "%d; expected an hour from 1 to 23", c.DayEnds)
	case c.PublicURL != "" && !strings.HasPrefix(c.PublicURL, "https://") && !strings.HasPrefix(c.PublicURL, "http://"):
		return badKey("public_url", "expected an address that begins with https://")
	}
	for _, check := range []func() error{c.validateOpenings, c.validateStages, c.validateUsers, c.validateAdapters} {
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
		return badKey("database", "expected a file name such as crmbot.db, or postgres://user:password@host/name")
	}
	for key, address := range map[string]string{"listen": c.Listen, "admin_listen": c.AdminListen} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return badKey(key, "%q; expected host:port such as 127.0.0.1:9090, or :8080 for every address of this machine", address)
		}
	}
	if err := c.level.UnmarshalText([]byte(c.Log)); err != nil {
		return badKey("log", "%q; expected debug, info, warn or error", c.Log)
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
		return badKey("stages", "expected at least three, each with its own key and a probability from 0 to 100, "+
			"exactly one with won: true and one with lost: true, and an open one first")
	}
	return nil
}

func (c *Config) validateUsers() error {
	for _, u := range c.Users {
		if u.Handle == "" || u.Name == "" {
			return badKey("users", "every user needs a handle and a name")
		}
		if _, err := crm.ParseRole(u.Role); err != nil {
			return badKey("users", "%s: role %q; expected admin, manager, sales or service", u.Handle, u.Role)
		}
		if _, err := u.identityKeys(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) validateAdapters() error {
	seen := map[string]bool{}
	for _, a := range c.Adapters {
		name := string(a.Platform) + "/" + string(a.Install)
		if seen[name] {
			return badKey("adapters", "%s is there twice; give each its own install", name)
		}
		seen[name] = true
	}
	return nil
}

// company is the config as the conversation sees it.
func (c *Config) company() *bot.Company {
	company := &bot.Company{
		Name: c.Company, Language: c.Language, Zone: c.zone, Currency: c.Currency, Country: c.Country,
		Stages: c.stages, DayEnds: c.DayEnds,
	}
	for _, s := range c.Sources {
		company.Sources = append(company.Sources, bot.Source(s))
	}
	return company
}

// settings is the config as the business sees it.
func (c *Config) settings() crm.Settings {
	return crm.Settings{Stages: c.stages, Zone: c.zone, Currency: c.Currency, Country: c.Country}
}
