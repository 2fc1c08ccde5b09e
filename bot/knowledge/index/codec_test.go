package index

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, x := range []*Index{Build(nil, Options{}), Build(shop, Options{}), Build(shop, Options{}).Calibrate()} {
		var b bytes.Buffer
		if n, err := x.WriteTo(&b); err != nil || n != int64(b.Len()) {
			t.Fatal(n, err)
		}
		y, err := Read(b.Bytes(), reversed(shop[:x.Documents()]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			if a, b := x.Search(q, 0.4, nil), y.Search(q, 0.4, nil); !reflect.DeepEqual(a, b) {
				t.Errorf("%q: %+v, read back %+v", q, a, b)
			}
			text, d, alike := x.Near(q, "")
			if text2, d2, alike2 := y.Near(q, ""); text != text2 || d != d2 || alike != alike2 {
				t.Errorf("%q: near %q %v, read back %q %v", q, text, alike, text2, alike2)
			}
		}
		if !reflect.DeepEqual(x.SelfTest(), y.SelfTest()) {
			t.Errorf("%+v, read back %+v", x.SelfTest(), y.SelfTest())
		}
		a, s := x.Thresholds(0.1, 0.5)
		if a2, s2 := y.Thresholds(0.1, 0.5); a != a2 || s != s2 {
			t.Errorf("thresholds %v %v, read back %v %v", a, s, a2, s2)
		}
		var again bytes.Buffer
		if _, err := y.WriteTo(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("written again it differs: %v", err)
		}
	}
}

// TestDamaged: whatever happened to the bytes, reading them is an error.
func TestDamaged(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if _, err := Build(shop, Options{}).Calibrate().WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	try := func(what string, data []byte, documents []Document, o Options) {
		if _, err := Read(data, documents, o); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	good := b.Bytes()
	try("nothing", nil, shop, Options{})
	try("cut", good[:len(good)-1], shop, Options{})
	try("more", append(bytes.Clone(good), 0), shop, Options{})
	for i := 0; i < len(good); i += 997 {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		try("a bit", bad, shop, Options{})
	}
	try("other documents", good, shop[1:], Options{})
	try("other vectors", good, shop, Options{Vectors: map[string][]float32{"x": {1}}})
}
