package index

import (
	"math"
	"slices"
)

// matchWeight is how much BM25 counts beside the classifier, when both are on
// one scale, and meantWeight how much vectors do.
const (
	matchWeight = 0.6
	meantWeight = 1
)

// murmur is how far the scores of the classifier must be apart to be heard: a
// third of what is usual. What is less comes from parts of words that happen to
// be the same.
const murmur = 0.1

// vote lets the voters score every document.
func (x *Index) vote(l *look, vector []float32) {
	n := len(x.documents)
	l.classed = grow(l.classed, n)
	x.weights.score(l.classed, l.features, l.values)
	l.match(&x.terms, n)
	x.memory.near(l, x.kind, x.telling, l.whole(x.kind, x.telling, x.mark, missedWeight*unknown(n)), x.memory.scale, nil)
	l.meant = l.meant[:0]
	if x.meanings.fits(vector) {
		l.meant = grow(l.meant, n)
		x.meanings.vote(l.meant, vector, nil)
	}
	l.sum(nil)
}

// match scores n documents by BM25.
func (l *look) match(p *postings, n int) {
	l.matched = grow(l.matched, n)
	for _, f := range l.features {
		for _, q := range p.of(f) {
			l.matched[q.document] += float64(q.weight)
		}
	}
}

// sum puts all votes on one scale and adds them, for the documents for which
// candidate is true (nil for all), and orders those, best first.
func (l *look) sum(candidate []bool) {
	n := len(l.classed)
	l.both, l.order = grow(l.both, n), l.order[:0]
	for d := range n {
		if candidate == nil || candidate[d] {
			l.order = append(l.order, int32(d))
		}
	}
	add(l.both, l.classed, l.order, 1, murmur)
	add(l.both, l.matched, l.order, matchWeight, 0)
	if len(l.meant) > 0 {
		add(l.both, l.meant, l.order, meantWeight, 0)
	}
	l.best(min(most, len(l.order)))
}

// grow makes room for n zeros.
func grow(s []float64, n int) []float64 {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// add adds the scores of some documents to sums, put on a scale with mean 0 and
// deviation weight, or less if they deviate by no more than floor.
func add(sums, scores []float64, documents []int32, weight, floor float64) {
	n := float64(len(documents))
	mean, square := 0.0, 0.0
	for _, d := range documents {
		mean += scores[d]
	}
	mean /= n
	for _, d := range documents {
		square += float64((scores[d] - mean) * (scores[d] - mean))
	}
	if !(square > 1e-18) {
		return
	}
	factor := weight / math.Sqrt(square/n+float64(floor*floor))
	for _, d := range documents {
		sums[d] += float64((scores[d] - mean) * factor)
	}
}

// most is how many hits a search returns.
const most = 10

// best moves the k best documents to the front of the order, best first, those
// with equal scores in their order.
func (l *look) best(k int) {
	better := func(a, b int32) bool { return l.both[a] > l.both[b] || l.both[a] == l.both[b] && a < b }
	for i := 1; i < len(l.order); i++ {
		d := l.order[i]
		if i >= k && !better(d, l.order[k-1]) {
			continue
		}
		j := min(i, k)
		if i >= k {
			j = k - 1
			l.order[i] = l.order[j]
		}
		for ; j > 0 && better(d, l.order[j-1]); j-- {
			l.order[j] = l.order[j-1]
		}
		l.order[j] = d
	}
}

// rank is the best documents with their probabilities.
func (x *Index) rank(l *look, share float64) []Hit {
	n := min(most, len(l.order))
	hits := make([]Hit, n)
	for i, d := range l.order[:n] {
		hits[i] = Hit{Document: int(d), Score: l.both[d]}
	}
	x.believe(l, share, hits)
	return hits
}

// promote puts the documents that have the very phrasing first.
func promote(r Result, same []int32) Result {
	for _, d := range same {
		at := slices.IndexFunc(r.Hits, func(h Hit) bool { return h.Document == int(d) })
		hit := Hit{Document: int(d), Score: r.Hits[0].Score}
		if at < 0 {
			at = len(r.Hits) - 1
		} else {
			hit = r.Hits[at]
		}
		copy(r.Hits[1:], r.Hits[:at])
		r.Hits[0] = hit
	}
	for i := range same {
		if i < len(r.Hits) {
			r.Hits[i].Probability = 1 / float64(len(same))
		}
	}
	if len(same) == 1 {
		for i := 1; i < len(r.Hits); i++ {
			r.Hits[i].Probability = 0
		}
	}
	return r
}

// containedWeight is how near a text counts whose every word is in a document,
// but not in its phrasings.
const containedWeight = 0.45

// contained is how much of the words and Han characters of a text the winner
// has, 0 to 1, if it has at least one word or pair of characters that no
// phrasing of any document has; else 0.
func (x *Index) contained(l *look) float64 {
	winner, beside := l.order[0], false
	has, all := 0.0, 0.0
	for _, f := range l.found {
		if !f.term || f.common || f.pair && f.kind == words {
			continue
		}
		reach, here := x.terms.never, false
		n := x.vocabulary.number(f.hash)
		if n >= 0 && x.terms.reach[n] > 0 {
			reach = x.terms.reach[n]
			_, here = slices.BinarySearchFunc(x.terms.of(n), winner, func(p posting, d int32) int { return int(p.document) - int(d) })
			beside = beside || here && x.telling[n] == 0 && (f.pair || f.kind == words)
		}
		if f.pair {
			continue
		}
		all += float64(reach)
		if here {
			has += float64(reach)
		}
	}
	if !beside || all == 0 {
		return 0
	}
	return has / all
}
