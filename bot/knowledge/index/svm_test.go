package index

import (
	"math"
	"testing"
)

// TestTrainByHand: two texts on the two axes, one for and one against. By
// symmetry of the problem the duals have a closed form: minimise
// ½|w|² + C₊ξ₊² + C₋ξ₋², of which each text sees only its own axis:
// α = 1 / (1 + 1/(2C)), w = y·α.
func TestTrainByHand(t *testing.T) {
	t.Parallel()
	c := &corpus{start: []int32{0, 1, 2}, features: []int32{0, 1}, label: []int32{0, 1}, kind: make([]kind, 2), documents: 2}
	r := &rows{corpus: c, values: []float32{1, 1}, square: []float64{1, 1}}
	m := machine{cost: 0.5, positive: 4, epochs: 1000, enough: 1e-12}
	col := newColumn(r)
	m.train(r, 0, col, nil)
	for i, want := range []float64{1 / (1 + 1/(2*0.5*4)), -1 / (1 + 1/(2*0.5))} {
		if math.Abs(col.weights[i]-want) > 1e-9 {
			t.Errorf("weight %d is %v, want %v", i, col.weights[i], want)
		}
	}
	// The same point for and against, with equal costs, cancels out.
	r = &rows{corpus: &corpus{start: []int32{0, 1, 2}, features: []int32{0, 0}, label: []int32{0, 1}, kind: make([]kind, 1), documents: 2}, values: []float32{1, 1}, square: []float64{1, 1}}
	m.positive = 1
	col = newColumn(r)
	m.train(r, 0, col, nil)
	if math.Abs(col.weights[0]) > 1e-6 {
		t.Errorf("weight %v of what is for and against", col.weights[0])
	}
}

// TestResume: weights made from duals are those that the training ended with.
func TestResume(t *testing.T) {
	t.Parallel()
	x := Build(shop, Options{})
	r := x.training.corpus.rows(x.telling, nil)
	use := make([]bool, r.len())
	for i := range use {
		use[i] = true
	}
	for d := range x.documents {
		a, b := newColumn(r), newColumn(r)
		classifier.train(r, int32(d), a, nil)
		b.resume(r, int32(d), x.training.duals[d], use)
		for f := range a.weights {
			if math.Abs(a.weights[f]-b.weights[f]) > 1e-5 {
				t.Fatalf("document %d feature %d: %v and %v", d, f, a.weights[f], b.weights[f])
			}
		}
	}
}

// TestWeights: what is kept of a weight is as good as the weight, whichever
// document it is of, and those of documents that cannot be named are left out.
func TestWeights(t *testing.T) {
	t.Parallel()
	entries := make([][]entry, numbered+1)
	entries[0] = []entry{{0, 1.5}, {2, -0.001}}
	entries[7] = []entry{{2, -3}}
	entries[numbered-1] = []entry{{0, 0.25}, {2, 3}}
	entries[numbered] = []entry{{2, 2}}
	w := transpose(entries, 3)
	scores := make([]float64, len(entries))
	w.score(scores, []int32{0, 1, 2}, []float32{1, 1, 1})
	for d, all := range entries {
		want := 0.0
		for _, e := range all {
			want += float64(e.weight)
		}
		if d == numbered {
			want = 0
		}
		if math.Abs(scores[d]-want) > 3.0/math.MaxInt16 {
			t.Errorf("document %d has %v, want %v", d, scores[d], want)
		}
	}
}

// TestLogistic: a model that is known is found again, and no weight is negative.
func TestLogistic(t *testing.T) {
	t.Parallel()
	var all []example
	for i := range 100 {
		x := float64(i) / 10
		p := odds(x - 5)
		all = append(all, example{[]float64{1, x, -x}, true, p}, example{[]float64{1, x, -x}, false, 1 - p})
	}
	w := logistic(all, 3)
	if math.Abs(w[0]+5) > 0.05 || math.Abs(w[1]-1) > 0.01 || w[2] != 0 {
		t.Errorf("%v", w)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for x := 1e-6; x < 1e6; x *= 1.7 {
		if math.Abs(ln(x)-math.Log(x)) > 1e-13*max(1, math.Abs(math.Log(x))) {
			t.Errorf("ln %v: %v, want %v", x, ln(x), math.Log(x))
		}
	}
	for x := -50.0; x < 50; x += 0.37 {
		if math.Abs(exp(x)/math.Exp(x)-1) > 1e-13 {
			t.Errorf("exp %v: %v, want %v", x, exp(x), math.Exp(x))
		}
	}
	for p := 0.01; p < 1; p += 0.01 {
		if math.Abs(odds(logit(p))-p) > 1e-12 {
			t.Errorf("%v becomes %v", p, odds(logit(p)))
		}
	}
}
