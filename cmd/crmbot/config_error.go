package main

import (
	"cmp"
	"errors"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"crmbot/bot"
	"crmbot/bot/locale"
)

// fault is a mistake in the config, told in the config's own language. It shows
// no value that may be a secret.
type fault struct {
	lang    string
	config  string // path of the config
	file    string // path of the file with the mistake, if it is another
	line    int
	install string // platform/install of the block, "" outside of one
	key     string // of the config
	word    string // the sentence, of the locale
	pairs   []any
	spot    *spot // where the value stands, nil if the line says it
}

// badKey complains about the value of a key: "day_ends", "threads.0.place".
func badKey(key, word string, pairs ...any) error {
	return &fault{key: key, word: word, pairs: append(pairs, "key", positions.ReplaceAllString(key, ""))}
}

// positions finds which entry of a list a key means: the line says it.
var positions = regexp.MustCompile(`\.[0-9]+`)

// Error is for the log.
func (f *fault) Error() string {
	catalog, err := locale.Load()
	if err != nil {
		return f.word
	}
	return f.in(catalog.Words("en"))
}

// in is the complaint with its place, and behind it where to correct it.
func (f *fault) in(words *locale.Words) string {
	told := f.sentence(words)
	if place := f.place(words); place != "" {
		told = words.Label("config.told", "place", place, "text", told)
	}
	if f.spot != nil {
		told += "\n  " + f.spot.in(words)
	}
	return told
}

// place is the file, the line and the install.
func (f *fault) place(words *locale.Words) string {
	var parts []string
	if file := cmp.Or(f.file, f.config); file != "" {
		parts = append(parts, filepath.Base(file))
	}
	if f.line > 0 {
		parts = append(parts, words.Label("config.line", "line", f.line))
	}
	if f.install != "" {
		parts = append(parts, "("+f.install+")")
	}
	return strings.Join(parts, " ")
}

// sentence is what is wrong.
func (f *fault) sentence(words *locale.Words) string {
	pairs := append([]any{}, f.pairs...)
	for i := 1; i < len(pairs); i += 2 {
		if want, is := pairs[i].(kind); is {
			pairs[i] = words.Label(string(want))
		}
	}
	return words.Label(f.word, append(pairs, "env", envName(f.config))...)
}

// at fills in the line of the key that a complaint is about.
func at(err error, body ast.Node) error {
	f, is := errors.AsType[*fault](err)
	if is && f.line == 0 {
		f.line = lineOf(body, f.key)
	}
	return err
}

// lineOf is the line of a key of a mapping, 0 if it is not there. Of a key
// further inside, "threads.0.place", it is the line of what there is of it.
func lineOf(body ast.Node, key string) int {
	key, inside, _ := strings.Cut(key, ".")
	var value ast.Node
	line := 0
	if v := entry(body, key); v != nil {
		value, line = v.Value, v.Key.GetToken().Position.Line
	} else if list, is := body.(*ast.SequenceNode); is {
		if i, err := strconv.Atoi(key); err == nil && i < len(list.Values) {
			value, line = list.Values[i], list.Values[i].GetToken().Position.Line
		}
	}
	if inside != "" && value != nil {
		line = cmp.Or(lineOf(value, inside), line)
	}
	return line
}

// entry is a key of a mapping with its value, nil if it is not there.
func entry(body ast.Node, key string) *ast.MappingValueNode {
	var all []*ast.MappingValueNode
	switch body := body.(type) {
	case *ast.MappingNode:
		all = body.Values
	case *ast.MappingValueNode:
		all = append(all, body)
	}
	for _, v := range all {
		if v.Key.String() == key {
			return v
		}
	}
	return nil
}

var spoken = regexp.MustCompile(`(?m)^language:[ \t]*["']?zh`)

// languageOf is the language of a config that cannot be read yet.
func languageOf(raw []byte) string {
	if spoken.Match(raw) {
		return "zh-CN"
	}
	return "en"
}

// unread is the fault of a text that is no YAML, or not of the keys that are
// known here. It keeps line and message and drops the quoted source, which may
// show a token.
func unread(err error, body ast.Node) *fault {
	if f, is := errors.AsType[*fault](err); is {
		return f
	}
	var wrongType *yaml.TypeError
	var wrongNode *yaml.UnexpectedNodeTypeError
	var unknown *yaml.UnknownFieldError
	var other yaml.Error
	switch {
	case errors.As(err, &wrongType):
		return mistyped(body, wrongType.GetToken().Position.Line, kindOf(wrongType.DstType))
	case errors.As(err, &wrongNode):
		want := kind("config.type.keys")
		if wrongNode.Expected == ast.SequenceType {
			want = "config.type.list"
		}
		return mistyped(body, wrongNode.GetToken().Position.Line, want)
	case errors.As(err, &unknown):
		key := strings.Trim(strings.TrimPrefix(unknown.GetMessage(), "unknown field "), `"`)
		return &fault{line: unknown.GetToken().Position.Line, word: "config.unknown", pairs: []any{"key", key}}
	case errors.As(err, &other):
		return &fault{line: other.GetToken().Position.Line, word: "config.yaml", pairs: []any{"cause", other.GetMessage()}}
	}
	return &fault{word: "config.yaml", pairs: []any{"cause", err.Error()}}
}

// entries is how an entry of a list begins that is keys with values.
var entries = map[string]string{
	"stages": "- key: new", "sources": "- name: Alibaba", "users": "- handle: wang.fang", "threads": "- place: slack:team/C0123ABCD",
}

// mistyped is the fault of a value of another sort than is wanted on a line.
func mistyped(body ast.Node, line int, want kind) *fault {
	key, inList := keyOn(body, line)
	if like := entries[key]; inList && like != "" {
		return &fault{line: line, word: "config.type.entry", pairs: []any{"key", key, "like", like}}
	}
	return &fault{line: line, word: "config.type", pairs: []any{"key", key, "want", want}}
}

// rules are the sentences of what a platform wants of its keys.
var rules = map[bot.Rule]string{
	bot.RuleGiven: "config.given", bot.RuleBegins: "config.begins", bot.RuleForm: "config.form",
	bot.RuleOneOf: "config.one_of", bot.RuleNeeded: "config.needed", bot.RuleAlone: "config.alone",
}

// blamed is what a platform says about its block, as a fault.
func (c *Config) blamed(a AdapterConfig, err error) error {
	f := &fault{word: "config.mistake", pairs: []any{"cause", err.Error()}}
	bad, isKey := errors.AsType[*bot.BadKey](err)
	_, isYAML := errors.AsType[yaml.Error](err)
	switch {
	case isKey:
		f = &fault{key: bad.Key, word: rules[bad.Rule], pairs: []any{"key", bad.Key, "want", bad.Want}}
		where := c.spot(a, bad.Key)
		f.line, f.spot = where.line, &where
	case isYAML:
		f = unread(err, a.block)
	}
	if f.line == 0 {
		f.line = a.line()
	}
	f.lang, f.config, f.install = c.Language, c.path, a.name()
	return wrongUse(f)
}

// keyOn is the key whose value begins on a line, or that has an entry of its
// list there.
func keyOn(body ast.Node, line int) (key string, inList bool) {
	finder := &keyFinder{line: line}
	if body != nil {
		ast.Walk(finder, body)
	}
	return finder.key, finder.inList
}

type keyFinder struct {
	line   int
	key    string
	inList bool
}

// Visit implements ast.Visitor.
func (f *keyFinder) Visit(node ast.Node) ast.Visitor {
	v, ok := node.(*ast.MappingValueNode)
	if !ok {
		return f
	}
	if v.Key.GetToken().Position.Line == f.line {
		f.key, f.inList = v.Key.String(), false
	} else if list, is := v.Value.(*ast.SequenceNode); is {
		for _, one := range list.Values {
			if one.GetToken().Position.Line == f.line {
				f.key, f.inList = v.Key.String(), true
			}
		}
	}
	return f
}

// kind is the word for what sort of value is wanted.
type kind string

// kindOf is a Go type in words.
func kindOf(t reflect.Type) kind {
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "config.type.number"
	case reflect.Float64:
		return "config.type.decimal"
	case reflect.Bool:
		return "config.type.switch"
	case reflect.Slice:
		return "config.type.list"
	case reflect.Struct, reflect.Map:
		return "config.type.keys"
	}
	return "config.type.text"
}
