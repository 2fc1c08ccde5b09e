package index

import (
	"math"
	"slices"
)

// weights are those of the classifier: of feature f list[start[f]:start[f+1]],
// in the order of the documents. They are most of an index, so each takes four
// bytes and no more.
type weights struct {
	start []int32
	list  []weight
	unit  float32 // what 1 in a weight stands for
}

// weight is how much a feature speaks for a document, or against it.
type weight struct {
	document uint16
	units    int16
}

// numbered is how many documents a weight can name. Those behind them have
// none: they are found by their words alone.
const numbered = 1 << 16

// entry is the weight of a feature for some document.
type entry struct {
	feature int32
	weight  float32
}

// The weights that are kept: those above faint, and no more than capacity
// together, the same number for each document, so that a knowledge base of
// thousands of documents fits in memory.
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

// transpose makes weights by feature of those of each document.
func transpose(entries [][]entry, features int) weights {
	entries = entries[:min(len(entries), numbered)]
	w := weights{start: make([]int32, features+1)}
	top := float32(0)
	for _, all := range entries {
		for _, e := range all {
			w.start[e.feature+1]++
			top = max(top, e.weight, -e.weight)
		}
	}
	for f := range features {
		w.start[f+1] += w.start[f]
	}
	w.unit = top / math.MaxInt16
	w.list = make([]weight, w.start[features])
	at := slices.Clone(w.start[:features])
	for d, all := range entries {
		for _, e := range all {
			units := math.RoundToEven(float64(e.weight) / float64(w.unit))
			w.list[at[e.feature]] = weight{uint16(d), int16(min(max(units, -math.MaxInt16), math.MaxInt16))}
			at[e.feature]++
		}
	}
	return w
}

// score adds what the features of a text say, by document. A feature without
// a value says nothing.
func (w *weights) score(scores []float64, features []int32, values []float32) {
	for i, f := range features {
		v := float64(values[i]) * float64(w.unit)
		if v == 0 {
			continue
		}
		for _, p := range w.list[w.start[f]:w.start[f+1]] {
			scores[p.document] += float64(v * float64(p.units))
		}
	}
}

func (w *weights) write(e *encoder) {
	e.float(w.unit)
	e.ends(w.start)
	for _, p := range w.list {
		e.int(int(p.document))
		e.b = append(e.b, byte(p.units), byte(p.units>>8))
	}
}

func decodeWeights(d *decoder, features, documents int) weights {
	w := weights{unit: d.float(), start: d.ends(features, len(d.b)/3)}
	if d.failed {
		return w
	}
	w.list = make([]weight, w.start[features])
	for i := range w.list {
		w.list[i].document = uint16(d.int(min(documents, numbered) - 1))
		if b := d.take(2); b != nil {
			w.list[i].units = int16(b[0]) | int16(b[1])<<8
		}
	}
	return w
}
