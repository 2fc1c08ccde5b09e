package index

import (
	"encoding/binary"
	"slices"
)

// memory is which phrasings have a mark: their numbers, each as what it is more
// than the one before, as varints. With the scale of each kind in each phrasing
// that is enough to compute cosines.
type memory struct {
	start []int32 // by feature
	list  []byte
	scale [][kinds]float32 // by phrasing
}

// remember keeps which phrasings have which features.
func (x *Index) remember(c *corpus, scale [][kinds]float32) {
	have := make([]int32, len(x.kind)+1)
	for _, f := range c.features {
		if c.mark[f] {
			have[f+1]++
		}
	}
	for f := range x.kind {
		have[f+1] += have[f]
	}
	at := slices.Clone(have[:len(x.kind)])
	numbers := make([]int32, have[len(x.kind)])
	m := &x.memory
	for i := range c.len() {
		for _, f := range c.row(i) {
			if c.mark[f] {
				numbers[at[f]] = int32(i)
				at[f]++
			}
		}
	}
	m.start = make([]int32, len(x.kind)+1)
	for f := range x.kind {
		last := int32(0)
		for _, n := range numbers[have[f]:have[f+1]] {
			m.list = binary.AppendUvarint(m.list, uint64(n-last))
			last = n
		}
		m.start[f+1] = int32(len(m.list))
	}
	m.list = slices.Clip(m.list)
	m.scale = scale
}

// near computes the cosine of a text with every phrasing for which use is true
// (nil for all): telling is how much the features tell, scale what those of the
// text are multiplied with, and scales what those of the phrasings are.
// Everyday features are passed over: everybody has them, and they say nothing.
func (m *memory) near(l *look, kind []kind, telling []float32, scale [kinds]float64, scales [][kinds]float32, use []bool) {
	l.near, l.nearest = grow(l.near, len(scales)), 0
	for _, f := range l.features {
		tells, k := float64(telling[f]), kind[f]
		if tells <= 2*least {
			continue
		}
		v, i := float64(tells*tells)*scale[k], uint64(0)
		for list := m.list[m.start[f]:m.start[f+1]]; len(list) > 0; {
			more, n := uint64(list[0]), 1
			if more >= 0x80 {
				more, n = binary.Uvarint(list)
			}
			i, list = i+more, list[n:]
			l.near[i] += float64(v * float64(scales[i][k]))
		}
	}
	for i, v := range l.near {
		if v > l.nearest && (use == nil || use[i]) {
			l.nearest = min(v, 1)
		}
	}
}

// Near is the phrasing most like a text among the documents other than not ("" for
// all), and how alike they are, 0 to 1.
func (x *Index) Near(text, not string) (phrasing string, document int, alike float64) {
	l := x.look()
	defer x.room.Put(l)
	l.take(x, text, longestPhrasing)
	x.memory.near(l, x.kind, x.telling, l.whole(x.kind, x.telling, x.mark, missedWeight*unknown(len(x.documents))), x.memory.scale, nil)
	best := -1
	for i, p := range x.phrasings {
		if l.near[i] > alike && (not == "" || x.documents[p.document].ID != not) {
			best, alike = i, l.near[i]
		}
	}
	if best < 0 {
		return "", -1, 0
	}
	p := x.phrasings[best]
	return x.text(p), int(p.document), min(alike, 1)
}

// missedWeight is how much less what no document has counts against a text than
// it would tell if one had it: people say much around what they ask for.
const missedWeight = 0.5

// unknown is how much a feature tells that none of the documents has: as much as
// one that only one has.
func unknown(documents int) float64 {
	return max(float64((1-everyday)*ln(float64(1+documents)))-ln(2), 1)
}
