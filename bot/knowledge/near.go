package knowledge

import (
	"time"

	"crmbot/crm"
)

// Version is that of the knowledge base that answers, 0 before there is one.
func (m *Matcher) Version() int64 {
	if x := m.current.Load(); x != nil {
		return x.version
	}
	return 0
}

// Trusted says whether there are articles enough, asked for in ways enough, to
// answer with what nobody wrote down word for word.
func (m *Matcher) Trusted() bool {
	x := m.current.Load()
	return x != nil && x.trusted
}

// Alike is how alike two questions are, 0 to 1, by the words that matter among
// the articles.
func (m *Matcher) Alike(a, b string) float64 {
	if x := m.current.Load(); x != nil {
		return x.alike(a, b)
	}
	return 0
}

// Near is the phrasing most like a text, and its article, among those of
// another slug than notSlug ("" for all), and how alike they are, 0 to 1. No
// article is nil.
func (m *Matcher) Near(text, notSlug string) (phrasing string, article *crm.Article, alike float64) {
	x := m.current.Load()
	if x == nil {
		return "", nil, 0
	}
	return x.near(text, notSlug)
}

func (x *state) near(text, notSlug string) (string, *crm.Article, float64) {
	phrasing, slug, alike := x.index.Near(text, notSlug)
	if slug < 0 {
		return "", nil, 0
	}
	name := x.index.ID(slug)
	a := x.articles[x.bySlug[name][0]]
	for _, i := range x.exact[bare(x.trim.normal(phrasing))] {
		if x.articles[i].Slug == name {
			a = x.articles[i]
		}
	}
	return phrasing, a, alike
}

// Conflict is a phrasing that another article is nearly asked for with.
type Conflict struct {
	Phrasing string       // of the article that was looked at
	Other    string       // of the other one
	Article  *crm.Article // the other one
	Alike    float64      // 0 to 1
	Same     bool         // but for how it is written
}

// conflicting is how alike phrasings of two articles may be.
const conflicting = 0.85

// Conflicts are the phrasings of an article, its title among them, that are too
// close to one of another slug. The article need not be in the knowledge base.
func (m *Matcher) Conflicts(a *crm.Article) []Conflict {
	x := m.current.Load()
	if x == nil {
		return nil
	}
	var out []Conflict
	for _, p := range Phrasings([]*crm.Article{a}) {
		if c := x.conflict(p, a.Slug); c != nil {
			out = append(out, *c)
		}
	}
	return out
}

// conflict is what a phrasing of a slug is in conflict with, nil for nothing.
func (x *state) conflict(phrasing, slug string) *Conflict {
	key := bare(x.trim.normal(phrasing))
	for _, i := range x.exact[key] {
		if other := x.articles[i]; other.Slug != slug {
			for _, p := range asked(other) {
				if bare(x.trim.normal(p)) == key {
					return &Conflict{Phrasing: phrasing, Other: p, Article: other, Alike: 1, Same: true}
				}
			}
		}
	}
	other, article, alike := x.near(phrasing, slug)
	if article == nil || alike < conflicting {
		return nil
	}
	return &Conflict{Phrasing: phrasing, Other: other, Article: article, Alike: alike}
}

// alike compares by the index's own words.
func (x *state) alike(a, b string) float64 { return x.index.Alike(a, b) }

// Health is how well the articles can be told apart.
type Health struct {
	Articles, Slugs, Phrasings int
	// Calibrated says that the self-test was done: that every phrasing was asked
	// of an index that does not know it. Trusted is Matcher.Trusted.
	Calibrated, Trusted  bool
	Asked, Right, Among3 int
	Confused             []Confused // most often first
	// Share is the share of questions that is taken to have no article; Answer
	// and Suggest are the probabilities from which on that is done. 0 to 1.
	Share, Answer, Suggest float64
	// Built is how long the index took here until it answered, Learned how long
	// the self-test took; 0 if it was kept from before.
	Built, Learned time.Duration
}

// Confused is two articles of which the first is taken for the second.
type Confused struct {
	Asked, Found *crm.Article
	Times        int
	Example      string
}

// Health is what the index knows of itself.
func (m *Matcher) Health() Health {
	x := m.current.Load()
	if x == nil {
		return Health{}
	}
	test := x.index.SelfTest()
	h := Health{
		Articles: len(x.articles), Slugs: len(x.slugs), Phrasings: x.phrasings, Calibrated: x.settled(), Trusted: x.trusted,
		Asked: test.Asked, Right: test.Right, Among3: test.Among3, Share: x.share, Answer: x.answer, Suggest: x.suggest,
		Built: x.built, Learned: x.learned,
	}
	for _, c := range test.Confused {
		asked, found := x.bySlug[c.Asked], x.bySlug[c.Found]
		if len(asked) > 0 && len(found) > 0 {
			h.Confused = append(h.Confused, Confused{
				Asked: x.shown(c.Asked, "", c.Example), Found: x.shown(c.Found, "", c.Example), Times: c.Times, Example: c.Example,
			})
		}
	}
	return h
}
