package storage

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	tokenMax  = 48  // runes of one token
	tokensMax = 400 // tokens of one record
)

// tokens cuts text into what search compares: lower-cased words, and for
// Chinese, Japanese and Korean, which have no spaces, every character and
// every pair of neighbours.
func tokens(text string) []string {
	var out []string
	for _, run := range runs(text) {
		if !ideographic(run[0]) {
			out = append(out, string(run))
			continue
		}
		for i := range run {
			out = append(out, string(run[i:i+1]))
			if i > 0 {
				out = append(out, string(run[i-1:i+1]))
			}
		}
	}
	return out
}

// phoneTokens are the ends of a number, so that any four digits in a row find
// it by prefix.
func phoneTokens(phone string) []string {
	digits := []rune(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, norm.NFKC.String(phone)))
	if len(digits) > tokenMax {
		digits = digits[:tokenMax]
	}
	var out []string
	for i := 0; i == 0 && len(digits) > 0 || len(digits)-i >= 4; i++ {
		out = append(out, string(digits[i:]))
	}
	return out
}

// wanted are the tokens of a question. A word means every word that begins
// with it; Chinese of two characters and more means its pairs.
func wanted(text string) (exact, prefixes []string) {
	for _, run := range runs(text) {
		switch {
		case !ideographic(run[0]):
			prefixes = append(prefixes, string(run))
		case len(run) == 1:
			exact = append(exact, string(run))
		default:
			for i := 1; i < len(run); i++ {
				exact = append(exact, string(run[i-1:i+1]))
			}
		}
	}
	return exact, prefixes
}

// runs are the stretches of text that are words or ideographic.
func runs(text string) [][]rune {
	var out [][]rune
	var run []rune
	flush := func() {
		if len(run) > 0 {
			out = append(out, run)
		}
		run = nil
	}
	for _, r := range folded(text) {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			flush()
			continue
		case len(run) == tokenMax, len(run) > 0 && ideographic(r) != ideographic(run[0]):
			flush()
		}
		run = append(run, r)
	}
	flush()
	return out
}

// folded is text as it is compared: one form of each character, lower case,
// single spaces.
func folded(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(text))), " ")
}

func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}
