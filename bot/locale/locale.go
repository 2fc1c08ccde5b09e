// Package locale holds every word a person reads, in en.json and zh-CN.json.
//
// Keys are flat and sorted, "noun.what"; placeholders are named, "{name}". A
// value that is a list is either a plural (English: one, many; Chinese: one
// form) or, under command.* and words.*, the ways people type a thing. Go code
// never holds a sentence.
//
// A Catalog has the Words of each language. Words.T makes a sentence in
// markup: the strings put into it are escaped, since a customer may be called
// *_*, and a markup.Text is not. Where plain text is wanted, as on a button or
// in the title of a card, Words.Label makes it of the same sentence. The other
// methods write amounts, days and moments as a native would in a chat.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
)

//go:embed *.json
var files embed.FS

// Fallback is the language of those who speak none of ours.
const Fallback = "en"

// Catalog has the words of all languages.
type Catalog struct {
	words  map[string]*Words
	langs  []string
	mu     sync.Mutex
	missed map[string]bool
}

// Words speaks one language.
type Words struct {
	lang     string
	entries  map[string]entry
	catalog  *Catalog
	currency string // the company's: amounts in it need no name
}

// entry is one value: a sentence, or a list.
type entry struct {
	forms []string
	list  bool
}

// UnmarshalJSON reads a string or a list of strings.
func (e *entry) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		e.list = true
		return json.Unmarshal(data, &e.forms)
	}
	e.forms = make([]string, 1)
	return json.Unmarshal(data, &e.forms[0])
}

// Load reads the words that are built in. It fails only if a file is broken.
func Load() (*Catalog, error) {
	c := &Catalog{words: map[string]*Words{}, missed: map[string]bool{}}
	names, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, f := range names {
		data, err := files.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		w := &Words{lang: strings.TrimSuffix(f.Name(), ".json"), catalog: c, currency: "CNY"}
		if err := json.Unmarshal(data, &w.entries); err != nil {
			return nil, fmt.Errorf("locale: %s: %w", f.Name(), err)
		}
		for key, e := range w.entries {
			if len(e.forms) == 0 {
				return nil, fmt.Errorf("locale: %s: %s is empty", f.Name(), key)
			}
		}
		c.words[w.lang] = w
		c.langs = append(c.langs, w.lang)
	}
	if c.words[Fallback] == nil {
		return nil, fmt.Errorf("locale: %s.json is missing", Fallback)
	}
	return c, nil
}

// Languages are the languages there are, sorted: "en", "zh-CN".
func (c *Catalog) Languages() []string { return slices.Clone(c.langs) }

// SetCurrency names the company's currency, of the amounts that need no name.
// It is called once, before the catalog is used.
func (c *Catalog) SetCurrency(currency string) {
	for _, w := range c.words {
		w.currency = currency
	}
}

// Words is the speaker of a language: of the very one, else of one with the
// same first part ("zh-TW", "en_US"), else of Fallback.
func (c *Catalog) Words(lang string) *Words {
	if found, ok := c.Match(lang); ok {
		return c.words[found]
	}
	return c.words[Fallback]
}

// Match finds the language we have for a BCP 47 tag, as platforms and browsers
// give it.
func (c *Catalog) Match(tag string) (string, bool) {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	first, _, _ := strings.Cut(tag, "-")
	part := ""
	for _, lang := range c.langs {
		low := strings.ToLower(lang)
		if low == tag {
			return lang, true
		}
		if base, _, _ := strings.Cut(low, "-"); base == first && part == "" {
			part = lang
		}
	}
	return part, part != ""
}

// Every is List over all languages: what people type works whatever language
// they read.
func (c *Catalog) Every(key string) []string {
	var all []string
	for _, lang := range c.langs {
		for _, s := range c.words[lang].List(key) {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// Missed are the keys somebody asked for that do not exist, sorted. Tests
// insist that there are none.
func (c *Catalog) Missed() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.missed))
	for k := range c.missed {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func (c *Catalog) miss(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.missed) < 1000 {
		c.missed[key] = true
	}
}
