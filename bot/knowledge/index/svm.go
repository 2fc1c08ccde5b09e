package index

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// machine is a one-vs-rest linear support vector machine with squared hinge
// loss, trained by dual coordinate descent with shrinking (Hsieh, Chang, Lin,
// Keerthi, Sundararajan: A Dual Coordinate Descent Method for Large-scale
// Linear SVM, ICML 2008, algorithm 3).
type machine struct {
	cost     float64 // of an error
	positive float64 // how much dearer an error on the document's own texts is
	epochs   int
	enough   float64 // stop when no dual wants to move further
}

var classifier = machine{cost: 0.5, positive: 4, epochs: 30, enough: 0.1}

// column is one document against the rest, while it is trained.
type column struct {
	weights []float64 // by feature
	duals   []float64 // by text
	active  []int32
}

func newColumn(r *rows) *column {
	return &column{weights: make([]float64, len(r.kind)), duals: make([]float64, r.len())}
}

// train fits the column of one document on the texts for which use is true (nil
// for all), from where its weights and duals are.
func (m machine) train(r *rows, document int32, c *column, use []bool) {
	random := rand.New(rand.NewPCG(1, uint64(document)))
	c.active = c.active[:0]
	for i := range r.len() {
		if (use == nil || use[i]) && r.square[i] > 0 {
			c.active = append(c.active, int32(i))
		}
	}
	all := len(c.active)
	highest := 1e300
	for range m.epochs {
		random.Shuffle(len(c.active), func(i, j int) { c.active[i], c.active[j] = c.active[j], c.active[i] })
		most, least := m.epoch(r, document, c, highest)
		if most-least <= m.enough {
			if len(c.active) == all {
				return
			}
			c.active = c.active[:all]
			highest = 1e300
			continue
		}
		if highest = most; highest <= 0 {
			highest = 1e300
		}
	}
}

// epoch moves every active dual once, takes those out that stay at zero (slope
// above highest), and returns how far the duals want to move at most and least.
func (m machine) epoch(r *rows, document int32, c *column, highest float64) (most, least float64) {
	most, least = -1e300, 1e300
	for k := 0; k < len(c.active); k++ {
		i := c.active[k]
		features, values := r.at(int(i))
		y, diagonal := -1.0, 0.5/m.cost
		if r.label[i] == document {
			y, diagonal = 1, 0.5/(m.cost*m.positive)
		}
		sum := 0.0
		for j, f := range features {
			sum += float64(c.weights[f] * float64(values[j]))
		}
		dual := c.duals[i]
		slope := float64(y*sum) - 1 + float64(dual*diagonal)
		moved := slope
		if dual == 0 {
			if slope > highest {
				last := len(c.active) - 1
				c.active[k], c.active[last] = c.active[last], c.active[k]
				c.active = c.active[:last]
				k--
				continue
			}
			moved = min(slope, 0)
		}
		most, least = max(most, moved), min(least, moved)
		if moved > -1e-12 && moved < 1e-12 {
			continue
		}
		next := max(dual-slope/(r.square[i]+diagonal), 0)
		change := float64((next - dual) * y)
		c.duals[i] = next
		for j, f := range features {
			c.weights[f] += float64(change * float64(values[j]))
		}
	}
	return most, least
}

// parallel calls fn for 0 to n-1, on as many cores as there are. worker is
// below workers().
func parallel(n int, fn func(worker, i int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range min(workers(), n) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				fn(w, i)
			}
		})
	}
	wait.Wait()
}

func workers() int { return min(runtime.GOMAXPROCS(0), 4) }
