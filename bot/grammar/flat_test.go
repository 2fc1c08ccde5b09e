package grammar

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// texts are random ones of what people type, what platforms add and what nobody
// should send.
func texts(n int) []string {
	pieces := []string{
		"a", "B", "z", " ", "  ", "\n", "\t", "\u3000", "\u00a0", ".", ",", "!", "?", "。", "、", "“", "”", "'", "É", "ß", "İ", "Ⱥ", "К",
		"Ａ", "９", "！", "￥", "￡", "—", "–", "\u200b", "\u200d", "\ufeff", "\u202e", "\x00", "\x7f", "\xff", "\xe4\xbd", "\xe5", "\ufffd",
		"麦", "芽", "麼", "甚", "么", "哈", "囉", "喽", "妳", "嘜", "發", "貨", "乾", "㑯", "鿓", "㐀", "鿿", "ꀀ", "👍", "𠮷", "ı", "~", "-",
	}
	r := rand.New(rand.NewPCG(1, 2))
	out := append([]string{""}, lines...)
	for range n {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		out = append(out, b.String())
	}
	return out
}

// TestFlat: without the way back a text folds to the same as with it.
func TestFlat(t *testing.T) {
	t.Parallel()
	for _, s := range texts(50_000) {
		for _, lower := range []bool{false, true} {
			if got, want := flat(s, lower), fold(s, lower).text(); got != want {
				t.Fatalf("flat(%q, %v) = %q, want %q", s, lower, got, want)
			}
		}
		runes := fold(s, true).runes
		for len(runes) > 0 && isTrim(runes[0]) {
			runes = runes[1:]
		}
		for len(runes) > 0 && isTrim(runes[len(runes)-1]) {
			runes = runes[:len(runes)-1]
		}
		if got := Bare(s); got != string(runes) {
			t.Fatalf("Bare(%q) = %q, want %q", s, got, string(runes))
		}
	}
}

// TestSimplifiedAsReplaced: one pass says the same as replacing the few words
// first, and then every character.
func TestSimplifiedAsReplaced(t *testing.T) {
	t.Parallel()
	words := strings.NewReplacer("哈囉", "哈喽", "甚麼", "什么", "甚么", "什么")
	table, to := map[rune]rune{'妳': '你', '嘜': '吗'}, []rune(simplified)
	for i, r := range []rune(traditional) {
		if _, ok := table[r]; !ok {
			table[r] = to[i]
		}
	}
	for _, s := range append(texts(50_000), traditional, simplified) {
		want := s
		if farEast(s) {
			want = strings.Map(func(r rune) rune {
				if other, ok := table[r]; ok {
					return other
				}
				return r
			}, words.Replace(s))
		}
		if got := Simplified(s); got != want {
			t.Fatalf("Simplified(%q) = %q, want %q", s, got, want)
		}
		if utf8.ValidString(s) && len(Simplified(s)) != len(s) {
			t.Fatalf("Simplified(%q) has another length", s)
		}
	}
}
