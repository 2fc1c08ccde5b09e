package locale

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"crmbot/bot/markup"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func containsWord(list []string, word string) bool { return slices.Contains(list, word) }

// computed are the keys that Go puts together at run time, by their beginning,
// with what follows it.
var computed = map[string]string{
	"arg.":      "the words for an argument's name",
	"ask.":      "the question for an argument: ask.<command>.<arg> or ask.<arg>",
	"by.":       "the words of a choice: how a pipeline is grouped",
	"command.":  "what people type: command.<name>, and .after a reference",
	"currency.": "the name of a currency: currency.<ISO code>",
	"error.":    "the sentence of an error's code",
	"field.":    "the label of a field",
	"help.":     "one line about a command",
	"intent.":   "the words of a choice: an intent level",
	"kind.":     "the words of a choice: what sort of trouble",
	"language.": "the words of a language",
	"noun.":     "the words of a kind of record",
	"priority.": "the words of a choice: a ticket's priority",
	"role.":     "the words of a choice: a role",
	"stage.":    "the words of a stage, besides its name in the config",
	"status.":   "the words of a choice: whether an answer is out",
	"usage.":    "an example of a command",
	"words.":    "what people say that is no command",
}

// isWords says whether the value of a key is a list of words and not a plural:
// the forms of a plural have their number in them.
func isWords(key string, e entry) bool {
	return e.list && !strings.Contains(strings.Join(e.forms, ""), "{n}")
}

func TestSameKeysEverywhere(t *testing.T) {
	c := load(t)
	for _, w := range c.words {
		for _, other := range c.words {
			for key := range w.entries {
				if !other.Has(key) {
					t.Errorf("%s.json lacks %s, which %s.json has", other.lang, key, w.lang)
				}
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{([a-z_]*)\}`)

func TestSamePlaceholdersEverywhere(t *testing.T) {
	c := load(t)
	for key, e := range c.words[Fallback].entries {
		if isWords(key, e) {
			continue
		}
		want := placeholders(e.forms[len(e.forms)-1])
		for lang, w := range c.words {
			forms := w.entries[key].forms
			for i, form := range forms {
				got := placeholders(form)
				if i < len(forms)-1 { // the form for one may leave out the number
					got = union(got, "n")
				}
				if i == len(forms)-1 && !slices.Equal(got, want) || !slices.Equal(union(got, "n"), union(want, "n")) {
					t.Errorf("%s: %s has placeholders %v, want %v", lang, key, got, want)
				}
			}
		}
	}
}

func union(list []string, more string) []string {
	if slices.Contains(list, more) {
		return list
	}
	list = append(slices.Clone(list), more)
	sort.Strings(list)
	return list
}

func placeholders(form string) []string {
	out := []string{}
	for _, m := range placeholder.FindAllStringSubmatch(form, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	sort.Strings(out)
	return out
}

func TestValues(t *testing.T) {
	forms := map[string]int{"zh-CN": 1} // most languages have one for one and one for many
	for lang, w := range load(t).words {
		if forms[lang] == 0 {
			forms[lang] = 2
		}
		for key, e := range w.entries {
			if e.list && !isWords(key, e) && len(e.forms) != forms[lang] {
				t.Errorf("%s: %s has %d forms, want %d", lang, key, len(e.forms), forms[lang])
			}
			seen := map[string]bool{}
			for _, form := range e.forms {
				// What goes on after another sentence begins with its space.
				if form == "" || strings.TrimSpace(form) != strings.TrimPrefix(form, " ") && key != "list.comma" {
					t.Errorf("%s: %s is empty or has space around it: %q", lang, key, form)
				}
				if seen[form] && isWords(key, e) {
					t.Errorf("%s: %s has %q twice", lang, key, form)
				}
				seen[form] = true
				if strings.Count(form, "{") != len(placeholder.FindAllString(form, -1)) {
					t.Errorf("%s: %s has a broken placeholder: %q", lang, key, form)
				}
				if plain := markup.Plain(form); !isWords(key, e) && (strings.Contains(plain, "**") || strings.Contains(plain, "](") || strings.Contains(plain, "`")) {
					t.Errorf("%s: %s has markup that does not close: %q", lang, key, form)
				}
			}
		}
	}
}

func TestFilesAreSorted(t *testing.T) {
	names, err := filepath.Glob("*.json")
	if err != nil || len(names) < 2 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("\r")) || !bytes.HasSuffix(data, []byte("}\n")) {
			t.Errorf("%s: lines end with \\n, also the last", name)
		}
		keys := keysOf(t, data)
		if !sort.StringsAreSorted(keys) {
			for i := 1; i < len(keys); i++ {
				if keys[i] <= keys[i-1] {
					t.Errorf("%s: %s stands after %s", name, keys[i], keys[i-1])
				}
			}
		}
		if len(slices.Compact(keys)) != len(keys) {
			t.Errorf("%s has a key twice", name)
		}
	}
}

// keysOf are the keys of a flat JSON object in the order of the file.
func keysOf(t *testing.T, data []byte) []string {
	var keys []string
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var value any
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

// half is half-width punctuation that belongs to Chinese text on either side.
var half = regexp.MustCompile(`\p{Han}[,.!?:;()]|[,!?;()]\p{Han}`)

func TestChinesePunctuation(t *testing.T) {
	for key, e := range load(t).words["zh-CN"].entries {
		if isWords(key, e) || strings.HasPrefix(key, "usage.") {
			continue
		}
		for _, form := range e.forms {
			if found := half.FindString(withoutTyped(form)); found != "" {
				t.Errorf("%s: half-width punctuation in %q: %q", key, form, found)
			}
		}
	}
}

// withoutTyped leaves out what people are shown to type.
func withoutTyped(form string) string {
	var b strings.Builder
	for i, part := range strings.Split(form, "`") {
		if i%2 == 0 {
			b.WriteString(part)
		}
	}
	return b.String()
}

func TestEnglishHasNoHan(t *testing.T) {
	for key, e := range load(t).words["en"].entries {
		if strings.HasPrefix(key, "language.") || key == "usage.language" || strings.HasSuffix(key, ".name") {
			continue // people find their own language by its own name, and have names of their own
		}
		for _, form := range e.forms {
			if strings.IndexFunc(withoutTyped(form), func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
				t.Errorf("%s has Chinese in English: %q", key, form)
			}
		}
	}
}

// users are the functions whose string argument at that place is a key.
var users = map[string]int{
	"T": 0, "N": 0, "List": 0, "Has": 0, "Label": 0, "Every": 0, "Fail": 1, "form": 0,
}

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$`)

func TestEveryKeyUsedExistsAndEveryKeyIsUsed(t *testing.T) {
	c := load(t)
	w := c.words[Fallback]
	s := sources(t)
	for key, where := range s.used {
		if !w.Has(key) {
			t.Errorf("%s: no such key: %s", where, key)
		}
	}
	for key := range w.entries {
		if !s.uses(key) {
			t.Errorf("%s is never used", key)
		}
	}
}

// found is what the sources say about keys.
type found struct {
	used    map[string]string // the keys that are arguments of the users, with where
	literal map[string]bool   // all string literals
	begun   map[string]bool   // "lead.status." to which something is added
	ended   map[string]bool   // ".none" that is added to something
}

func (f found) uses(key string) bool {
	if f.literal[key] {
		return true
	}
	for p := range computed {
		if rest, ok := strings.CutPrefix(key, p); ok {
			return f.known(p, rest)
		}
	}
	for p := range f.begun {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	for p := range f.ended {
		if strings.HasSuffix(key, p) {
			return true
		}
	}
	return false
}

// known says whether what follows the beginning of a computed key is a name
// in the sources: of a command, an argument, a kind, a choice.
func (f found) known(prefix, rest string) bool {
	switch prefix {
	case "currency.", "language.", "words.":
		return true
	case "ask.", "field.":
		rest = rest[strings.LastIndexByte(rest, '.')+1:]
	}
	return f.literal[rest] || f.literal[strings.TrimSuffix(rest, ".after")]
}

// sources reads all Go files of the repository but the tests.
func sources(t *testing.T) found {
	f := found{map[string]string{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
				return filepath.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if key, ok := keyOf(n); ok {
					f.used[key] = files.Position(n.Pos()).String()
				}
			case *ast.BinaryExpr:
				if s, ok := text(n.X); ok && n.Op == token.ADD && strings.HasSuffix(s, ".") && len(s) > 2 {
					f.begun[s] = true
				}
				if s, ok := text(n.Y); ok && n.Op == token.ADD && strings.HasPrefix(s, ".") && keyShape.MatchString("x"+s) {
					f.ended[s] = true
				}
			case *ast.BasicLit:
				if s, ok := text(n); ok {
					f.literal[s] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// keyOf is the key a call asks for, if it is written there.
func keyOf(call *ast.CallExpr) (string, bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	at, ok := users[name]
	if !ok || at >= len(call.Args) {
		return "", false
	}
	key, ok := text(call.Args[at])
	return key, ok && keyShape.MatchString(key)
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
