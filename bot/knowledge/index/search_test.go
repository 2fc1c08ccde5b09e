package index

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestSearch: what people ask for in their own words is found first.
func TestSearch(t *testing.T) {
	t.Parallel()
	x := Build(shop, Options{}).Calibrate()
	for text, want := range map[string]string{
		"how many days until my parcel arrives": "delivery",
		"REFUND!!":                              "refund",
		"refudn":                                "refund",
		"我要退貨":                                  "refund",
		"发飘":                                    "invoice", // a slip of the ear
		"能開發票嗎":                                 "invoice",
		"free smaple":                           "sample",
		"样品":                                    "sample",
		"open on sundays?":                      "hours",
		"logistics":                             "delivery", // a tag
		"木头托盘":                                  "body",     // its words
		"euro pallets":                          "body",
		"how do I keep the paste in the fridge": "storage",
	} {
		r := x.Search(text, 0.3, nil)
		if len(r.Hits) == 0 || x.ID(r.Hits[0].Document) != want || r.Exact {
			t.Errorf("%q: %+v, want %s", text, r, want)
			continue
		}
		sum := 0.0
		for i, h := range r.Hits {
			sum += h.Probability
			if i > 0 && (h.Score > r.Hits[i-1].Score || h.Probability > r.Hits[i-1].Probability) {
				t.Errorf("%q: hit %d is better than the one before it", text, i)
			}
		}
		if sum > 1+1e-9 {
			t.Errorf("%q: probabilities add up to %v", text, sum)
		}
		if low, high := x.Search(text, 0.9, nil), x.Search(text, 0.1, nil); low.Hits[0].Probability >= high.Hits[0].Probability {
			t.Errorf("%q: %v of 90%% unanswerable texts, %v of 10%%", text, low.Hits[0].Probability, high.Hits[0].Probability)
		}
	}
	for _, text := range []string{"", "  ?!", "12345678", "@somebody", "https://x.example"} {
		if r := x.Search(text, 0.3, nil); len(r.Hits) > 0 || r.Exact {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// TestUnlikely: what the documents say nothing about is less likely to be
// answered than what they do.
func TestUnlikely(t *testing.T) {
	t.Parallel()
	x := Build(shop, Options{}).Calibrate()
	for _, text := range []string{"asdf qwer", "what's the weather", "你们卖火箭吗", "who won the world cup", "今天天气怎么样"} {
		for _, asked := range []string{"a refund", "可以退款吗", "send the invoice"} {
			a, b := x.Search(text, 0.3, nil), x.Search(asked, 0.3, nil)
			if len(a.Hits) > 0 && a.Hits[0].Probability >= b.Hits[0].Probability {
				t.Errorf("%q: %v, %q: %v", text, a.Hits[0].Probability, asked, b.Hits[0].Probability)
			}
		}
	}
}

func TestExact(t *testing.T) {
	t.Parallel()
	documents := append(reversed(shop), Document{ID: "twin", Phrasings: []string{"怎么退款", "something else"}})
	x := Build(documents, Options{})
	for text, want := range map[string]string{
		"moq": "minimum", "ＭＯＱ？": "minimum", "退貨流程是什麼": "refund", "how long does DELIVERY take": "delivery",
		"Can I have an invoice, 20260001?": "invoice",
	} {
		r := x.Search(text, 0.3, nil)
		if !r.Exact || x.ID(r.Hits[0].Document) != want || r.Hits[0].Probability != 1 || r.Hits[1].Probability != 0 {
			t.Errorf("%q: %+v, want %s", text, r, want)
		}
	}
	// Two documents have it: neither is the one, and both are likely.
	r := x.Search("怎么退款？", 0.3, nil)
	if r.Exact || r.Hits[0].Probability != 0.5 || r.Hits[1].Probability != 0.5 {
		t.Errorf("%+v", r)
	}
}

// TestSmall: whatever little there is, nothing panics, and nothing is trusted.
func TestSmall(t *testing.T) {
	t.Parallel()
	for n := range len(shop) {
		for _, documents := range [][]Document{shop[:n], {{}}, {{ID: "a"}, {ID: "b", Body: "words 文字"}}, {{ID: "a", Phrasings: []string{"", "?", "a"}}, {ID: "a", Phrasings: []string{"a"}}}} {
			x := Build(documents, Options{})
			y := x.Calibrate()
			if done, trusted := y.Calibrated(); !done || trusted && n < 10 {
				t.Errorf("%d documents: %v %v", n, done, trusted)
			}
			for _, q := range queries {
				for _, r := range []Result{x.Search(q, 0.3, nil), y.Search(q, 0, []float32{1}), y.Search(q, 1, nil)} {
					check(t, r)
				}
				y.Near(q, "delivery")
			}
			if answer, suggest := y.Thresholds(0.1, 0.3); !(0 <= suggest && suggest <= answer && answer <= 1) {
				t.Errorf("%v %v", answer, suggest)
			}
		}
	}
}

func check(t testing.TB, r Result) {
	t.Helper()
	for _, h := range r.Hits {
		if math.IsNaN(h.Score) || !(h.Probability >= 0 && h.Probability <= 1) || len(r.Hits) > most {
			t.Fatalf("%+v", r)
		}
	}
	if !(r.Known >= 0 && r.Known <= 1) {
		t.Fatalf("%+v", r)
	}
}

// TestSame: the same documents in whatever order make the same bytes.
func TestSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"card", "lost card", "where is it", "退款", "怎么退款", "pay", "pay by card", "发票", "invoice", "hours", "open", "?"})
		var documents []Document
		for i := range rapid.IntRange(0, 12).Draw(t, "documents") {
			documents = append(documents, Document{
				ID: fmt.Sprint(i), Phrasings: rapid.SliceOfN(text, 0, 4).Draw(t, "phrasings"),
				Tags: rapid.SliceOfN(text, 0, 2).Draw(t, "tags"), Body: text.Draw(t, "body"),
			})
		}
		var a, b bytes.Buffer
		x, y := Build(documents, Options{}).Calibrate(), Build(reversed(documents), Options{}).Calibrate()
		if _, err := x.WriteTo(&a); err != nil {
			t.Fatal(err)
		}
		if _, err := y.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) || Fingerprint(documents, Options{}) != Fingerprint(reversed(documents), Options{}) {
			t.Fatal("another order makes another index")
		}
		if len(documents) > 0 {
			if one := Fingerprint(documents[1:], Options{}); one == Fingerprint(documents, Options{}) {
				t.Fatal("other documents have the same fingerprint")
			}
		}
	})
}

// TestAtOnce: one index answers many at once as it answers one.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	x := Build(shop, Options{}).Calibrate()
	want := make([]Result, len(queries))
	for i, q := range queries {
		want[i] = x.Search(q, 0.3, nil)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i, q := range queries {
				if got := x.Search(q, 0.3, nil); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%q: %+v, want %+v", q, got, want[i])
				}
				x.Near(q, "")
				x.Alike(q, queries[0])
			}
		})
	}
	wait.Wait()
}

func TestNear(t *testing.T) {
	t.Parallel()
	x := Build(shop, Options{})
	for _, c := range []struct{ text, not, want string }{
		{"Can I get a refund", "", "Can I get a refund?"},
		{"could i get refunds", "", "Can I get a refund?"},
		{"怎樣開發票", "", "怎么开发票"},
		{"can I have a invoice", "", "Can I have an invoice?"},
	} {
		text, d, alike := x.Near(c.text, c.not)
		if text != c.want || alike < 0.4 || alike > 1 {
			t.Errorf("%q: %q %v, want %q", c.text, text, alike, c.want)
		}
		if other, e, less := x.Near(c.text, x.ID(d)); e == d || less > alike {
			t.Errorf("%q: %q of the document left out, %v", c.text, other, less)
		}
	}
	if text, d, alike := x.Near("zzz", ""); text != "" || d != -1 || alike != 0 {
		t.Errorf("%q %d %v", text, d, alike)
	}
}

func TestAlike(t *testing.T) {
	t.Parallel()
	x := Build(shop, Options{})
	for _, c := range []struct{ text, alike, other string }{
		{"do you sell gift cards", "gift card for sale?", "do you sell rockets"},
		{"可以加微信吗", "加个微信", "可以加热吗"},
		{"how can I get a refund", "Refund, please", "how can I get a sample"},
	} {
		a, b := x.Alike(c.text, c.alike), x.Alike(c.text, c.other)
		if a <= b || a > 1 || b < 0 || a != x.Alike(c.alike, c.text) {
			t.Errorf("%q is alike %q by %v and %q by %v", c.text, c.alike, a, c.other, b)
		}
		if same := x.Alike(c.text, strings.ToUpper(c.text)); same < 0.999 {
			t.Errorf("%q is alike itself by %v", c.text, same)
		}
	}
	a, b, c := x.Sketch("do you rent castles"), x.Sketch("do you rent cranes"), x.Sketch("do you rent")
	if !a.Apart(b) || a.Apart(c) || a.Apart(a) {
		t.Error("castles and cranes are apart, and nothing else")
	}
}

// TestAdopt: a fresh index goes on with the calibration of the one before it.
func TestAdopt(t *testing.T) {
	t.Parallel()
	old := Build(shop[:len(shop)-2], Options{}).Calibrate()
	x := Build(shop, Options{})
	y := x.Adopt(old)
	if done, _ := x.Calibrated(); done {
		t.Error("the fresh one was changed")
	}
	done, trusted := y.Calibrated()
	if _, before := old.Calibrated(); !done || trusted != before || y.SelfTest().Asked != old.SelfTest().Asked {
		t.Error("the calibration is another one")
	}
	if r := y.Search("catalogue", 0.3, nil); y.ID(r.Hits[0].Document) != "catalog" {
		t.Errorf("%+v", r)
	}
	var a, b, plain, adopted bytes.Buffer
	if _, err := x.WriteTo(&plain); err != nil {
		t.Fatal(err)
	}
	if _, err := y.WriteTo(&adopted); err != nil || !bytes.Equal(plain.Bytes(), adopted.Bytes()) {
		t.Error("what was adopted is written", err)
	}
	kept, err := Read(plain.Bytes(), shop, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if test := kept.Adopt(old).Calibrate().SelfTest(); test.Asked == old.SelfTest().Asked {
		t.Error("read back it keeps what it adopted")
	}
	if _, err := y.Calibrate().WriteTo(&a); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Calibrate().WriteTo(&b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("calibrated, they are different", err)
	}
}

// TestVectors: a text without a word in common is found by its vector, and the
// probability says so.
func TestVectors(t *testing.T) {
	t.Parallel()
	vectors := map[string][]float32{}
	for d, document := range shop {
		for i, text := range document.Phrasings {
			v := make([]float32, 16)
			v[d], v[15] = 1, float32(i)/20
			vectors[text] = v
		}
	}
	x := Build(shop, Options{Vectors: vectors}).Calibrate()
	v := make([]float32, 16)
	v[3] = 2
	r, without := x.Search("qwertz", 0.3, v), x.Search("qwertz", 0.3, nil)
	if x.ID(r.Hits[0].Document) != shop[3].ID || r.Hits[0].Probability < 0.5 {
		t.Errorf("%+v, want %s", r.Hits[0], shop[3].ID)
	}
	if len(without.Hits) > 0 && without.Hits[0].Probability > r.Hits[0].Probability/2 {
		t.Errorf("%+v without", without.Hits[0])
	}
	if a, b := x.Search("refund", 0.3, v[:3]), x.Search("refund", 0.3, nil); !reflect.DeepEqual(a, b) {
		t.Error("a vector of another size has a vote")
	}
	for _, odd := range [][]float32{make([]float32, 16), append(make([]float32, 15), float32(math.NaN())), append(make([]float32, 15), float32(math.Inf(1)))} {
		check(t, x.Search("refund", 0.3, odd))
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	y, err := Read(b.Bytes(), shop, Options{Vectors: vectors})
	if err != nil || !reflect.DeepEqual(y.Search("qwertz", 0.3, v), r) {
		t.Error("read back it finds something else", err)
	}
}
