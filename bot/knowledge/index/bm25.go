package index

import (
	"math"
	"slices"
)

// BM25 over one text per document: all its phrasings and tags one behind the
// other, and its body, which counts little
// (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009). Instead
// of the inverse document frequency alone, a term counts by the geometric mean
// of it and of what the term tells.
const (
	saturation = 1.2
	shortness  = 0.75
	bodyWeight = 0.1
	soleWeight = 0.2 // of the body where there are fewer than two phrasings
)

// postings are how much the terms speak for the documents.
type postings struct {
	table
	reach []float32 // the most that a term can add; 0 for features that are none
	never float32   // that of a term that no document has
}

// occurrence is how often a document has a term.
type occurrence struct {
	feature int32
	times   float32
}

// beside is what the documents say beside their phrasings: those of document d
// are list[start[d]:start[d+1]], sorted by feature.
type beside struct {
	start []int32
	list  []occurrence
}

// postings are those of the texts for which use is true (nil for all) and of
// what is beside them for the documents for which candidate is true (nil for all).
func (c *corpus) postings(b *beside, telling []float32, use, candidate []bool) postings {
	n := len(c.kind)
	p := postings{table: table{start: make([]int32, n+1)}, reach: make([]float32, n)}
	var all []occurrence
	ends := make([]int32, c.documents)
	lengths := make([]float64, c.documents)
	total, counted, text := 0.0, 0, 0
	for d := range c.documents {
		from := len(all)
		for ; text < c.len() && int(c.label[text]) == d; text++ {
			if use != nil && !use[text] {
				continue
			}
			for _, f := range c.row(text) {
				if c.term[f] {
					all = append(all, occurrence{f, 1})
				}
			}
		}
		if candidate == nil || candidate[d] {
			counted++
			all = append(all, b.list[b.start[d]:b.start[d+1]]...)
		}
		all = append(all[:from], merged(all[from:])...)
		for _, o := range all[from:] {
			p.start[o.feature+1]++
			lengths[d] += float64(o.times)
		}
		ends[d] = int32(len(all))
		total += lengths[d]
	}
	mean := max(total/float64(max(counted, 1)), 1)
	rare := func(in int32) float64 { return ln(1 + (float64(counted)-float64(in)+0.5)/(float64(in)+0.5)) }
	for f := range n {
		if in := p.start[f+1]; in > 0 {
			v := rare(in)
			if telling[f] > 0 {
				v = math.Sqrt(float64(v * float64(telling[f])))
			}
			p.reach[f] = float32(float64(v * (saturation + 1)))
		}
		p.start[f+1] += p.start[f]
	}
	p.never = float32(rare(0) * (saturation + 1))
	p.list = make([]posting, p.start[n])
	at := slices.Clone(p.start[:n])
	for d, k := 0, int32(0); d < c.documents; d++ {
		norm := float64(saturation * (1 - shortness + float64(shortness*lengths[d]/mean)))
		for ; k < ends[d]; k++ {
			f, times := all[k].feature, float64(all[k].times)
			p.list[at[f]] = posting{int32(d), float32(float64(p.reach[f]) * times / (times + norm))}
			at[f]++
		}
	}
	return p
}

// merged sorts occurrences and adds those of the same feature, in place.
func merged(all []occurrence) []occurrence {
	slices.SortStableFunc(all, func(a, b occurrence) int { return int(a.feature) - int(b.feature) })
	out := all[:0]
	for _, o := range all {
		if n := len(out); n > 0 && out[n-1].feature == o.feature {
			out[n-1].times += o.times
			continue
		}
		out = append(out, o)
	}
	return out
}
