package knowledge

import (
	"slices"
	"strings"
	"unicode/utf8"

	"crmbot/bot/locale"
)

// Words are what people say around a question and what turns its meaning, in
// all languages: the locale lists words.question.before, .after, .not and
// .filler. Asks are the words that make a question of a sentence, Price those
// that ask what something costs, Tell those of somebody who wants something,
// complains, or reports: words.question, .price and .tell. Topics are what
// articles are about beside what is sold: the list words.question.topics.
type Words struct{ Before, After, Not, Filler, Topics, Asks, Price, Tell []string }

// WordsOf are the Words of all languages of a catalog.
func WordsOf(c *locale.Catalog) Words {
	return Words{
		Before: c.Every("words.question.before"),
		After:  c.Every("words.question.after"),
		Not:    c.Every("words.question.not"),
		Filler: c.Every("words.question.filler"),
		Topics: c.Every("words.question.topics"),
		Asks:   c.Every("words.question"),
		Price:  c.Every("words.question.price"),
		Tell:   c.Every("words.question.tell"),
	}
}

// speech is Words, ready to be used.
type speech struct {
	trim      trimmer
	negations map[string]bool
	filler    map[string]bool
	fillers   *strings.Replacer // takes the Chinese ones out of a text
	topics    map[string]bool
	asks      []string
	price     []string
	tell      []string
}

// particles are the Chinese characters that are never part of a word that says
// something; other single characters are (到货).
const particles = "的了吗呢吧啊您"

func (w Words) ready() speech {
	s := speech{negations: map[string]bool{}, filler: map[string]bool{}, topics: map[string]bool{}}
	for _, w := range w.Topics {
		s.topics[named(w)] = true
	}
	s.trim = trimmer{before: plainly(w.Before), after: plainly(w.After)}
	for _, w := range w.Not {
		s.negations[stem(plain(w))] = true
	}
	var out []string
	for _, w := range slices.Concat(w.Filler, w.Asks) {
		if w = plain(w); w == "" {
			continue
		}
		for _, t := range terms(w) {
			s.filler[t] = true
		}
		if isHan(first(w)) && (utf8.RuneCountInString(w) > 1 || strings.Contains(particles, w)) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) }) // the longer first
	var pairs []string
	for _, w := range out {
		pairs = append(pairs, w, " ")
	}
	s.fillers = strings.NewReplacer(pairs...)
	s.asks, s.price, s.tell = apartly(w.Asks), apartly(w.Price), apartly(w.Tell)
	return s
}

func plainly(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = plain(w)
	}
	return out
}

// apartly are the words plain, Latin ones with the spaces around them.
func apartly(words []string) []string {
	out := plainly(words)
	for i, w := range out {
		if !isHan(first(w)) {
			out[i] = " " + w + " "
		}
	}
	return out
}

// turn is what makes of a question another one.
type turn struct {
	signs string
	price bool // what something costs
	tell  bool // nothing is asked: somebody wants something, complains or reports
}

// turnOf is the turn of a text.
func (s speech) turnOf(text string) turn {
	all := plain(text)
	t := turn{signs: s.signs(s.trim.normal(text)), price: holds(all, s.price)}
	t.tell = holds(all, s.tell) && !s.asking(text)
	return t
}

// asking says whether a text is a question by its form.
func (s speech) asking(text string) bool {
	if strings.ContainsAny(text, "?？") {
		return true
	}
	for _, c := range clauses(text) {
		c = plain(c)
		spaced := " " + c + " "
		for _, w := range s.asks {
			if isHan(first(w)) && strings.Contains(c, w) || strings.HasPrefix(spaced, w) {
				return true
			}
		}
		if last, _ := utf8.DecodeLastRuneInString(c); last == '吗' || last == '呢' || last == '么' {
			return true
		}
	}
	return false
}

// holds says whether a plain text has one of the words, which are apartly:
// Chinese anywhere, Latin as words of their own.
func holds(text string, words []string) bool {
	spaced := " " + text + " "
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.Contains(spaced, w)
	})
}

// sentences are the sentences of a text as people write, clauses what stands
// between any punctuation of it.
func sentences(text string) []string { return split(text, "!?。！？;；…\n") }
func clauses(text string) []string   { return split(text, "!?。！？;；…\n,，、:：") }

func split(text, at string) []string {
	var out []string
	from := 0
	add := func(to int) {
		if s := strings.TrimSpace(text[from:to]); s != "" {
			out = append(out, s)
		}
	}
	for i, r := range text {
		n := utf8.RuneLen(r)
		if r == utf8.RuneError {
			n = 1
		}
		stop := strings.ContainsRune(at, r) || r == '.' && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n')
		if stop {
			add(i + n)
			from = i + n
		}
	}
	add(len(text))
	return out
}

// signs are what turns a question into another one: its numbers, and whether
// something is denied. Numbers of orders say who asks and not what.
func (s speech) signs(normal string) string {
	var out []string
	for _, t := range terms(choice(normal)) {
		switch {
		case s.negations[t]:
			out = append(out, denied)
		case t[0] >= '0' && t[0] <= '9' && !ofOrder(t):
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// denied is the sign of a negation, whichever word it is.
const denied = "!"

// ofOrder says whether a number is that of an order or a person: five digits
// and more.
func ofOrder(t string) bool {
	return len(t) >= 5 && strings.Trim(t, "0123456789") == ""
}

// choice takes the negation out of a Chinese question that names both answers:
// 能不能, 有没有, 是不是.
func choice(s string) string {
	r := []rune(s)
	for i := 1; i+1 < len(r); i++ {
		if (r[i] == '不' || r[i] == '没') && r[i-1] == r[i+1] && isHan(r[i-1]) {
			r = slices.Delete(r, i, i+2)
		}
	}
	return string(r)
}
