package index

// example is a text with what is known of it (the first is always 1), whether
// it counts as a yes, and how much it weighs.
type example struct {
	x      []float64
	yes    bool
	weight float64
}

// ridge keeps the weights of few examples small.
const ridge = 1e-5

// logistic fits the weights of a logistic regression to examples by Newton's
// method. All weights but the first are at least 0: one that wants to be
// negative is left out and the rest fitted again, since what can only be
// explained by this very set of examples will not hold for others.
func logistic(examples []example, size int) []float64 {
	out := make([]bool, size)
	for {
		w := newton(examples, size, out)
		worst, at := 0.0, -1
		for k := 1; k < size; k++ {
			if w[k] < worst {
				worst, at = w[k], k
			}
		}
		if at < 0 {
			return w
		}
		out[at] = true
	}
}

// newton fits all weights but those that are out.
func newton(examples []example, size int, out []bool) []float64 {
	w := make([]float64, size)
	total := 0.0
	for _, e := range examples {
		total += e.weight
	}
	for range 50 {
		slope := make([]float64, size)
		curve := make([][]float64, size)
		for k := range curve {
			curve[k] = make([]float64, size)
		}
		for _, e := range examples {
			p := odds(dot(w, e.x))
			wrong, bend := -p, float64(p*(1-p))*e.weight
			if e.yes {
				wrong = 1 - p
			}
			for k := range size {
				slope[k] += float64(float64(wrong*e.weight) * e.x[k])
				for j := range size {
					curve[k][j] += float64(float64(bend*e.x[k]) * e.x[j])
				}
			}
		}
		for k := range size {
			slope[k] -= float64(ridge * total * w[k])
			curve[k][k] += float64(ridge * total)
			if out[k] {
				slope[k] = 0
				for j := range size {
					curve[k][j], curve[j][k] = 0, 0
				}
				curve[k][k] = 1
			}
		}
		step := solve(curve, slope)
		moved := 0.0
		for k := range size {
			s := max(-4, min(4, step[k]))
			w[k] += s
			moved = max(moved, s, -s)
		}
		if moved < 1e-7 {
			break
		}
	}
	return w
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

// solve solves a positive definite system by elimination, in place.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		for k := i + 1; k < n; k++ {
			factor := a[k][i] / a[i][i]
			for j := i; j < n; j++ {
				a[k][j] -= float64(factor * a[i][j])
			}
			b[k] -= float64(factor * b[i])
		}
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			b[i] -= float64(a[i][j] * b[j])
		}
		b[i] /= a[i][i]
	}
	return b
}
