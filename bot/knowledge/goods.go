package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/grammar"
	"crmbot/crm"
)

// goods are the words for what the company sells: the tags of its articles, but
// for those that are a topic of business ("delivery", "price").
type goods struct {
	han   []string
	latin map[string]bool // of one word or several, stemmed
	most  int             // words in the longest
	kinds []string        // the last words of the names: syrup, 糖浆
}

// compound is how many characters a Chinese word has whose last two say what
// kind of goods it is: 糖浆 of 麦芽糖浆.
const compound = 4

func namesOf(articles []*crm.Article, topics map[string]bool) goods {
	g := goods{latin: map[string]bool{}}
	seen := map[string]bool{}
	for _, a := range articles {
		for _, tag := range a.Tags {
			word := named(tag)
			if word == "" || seen[word] || topics[word] {
				continue
			}
			seen[word] = true
			if strings.IndexFunc(word, isHan) >= 0 {
				if utf8.RuneCountInString(word) > 1 {
					g.han = append(g.han, word)
				}
				if r := []rune(word); len(r) >= compound {
					g.han = append(g.han, string(r[len(r)-2:]))
					g.kind(string(r[len(r)-2:]))
				}
				continue
			}
			g.latin[word] = true
			g.most = max(g.most, 1+strings.Count(word, " "))
			g.kind(word[strings.LastIndexByte(word, ' ')+1:])
		}
	}
	slices.SortStableFunc(g.han, func(a, b string) int { return len(b) - len(a) }) // 麦芽糖浆 before 糖浆
	return g
}

func (g *goods) kind(word string) {
	if !slices.Contains(g.kinds, word) {
		g.kinds = append(g.kinds, word)
	}
}

// tagsOf are the tags that only one article has, in any of its languages.
func tagsOf(articles []*crm.Article) map[string]string {
	out := map[string]string{}
	for _, a := range articles {
		for _, tag := range a.Tags {
			word := named(tag)
			if slug, taken := out[word]; taken && slug != a.Slug {
				out[word] = ""
				continue
			}
			out[word] = a.Slug
		}
	}
	return out
}

func isHan(r rune) bool {
	return r >= '一' && r <= '龥' || r > unicode.MaxLatin1 && unicode.Is(unicode.Han, r)
}

// named is a text in the form in which goods are compared.
func named(s string) string {
	words := strings.Fields(plain(grammar.Simplified(s)))
	for i := range words {
		words[i] = stem(words[i])
	}
	return strings.Join(words, " ")
}

// in says whether a text names any of the goods: Chinese anywhere, Latin as
// words of their own.
func (g goods) in(text string) bool {
	text = named(text)
	for _, w := range g.han {
		if strings.Contains(text, w) {
			return true
		}
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || isHan(r) })
	for i := range words {
		for n := 1; n <= g.most && i+n <= len(words); n++ {
			if g.latin[strings.Join(words[i:i+n], " ")] {
				return true
			}
		}
	}
	return false
}

// Names says whether a text names something that the company sells, going by
// the tags of its articles. Before the first Refresh it knows nothing.
func (m *Matcher) Names(text string) bool {
	x := m.current.Load()
	return x != nil && x.goods.in(text)
}

// enough is how many words for goods a knowledge base must have before what it
// does not name is doubted.
const enough = 12

// Known says whether the articles name enough goods to tell what is sold here
// from what is not: those of a company that has just begun do not.
func (m *Matcher) Known() bool {
	x := m.current.Load()
	return x != nil && len(x.goods.han)+len(x.goods.latin) >= enough
}
