package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/bot/locale"
)

// spot is where the value of a key really stands: in the config, or in a
// variable that the config names, which the file of secrets sets or whoever
// starts the program. Only this says where to correct a value.
type spot struct {
	config   string // path of the config
	install  string // platform/install
	key      string
	line     int    // 0: the config does not have the key
	variable string // "": the value stands in the config
}

// spot finds the value of a key of an install.
func (c *Config) spot(a AdapterConfig, key string) spot {
	return spotOf(c.path, a.name(), a.block, key)
}

func spotOf(config, install string, block ast.Node, key string) spot {
	s := spot{config: config, install: install, key: key}
	v := entry(block, key)
	if v == nil {
		return s
	}
	s.line = v.Key.GetToken().Position.Line
	if named := variables.FindStringSubmatch(v.Value.GetToken().Value); named != nil {
		s.variable = named[1]
	}
	return s
}

// variables finds ${NAME}.
var variables = regexp.MustCompile(`\$\{(\w+)\}`)

// in says it, and what to do there.
func (s spot) in(words *locale.Words) string {
	file := s.config
	word := "place.line"
	switch {
	case s.variable != "" && s.ours():
		word, file = "place.env", envFile(s.config)
	case s.variable != "":
		word = "place.outside"
	case s.line == 0 && s.key == "public_url":
		word = "place.top"
	case s.line == 0:
		word = "place.new"
	}
	told := words.Label(word, "key", s.key, "file", configName(file), "line", s.line, "name", s.variable, "install", s.install)
	if word == "place.outside" || !s.asked() {
		return told
	}
	return words.Label("place.or", "place", told, "repair", words.Label("init.exists.change"))
}

// asked says whether crmbot init asks for the key.
func (s spot) asked() bool {
	platform, _, _ := strings.Cut(s.install, "/")
	p := adapters.Platforms[platform]
	return p.Setup != nil && slices.ContainsFunc(p.Setup().Fields, func(f bot.SetupField) bool { return f.Key == s.key })
}

// ours says whether the file of secrets sets the variable, and nobody else: what
// is set where the program starts wins.
func (s spot) ours() bool {
	kept, err := readEnvLines(envFile(s.config))
	if err != nil {
		return false
	}
	value, there := kept.value(s.variable)
	set, outside := os.LookupEnv(s.variable)
	return there && (!outside || set == value)
}

// configName is a file as people call it.
func configName(path string) string {
	if path == "" {
		return "crmbot.yaml"
	}
	return filepath.Base(path)
}

// envName is the file of secrets of a config as people call it.
func envName(config string) string { return filepath.Base(envFile(configName(config))) }
