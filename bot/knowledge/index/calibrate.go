package index

import (
	"cmp"
	"slices"
)

// calibration is how far to believe a search, learned from its trials.
type calibration struct {
	told     belief // by the words
	meant    belief // by the words and the vectors, empty without vectors
	trusted  bool
	outcomes []outcome
	test     SelfTest
}

// belief is how far the signs are to be believed.
type belief struct {
	answerable []float64 // weights of the signs for that some document answers
	right      []float64 // and, if one does, for that it is the winner
}

// outcome is an episode as Thresholds needs it.
type outcome struct {
	answerable, right float32 // log odds that it is answerable, with usualShare; probability that it is right then
	kind              uint8
}

// The kinds of outcomes.
const (
	unanswerable = iota // about the business, but there is no answer
	elsewhere           // about something else
	missed              // there was an answer, and it was not found
	listed              // it was among the best three
	found               // it came first
)

// usualShare is the share of unanswerable texts that the calibration is fitted
// for; any other moves the odds.
const usualShare = 0.3

// Calibrate returns the same index with a calibration learned from its own
// documents: about eight times the work of Build, twice where there are more
// than 3,000 phrasings. Before it, probabilities are a guess. An index that was
// read with its calibration stays as it is.
//
// Five parts of the phrasings are held back and asked, one after the other, then
// five parts of the documents: what is asked of those has no answer. Each of
// the latter is asked a second time without the most telling part of what it
// shares with the documents, as a text about something else altogether. From
// what the winner of each search looked like, two logistic regressions learn
// whether there is an answer and whether, if so, it is the winner; the product
// of both is the probability. A share of unanswerable texts other than the one
// in the lesson only moves the odds of the first.
func (x *Index) Calibrate() *Index {
	t := x.training
	switch {
	case t == nil && x.calibration != nil && !x.adopted:
		return x
	case t == nil:
		t = Build(x.documents, x.options).training
	}
	c := &calibration{trusted: x.plenty()}
	confused := map[[2]int32]*Confusion{}
	var all []episode
	var buffer *rows
	for _, tr := range x.trials(t.corpus) {
		episodes, used := x.try(t, tr, buffer)
		buffer = used
		all = append(all, episodes...)
		for _, e := range episodes {
			if e.answerable && !e.meant {
				x.note(c, confused, t.corpus, e)
			}
		}
	}
	for _, f := range confused {
		c.test.Confused = append(c.test.Confused, *f)
	}
	slices.SortFunc(c.test.Confused, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Asked, b.Asked), cmp.Compare(a.Found, b.Found))
	})
	c.learn(all)
	y := x.copy()
	y.calibration, y.options = c, Options{}
	return y
}

// copy is the same index, without what only training needs.
func (x *Index) copy() *Index {
	return &Index{
		documents: x.documents, options: x.options, fingerprint: x.fingerprint, phrasings: x.phrasings, exact: x.exact,
		vocabulary: x.vocabulary, kind: x.kind, term: x.term, mark: x.mark, telling: x.telling, weights: x.weights, terms: x.terms,
		memory: x.memory, meanings: x.meanings, calibration: x.calibration,
	}
}

// plenty says whether a calibration can be trusted: at least 10 documents have 2
// phrasings or more.
func (x *Index) plenty() bool {
	count, enough := make([]int, len(x.documents)), 0
	for _, p := range x.phrasings {
		if count[p.document]++; count[p.document] == 2 {
			enough++
		}
	}
	return enough >= 10
}

// note counts an answerable episode for the self-test.
func (x *Index) note(c *calibration, confused map[[2]int32]*Confusion, texts *corpus, e episode) {
	c.test.Asked++
	if e.among3 {
		c.test.Among3++
	}
	if e.right {
		c.test.Right++
		return
	}
	asked := texts.label[e.text]
	key := [2]int32{asked, e.found}
	if confused[key] == nil {
		confused[key] = &Confusion{
			Asked: x.documents[asked].ID, Found: x.documents[e.found].ID, Example: x.text(x.phrasings[e.text]),
		}
	}
	confused[key].Times++
}

// How many weights a model has, with the one that is always there, without
// vectors and with them.
const (
	toldCount  = 5
	meantCount = 7
)

// some are the signs as the model of whether there is an answer sees them.
func (s signs) some(meant bool) []float64 {
	x := []float64{1, s.classed, s.covered, s.known, s.near}
	if meant {
		x = append(x, s.meant, s.ahead)
	}
	return x
}

// first are the signs as the model of whether the winner is right sees them.
func (s signs) first(meant bool) []float64 {
	x := []float64{1, s.classed, s.covered, s.margin, s.near}
	if meant {
		x = append(x, s.meant, s.ahead)
	}
	return x
}

// learn fits the models to the episodes.
func (c *calibration) learn(all []episode) {
	c.told = fit(all, false)
	c.meant = fit(all, true)
	for _, e := range all {
		if e.meant {
			continue
		}
		o := outcome{
			answerable: float32(dot(c.told.answerable, e.signs.some(false))),
			right:      float32(odds(dot(c.told.right, e.signs.first(false)))),
		}
		switch {
		case e.right:
			o.kind = found
		case e.among3:
			o.kind = listed
		case e.answerable:
			o.kind = missed
		case e.elsewhere:
			o.kind = elsewhere
		}
		c.outcomes = append(c.outcomes, o)
	}
}

// fit learns from the episodes in which vectors voted, or from those in which
// they did not.
func fit(all []episode, meant bool) belief {
	var in, out float64
	for _, e := range all {
		switch {
		case e.meant != meant:
		case e.answerable:
			in++
		default:
			out++
		}
	}
	var some, first []example
	for _, e := range all {
		if e.meant != meant {
			continue
		}
		weight := usualShare / max(out, 1)
		if e.answerable {
			weight = (1 - usualShare) / max(in, 1)
			first = append(first, example{e.signs.first(meant), e.right, 1 / max(in, 1)})
		}
		some = append(some, example{e.signs.some(meant), e.answerable, weight})
	}
	switch {
	case !meant && (in == 0 || out == 0):
		return guess
	case !meant:
		return belief{logistic(some, toldCount), logistic(first, toldCount)}
	case in == 0 || out == 0:
		return belief{}
	}
	return belief{logistic(some, meantCount), logistic(first, meantCount)}
}

// shifted is the probability that belongs to log odds with usualShare, when share
// of the texts are unanswerable.
func shifted(logOdds, share float64) float64 {
	share = max(0.001, min(0.999, share))
	return odds(logOdds + logit(1-share) - logit(1-usualShare))
}

// guess is the calibration before there is one: about that of a middling
// knowledge base.
var guess = belief{answerable: []float64{-3, 0.3, 0.2, 2, 5.5}, right: []float64{-2.5, 0.9, 1.2, 0.7, 2}}

// believe writes the probabilities of hits, best first.
func (x *Index) believe(l *look, share float64, hits []Hit) {
	if len(hits) == 0 {
		return
	}
	s, by, meant := l.signs(), guess, false
	if c := x.calibration; c != nil {
		by = c.told
		if meant = len(l.meant) > 0 && len(c.meant.right) > 0; meant {
			by = c.meant
		}
	}
	answerable, right := shifted(dot(by.answerable, s.some(meant)), share), odds(dot(by.right, s.first(meant)))
	hits[0].Probability = float64(answerable * right)
	left, sum := float64(answerable*(1-right)), 0.0
	for _, h := range hits[1:] {
		sum += exp(h.Score - hits[0].Score)
	}
	for i := 1; i < len(hits); i++ {
		p := float64(left*exp(hits[i].Score-hits[0].Score)) / sum
		hits[i].Probability = min(p, hits[i-1].Probability)
	}
}

// Calibrated says whether there is a calibration, and whether the documents were
// enough to trust it: at least 10 with 2 phrasings each.
func (x *Index) Calibrated() (done, trusted bool) {
	if x.calibration == nil {
		return false, false
	}
	return true, x.calibration.trusted
}

// Adopt returns the same index with the calibration of an older one, to go on
// with until its own is learned. WriteTo does not write what was adopted.
func (x *Index) Adopt(old *Index) *Index {
	y := x.copy()
	y.training, y.calibration, y.adopted = x.training, old.calibration, true
	return y
}

// SelfTest is how well the documents can be told apart, as found by Calibrate.
func (x *Index) SelfTest() SelfTest {
	if x.calibration == nil {
		return SelfTest{}
	}
	return x.calibration.test
}
