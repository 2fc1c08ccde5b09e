package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/adapters/openai"
	"crmbot/bot"
)

// KnowledgeConfig is how the knowledge base is kept and used.
type KnowledgeConfig struct {
	Wrong   string      `yaml:"wrong"`   // "10%"
	Keepers []string    `yaml:"keepers"` // handles
	Weekly  string      `yaml:"weekly"`  // "mon 09:00" or "off"
	Model   ModelConfig `yaml:"model"`
}

// ModelConfig is the model that is asked what the knowledge base does not know
// surely.
type ModelConfig struct {
	URL    string `yaml:"url"`
	Key    string `yaml:"key"`
	Embed  string `yaml:"embed"`
	Answer string `yaml:"answer"`
	Proxy  string `yaml:"proxy"`
	Wait   string `yaml:"wait"`
	PerDay int    `yaml:"per_day"`
}

// defaultKnowledge is what holds where the file says nothing.
func defaultKnowledge() KnowledgeConfig {
	return KnowledgeConfig{Wrong: "10%", Weekly: "mon 09:00", Model: ModelConfig{Wait: "6s", PerDay: 500}}
}

// The least and the most of what a config may say.
const (
	wrongLeast, wrongMost = 0.1, 50.0 // of a hundred
	waitLeast, waitMost   = time.Second, time.Minute
)

func (c *Config) validateKnowledge() error {
	k := c.Knowledge
	wrong, ok := percent(k.Wrong)
	if !ok {
		return badKey("knowledge.wrong", "config.knowledge.wrong", "value", k.Wrong)
	}
	weekly, ok := week(k.Weekly)
	if !ok {
		return badKey("knowledge.weekly", "config.knowledge.weekly", "value", k.Weekly)
	}
	for i, handle := range k.Keepers {
		key := fmt.Sprintf("knowledge.keepers.%d", i)
		switch {
		case strings.TrimSpace(handle) == "" || strings.ContainsAny(handle, " @"):
			return badKey(key, "config.knowledge.keeper", "value", handle)
		case slices.Contains(k.Keepers[:i], handle):
			return badKey(key, "config.knowledge.twice", "value", handle)
		}
	}
	m := k.Model
	wait, ok := span(m.Wait)
	switch {
	case m.URL == "" && (m.Key != "" || m.Embed != "" || m.Answer != "" || m.Proxy != ""),
		m.URL != "" && bot.CheckURL("url", m.URL) != nil:
		return badKey("knowledge.model.url", "config.translate.url")
	case m.URL != "" && m.Embed == "" && m.Answer == "":
		return badKey("knowledge.model", "config.knowledge.model")
	case !ok || wait < waitLeast || wait > waitMost:
		return badKey("knowledge.model.wait", "config.knowledge.wait", "value", m.Wait)
	case m.PerDay < 0:
		return badKey("knowledge.model.per_day", "config.count")
	}
	if m.Proxy != "" {
		if _, err := bot.ProxyURL(m.Proxy); err != nil {
			return badKey("knowledge.model.proxy", "config.begins", "want", "http://, https:// / socks5://")
		}
	}
	c.knowledge = bot.Knowledge{
		Wrong: wrong, Keepers: k.Keepers, Weekly: weekly,
		Embeds: m.Embed != "", Answers: m.Answer != "", Wait: wait, PerDay: m.PerDay,
	}
	return nil
}

// percent reads "10%" as 0.1.
func percent(s string) (float64, bool) {
	digits, ok := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	return n / 100, ok && err == nil && n >= wrongLeast && n <= wrongMost
}

// week reads "mon 09:00", or "off".
func week(s string) (bot.Weekly, bool) {
	if s == "off" {
		return bot.Weekly{Off: true}, true
	}
	name, at, _ := strings.Cut(s, " ")
	day, known := weekdays[name]
	minute, err := clock("", strings.TrimSpace(at))
	return bot.Weekly{Day: day, Minute: int(minute / time.Minute)}, known && err == nil && minute < 24*time.Hour
}

// models are the models of the config, nil where it names none.
func (c *Config) models() (bot.Embedder, bot.Answerer, error) {
	m := c.Knowledge.Model
	at := func(model string) openai.Config {
		return openai.Config{URL: m.URL, Key: m.Key, Proxy: m.Proxy, Model: model}
	}
	var embedder bot.Embedder
	var answerer bot.Answerer
	if m.Embed != "" {
		e, err := openai.NewEmbedder(at(m.Embed))
		if err != nil {
			return nil, nil, badKey("knowledge.model", "config.mistake", "cause", err.Error())
		}
		embedder = e
	}
	if m.Answer != "" {
		a, err := openai.NewAnswerer(at(m.Answer))
		if err != nil {
			return nil, nil, badKey("knowledge.model", "config.mistake", "cause", err.Error())
		}
		answerer = a
	}
	return embedder, answerer, nil
}
