package knowledge

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot/knowledge/index"
	"crmbot/crm"
)

const (
	most     = 3    // suggestions
	possible = 0.25 // share of the question's weight that a suggestion covers
)

// find weighs the articles and decides what to do with the question.
func (x *state) find(q Question) Answer {
	out := Answer{Band: crm.BandHandedOff, Version: x.version}
	q.Text = visible(beginning(q.Text, longestText))
	normal := x.trim.normal(q.Text)
	if normal == "" || len(x.slugs) == 0 {
		return out
	}
	exact := x.same(normal, q.Language)
	switch {
	case exact != nil && q.Want != Everything:
		return x.alone(exact)
	case q.Want == Verbatim && !x.index.Has(q.Text) && len(x.within(q)) == 0:
		return out
	}
	whole := x.search(q, q.Text, q.Vector, reading{text: q.Text, normal: normal, exact: exact})
	best, sure := whole, []candidate(nil)
	switch {
	case whole.exact != nil:
		out.Exact, sure = true, []candidate{x.written(whole.exact)}
	default:
		sure = x.within(q)
		out.Exact = len(sure) == 1
		best, sure = x.surest(q, whole, sure)
	}
	x.decide(q, best, sure, &out)
	return out
}

// alone is the answer of an article that is asked for word for word.
func (x *state) alone(a *crm.Article) Answer {
	return Answer{
		Article: a, Band: crm.BandAnswered, Exact: true, Version: x.version,
		Top: []crm.Candidate{{Article: a.ID, Version: a.Version, Probability: 1}},
	}
}

// longestText is how many runes of a text are looked at.
const longestText = 1000

// reading is a text, or a part of it, and what it finds.
type reading struct {
	text, normal string
	words        []string
	exact        *crm.Article // somebody wrote this very text down for it
	found        index.Result
}

func (x *state) read(q Question, text string, vector []float32) reading {
	r := reading{text: text, normal: x.trim.normal(text)}
	if r.normal == "" {
		return r
	}
	r.exact = x.same(r.normal, q.Language)
	return x.search(q, text, vector, r)
}

// search is a reading with what it finds.
func (x *state) search(q Question, text string, vector []float32, r reading) reading {
	r.words = terms(r.normal)
	r.found = x.index.Search(text, x.share, vector)
	if r.exact == nil && r.found.Exact && len(x.exact[bare(r.normal)]) == 0 {
		r.exact = x.shown(x.slugs[r.found.Hits[0].Document], q.Language, text)
	}
	return r
}

// probability is that of the first article that a reading finds.
func (r reading) probability() float64 {
	if len(r.found.Hits) == 0 {
		return 0
	}
	return r.found.Hits[0].Probability
}

// of is the probability of a document.
func (r reading) of(document int) float64 {
	for _, h := range r.found.Hits {
		if h.Document == document {
			return h.Probability
		}
	}
	return 0
}

// finds says whether a document is among the first that a reading finds.
func (r reading) finds(document int) bool {
	return slices.ContainsFunc(r.found.Hits[:min(len(r.found.Hits), most)], func(h index.Hit) bool { return h.Document == document })
}

// candidate is an article as the reader would see it.
type candidate struct {
	index.Hit
	article *crm.Article
}

// written is an article that somebody asks for word for word.
func (x *state) written(a *crm.Article) candidate {
	place, _ := slices.BinarySearch(x.slugs, a.Slug)
	return candidate{index.Hit{Document: place, Probability: 1}, a}
}

// parts is how many parts of a text are looked at: nobody asks more at once.
const parts = 8

// within are the articles that a part of a longer text asks for word for word,
// one way or another: "We bake bread. What is your MOQ? Thanks".
func (x *state) within(q Question) []candidate {
	in := clauses(q.Text)
	if len(in) < 2 {
		return nil
	}
	var out []candidate
	for i, c := range in[:min(len(in), parts)] {
		normal := x.trim.normal(c)
		a := x.same(normal, q.Language)
		if a == nil || len(x.telling(normal)) < 2 && !x.asking(c) || x.told(in, i) {
			continue
		}
		if !slices.ContainsFunc(out, func(c candidate) bool { return c.article.Slug == a.Slug }) {
			out = append(out, x.written(a))
		}
	}
	return out
}

// told says whether the parts beside one want something, complain, or ask for a
// price: then that one is not all that was meant.
func (x *state) told(in []string, but int) bool {
	for i, c := range in {
		if i != but {
			if t := x.turnOf(c); t.tell || t.price {
				return true
			}
		}
	}
	return false
}

// surest is the reading of the text or of one of its sentences that finds the
// likeliest article, and the articles that any of them surely asks for beside
// those that are known to be.
func (x *state) surest(q Question, whole reading, sure []candidate) (best reading, all []candidate) {
	best, in := whole, sentences(q.Text)
	add := func(c candidate) {
		if !slices.ContainsFunc(sure, func(other candidate) bool { return other.Document == c.Document }) {
			sure = append(sure, c)
		}
	}
	if len(in) > 1 {
		for i, s := range in[:min(len(in), parts)] {
			r := x.read(q, s, nil)
			if r.probability() > best.probability() {
				best = r
			}
			if c, ok := x.sure(q, r); ok && c.Probability >= (1+x.answer)/2 && (len(sure) > 0 || whole.finds(c.Document)) && !x.told(in, i) {
				add(c)
			}
		}
	}
	if c, ok := x.sure(q, whole); ok && len(sure) == 0 {
		return whole, append(x.beside(q, whole, c), c)
	}
	if c, ok := x.about(q, whole); ok && len(sure) == 0 {
		return whole, []candidate{c}
	}
	return best, sure
}

// about is the article that surely answers what is asked about the goods that a
// reading names, where their name keeps the whole from being sure: "MOQ of IMO".
func (x *state) about(q Question, r reading) (candidate, bool) {
	rest := x.withoutGoods(r.normal)
	if rest == r.normal || rest == "" {
		return candidate{}, false
	}
	c, ok := x.sure(q, x.read(q, rest, nil))
	return c, ok && r.finds(c.Document) && x.agrees(c.Document, r.text) && !x.foreign(r.normal)
}

// besideLeast is how likely another article must be for what is asked about
// goods, that the one about the goods is not the answer.
const besideLeast = 0.3

// beside is the article for what is asked about the goods that a reading names,
// if that is another than the one that is likeliest because of their name:
// "how long does maltose syrup keep" asks for the shelf life. It is none or one.
func (x *state) beside(q Question, r reading, than candidate) []candidate {
	rest := x.withoutGoods(r.normal)
	if rest == r.normal || rest == "" {
		return nil
	}
	hits := x.index.Search(rest, x.share, nil).Hits
	if len(hits) == 0 || hits[0].Document == than.Document || hits[0].Probability < besideLeast {
		return nil
	}
	return []candidate{{hits[0], x.shown(x.slugs[hits[0].Document], q.Language, r.text)}}
}

// sure is the article that surely answers a reading.
func (x *state) sure(q Question, r reading) (candidate, bool) {
	if !x.trusted || r.probability() < x.answer || x.stopped(r.found.Hits[0].Document, r.text, r.normal) ||
		q.Vector == nil && x.news(r.normal) >= newsMost {
		return candidate{}, false
	}
	h := r.found.Hits[0]
	if !x.cover(r).tells[h.Document] && !x.means(q, r, h.Document) {
		return candidate{}, false
	}
	return candidate{h, x.shown(x.slugs[h.Document], q.Language, r.text)}, true
}

// means says whether an article can be meant without a word that says something
// in common: by a slip of the pen, or by a vector.
func (x *state) means(q Question, r reading, slug int) bool {
	return q.Vector != nil || x.misspelt(r, slug)
}

// decide writes down what to do: one sure article is the answer. Several are
// suggested, and so is what a reading finds, if that is likely enough.
func (x *state) decide(q Question, r reading, sure []candidate, out *Answer) {
	all, cover := sure[:min(len(sure), most)], x.cover(r)
	tag := x.tags[named(r.normal)]
	suggest := !x.trusted || len(sure) > 1 || tag != "" || r.probability() >= x.suggest
	add := func(h index.Hit) {
		if len(all) < most && !slices.ContainsFunc(all, func(c candidate) bool { return c.Document == h.Document }) {
			all = append(all, candidate{h, x.shown(x.slugs[h.Document], q.Language, r.text)})
		}
	}
	if tag != "" && len(all) == 0 {
		place, _ := slices.BinarySearch(x.slugs, tag)
		add(index.Hit{Document: place, Probability: r.of(place)})
	}
	for i, h := range r.found.Hits {
		if x.speaks(cover, h) || i == 0 && (x.means(q, r, h.Document) || x.likely(r, h)) {
			add(h)
		}
	}
	if len(sure) == 1 {
		out.Article, out.Band = sure[0].article, crm.BandAnswered
	}
	out.Exact = out.Exact && out.Article != nil
	for _, c := range all {
		out.Top = append(out.Top, crm.Candidate{Article: c.article.ID, Version: c.article.Version, Probability: c.Probability})
		if c.article != out.Article && suggest {
			out.Suggestions = append(out.Suggestions, c.article)
		}
	}
	if out.Article == nil && len(out.Suggestions) == 0 {
		out.Suggestions = x.mentioned(q, r)
	}
	if out.Article == nil && len(out.Suggestions) > 0 {
		out.Band = crm.BandSuggested
		out.Likely = tag == out.Suggestions[0].Slug
	}
}

// speaks says whether something of the question speaks for an article: a word
// that says something, and, as long as nothing is known of how far the index can
// be believed, enough of them.
func (x *state) speaks(cover covered, h index.Hit) bool {
	return cover.tells[h.Document] && (x.trusted || cover.enough(h.Document))
}

// likely says whether an article would be the answer, going by the index, and
// has something of what the text says in common with it: a single character is
// enough then.
func (x *state) likely(r reading, h index.Hit) bool {
	return x.trusted && h.Probability >= x.answer && slices.ContainsFunc(r.words, func(t string) bool {
		_, in := slices.BinarySearch(x.holds[t], h.Document)
		return in && !x.filler[t]
	})
}

// Ranked is an article in the order in which a question finds them.
type Ranked struct {
	Slug        string
	Probability float64 // that it answers the question
}

// Rank are the articles that a question finds whatever is done with it, best
// first, at most ten. Errors as Find's.
func (m *Matcher) Rank(ctx context.Context, q Question) ([]Ranked, error) {
	x, err := m.first(ctx)
	if err != nil {
		return nil, err
	}
	var out []Ranked
	exact := x.same(x.trim.normal(q.Text), q.Language)
	if exact != nil {
		out = append(out, Ranked{Slug: exact.Slug, Probability: 1})
	}
	for _, h := range x.index.Search(q.Text, x.share, q.Vector).Hits {
		if slug := x.slugs[h.Document]; exact == nil || slug != exact.Slug {
			out = append(out, Ranked{Slug: slug, Probability: h.Probability})
		}
	}
	return out, nil
}

// same is the article that somebody wrote this very question down for, the
// reader's language first. It is none if he did for several.
func (x *state) same(normal, language string) *crm.Article {
	in := x.exact[bare(normal)]
	if len(in) == 0 {
		return nil
	}
	slug := x.articles[in[0]].Slug
	for _, i := range in[1:] {
		if x.articles[i].Slug != slug {
			return nil
		}
	}
	if a := x.shown(slug, language, normal); a.Language == language {
		return a
	}
	return x.articles[in[0]]
}

// covered says which slugs share how much of what a question says, and whether
// that is a word that says something.
type covered struct {
	total float64
	slugs []float64
	tells []bool
}

func (x *state) cover(r reading) covered {
	c := covered{slugs: make([]float64, len(x.slugs)), tells: make([]bool, len(x.slugs))}
	for _, t := range r.words {
		w := x.hint(t)
		c.total += w
		for _, i := range x.holds[t] {
			c.slugs[i] += w
		}
	}
	for _, t := range x.telling(r.normal) {
		for _, i := range x.holds[t] {
			c.tells[i] = true
		}
	}
	return c
}

// enough says whether a slug shares enough of the question to be suggested
// while nothing better is known. It must share a word that says something, not
// only "what is".
func (c covered) enough(slug int) bool { return c.tells[slug] && c.slugs[slug]/c.total >= possible }

func han(text string) bool { return strings.IndexFunc(text, isHan) >= 0 }
