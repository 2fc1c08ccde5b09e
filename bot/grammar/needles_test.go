package grammar

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestNeedles: what is found in one pass is what looking for each finds.
func TestNeedles(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	some := func(most int) string {
		var b strings.Builder
		for range random.IntN(most) {
			b.WriteString([]string{"a", "b", "人", "工", "ab"}[random.IntN(5)])
		}
		return b.String()
	}
	for range 2_000 {
		texts := make([]string, random.IntN(12))
		for i := range texts {
			texts[i] = some(5)
		}
		needles, text := NewNeedles(texts), some(20)
		var want []int
		for i, s := range texts {
			if strings.Contains(text, s) {
				want = append(want, i)
			}
		}
		if got := needles.In(text); !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %v, want %v", texts, text, got, want)
		}
		if needles.Any(text) != (len(want) > 0) {
			t.Fatalf("any of %q in %q: %v", texts, text, needles.Any(text))
		}
	}
}
