package locale

import (
	"strings"
	"unicode"
)

// Of is the language of a text by its script: Chinese for Han, English for
// Latin letters. A Chinese character weighs as much as a short English word.
// References, addresses and numbers say nothing; a text of another script, or
// with fewer than two letters, is of no language we know.
func Of(text string) (lang string, ok bool) {
	var han, latin, other int
	for word := range strings.FieldsSeq(text) {
		if strings.Contains(word, "://") || strings.Contains(word, "@") || isCode(word) {
			continue
		}
		for _, r := range word {
			switch {
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.Is(unicode.Latin, r):
				latin++
			case unicode.IsLetter(r):
				other++
			}
		}
	}
	switch {
	case other > han+latin || japanese(text):
		return "", false
	case han > 0 && han*4 >= latin:
		return "zh-CN", true
	case latin >= 2:
		return "en", true
	}
	return "", false
}

// isCode says whether a word is a reference or the like: Latin letters with
// digits.
func isCode(word string) bool {
	digit := false
	for _, r := range word {
		if unicode.Is(unicode.Han, r) {
			return false
		}
		digit = digit || unicode.IsDigit(r)
	}
	return digit
}

// japanese says whether a text is Japanese, whose Han mislead.
func japanese(text string) bool {
	for _, r := range text {
		if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
			return true
		}
	}
	return false
}
