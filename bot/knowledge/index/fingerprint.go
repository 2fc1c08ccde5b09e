package index

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"math"
	"slices"
)

// version is that of the engine: whatever changes what Build makes of the same
// documents, or how it is written, gets the next one.
const version = 2

// Fingerprint names the index that Build would make of the documents: equal
// only for equal documents and the same program. The order of the documents
// and of their phrasings is the same to it, as it is to Build.
func Fingerprint(documents []Document, o Options) string {
	return fingerprint(arrange(documents), o)
}

func fingerprint(arranged []Document, o Options) string {
	p := print{sha256.New()}
	p.number(version)
	p.number(len(arranged))
	for _, d := range arranged {
		p.text(d.ID)
		p.texts(d.Phrasings)
		p.texts(d.Tags)
		p.text(d.Body)
	}
	p.number(len(o.Vectors))
	for _, text := range slices.Sorted(maps.Keys(o.Vectors)) {
		p.text(text)
		p.number(len(o.Vectors[text]))
		for _, n := range o.Vectors[text] {
			p.number(int(math.Float32bits(n)))
		}
	}
	return hex.EncodeToString(p.Sum(nil))
}

// print hashes values so that none runs into the next.
type print struct{ hash.Hash }

func (p print) number(n int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	p.Write(b[:])
}

func (p print) text(s string) {
	p.number(len(s))
	_, _ = io.WriteString(p.Hash, s) // a hash does not fail
}

func (p print) texts(all []string) {
	p.number(len(all))
	for _, s := range all {
		p.text(s)
	}
}
