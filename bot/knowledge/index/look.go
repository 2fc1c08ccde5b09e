package index

import "slices"

// look is what is seen of one text, and room to look at the next.
type look struct {
	text     []byte
	found    []feature
	features []int32 // those the index knows, sorted, each once
	values   []float32
	latin    float64        // words
	chinese  float64        // Han characters, two like a word
	odd      [kinds]float64 // how many marks of each kind the index does not know
	strange  int            // and how many terms
	known    float64        // what the terms that some document has can add
	reach    float64        // and all of them
	votes
}

// votes are what the voters say of every document.
type votes struct {
	classed []float64 // the classifier
	matched []float64 // BM25
	meant   []float64 // vectors
	both    []float64 // all on one scale
	order   []int32
	near    []float64 // cosines, by phrasing
	nearest float64   // the highest
}

// take takes a text apart, up to its first bytes.
func (l *look) take(x *Index, text string, longest int) {
	l.text = appendNormal(l.text[:0], text, longest)
	l.found = features(l.found[:0], l.text)
	l.features, l.latin, l.chinese, l.odd, l.strange = l.features[:0], 0, 0, [kinds]float64{}, 0
	for _, f := range l.found {
		switch {
		case f.pair:
		case f.kind == words:
			l.latin++
		case f.kind == han:
			l.chinese += 0.5
		}
		if n := x.vocabulary.number(f.hash); n >= 0 {
			l.features = append(l.features, n)
			continue
		}
		if f.common {
			continue
		}
		if f.mark {
			l.odd[f.kind]++
		}
		if f.term {
			l.strange++
		}
	}
	slices.Sort(l.features)
	l.features = slices.Compact(l.features)
}

// read looks at a text with the eyes of an index.
func (l *look) read(x *Index, text string) {
	l.take(x, text, longestPhrasing)
	l.weigh(x.kind, x.telling)
	l.measure(&x.terms, x.term)
}

// weigh gives the features their values.
func (l *look) weigh(kind []kind, telling []float32) {
	l.values = weigh(l.values[:0], l.features, kind, telling, scales(l.features, kind, telling, l.latin, l.chinese, nil, [kinds]float64{}))
}

// whole is what the marks are multiplied with where what the index does not
// know counts too, and each such mark tells so much.
func (l *look) whole(kind []kind, telling []float32, mark []bool, each float64) [kinds]float64 {
	odd := l.odd
	for _, f := range l.features {
		if telling[f] == 0 && mark[f] {
			odd[kind[f]]++
		}
	}
	for k := range odd {
		odd[k] = float64(odd[k] * each * each)
	}
	return scales(l.features, kind, telling, l.latin, l.chinese, mark, odd)
}

// measure adds up what the terms of the text can add to a score.
func (l *look) measure(p *postings, term []bool) {
	l.known, l.reach = 0, float64(float64(l.strange)*float64(p.never))
	for _, f := range l.features {
		if !term[f] {
			continue
		}
		if p.reach[f] > 0 {
			l.known += float64(p.reach[f])
			l.reach += float64(p.reach[f])
		} else {
			l.reach += float64(p.never)
		}
	}
}
