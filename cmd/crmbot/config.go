package main

import (
	_ "embed" // the sources
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

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
	LogFormat   string          `yaml:"log_format"`
	Stages      []StageConfig   `yaml:"stages"`
	Sources     []SourceConfig  `yaml:"sources"`
	Users       []UserConfig    `yaml:"users"`
	Adapters    []AdapterConfig `yaml:"adapters"`
	Threads     []ThreadConfig  `yaml:"threads"`
	Hold        string          `yaml:"hold"`
	Hours       HoursConfig     `yaml:"hours"`
	Handoff     HandoffConfig   `yaml:"handoff"`
	Survey      bool            `yaml:"survey"`
	Flood       FloodConfig     `yaml:"flood"`
	Translate   TranslateConfig `yaml:"translate"`
	Knowledge   KnowledgeConfig `yaml:"knowledge"`

	path      string // of the file, "" if it is none
	zone      *time.Location
	stages    crm.Stages
	level     slog.Level
	places    []bot.ThreadPlace
	hold      time.Duration
	hours     crm.Hours
	rules     crm.Rules
	mute      time.Duration
	knowledge bot.Knowledge
	// placeLines is where the entries of threads stand, keeperLines those of
	// knowledge.keepers, translator the block of translate, model that of
	// knowledge.model.
	placeLines  []int
	keeperLines []int
	translator  ast.Node
	model       ast.Node
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
			return nil, badKey("users", "config.identity", "handle", u.Handle, "value", s)
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
	a.block = block
	if err := yaml.NodeToValue(block, &common); err != nil {
		return nil // a block that is none has no platform: validate says so
	}
	a.Platform, a.Install, a.Audience = common.Platform, common.Install, common.Audience
	return nil
}

// name is the install as people tell it from others.
func (a AdapterConfig) name() string { return string(a.Platform) + "/" + string(a.Install) }

// line is where the block begins.
func (a AdapterConfig) line() int { return a.block.GetToken().Position.Line }

// sources is where customers come from, where the file does not say.
//
//go:embed sources.yaml
var sources []byte

// defaultConfig is what holds where the file says nothing.
func defaultConfig() *Config {
	c := &Config{
		Language: "en", Timezone: "Asia/Shanghai", Currency: "CNY", Country: "CN", DayEnds: 18,
		Database: "crmbot.db", Listen: ":8080", AdminListen: "127.0.0.1:9090", Log: "info", LogFormat: "text",
		Hold: "10s", Survey: true, Flood: FloodConfig{PerMinute: 20, Mute: "10m"},
		Knowledge: defaultKnowledge(),
	}
	if err := yaml.Unmarshal(sources, c); err != nil {
		panic(err) // a programmer's mistake: it is part of the program
	}
	return c
}

// readConfig reads and checks a config with the secrets beside it. Its error is
// a fault.
func readConfig(path string) (*Config, error) {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrongUse(&fault{word: "config.none", pairs: []any{"file", path}})
	case err != nil:
		return nil, wrongUse(fmt.Errorf("config: %w", err))
	}
	if err := loadEnv(path); err != nil {
		return nil, wrongUse(told(err, path, raw))
	}
	cfg, err := parseConfig(raw)
	if err != nil {
		return nil, wrongUse(told(err, path, raw))
	}
	cfg.path = path
	return cfg, nil
}

// told says in a fault of which config and in which language it is.
func told(err error, path string, raw []byte) error {
	if f, is := errors.AsType[*fault](err); is {
		f.config, f.lang = path, languageOf(raw)
	}
	return err
}

// parseConfig reads and checks the text of a config.
func parseConfig(raw []byte) (*Config, error) {
	file, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return nil, unread(err, nil)
	}
	cfg := defaultConfig()
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return cfg, cfg.validate()
	}
	body := file.Docs[0].Body
	env := &expander{}
	ast.Walk(env, body)
	if len(env.missing) > 0 {
		return nil, &fault{line: env.line, word: "config.unset", pairs: []any{"names", strings.Join(env.missing, ", ")}}
	}
	if err := yaml.NodeToValue(body, cfg, yaml.Strict()); err != nil {
		return nil, unread(err, body)
	}
	if err := cfg.validate(); err != nil {
		return nil, at(err, body)
	}
	for i := range cfg.Threads {
		cfg.placeLines = append(cfg.placeLines, lineOf(body, fmt.Sprintf("threads.%d.place", i)))
	}
	if translate := entry(body, "translate"); translate != nil {
		cfg.translator = translate.Value
	}
	for i := range cfg.Knowledge.Keepers {
		cfg.keeperLines = append(cfg.keeperLines, lineOf(body, fmt.Sprintf("knowledge.keepers.%d", i)))
	}
	if knowledge := entry(body, "knowledge"); knowledge != nil {
		if model := entry(knowledge.Value, "model"); model != nil {
			cfg.model = model.Value
		}
	}
	return cfg, nil
}

// expander puts the environment into ${NAME} of every text value.
type expander struct {
	missing []string
	line    int // of the first that is missing
}

// Visit implements ast.Visitor.
func (e *expander) Visit(node ast.Node) ast.Visitor {
	if s, ok := node.(*ast.StringNode); ok && strings.Contains(s.Value, "${") {
		s.Value = os.Expand(s.Value, func(name string) string {
			value, ok := os.LookupEnv(name)
			if !ok {
				if e.line == 0 {
					e.line = s.GetToken().Position.Line
				}
				e.missing = append(e.missing, name)
			}
			return value
		})
	}
	return e
}

// company is the config as the conversation sees it, with the places where
// colleagues answer behind doors that are open.
func (c *Config) company(doors []door) *bot.Company {
	pages := desks(doors)
	company := &bot.Company{
		Name: c.Company, Language: c.Language, Zone: c.zone, Currency: c.Currency, Country: c.Country,
		Stages: c.stages, DayEnds: c.DayEnds,
		Threads: slices.Concat(c.reachable(doors), pages), Hold: c.hold, Hours: c.hours, Rules: c.rules, Survey: c.Survey,
		Flood: bot.Flood{PerMinute: c.Flood.PerMinute, Mute: c.mute}, Translates: c.Translate.URL != "",
		Page: c.page(pages), Started: now(), Knowledge: c.knowledge,
	}
	for _, s := range c.Sources {
		company.Sources = append(company.Sources, bot.Source(s))
	}
	return company
}

// settings is the config as the business sees it.
func (c *Config) settings() crm.Settings {
	return crm.Settings{
		Stages: c.stages, Zone: c.zone, Currency: c.Currency, Country: c.Country,
		Hours: c.hours, Rules: c.rules,
	}
}
