package knowledge

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// lexicon is which words the articles are asked for with. It says which
// question somebody has written down already, and keeps the index from
// answering a question that differs from all that were in what matters.
type lexicon struct {
	exact     map[string][]int // a phrasing but for how it is written, to articles
	phrasings int
	turns     [][]turn         // of the phrasings of a slug, each once
	ways      []int            // phrasings of a slug
	holds     map[string][]int // slugs (their places) that hold a term
	spelt     [][]string       // the terms that are long enough to be misspelt, by their length in bytes
	weights   map[string]float64
	unknown   float64
	speech
}

func read(x *shelf, s speech) lexicon {
	l := lexicon{exact: map[string][]int{}, turns: make([][]turn, len(x.slugs)), ways: make([]int, len(x.slugs)), holds: map[string][]int{}, weights: map[string]float64{}, speech: s}
	for slug, name := range x.slugs {
		document := map[string]bool{}
		for _, i := range x.bySlug[name] {
			a := x.articles[i]
			for _, p := range asked(a) {
				normal := s.trim.normal(p)
				if normal == "" {
					continue
				}
				if key := bare(normal); !slices.Contains(l.exact[key], i) {
					l.exact[key] = append(l.exact[key], i)
				}
				words := terms(normal)
				for _, t := range words {
					document[t] = true
				}
				l.phrasings++
				l.ways[slug]++
				if t := s.turnOf(p); !slices.Contains(l.turns[slug], t) {
					l.turns[slug] = append(l.turns[slug], t)
				}
			}
			for _, tag := range a.Tags {
				for _, t := range terms(plain(tag)) {
					document[t] = true
				}
			}
		}
		for t := range document {
			l.holds[t] = append(l.holds[t], slug)
		}
	}
	for t := range l.holds {
		if len(t) < leastSpelt {
			continue
		}
		for len(l.spelt) <= len(t) {
			l.spelt = append(l.spelt, nil)
		}
		l.spelt[len(t)] = append(l.spelt[len(t)], t)
	}
	l.weigh(len(x.slugs))
	return l
}

// leastSpelt is how many bytes a word has that another one may be a slip of the
// pen of.
const leastSpelt = 4

// slips says whether fits is true of a term that is near to a word.
func (l *lexicon) slips(word string, fits func(term string) bool) bool {
	for n := len(word) - 1; n <= len(word)+1 && n < len(l.spelt); n++ {
		for _, t := range l.spelt[n] {
			if near(t, word) && fits(t) {
				return true
			}
		}
	}
	return false
}

// bare is a normal text without what changes nothing: plurals, spaces beside
// Chinese and between single letters (m.o.q.).
func bare(normal string) string {
	var b strings.Builder
	last, letter := ' ', false
	b.Grow(len(normal))
	for w := range strings.FieldsSeq(normal) {
		single := len(w) == 1
		if first := first(w); b.Len() > 0 && !isHan(last) && !isHan(first) && !(single && letter) {
			b.WriteByte(' ')
		}
		w = stem(w)
		b.WriteString(w)
		last, _ = utf8.DecodeLastRuneInString(w)
		letter = single
	}
	return b.String()
}

// weigh gives rare terms more weight: a product's name decides, "what is"
// does not.
func (l *lexicon) weigh(slugs int) {
	n := float64(slugs) + 1
	l.unknown = math.Log(1 + n)
	for t, in := range l.holds {
		l.weights[t] = math.Log(1 + n/(0.5+float64(len(in))))
	}
}

// hint is the weight of a term for a suggestion: little for words that every
// question has, less for words that no article knows.
func (l *lexicon) hint(term string) float64 {
	w, known := l.weights[term]
	switch {
	case l.filler[term]:
		return 0.15 * l.unknown
	case !known:
		return 0.5 * l.unknown
	case utf8.RuneCountInString(term) == 1:
		return 0.5 * w
	}
	return w
}

// telling are the terms of a normal text that say what it is about: not "what
// is", and no pairs of characters that belong to two words.
func (l *lexicon) telling(normal string) []string {
	if han(normal) {
		normal = l.fillers.Replace(normal)
	}
	return slices.DeleteFunc(terms(normal), func(t string) bool { return !l.tells(t) })
}

// tells says whether a term says what a question is about.
func (l *lexicon) tells(term string) bool {
	return !l.filler[term] && utf8.RuneCountInString(term) > 1
}
