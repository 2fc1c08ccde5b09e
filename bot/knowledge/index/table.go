package index

import "slices"

// posting is how much a feature speaks for a document, or against it.
type posting struct {
	document int32
	weight   float32
}

// table is the postings of all features: of feature f list[start[f]:start[f+1]],
// in the order of the documents.
type table struct {
	start []int32
	list  []posting
}

func (t *table) of(f int32) []posting { return t.list[t.start[f]:t.start[f+1]] }

// entry is the weight of a feature for some document.
type entry struct {
	feature int32
	weight  float32
}

// The weights of the classifier that are kept: those above faint, and no more
// than capacity together, the same number for each document, so that a
// knowledge base of thousands of documents fits in memory.
const (
	faint    = 1e-3
	capacity = 3_000_000
	fewest   = 200
)

// strongest are the weights of one document that are kept, in the order of the
// features.
func strongest(weights []float64, documents int) []entry {
	count := 0
	for _, w := range weights {
		if w > faint || w < -faint {
			count++
		}
	}
	out := make([]entry, 0, count)
	for f, w := range weights {
		if w > faint || w < -faint {
			out = append(out, entry{int32(f), float32(w)})
		}
	}
	limit := max(capacity/documents, fewest)
	if len(out) <= limit {
		return out
	}
	sizes := make([]float32, len(out))
	for i, e := range out {
		sizes[i] = max(e.weight, -e.weight)
	}
	slices.Sort(sizes)
	bar := sizes[len(sizes)-limit]
	kept := out[:0]
	for _, e := range out {
		if max(e.weight, -e.weight) >= bar {
			kept = append(kept, e)
		}
	}
	return slices.Clone(kept)
}

// transpose makes a table of the weights of each document.
func transpose(entries [][]entry, features int) table {
	t := table{start: make([]int32, features+1)}
	for _, all := range entries {
		for _, e := range all {
			t.start[e.feature+1]++
		}
	}
	for f := range features {
		t.start[f+1] += t.start[f]
	}
	t.list = make([]posting, t.start[features])
	at := slices.Clone(t.start[:features])
	for d, all := range entries {
		for _, e := range all {
			t.list[at[e.feature]] = posting{int32(d), e.weight}
			at[e.feature]++
		}
	}
	return t
}

// score adds what the features of a text say, by document. A feature without
// a value says nothing.
func (t *table) score(scores []float64, features []int32, values []float32) {
	for i, f := range features {
		v := float64(values[i])
		if v == 0 {
			continue
		}
		for _, p := range t.of(f) {
			scores[p.document] += float64(v * float64(p.weight))
		}
	}
}
