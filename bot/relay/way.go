package relay

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/locale"
)

// Way is where a line of a colleague in a thread is to go, by how it begins.
type Way int

// The ways.
const (
	Plain  Way = iota // it says nothing: a note, or out in a live thread
	Out               // "reply: …", "r: …", "回复：…": to the customer
	Inside            // "note: …", "备注：…", a quotation: to colleagues, in a live thread too
)

// Spoken takes the word off a line that says where it is to go. Nothing but a
// word of the list and a colon at the very beginning counts, in any width: "re:"
// and "reply to him:" are none, and a quotation sends nothing.
func Spoken(w *locale.Words, text string) (rest string, way Way) {
	text = strings.TrimFunc(text, blank)
	if quotes(text) {
		return text, Inside
	}
	at := strings.IndexFunc(text, isColon)
	if at < 0 {
		return text, Plain
	}
	word := narrow(text[:at])
	switch {
	case slices.Contains(w.Every("words.reply"), word):
		way = Out
	case slices.Contains(w.Every("words.internal"), word):
		way = Inside
	default:
		return text, Plain
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	return strings.TrimFunc(text[at+size:], blank), way
}

// isColon says whether people type the character as a colon.
func isColon(r rune) bool { return strings.ContainsRune(":：﹕︰∶", r) }

// blank is white space, and what takes none but cannot be seen.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// narrow is a word in small letters of half width, without what cannot be seen.
func narrow(word string) string {
	word = strings.Map(func(r rune) rune {
		switch {
		case blank(r):
			return ' '
		case r >= '！' && r <= '～':
			return unicode.ToLower(r - '！' + '!')
		}
		return unicode.ToLower(r)
	}, word)
	return strings.TrimSpace(word)
}

// quotes says whether a line begins with a quotation.
func quotes(line string) bool {
	return strings.HasPrefix(line, "&gt;") || strings.IndexFunc(line, func(r rune) bool { return strings.ContainsRune(">》＞〉»", r) }) == 0
}
