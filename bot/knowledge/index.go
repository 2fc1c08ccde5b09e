package knowledge

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"crmbot/crm"
)

// The bars. They are high because a wrong answer is worse than three
// suggestions; the golden conversations hold examples of both sides.
const (
	sure     = 0.88 // weighted likeness of question and phrasing
	lead     = 0.06 // by which the next article must be less alike
	possible = 0.25 // share of the question's weight that a suggestion covers
	most     = 3    // suggestions
)

// index is every published article, ready to be searched. It never changes
// after build.
type index struct {
	articles  []*crm.Article
	twins     map[twin]int   // by slug and language
	exact     map[string]int // normal phrasing, with its language, to article
	phrasings []phrasing
	byTerm    map[string][]int // phrasings that hold a term
	documents map[string][]int // articles that hold a term
	weights   map[string]float64
	unknown   float64
	goods     goods
	tags      map[string]string // a tag, as goods are compared, to the slug that alone has it
	speech
}

type twin struct{ slug, language string }

type phrasing struct {
	article int
	weight  float64 // of all its terms
	signs   string  // digits and negations: they must agree
}

func build(articles []*crm.Article, s speech) *index {
	x := &index{
		articles: articles, twins: map[twin]int{}, exact: map[string]int{}, byTerm: map[string][]int{},
		documents: map[string][]int{}, weights: map[string]float64{}, speech: s,
	}
	var texts [][]string
	for i, a := range articles {
		x.twins[twin{a.Slug, a.Language}] = i
		document := map[string]bool{}
		for _, p := range append([]string{a.Title}, a.Phrasings...) {
			normal := s.trim.normal(p)
			if normal == "" {
				continue
			}
			key := a.Language + " " + normal
			if _, taken := x.exact[key]; !taken {
				x.exact[key] = i
			}
			words := terms(normal)
			for _, t := range words {
				x.byTerm[t] = append(x.byTerm[t], len(texts))
				document[t] = true
			}
			x.phrasings = append(x.phrasings, phrasing{article: i, signs: s.signs(words)})
			texts = append(texts, words)
		}
		for _, tag := range a.Tags {
			for _, t := range terms(plain(tag)) {
				document[t] = true
			}
		}
		for t := range document {
			x.documents[t] = append(x.documents[t], i)
		}
	}
	x.weigh(texts)
	x.goods, x.tags = namesOf(articles, s.topics), tagsOf(articles)
	return x
}

// weigh gives rare terms more weight: a product's name decides, "what is"
// does not.
func (x *index) weigh(texts [][]string) {
	n := float64(len(x.articles)) + 1
	x.unknown = math.Log(1 + n)
	for t, articles := range x.documents {
		x.weights[t] = math.Log(1 + n/(0.5+float64(len(articles))))
	}
	for i, words := range texts {
		for _, t := range words {
			x.phrasings[i].weight += x.weights[t]
		}
	}
}

func (x *index) weight(term string) float64 {
	if w, ok := x.weights[term]; ok {
		return w
	}
	return x.unknown
}

// find looks for an article in the language first, then in the others; an
// article that also exists in the reader's language is shown in that.
func (x *index) find(q Question) Answer {
	normal := x.trim.normal(q.Text)
	words := terms(normal)
	if len(words) == 0 {
		return Answer{}
	}
	if i, ok := x.same(normal, q.Language); ok {
		return Answer{Article: x.inLanguage(i, q.Language)}
	}
	scores := x.alike(words, x.signs(words))
	if i, ok := x.best(scores, q.Language); ok {
		return Answer{Article: x.inLanguage(i, q.Language)}
	}
	found := x.suggest(words, scores, q.Language)
	if slug := x.tags[named(normal)]; slug != "" && len(found) > 0 && found[0].Slug == slug {
		return Answer{Suggestions: found, Likely: true}
	}
	return Answer{Suggestions: found}
}

func (x *index) same(normal, language string) (int, bool) {
	if i, ok := x.exact[language+" "+normal]; ok {
		return i, true
	}
	for _, a := range x.languages() {
		if i, ok := x.exact[a+" "+normal]; ok {
			return i, true
		}
	}
	return 0, false
}

func (x *index) languages() []string {
	var out []string
	for key := range x.twins {
		if !slices.Contains(out, key.language) {
			out = append(out, key.language)
		}
	}
	slices.Sort(out)
	return out
}

func (x *index) inLanguage(i int, language string) *crm.Article {
	if j, ok := x.twins[twin{x.articles[i].Slug, language}]; ok {
		i = j
	}
	return x.articles[i]
}

// alike is, for each article, the likeness of its nearest phrasing: twice the
// common weight over the sum of both (Dice). A phrasing whose numbers or
// negations differ asks for something else.
func (x *index) alike(words []string, signs string) map[int]float64 {
	total, common := 0.0, map[int]float64{}
	for _, t := range words {
		w := x.weight(t)
		total += w
		for _, p := range x.byTerm[t] {
			common[p] += w
		}
	}
	scores := map[int]float64{}
	for p, c := range common {
		at := x.phrasings[p]
		score := 2 * c / (total + at.weight)
		if at.signs != signs {
			score *= 0.8
		}
		scores[at.article] = max(scores[at.article], score)
	}
	return scores
}

// best is the article that is alike enough while no other comes near.
func (x *index) best(scores map[int]float64, language string) (int, bool) {
	first, second := -1, 0.0
	for i := range x.articles {
		s := scores[i]
		switch {
		case first < 0 || s > scores[first] || s == scores[first] && x.articles[i].Language == language && x.articles[first].Language != language:
			if first >= 0 && x.articles[first].Slug != x.articles[i].Slug {
				second = max(second, scores[first])
			}
			first = i
		case x.articles[i].Slug != x.articles[first].Slug:
			second = max(second, s)
		}
	}
	if first < 0 || scores[first] < sure || scores[first]-second < lead {
		return 0, false
	}
	return first, true
}

// suggest ranks articles by how much of the question they cover. An article
// must share a word that says something, not only "what is".
func (x *index) suggest(words []string, scores map[int]float64, language string) []*crm.Article {
	total, cover, says := 0.0, map[int]float64{}, map[int]bool{}
	for _, t := range words {
		w := x.hint(t)
		total += w
		for _, i := range x.documents[t] {
			cover[i] += w
			says[i] = says[i] || x.tells(t)
		}
	}
	var found []candidate
	for i, a := range x.articles {
		share := cover[i] / total
		if share < possible || !says[i] {
			continue
		}
		score := share + scores[i]
		if a.Language != language {
			score *= 0.9
		}
		found = append(found, candidate{x.inLanguage(i, language), score})
	}
	return top(found)
}

// candidate is an article with its rank.
type candidate struct {
	article *crm.Article
	score   float64
}

// top is the best articles, each once.
func top(found []candidate) []*crm.Article {
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.article.ID, b.article.ID))
	})
	var out []*crm.Article
	for _, c := range found {
		if len(out) < most && !slices.ContainsFunc(out, func(a *crm.Article) bool { return a.Slug == c.article.Slug }) {
			out = append(out, c.article)
		}
	}
	return out
}

// hint is the weight of a term for a suggestion: little for words that every
// question has, less for words that no article knows.
func (x *index) hint(term string) float64 {
	w, known := x.weights[term]
	switch {
	case x.filler[term]:
		return 0.15 * x.unknown
	case !known:
		return 0.5 * x.unknown
	case utf8.RuneCountInString(term) == 1:
		return 0.5 * w
	}
	return w
}

// tells says whether a term says what a question is about.
func (x *index) tells(term string) bool {
	return !x.filler[term] && utf8.RuneCountInString(term) > 1
}

// signs are the terms that turn a question into another one: numbers, and
// words that deny.
func (s speech) signs(words []string) string {
	var out []string
	for _, t := range words {
		if s.negations[t] || t[0] >= '0' && t[0] <= '9' {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
