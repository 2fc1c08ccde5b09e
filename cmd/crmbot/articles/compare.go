package articles

import (
	"slices"

	"crmbot/bot/grammar"
	"crmbot/crm"
)

// Change is what an import would do to one article.
type Change struct {
	Article *crm.Article // as it would be
	At      Place
	New     bool
	Fields  []string // that change, by the name of their column: question, phrasings, tags, answer, status
	Waiting bool     // a change that somebody proposed waits for approval

	said map[string]bool // the questions that the import itself names
}

// Plan is what an import would do.
type Plan struct {
	New, Changed []*Change
	Same         int
	Waiting      []*Change      // those with a proposal that waits, changed or not
	Archived     []*crm.Article // published, and not in the import
	Kept         int            // phrasings that are not in the import
	Asleep       int            // archived, and the import does not say otherwise
	Wrong        Findings       // nothing may be imported if there is one
	Notes        Findings
}

// Missing is what becomes of what the knowledge base has and the import has not.
type Missing struct {
	Archive bool // articles that are published; drafts wait for somebody and stay
	Drop    bool // phrasings of articles whose phrasings the import names
}

// Compare says what the import of entries changes in the knowledge base. A
// phrasing that the import does not have stays, unless it is that of another
// article now: people teach the bot while a file lies on somebody's disk.
func Compare(base []*crm.Article, entries []*Entry, missing Missing) *Plan {
	p := &Plan{}
	have := make(map[key]*crm.Article, len(base))
	for _, a := range base {
		have[keyOf(a)] = a
	}
	first := make(map[key]*Entry, len(entries))
	entries = named(base, have, entries)
	owner := owners(entries)
	kept := make([]*Change, 0, len(entries))
	for _, e := range entries {
		k := keyOf(e.Article)
		if other := first[k]; other != nil {
			p.Wrong.Say(e.At, "import.twice", "slug", k.slug, "language", k.language, "other", other.At)
			continue
		}
		first[k] = e
		c := p.compared(have[k], e, owner, missing.Drop)
		kept = append(kept, c)
		switch {
		case c.New:
			p.New = append(p.New, c)
		case len(c.Fields) > 0:
			p.Changed = append(p.Changed, c)
		default:
			p.Same++
		}
		if c.Waiting {
			p.Waiting = append(p.Waiting, c)
		}
		if !e.Has.Status && c.Article.Status == crm.ArticleArchived {
			p.Asleep++
		}
	}
	for _, a := range sorted(base) {
		if missing.Archive && first[keyOf(a)] == nil && a.Status == crm.ArticlePublished {
			p.Archived = append(p.Archived, a)
		}
	}
	p.overlaps(sorted(base), have, kept)
	return p
}

// named gives entries without a slug that of the article which has their title
// in the knowledge base, if there is one and no more.
func named(base []*crm.Article, have map[key]*crm.Article, entries []*Entry) []*Entry {
	titles := map[key]*crm.Article{}
	for _, a := range base {
		if a.Status == crm.ArticleArchived {
			continue
		}
		k := key{grammar.Bare(a.Title), a.Language}
		if _, twice := titles[k]; twice {
			a = nil
		}
		titles[k] = a
	}
	entries = slices.Clone(entries)
	for i, e := range entries {
		a := titles[key{grammar.Bare(e.Article.Title), e.Article.Language}]
		if !e.Unnamed || a == nil || have[keyOf(e.Article)] != nil {
			continue
		}
		other, article := *e, *e.Article
		article.Slug, other.Article = a.Slug, &article
		entries[i] = &other
	}
	return entries
}

// owners are the slugs of the questions of an import.
func owners(entries []*Entry) map[string]string {
	owner := map[string]string{}
	for _, e := range entries {
		for _, q := range questions(e.Article) {
			owner[q.bare] = e.Article.Slug
		}
	}
	return owner
}

// compared is what becomes of the article was, nil if it is new, by an entry.
func (p *Plan) compared(was *crm.Article, e *Entry, owner map[string]string, drop bool) *Change {
	now := *e.Article
	c := &Change{Article: &now, At: e.At, New: was == nil, said: map[string]bool{}}
	for _, q := range questions(e.Article) {
		c.said[q.bare] = true
	}
	if was == nil {
		if now.Status == "" {
			now.Status = crm.ArticlePublished
		}
		return c
	}
	now.ID, now.Version, c.Waiting = was.ID, was.Version, was.Proposal != nil
	had := lines(was.Phrasings)
	if e.Has.Phrasings && !drop {
		now.Phrasings = p.united(had, now.Phrasings, c, owner)
	}
	changed := func(field string, differs bool, keep func()) {
		if differs {
			c.Fields = append(c.Fields, field)
		} else {
			keep()
		}
	}
	changed("question", line(was.Title) != now.Title, func() { now.Title = was.Title })
	changed("phrasings", e.Has.Phrasings && !slices.Equal(had, now.Phrasings), func() { now.Phrasings = was.Phrasings })
	changed("tags", e.Has.Tags && !slices.Equal(lines(was.Tags), now.Tags), func() { now.Tags = was.Tags })
	changed("answer", tidied(was.Body) != now.Body, func() { now.Body = was.Body })
	changed("status", now.Status != "" && was.Status != now.Status, func() { now.Status = was.Status })
	return c
}

// united are the phrasings that an article had, but for those that are another
// article's now, and behind them the new ones.
func (p *Plan) united(had, now []string, c *Change, owner map[string]string) []string {
	var all []string
	for _, q := range had {
		bare := grammar.Bare(q)
		slug, named := owner[bare]
		switch {
		case c.said[bare]:
		case named && slug != c.Article.Slug:
			continue
		default:
			p.Kept++
		}
		all = append(all, q)
	}
	for _, q := range now {
		if !slices.Contains(all, q) {
			all = append(all, q)
		}
	}
	return all
}

// asker is an article that a question asks for.
type asker struct {
	at   Place
	slug string
	text string       // of the question
	said bool         // by the import
	is   *crm.Article // as it is in the knowledge base, nil if it is new
}

// overlaps finds questions that ask for two articles. Between two articles of
// the import it is a mistake, unless the knowledge base has it already: what
// was exported can be imported. Between the import and another article of the
// knowledge base it is worth a look.
func (p *Plan) overlaps(base []*crm.Article, have map[key]*crm.Article, kept []*Change) {
	inImport := make(map[key]bool, len(kept))
	asked := map[string]asker{}
	for _, c := range kept {
		inImport[keyOf(c.Article)] = true
		if c.Article.Status == crm.ArticleArchived {
			continue
		}
		for _, q := range questions(c.Article) {
			me := asker{c.At, c.Article.Slug, q.text, c.said[q.bare], have[keyOf(c.Article)]}
			other, taken := asked[q.bare]
			switch {
			case !taken:
				asked[q.bare] = me
			case other.slug == me.slug:
			case !other.said || !me.said || asks(other.is, q.bare) && asks(me.is, q.bare):
				p.Notes.Say(c.At, "import.shared", "question", q.text, "other", other.at)
			default:
				p.Wrong.Say(c.At, "import.shared", "question", q.text, "other", other.at)
			}
		}
	}
	for _, a := range base {
		if a.Status == crm.ArticleArchived || inImport[keyOf(a)] || slices.Contains(p.Archived, a) {
			continue
		}
		for _, q := range questions(a) {
			if mine, taken := asked[q.bare]; taken && mine.slug != a.Slug {
				p.Notes.Say(mine.at, "import.shared_base", "question", mine.text, "slug", a.Slug, "title", a.Title)
			}
		}
	}
}

// question is a way of asking, and the form in which it is compared.
type question struct{ text, bare string }

// questions are the ways of asking for an article, each once.
func questions(a *crm.Article) []question {
	seen := map[string]bool{}
	var out []question
	for _, text := range append([]string{a.Title}, a.Phrasings...) {
		if bare := grammar.Bare(text); bare != "" && !seen[bare] {
			seen[bare] = true
			out = append(out, question{text, bare})
		}
	}
	return out
}

// asks says whether a question asks for an article.
func asks(a *crm.Article, bare string) bool {
	return a != nil && slices.ContainsFunc(questions(a), func(q question) bool { return q.bare == bare })
}

// After is the knowledge base as it would be.
func (p *Plan) After(base []*crm.Article) []*crm.Article {
	now := make(map[key]*crm.Article, len(p.Changed)+len(p.Archived))
	for _, c := range p.Changed {
		now[keyOf(c.Article)] = c.Article
	}
	for _, a := range p.Archived {
		gone := *a
		gone.Status = crm.ArticleArchived
		now[keyOf(a)] = &gone
	}
	after := make([]*crm.Article, 0, len(base)+len(p.New))
	for _, a := range base {
		if changed := now[keyOf(a)]; changed != nil {
			a = changed
		}
		after = append(after, a)
	}
	for _, c := range p.New {
		after = append(after, c.Article)
	}
	return after
}
