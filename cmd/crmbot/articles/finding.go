package articles

import (
	"errors"
	"strings"

	"crmbot/bot/locale"
	"crmbot/bot/markup"
)

// shown is how many findings are told; the others are counted.
const shown = 50

// Place is where something stands.
type Place struct {
	File  string
	Sheet string // of a workbook
	Line  int    // of the file, or the row of a workbook; 0 is the whole file
	Row   int    // of a spreadsheet whose cells have several lines, 0 if it is Line
}

// In names the place: "faq.xlsx (Sheet1) line 7".
func (p Place) In(words *locale.Words) string {
	parts := []string{p.File}
	if p.Sheet != "" {
		parts = append(parts, "("+p.Sheet+")")
	}
	if p.Row > 0 {
		parts = append(parts, words.Label("import.row", "line", p.Line, "row", p.Row))
	} else if p.Line > 0 {
		parts = append(parts, words.Label("config.line", "line", p.Line))
	}
	return strings.Join(parts, " ")
}

// Finding is a sentence about a place in a file.
type Finding struct {
	At    Place
	Key   string // of the sentence in the locale
	Pairs []any  // its placeholders; a Place is named in words
	Err   error  // in place of Key: what crm says about an article
}

// In is the finding for a person, in one line. No control character is in it,
// whatever a file is called or holds.
func (f *Finding) In(words *locale.Words) string { return line(f.told(words)) }

func (f *Finding) told(words *locale.Words) string {
	place := f.At.In(words)
	if f.Err != nil {
		return words.Label("config.told", "place", place, "text", plainError(words, f.Err))
	}
	pairs := append([]any{}, f.Pairs...)
	for i := 1; i < len(pairs); i += 2 {
		switch v := pairs[i].(type) {
		case Place:
			pairs[i] = v.In(words)
		case []string:
			pairs[i] = words.Enum(v)
		}
	}
	text := words.Label(f.Key, pairs...)
	if place == "" {
		return text
	}
	return words.Label("config.told", "place", place, "text", text)
}

// Error is for the log.
func (f *Finding) Error() string {
	catalog, err := locale.Load()
	if err != nil {
		return f.Key
	}
	return f.In(catalog.Words(locale.Fallback))
}

// Findings are sentences about files. It keeps the first and counts the rest.
type Findings struct {
	All  []*Finding
	More int // that were not kept
}

// Any says whether something was found.
func (f *Findings) Any() bool { return len(f.All) > 0 }

// full says whether further findings are only counted.
func (f *Findings) full() bool { return len(f.All) >= shown }

func (f *Findings) add(found *Finding) {
	if f.full() {
		f.More++
		return
	}
	f.All = append(f.All, found)
}

// Say adds a sentence of the locale.
func (f *Findings) Say(at Place, key string, pairs ...any) {
	f.add(&Finding{At: at, Key: key, Pairs: pairs})
}

// err is all of them for the log, nil for none.
func (f *Findings) err() error {
	var all []error
	for _, found := range f.All {
		all = append(all, found)
	}
	return errors.Join(all...)
}

// plainError is what crm says, without markup.
func plainError(words *locale.Words, err error) string { return markup.Plain(words.Error(err)) }
