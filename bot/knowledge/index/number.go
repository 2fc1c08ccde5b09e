package index

import "math"

// The compiler may fuse a product and a sum into one rounding on some machines
// (arm64, riscv64, s390x, ppc64) and not on others, and the logarithm and the
// exponential function of the standard library are written in assembly on some.
// So that every machine makes the same index, products are rounded by a
// conversion before they are added, and ln and exp are these. Whether one was
// forgotten shows
//
//	GOARCH=arm64 go build -gcflags=-S ./bot/knowledge/index 2>&1 | grep -E 'FN?M(ADD|SUB)'
//
// which must print nothing.

// ln is the natural logarithm of a positive finite x, to about 1e-15.
func ln(x float64) float64 {
	m, e := math.Frexp(x) // x = m·2^e, 0.5 <= m < 1
	if m < math.Sqrt2/2 {
		m, e = m*2, e-1
	}
	s := (m - 1) / (m + 1)
	square, sum := float64(s*s), 0.0
	for k := 23; k >= 1; k -= 2 {
		sum = float64(sum*square) + 1/float64(k)
	}
	return float64(2*s*sum) + float64(float64(e)*math.Ln2)
}

// exp is e to the x, to about 1e-15; beyond ±700 it stays what it is there.
func exp(x float64) float64 {
	x = max(-700, min(700, x))
	k := math.Floor(float64(x/math.Ln2) + 0.5)
	r := x - float64(k*math.Ln2)
	sum := 1.0
	for i := 18; i >= 1; i-- {
		sum = float64(sum*r)/float64(i) + 1
	}
	return math.Ldexp(sum, int(k))
}

// odds is the logistic function: the probability that belongs to log odds.
func odds(x float64) float64 { return 1 / (1 + exp(-x)) }

// logit is the inverse of odds, for p strictly between 0 and 1.
func logit(p float64) float64 { return ln(p / (1 - p)) }
