package index

import (
	"cmp"
	"slices"
)

// exact is where the exact form of a phrasing is found.
type exact struct {
	hash     uint64
	phrasing int32
}

func (e exact) compare(other exact) int {
	return cmp.Or(cmp.Compare(e.hash, other.hash), cmp.Compare(e.phrasing, other.phrasing))
}

// exactly is the hash of a normal text.
func exactly(normal []byte) uint64 {
	h := uint64(basis)
	for _, b := range normal {
		h = step(h, rune(b))
	}
	return finish(h, kinds)
}

// Has says whether a document has the very phrasing, but for how it is written.
func (x *Index) Has(text string) bool {
	l := x.look()
	defer x.room.Put(l)
	l.text = appendNormal(l.text[:0], text, longestPhrasing)
	return len(x.same(l)) > 0
}

// same are the documents that have the very phrasing, each once, in their order.
func (x *Index) same(l *look) []int32 {
	h := exactly(l.text)
	at, _ := slices.BinarySearchFunc(x.exact, exact{hash: h}, exact.compare)
	var out []int32
	for ; at < len(x.exact) && x.exact[at].hash == h; at++ {
		p := x.phrasings[x.exact[at].phrasing]
		if Normal(x.text(p)) == string(l.text) && !slices.Contains(out, p.document) {
			out = append(out, p.document)
		}
	}
	return out
}
