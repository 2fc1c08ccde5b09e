package index

import (
	"cmp"
	"slices"
)

// episode is a phrasing that was asked of an index that did not know it.
type episode struct {
	text, found int32 // what was asked, and the document that came first
	answerable  bool  // the document was there, without this phrasing
	meant       bool  // vectors voted too
	right       bool  // and was found
	among3      bool  // or was among the best three
	elsewhere   bool  // not answerable, and about something else altogether
	signs       signs
}

// signs are what tells how far to believe the winner of a search.
type signs struct {
	classed float64 // what the classifier says of it
	covered float64 // how much of what BM25 could reach it has, 0 to 1
	known   float64 // how much of the text the documents know, 0 to 1
	near    float64 // how alike the most alike phrasing is, 0 to 1
	margin  float64 // how far it is ahead of the second, on the scale of the sum
	meant   float64 // its vector's cosine, where vectors vote
	ahead   float64 // and how far that is above the next best
}

// signs reads those of the winner of a look that was voted on.
func (l *look) signs() signs {
	first := l.order[0]
	reach := max(l.reach, 1e-9)
	s := signs{classed: l.classed[first], covered: min(l.matched[first]/reach, 1), known: min(l.known/reach, 1), near: l.nearest, margin: 5}
	if len(l.order) > 1 {
		s.margin = min(l.both[first]-l.both[l.order[1]], 5)
	}
	if len(l.meant) > 0 {
		s.meant, s.ahead = l.meant[first], 1
		for _, d := range l.order {
			if d != first {
				s.ahead = min(s.ahead, s.meant-l.meant[d])
			}
		}
	}
	return s
}

// folds is in how many parts the phrasings and the documents are held back, one
// part after the other.
const folds = 5

// trial is one part held back: the texts for which use is false are not known,
// and asked if asked says so; only documents for which candidate is true are.
type trial struct {
	use        []bool
	candidate  []bool
	asked      []int32
	answerable bool
}

// Where there are so many phrasings that one trial teaches enough, it is the only
// one of its sort, and asks no more than these.
const (
	plentiful   = 3000
	enoughAsked = 2000
)

// trials are those of a corpus: first parts of the phrasings, then parts of the
// documents. What goes into a part is decided by hashes of the texts.
func (x *Index) trials(c *corpus) []trial {
	part, byDocument := x.parts(c)
	all := make([]trial, 0, 2*folds)
	rounds := folds
	if c.len() > plentiful {
		rounds = 1
	}
	for sort := range 2 {
		for k := range rounds {
			t := trial{use: make([]bool, c.len()), answerable: sort == 0}
			if sort == 1 {
				t.candidate = make([]bool, c.documents)
				for d := range t.candidate {
					t.candidate[d] = byDocument[d] != k
				}
			}
			for i := range c.len() {
				in := part[i]
				if sort == 1 {
					in = byDocument[c.label[i]]
				}
				if t.use[i] = in != k; !t.use[i] {
					t.asked = append(t.asked, int32(i))
				}
			}
			if n := len(t.asked); c.len() > plentiful && n > enoughAsked {
				for i := range enoughAsked {
					t.asked[i] = t.asked[i*n/enoughAsked]
				}
				t.asked = t.asked[:enoughAsked]
			}
			all = append(all, t)
		}
	}
	return all
}

// parts deals the phrasings of each document, and the documents, into folds. A
// phrasing that is the only one of its document is in none (-1).
func (x *Index) parts(c *corpus) (phrasings, documents []int) {
	type card struct {
		hash uint64
		at   int
	}
	deal := func(cards []card, out []int, from int) {
		slices.SortFunc(cards, func(a, b card) int { return cmp.Or(cmp.Compare(a.hash, b.hash), a.at-b.at) })
		for k, card := range cards {
			out[card.at] = (k + from) % folds
		}
	}
	phrasings, documents = make([]int, c.len()), make([]int, c.documents)
	var names, cards []card
	i := 0
	for d := range c.documents {
		names = append(names, card{exactly([]byte(x.documents[d].ID)), d})
		cards = cards[:0]
		for ; i < c.len() && int(c.label[i]) == d; i++ {
			cards = append(cards, card{exactly([]byte(x.text(x.phrasings[i]))), i})
		}
		if len(cards) == 1 {
			phrasings[i-1] = -1
			continue
		}
		deal(cards, phrasings, d)
	}
	deal(names, documents, 0)
	return phrasings, documents
}

// try asks what a trial holds back. The training goes on from the duals of all
// texts. What is in buffer is used again.
func (x *Index) try(t *training, tr trial, buffer *rows) ([]episode, *rows) {
	c := t.corpus
	if len(tr.asked) == 0 || tr.candidate != nil && !slices.Contains(tr.candidate, true) {
		return nil, buffer
	}
	telling := c.telling(tr.use)
	r := c.rows(telling, buffer)
	questions := tr.questions(c, telling)
	scores := tr.scores(r, t.duals, questions)
	terms := c.postings(&t.beside, telling, tr.use, tr.candidate)
	each := missedWeight * unknown(c.documents)
	var out []episode
	var v votes
	for q := range questions {
		l := &questions[q].look
		l.votes = v
		l.measure(&terms, c.term)
		l.classed = grow(l.classed, c.documents)
		for d := range l.classed {
			l.classed[d] = float64(scores[q*c.documents+d])
		}
		l.match(&terms, c.documents)
		x.memory.near(l, c.kind, telling, l.whole(c.kind, telling, c.mark, each), r.scale, tr.use)
		l.meant = l.meant[:0]
		out = append(out, tr.episode(&questions[q], c))
		vector := x.options.Vectors[x.text(x.phrasings[questions[q].text])]
		if x.meanings.fits(vector) && !questions[q].elsewhere {
			l.meant = grow(l.meant, c.documents)
			x.meanings.vote(l.meant, vector, tr.use)
			out = append(out, tr.episode(&questions[q], c))
		}
		v = l.votes
	}
	return out, r
}

// scores are what the classifier, trained on what is known, says of the
// questions: one after the other, by document.
func (tr *trial) scores(r *rows, duals [][]float32, questions []question) []float32 {
	n := r.documents
	out := make([]float32, len(questions)*n)
	columns := make([]*column, workers())
	parallel(n, func(worker, d int) {
		if tr.candidate != nil && !tr.candidate[d] {
			return
		}
		c := columns[worker]
		if c == nil {
			c = newColumn(r)
			columns[worker] = c
		}
		c.resume(r, int32(d), duals[d], tr.use)
		refiner.train(r, int32(d), c, tr.use)
		for q := range questions {
			out[q*n+d] = float32(c.score(questions[q].features, questions[q].values))
		}
	})
	return out
}

// episode is what came of a question that has all its votes.
func (tr *trial) episode(q *question, c *corpus) episode {
	q.sum(tr.candidate)
	at := slices.Index(q.order[:min(3, len(q.order))], c.label[q.text])
	return episode{
		text: q.text, found: q.order[0], answerable: tr.answerable, elsewhere: q.elsewhere, meant: len(q.meant) > 0,
		right: tr.answerable && at == 0, among3: tr.answerable && at >= 0, signs: q.signs(),
	}
}

// question is a text as it is asked in a trial.
type question struct {
	look
	text      int32
	elsewhere bool
}

// questions are the texts that a trial asks. Where the document is not there,
// each is asked twice: as it is, that is about the same business, and without
// the most telling part of what it shares with the documents, that is about
// anything else.
func (tr *trial) questions(c *corpus, telling []float32) []question {
	var out []question
	for _, i := range tr.asked {
		q := question{text: i}
		q.features, q.latin, q.chinese = c.row(int(i)), float64(c.latin[i]), float64(c.chinese[i])
		for k, n := range c.odd[i] {
			q.odd[k] = float64(n)
		}
		q.chatter(c, i)
		q.weigh(c.kind, telling)
		out = append(out, q)
		if tr.answerable {
			continue
		}
		q.features, q.values, q.elsewhere = slices.Clone(q.features), nil, true
		q.estrange(c, telling)
		q.weigh(c.kind, telling)
		out = append(out, q)
	}
	return out
}

// chatter puts words that nobody knows around a question: a quarter or half of
// what it has, or none. Whoever wrote the phrasings was short; customers tell
// their story.
func (q *question) chatter(c *corpus, text int32) {
	more, terms := float64(float64(text%3)/4), 0.0
	for _, f := range q.features {
		if c.mark[f] {
			q.odd[c.kind[f]] += more
		}
		if c.term[f] {
			terms += more
		}
	}
	q.strange += int(terms)
}

// estranged is which part of its known features, the most telling ones first, a
// text about anything else does not share.
const estranged = 0.6

// estrange makes features unknown.
func (q *question) estrange(c *corpus, telling []float32) {
	slices.SortStableFunc(q.features, func(a, b int32) int { return cmp.Compare(telling[b], telling[a]) })
	var have, gone [kinds]float64
	for _, f := range q.features {
		have[c.kind[f]]++
	}
	kept := q.features[:0]
	for _, f := range q.features {
		k := c.kind[f]
		if gone[k] >= float64(estranged*have[k]) {
			kept = append(kept, f)
			continue
		}
		gone[k]++
		if c.mark[f] {
			q.odd[k]++
		}
		if c.term[f] {
			q.strange++
		}
	}
	q.features = kept
	slices.Sort(q.features)
}

// score is what a column says of a text.
func (c *column) score(features []int32, values []float32) float64 {
	sum := 0.0
	for j, f := range features {
		sum += float64(c.weights[f] * float64(values[j]))
	}
	return sum
}

// refiner goes on with duals that are nearly right.
var refiner = machine{cost: classifier.cost, positive: classifier.positive, epochs: 10, enough: 0.2}

// resume makes weights from duals, leaving out the texts that are held back.
func (c *column) resume(r *rows, document int32, duals []float32, use []bool) {
	clear(c.weights)
	clear(c.duals)
	for i, dual := range duals {
		if dual == 0 || !use[i] {
			continue
		}
		c.duals[i] = float64(dual)
		y := -float64(dual)
		if r.label[i] == document {
			y = float64(dual)
		}
		features, values := r.at(i)
		for j, f := range features {
			c.weights[f] += float64(y * float64(values[j]))
		}
	}
}
