package openai

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	shingle      = 6    // words in a row that are no coincidence
	shared       = 0.35 // of what an answer says is in what it was taken from
	knownLeast   = 5    // words of a source, below which it is in other letters
	stemRunes    = 4    // by which words are compared
	foreignShare = 0.3  // of Han among the letters of an answer in another language
)

// grounded says what is wrong with an answer that is not wholly from its source:
// it holds our marks or orders, speaks of itself, is in another language, or names
// a link, a contact or a number that is not there.
func grounded(text, language, mark, order, question, source string) error {
	text, source, question = plain(text), plain(source), plain(question)
	switch {
	case strings.Contains(bare(text), bare(plain(mark[strings.Index(mark, "-")+1:]))):
		return errors.New("the answer holds our marks")
	case repeats(text, plain(order), source):
		return errors.New("the answer holds our order")
	case slices.ContainsFunc(itself.FindAllString(text, -1), func(word string) bool { return !strings.Contains(source, word) }):
		return errors.New("the answer speaks of itself")
	case !spoken(text, language):
		return errors.New("the answer is in another language")
	case strays(text, source):
		return errors.New("the answer holds a link or a contact that is not in its source")
	case invents(text, source, question):
		return errors.New("the answer holds a number that is not in its source")
	case !kin(text, source):
		return errors.New("the answer says something else than its source")
	}
	return nil
}

// plain is a text in one way of writing: full width as half, capitals small, what
// cannot be seen left out.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// bare is a text's letters and digits.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// itself is how a model speaks of itself and of what it was given.
var itself = regexp.MustCompile(`\[\d{1,2}\]|</?data|passages?\b|prompts?\b|instructions?\b|language model|\bas an ai\b|openai|chatgpt|提示词|系统提示|指令|语言模型|人工智能助手|段落|passage`)

// repeats says whether a text holds a piece of our order that is not in the
// source as well.
func repeats(text, order, source string) bool {
	words, said := strings.Fields(order), strings.Join(strings.Fields(text), " ")
	for i := 0; i+shingle <= len(words); i++ {
		piece := strings.Join(words[i:i+shingle], " ")
		if strings.Contains(said, piece) && !strings.Contains(source, piece) {
			return true
		}
	}
	return false
}

// spoken says whether a text can be in the language.
func spoken(text, language string) bool {
	han, letters := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Han, r) {
				han++
			}
		}
	}
	if strings.HasPrefix(language, "zh") {
		return han > 0
	}
	return language != "en" || float64(han) <= foreignShare*float64(letters)
}

var (
	// links are addresses of pages and mailboxes, and names of people on platforms.
	links = regexp.MustCompile(`[a-z][a-z0-9+.-]*://[!-~]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:[/?#:][!-~]*)?|@[a-z0-9_.-]{2,}`)
	// foreign are addresses in other letters, and some that only look like ours.
	foreign = regexp.MustCompile(`[^\x00-\x7f]\.[\p{L}\p{N}-]{2,}|[\p{L}\p{N}-]+\.[^\x00-\x7f]{2,}`)
)

// strays says whether a text holds an address or a contact that its source does
// not.
func strays(text, source string) bool {
	known := map[string]bool{}
	for _, link := range links.FindAllString(source, -1) {
		known[trimmed(link)] = true
	}
	for _, link := range links.FindAllString(text, -1) {
		if !known[trimmed(link)] {
			return true
		}
	}
	return slices.ContainsFunc(foreign.FindAllString(text, -1), func(s string) bool { return !strings.Contains(source, s) })
}

// trimmed is an address without what ends the sentence.
func trimmed(link string) string { return strings.TrimRight(link, ".,;:!?)]}>'\"*_") }

// kin says whether a text says what its source says, as far as both are written
// in the same letters. A text without a word that says something is none.
func kin(text, source string) bool {
	says := false
	for _, cut := range []func(string) []string{stems, pairs} {
		said, known := cut(text), map[string]bool{}
		for _, word := range cut(source) {
			known[word] = true
		}
		says = says || len(said) > 0
		if len(said) == 0 || len(known) < knownLeast {
			continue
		}
		n := 0
		for _, word := range said {
			if known[word] {
				n++
			}
		}
		if float64(n) < shared*float64(len(said)) {
			return false
		}
	}
	return says
}

// stems are the beginnings of the longer words in Latin letters.
func stems(s string) (all []string) {
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Latin, r) }) {
		if runes := []rune(word); len(runes) >= stemRunes && !common[word] {
			all = append(all, string(runes[:stemRunes]))
		}
	}
	return all
}

// common are words that say nothing.
var common = map[string]bool{
	"that": true, "this": true, "with": true, "from": true, "your": true, "have": true, "will": true, "they": true, "them": true,
	"then": true, "than": true, "there": true, "their": true, "which": true, "when": true, "where": true, "what": true,
	"please": true, "also": true, "into": true, "only": true, "just": true, "more": true, "most": true, "very": true,
	"been": true, "would": true, "could": true, "should": true, "about": true,
}

// pairs are the Han characters next to each other, two by two.
func pairs(s string) (all []string) {
	var before rune
	for _, r := range s {
		if !unicode.Is(unicode.Han, r) {
			r = 0
		} else if before != 0 {
			all = append(all, string([]rune{before, r}))
		}
		before = r
	}
	return all
}
