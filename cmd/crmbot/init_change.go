package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"crmbot/adapters"
	"crmbot/bot"
)

// change asks for the values of an install that is there, and puts what is
// typed where the old values stand: into the config or among its secrets.
func (a *asker) change(d *draft, was outline) error {
	names := make([]string, len(was.Adapters))
	for i, one := range was.Adapters {
		names[i] = one.Platform + "/" + one.Install
	}
	picked := was.Adapters[a.choose(a.say("init.change"), names)]
	block := blockOf(d.old, picked.Platform, picked.Install)
	p, known := adapters.Platforms[picked.Platform]
	if !known || p.Setup == nil || block == nil || len(p.Setup().Fields) == 0 {
		fmt.Fprintln(a.out, a.say("init.foreign", "install", picked.Platform+"/"+picked.Install, "file", configName(d.path)))
		return nil
	}
	o := &opening{
		draft: d, name: picked.Platform, install: picked.Install, setup: p.Setup(), block: block,
		values: map[string]string{}, secrets: map[string]string{},
	}
	fmt.Fprintln(a.out)
	if !a.fields(o) {
		return nil
	}
	if outro := a.local(o.setup.Outro); outro != "" {
		fmt.Fprintln(a.out, o.fill(outro, ""))
	}
	maps.Copy(d.secrets, o.secrets)
	d.changes = o.lines
	d.changed = picked.Platform + "/" + picked.Install
	return nil
}

// blockOf is the block of an install in a config, nil if it is not there.
func blockOf(text, platform, install string) ast.Node {
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil || len(file.Docs) == 0 {
		return nil
	}
	list := entry(file.Docs[0].Body, "adapters")
	if list == nil {
		return nil
	}
	blocks, is := list.Value.(*ast.SequenceNode)
	if !is {
		return nil
	}
	for _, block := range blocks.Values {
		if textOf(block, "platform") == platform && textOf(block, "install") == install {
			return block
		}
	}
	return nil
}

// textOf is the value of a key as it stands there, "" if there is none.
func textOf(block ast.Node, key string) string {
	if v := entry(block, key); v != nil {
		return v.Value.GetToken().Value
	}
	return ""
}

// has says whether a value is there already, so that it may be kept.
func (o *opening) has(key string) bool { return o.block != nil && entry(o.block, key) != nil }

// replaced is the variable of a secret that is there, "" if the config names
// none.
func (o *opening) replaced(key string) string {
	if o.block == nil {
		return ""
	}
	return spotOf(o.path, "", o.block, key).variable
}

// changeKeys writes lines "key: value" into the block of an install: over the
// line of the key, or behind the install's name. Every other line stays. It
// fails if the file is written in a way that does not allow that.
func changeKeys(text, name string, changes []string) (string, error) {
	platform, install, _ := strings.Cut(name, "/")
	for _, change := range changes {
		block := blockOf(text, platform, install)
		if block == nil {
			return "", errNoPlace
		}
		key, value, _ := strings.Cut(change, ": ")
		lines := strings.Split(text, "\n")
		if line := lineOf(block, key); line > 0 {
			indent, old, ok := strings.Cut(lines[line-1], key+":")
			if !ok || strings.Trim(indent, " -") != "" {
				return "", errNoPlace
			}
			lines[line-1] = indent + change + remark(old)
		} else {
			at := lineOf(block, "install")
			indent, _, ok := strings.Cut(lines[at-1], "install:")
			if !ok || strings.Trim(indent, " -") != "" {
				return "", errNoPlace
			}
			lines = slices.Insert(lines, at, strings.Repeat(" ", len(indent))+change)
		}
		text = strings.Join(lines, "\n")
		if now := textOf(blockOf(text, platform, install), key); now != strings.Trim(value, `"`) {
			return "", errNoPlace
		}
	}
	return text, nil
}

// remark is the comment at the end of a line.
func remark(rest string) string {
	if i := strings.Index(rest, " #"); i >= 0 {
		return strings.TrimRight("   "+rest[i+1:], " ")
	}
	return ""
}

// order is the platforms as they are asked for: first those that people of this
// language have anyway.
func order(language string) []string {
	names := slices.Sorted(maps.Keys(adapters.Platforms))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a, language) - rank(b, language) })
	return names
}

func rank(name, language string) int {
	var s bot.Setup
	if p := adapters.Platforms[name]; p.Setup != nil {
		s = p.Setup()
	}
	switch s.Home {
	case "":
		return 1
	case language:
		return 0
	}
	return 2
}
