package knowledge

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// An article may be likely and still not the answer: what the index weighs
// lightly can turn a question into another one. The guards see to that. What
// they stop is suggested.

// leastWays is in how many ways an article must be asked for, that another one
// is taken for it.
const leastWays = 2

// stopped says whether one of the guards keeps an article from being the answer
// to a text that nobody wrote down.
func (x *state) stopped(slug int, text, normal string) bool {
	return x.ways[slug] < leastWays || !x.agrees(slug, text) || !x.asks(normal) || x.foreign(normal) || x.elsewhere(slug, normal)
}

// agrees says whether an article is asked for with the same numbers and
// negations in one of its phrasings, and about a price or with a wish where the
// text has them.
func (x *state) agrees(slug int, text string) bool {
	t := x.turnOf(text)
	return slices.ContainsFunc(x.turns[slug], func(p turn) bool {
		return p.signs == t.signs && (p.price || !t.price) && (p.tell || !t.tell)
	})
}

// elsewhere says whether a text names what other articles are about, going by
// their titles and the tags that are topics, and this one never mentions.
func (x *state) elsewhere(slug int, normal string) bool {
	text := " " + named(normal) + " "
	for tag, in := range x.topical {
		if isHan(first(tag)) && !strings.Contains(text, tag) || !isHan(first(tag)) && !strings.Contains(text, " "+tag+" ") {
			continue
		}
		if !slices.Contains(in, slug) && !x.mentions(slug, tag) {
			return true
		}
	}
	return slices.ContainsFunc(x.telling(normal), func(t string) bool {
		in := x.titled[t]
		return len(in) > 0 && len(in) <= titledMost && !slices.Contains(in, slug) && !x.mentions(slug, t)
	})
}

// titledMost is in how many titles a word stands at most that says which
// article is meant.
const titledMost = 2

// mentions says whether all of a tag's words are in a slug, its texts included.
func (x *state) mentions(slug int, tag string) bool {
	for _, t := range terms(tag) {
		if _, in := slices.BinarySearch(x.holds[t], slug); in {
			continue
		}
		if !slices.ContainsFunc(x.bodies.in[t], func(i int) bool { return x.articles[i].Slug == x.slugs[slug] }) {
			return false
		}
	}
	return true
}

// misspelt says whether a word of a reading is a slip of the pen of one that a
// slug has.
func (x *state) misspelt(r reading, slug int) bool {
	for _, word := range strings.Fields(r.normal) {
		if len(word) < leastSpelt || isHan(first(word)) || x.filler[word] {
			continue
		}
		if x.slips(word, func(t string) bool {
			_, has := slices.BinarySearch(x.holds[t], slug)
			return has && x.tells(t)
		}) {
			return true
		}
	}
	return false
}

// newsMost is which share of the words that say something may be new, unless
// there is a vector that knows what they mean.
const newsMost = 1.0 / 3

// news is the share of the words of a text that say something and that no
// article has, in its text neither: what is asked about something new is not
// answered by what is said about the old. Several Chinese characters together
// count as a word when none of them is known.
func (x *state) news(normal string) float64 {
	fresh, known := 0, 0
	for _, word := range strings.Fields(x.fillers.Replace(normal)) {
		if !isHan(first(word)) {
			switch {
			case x.filler[stem(word)] || x.filler[word] || x.negations[stem(word)] || strings.ContainsAny(word, "0123456789") || len(word) < 3:
			case x.unheard(word):
				fresh++
			default:
				known++
			}
			continue
		}
		run := 0
		for _, r := range word {
			c := string(r)
			if len(x.holds[c]) > 0 || len(x.bodies.in[c]) > 0 {
				known, run = known+1, 0
				continue
			}
			switch run++; run {
			case 1:
			case 2:
				fresh += 2
			default:
				fresh++
			}
		}
	}
	if fresh == 0 {
		return 0
	}
	return float64(fresh) / float64(fresh+known)
}

// asks says whether a text asks something about the goods that it names, and is
// more than one tag.
func (x *state) asks(normal string) bool {
	text := named(normal)
	if _, tag := x.tags[text]; tag || x.topics[text] {
		return false
	}
	return slices.ContainsFunc(terms(x.withoutGoods(text)), x.tells)
}

// withoutGoods is a text without the names of goods in it.
func (x *state) withoutGoods(text string) string {
	for _, w := range x.goods.han {
		text = strings.ReplaceAll(text, w, " ")
	}
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		if n := x.goods.longest(words[i:]); n > 0 {
			words = slices.Delete(words, i, i+n)
			i--
		}
	}
	return strings.Join(words, " ")
}

// longest is how many of the words are the name of goods together, 0 for none.
func (g goods) longest(words []string) int {
	for n := min(g.most, len(words)); n > 0; n-- {
		if g.latin[strings.Join(words[:n], " ")] {
			return n
		}
	}
	return 0
}

// foreign says whether a text names goods of a kind that the company sells, but
// by a name that no article knows: fructose syrup, 果葡糖浆.
func (x *state) foreign(normal string) bool {
	for _, head := range x.goods.kinds {
		if !isHan(first(head)) {
			continue
		}
		for rest := normal; ; {
			before, after, found := strings.Cut(rest, head)
			if !found {
				break
			}
			if r := []rune(before); len(r) > 0 && isHan(r[len(r)-1]) && x.strange(r, head) {
				return true
			}
			rest = after
		}
	}
	words := strings.Fields(normal)
	for i := 1; i < len(words); i++ {
		if slices.Contains(x.goods.kinds, stem(words[i])) && x.unheard(words[i-1]) {
			return true
		}
	}
	return false
}

// strange says whether what stands before a kind of goods belongs to a name
// that no article has.
func (x *state) strange(before []rune, head string) bool {
	last := before[len(before)-1]
	if x.filler[string(last)] || len(x.holds[string(last)+string(first(head))]) > 0 {
		return false
	}
	return len(before) < 2 || !isHan(before[len(before)-2]) || x.filler[string(before[len(before)-2:])] || len(x.holds[string(before[len(before)-2:])]) == 0
}

// unheard says whether an English word is in no article, nor one that it is a
// slip of the pen of.
func (x *state) unheard(word string) bool {
	if len(word) < 3 || x.filler[word] || isHan(first(word)) || len(x.holds[stem(word)]) > 0 || len(x.bodies.in[stem(word)]) > 0 {
		return false
	}
	if len(word) == 3 {
		return true
	}
	return !x.slips(word, func(t string) bool {
		return len(t) != len(word) || len(word) >= longWord || swapped(t, word)
	})
}

// longWord is how many letters a word has that with one of them changed is
// still the same: honey is no money.
const longWord = 6

// swapped says whether two near words of one length have the same letters.
func swapped(a, b string) bool {
	sum := 0
	for i := range len(a) {
		sum += int(a[i]) - int(b[i])
	}
	return sum == 0
}

// near says whether two words differ by one letter, or by two that changed
// places.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return i == len(a) || a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
