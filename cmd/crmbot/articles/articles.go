// Package articles brings the knowledge base in and out as files that a shop
// owner can open: one Markdown file for each article and language, or a
// spreadsheet with a row for each, as CSV or XLSX.
//
//	---
//	title: What is the minimum order?
//	ask:
//	  - how little can I order
//	tags: [order]
//	---
//	One pallet, which is 1 t.
//
// A file is named slug.language.md. A spreadsheet has its columns in any
// order, in English or Chinese; question and answer are all it needs.
//
// Load reads files and says everything that is wrong with them, with the line
// of each mistake. Compare says what an import would change. Nothing here
// writes to a store.
package articles

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"crmbot/bot/locale"
	"crmbot/crm"
)

// The most that is read.
const (
	mostBytes = 64 << 20  // of a spreadsheet
	mostText  = 256 << 10 // of a Markdown file, in bytes
	mostRow   = 1 << 20   // of a row of a CSV file, in bytes
	mostRows  = 20_000    // articles in all files together
)

// Options are what reading depends on.
type Options struct {
	Catalog *locale.Catalog // knows the languages, and how the columns are called
	// Language is the company's: of a text that tells none by itself.
	Language string
}

// Entry is an article as a file has it.
type Entry struct {
	Article *crm.Article
	At      Place
	Has     Has
	Unnamed bool // the file gives no slug
	Odd     int  // line of a Markdown file with control characters, which are left out; 0 for none
}

// Has says which fields the file speaks of. Of the others the knowledge base
// keeps what it has: an article that is new has no phrasings, no tags and is
// published.
type Has struct{ Phrasings, Tags, Status bool }

// Batch is what was read.
type Batch struct {
	Entries []*Entry
	Wrong   Findings // nothing may be imported if there is one
	Notes   Findings // what was left aside
}

// tidied is a text of several lines as it is compared: lines end with \n, no
// control characters, no space around it.
func tidied(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if control(r) {
			return -1
		}
		return r
	}, s))
}

// control says whether a character is none that people write: it would move the
// cursor of a terminal, or ring its bell.
func control(r rune) bool {
	return r != '\n' && r != '\t' && unicode.IsControl(r) || r == '\ufffe' || r == '\uffff'
}

// controlIn is where the first such character of a text is, -1 for none. The
// ends of lines of other systems are none.
func controlIn(s string) int {
	return strings.IndexFunc(s, func(r rune) bool { return r != '\r' && control(r) })
}

// line is a text of one line as it is compared.
func line(s string) string { return strings.Join(strings.Fields(tidied(s)), " ") }

// lines are the entries of a list as they are compared: no empty ones, each
// once.
func lines(list []string) []string {
	var out []string
	for _, s := range list {
		if s = line(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// tidy makes an article of a file what it would be after any other way through
// a file.
func tidy(a *crm.Article) {
	a.Slug, a.Language, a.Title, a.Body = norm.NFC.String(line(a.Slug)), line(a.Language), line(a.Title), tidied(a.Body)
	a.Phrasings, a.Tags = lines(a.Phrasings), lines(a.Tags)
}

// key tells articles apart: slug and language.
type key struct{ slug, language string }

func keyOf(a *crm.Article) key { return key{a.Slug, a.Language} }

// sorted are articles by slug and language.
func sorted(all []*crm.Article) []*crm.Article {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *crm.Article) int {
		return cmp.Or(strings.Compare(a.Slug, b.Slug), strings.Compare(a.Language, b.Language))
	})
	return all
}
