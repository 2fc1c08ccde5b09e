package index

import (
	"math/bits"
)

// vocabulary numbers the features of the documents in the order of their
// hashes.
type vocabulary struct {
	hashes []uint64 // sorted
	slots  []int32  // a number plus 1, at or behind the place that a hash names
	shift  int
}

// newVocabulary numbers sorted hashes, each named once.
func newVocabulary(hashes []uint64) vocabulary {
	size := bits.Len(uint(2*len(hashes) + 1))
	v := vocabulary{hashes: hashes, slots: make([]int32, 1<<size), shift: 64 - size}
	for i, h := range hashes {
		at := int(h >> v.shift)
		for v.slots[at] != 0 {
			at = (at + 1) & (len(v.slots) - 1)
		}
		v.slots[at] = int32(i) + 1
	}
	return v
}

// number is that of a feature, -1 for one that no document has.
func (v vocabulary) number(hash uint64) int32 {
	for at := int(hash >> v.shift); ; at = (at + 1) & (len(v.slots) - 1) {
		n := v.slots[at] - 1
		if n < 0 || v.hashes[n] == hash {
			return n
		}
	}
}
