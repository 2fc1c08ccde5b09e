package index

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
)

var shared = sync.OnceValue(func() *Index { return Build(shop, Options{}).Calibrate() })

// FuzzSearch: no text makes it panic or gives what is no probability.
func FuzzSearch(f *testing.F) {
	for _, q := range queries {
		f.Add(q, 0.3)
	}
	f.Fuzz(func(t *testing.T, text string, share float64) {
		x := shared()
		check(t, x.Search(text, share, nil))
		if a := x.Alike(text, text); a < 0 || a > 1 {
			t.Errorf("alike itself by %v", a)
		}
		x.Near(text, "")
	})
}

// FuzzRead: no bytes make it panic, with a checksum that is right or not.
func FuzzRead(f *testing.F) {
	few := []Document{{ID: "a", Phrasings: []string{"refund", "退款"}}, {ID: "b", Phrasings: []string{"pay", "card"}, Tags: []string{"money"}}}
	var b bytes.Buffer
	if _, err := Build(few, Options{}).Calibrate().WriteTo(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), 0, byte(0))
	f.Add(b.Bytes(), 200, byte(0xff))
	f.Add([]byte{}, 0, byte(0))
	f.Fuzz(func(t *testing.T, data []byte, at int, to byte) {
		if len(data) > sha256.Size {
			data = changed(data, int(uint(at)%uint(len(data)-sha256.Size)), to)
		}
		readable(t, data, few)
	})
}

// changed is what WriteTo wrote with one byte changed and the checksum right.
func changed(data []byte, at int, to byte) []byte {
	body := bytes.Clone(data[:len(data)-sha256.Size])
	body[at] = to
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

// readable reads and uses an index that may be damaged.
func readable(t *testing.T, data []byte, documents []Document) {
	x, err := Read(data, documents, Options{})
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
		return
	}
	for _, q := range queries[:8] {
		x.Search(q, 0.3, nil)
		x.Near(q, "")
	}
	x.Thresholds(0.1, 0.3)
}

// TestChanged: no byte that is another makes reading or searching panic, even if
// the checksum is right.
func TestChanged(t *testing.T) {
	t.Parallel()
	few := shop[:2]
	var b bytes.Buffer
	if _, err := Build(few, Options{}).Calibrate().WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < b.Len()-sha256.Size; i += 19 + i%29 {
		for _, to := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			readable(t, changed(b.Bytes(), i, to), few)
		}
	}
}
