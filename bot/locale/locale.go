// Package locale holds every word a person reads, in en.json and zh-CN.json.
//
// Keys are flat and sorted, "noun.what"; placeholders are named, "{name}". A
// value that is a list is either a plural (English: one, many; Chinese: one
// form) or, under command.* and words.*, the ways people type a thing. Go code
// never holds a sentence.
package locale

// Words speaks one language.
type Words struct {
	lang string
}
