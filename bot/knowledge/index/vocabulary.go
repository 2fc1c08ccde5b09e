package index

import "math/bits"

// vocabulary numbers the features of the documents in the order of their
// hashes.
type vocabulary struct {
	hashes []uint64 // sorted
	start  []int32  // by the first bits of a hash: where those that begin so start
	shift  int
}

// together is how many hashes begin with the same bits, more or less.
const together = 4

// newVocabulary numbers sorted hashes, each named once.
func newVocabulary(hashes []uint64) vocabulary {
	size := bits.Len(uint(len(hashes) / together))
	v := vocabulary{hashes: hashes, start: make([]int32, 1<<size+1), shift: 64 - size}
	for _, h := range hashes {
		v.start[h>>v.shift+1]++
	}
	for i := range 1 << size {
		v.start[i+1] += v.start[i]
	}
	return v
}

// number is that of a feature, -1 for one that no document has.
func (v vocabulary) number(hash uint64) int32 {
	at := hash >> v.shift
	for n := v.start[at]; n < v.start[at+1]; n++ {
		if v.hashes[n] == hash {
			return n
		}
	}
	return -1
}
