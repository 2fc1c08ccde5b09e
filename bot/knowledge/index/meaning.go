package index

import "math"

// meanings are the vectors of the phrasings, in 8 bits per number, each with
// length 1.
type meanings struct {
	size     int     // of a vector
	phrasing []int32 // by vector
	document []int32
	numbers  []int8
	unit     []float32 // what 1 in numbers stands for, by vector
}

// mean keeps the vectors of the phrasings; those of another size than the first
// are left out.
func (x *Index) mean() {
	m := &x.meanings
	for i, p := range x.phrasings {
		v := x.options.Vectors[x.text(p)]
		if len(v) == 0 || m.size != 0 && len(v) != m.size {
			continue
		}
		length, top := 0.0, 0.0
		for _, n := range v {
			length += float64(float64(n) * float64(n))
			top = max(top, math.Abs(float64(n)))
		}
		if !(length > 0) || math.IsInf(length, 0) {
			continue
		}
		m.size = len(v)
		m.phrasing = append(m.phrasing, int32(i))
		m.document = append(m.document, p.document)
		m.unit = append(m.unit, float32(top/127/math.Sqrt(length)))
		for _, n := range v {
			m.numbers = append(m.numbers, int8(math.RoundToEven(float64(n)/top*127)))
		}
	}
}

// fits says whether a vector can be compared with these.
func (m *meanings) fits(v []float32) bool { return len(v) > 0 && len(v) == m.size }

// vote writes for each document the cosine of the phrasing that means most the
// same among those for which use is true (nil for all); documents that have none
// get what is usual.
func (m *meanings) vote(scores []float64, v []float32, use []bool) {
	length := 0.0
	for _, n := range v {
		length += float64(float64(n) * float64(n))
	}
	if !(length > 0) || math.IsInf(length, 0) {
		return
	}
	length = math.Sqrt(length)
	seen := make([]bool, len(scores))
	for i, d := range m.document {
		if use != nil && !use[m.phrasing[i]] {
			continue
		}
		sum := 0.0
		for j, n := range m.numbers[i*m.size : (i+1)*m.size] {
			sum += float64(float64(n) * float64(v[j]))
		}
		cosine := float64(sum*float64(m.unit[i])) / length
		if !seen[d] || cosine > scores[d] {
			scores[d], seen[d] = cosine, true
		}
	}
	total, count := 0.0, 0.0
	for d, s := range scores {
		if seen[d] {
			total, count = total+s, count+1
		}
	}
	for d := range scores {
		if !seen[d] && count > 0 {
			scores[d] = total / count
		}
	}
}
