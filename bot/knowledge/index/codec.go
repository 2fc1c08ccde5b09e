package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// The form in which an index is written: magic, version, the fingerprint, the
// parts in the order of write and read below, and the SHA-256 of all that.
// Numbers are varints or little-endian.
const (
	magic = "crmbot knowledge index\n"
	// heaviest is how many bytes Read accepts.
	heaviest = 64 << 20
)

// ErrDamaged is what Read returns for anything that WriteTo did not write for
// these documents.
var ErrDamaged = errors.New("knowledge index: damaged, or of other documents or another version")

// WriteTo writes the index and its calibration. It implements io.WriterTo.
func (x *Index) WriteTo(w io.Writer) (int64, error) {
	e := &encoder{}
	e.b = append(e.b, magic...)
	e.int(version)
	e.b = append(e.b, x.fingerprint...)
	x.write(e)
	sum := sha256.Sum256(e.b)
	n, err := w.Write(append(e.b, sum[:]...))
	if err != nil {
		return int64(n), fmt.Errorf("knowledge index: write: %w", err)
	}
	return int64(n), nil
}

// Read reads what WriteTo wrote, and keeps nothing of data. documents must be
// those it was built from; anything else is ErrDamaged, as is a newer or damaged
// form.
func Read(data []byte, documents []Document, o Options) (*Index, error) {
	if len(data) < len(magic)+sha256.Size || len(data) > heaviest {
		return nil, ErrDamaged
	}
	body := data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return nil, ErrDamaged
	}
	x := &Index{documents: arrange(documents), options: o}
	x.fingerprint = fingerprint(x.documents, o)
	d := &decoder{b: body}
	if string(d.take(len(magic))) != magic || d.int(math.MaxInt32) != version || string(d.take(len(x.fingerprint))) != x.fingerprint {
		return nil, ErrDamaged
	}
	x.decode(d)
	if d.failed || len(d.b) > 0 {
		return nil, ErrDamaged
	}
	x.mean()
	if x.calibration != nil {
		x.options = Options{}
	}
	return x, nil
}

// encoder appends values.
type encoder struct{ b []byte }

func (e *encoder) int(n int)       { e.b = binary.AppendUvarint(e.b, uint64(n)) }
func (e *encoder) float(f float32) { e.b = binary.LittleEndian.AppendUint32(e.b, math.Float32bits(f)) }

func (e *encoder) double(f float64) { e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(f)) }
func (e *encoder) bytes(b []byte)   { e.int(len(b)); e.b = append(e.b, b...) }
func (e *encoder) flags(all []bool) { e.b = appendFlags(e.b, all) }
func (e *encoder) floats(f []float32) {
	for _, v := range f {
		e.float(v)
	}
}

func appendFlags(b []byte, all []bool) []byte {
	for _, f := range all {
		if f {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	return b
}

// ends writes where the parts of a list end, as the length of each.
func (e *encoder) ends(start []int32) {
	for i := 1; i < len(start); i++ {
		e.int(int(start[i] - start[i-1]))
	}
}

// decoder takes values; after the first that is not there or out of bounds all
// are zero and failed is set.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) take(n int) []byte {
	if d.failed || n < 0 || n > len(d.b) {
		d.failed = true
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

// int is at most limit.
func (d *decoder) int(limit int) int {
	v, n := binary.Uvarint(d.b)
	if d.failed || n <= 0 || limit < 0 || v > uint64(limit) {
		d.failed = true
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

// count is how many things follow that take at least size bytes each.
func (d *decoder) count(size int) int { return d.int(len(d.b) / size) }

// float is finite.
func (d *decoder) float() float32 {
	b := d.take(4)
	if b == nil {
		return 0
	}
	f := math.Float32frombits(binary.LittleEndian.Uint32(b))
	if v := float64(f); math.IsNaN(v) || math.IsInf(v, 0) {
		d.failed = true
		return 0
	}
	return f
}

func (d *decoder) double() float64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(b))
	if math.IsNaN(f) || math.IsInf(f, 0) {
		d.failed = true
		return 0
	}
	return f
}

// doubles are n or none.
func (d *decoder) doubles(n int) []float64 {
	if d.int(n) == 0 {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = d.double()
	}
	return out
}

func (d *decoder) floats(n int) []float32 {
	if n < 0 || n > len(d.b)/4 {
		d.failed = true
		return nil
	}
	out := make([]float32, n)
	for i := range out {
		out[i] = d.float()
	}
	return out
}

func (d *decoder) flags(n int) []bool {
	b := d.take(n)
	out := make([]bool, len(b))
	for i, v := range b {
		if v > 1 {
			d.failed = true
		}
		out[i] = v == 1
	}
	return out
}

// ends reads where n parts end that have at most limit things together.
func (d *decoder) ends(n, limit int) []int32 {
	if n < 0 || n > len(d.b) {
		d.failed = true
		return make([]int32, 1)
	}
	out := make([]int32, n+1)
	for i := range n {
		out[i+1] = out[i] + int32(d.int(limit-int(out[i])))
	}
	return out
}
