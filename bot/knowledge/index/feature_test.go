package index

import (
	"testing"
)

// TestFeatures counts what is seen in texts, by kind: alone and in pairs.
func TestFeatures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text                               string
		words, pairs, parts, han, hanPairs int
		sounds, soundPairs                 int
	}{
		{"", 0, 0, 0, 0, 0, 0, 0},
		{"a", 1, 2, 3, 0, 0, 0, 0},             // _a a_ _a_
		{"cat", 1, 2, 9, 0, 0, 0, 0},           // 4 + 3 + 2
		{"cat cat", 2, 3, 18, 0, 0, 0, 0},      // the same twice
		{"退货", 0, 0, 0, 2, 1, 2, 1},            //
		{"erp系统 ok", 2, 3, 9 + 6, 2, 1, 2, 1},  // the end is beside ok, Han characters beside erp
		{"货erp货", 1, 1, 9, 2, 0, 2, 0},         // no pair across a word
		{"ñandú", 1, 2, 6 + 5 + 4, 0, 0, 0, 0}, // counted in characters
		{"한국어", 1, 2, 4 + 3 + 2, 0, 0, 0, 0},   //
		{"very long sentences", 3, 4, 12 + 12 + 27, 0, 0, 0, 0},
	} {
		var got [kinds][2]int
		for _, f := range features(nil, []byte(c.text)) {
			pair := 0
			if f.pair {
				pair = 1
			}
			got[f.kind][pair]++
			if f.term != (f.kind == words || f.kind == han) {
				t.Errorf("%q: BM25 counts %+v", c.text, f)
			}
		}
		want := [kinds][2]int{words: {c.words, c.pairs}, parts: {c.parts, 0}, han: {c.han, c.hanPairs}, sounds: {c.sounds, c.soundPairs}}
		if got != want {
			t.Errorf("%q: %v, want %v", c.text, got, want)
		}
	}
}

// TestAlikeness: what people take for the same has features in common.
func TestAlikeness(t *testing.T) {
	t.Parallel()
	shared := func(a, b string, k kind) (n int) {
		seen := map[uint64]bool{}
		for _, f := range features(nil, appendNormal(nil, a, longestPhrasing)) {
			seen[f.hash] = f.kind == k
		}
		for _, f := range features(nil, appendNormal(nil, b, longestPhrasing)) {
			if seen[f.hash] {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		a, b string
		kind kind
		want int
	}{
		{"deliveries", "delivery", words, 3}, // one stem, and the pairs with the ends
		{"refund", "refudn", parts, 7},       // _r re ef fu, _re ref efu, ...
		{"退货", "退貨", han, 3},
		{"发票", "发飘", sounds, 3},
		{"发票", "发飘", han, 1},
		{"女", "绿", sounds, 0},
		{"abc", "xyz", parts, 0},
	} {
		if got := shared(c.a, c.b, c.kind); got < c.want || c.want == 0 && got > 0 {
			t.Errorf("%q and %q share %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
