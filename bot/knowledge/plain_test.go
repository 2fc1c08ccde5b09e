package knowledge

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"crmbot/bot/grammar"
)

// TestPlainInLonghand: the short ways to write a text plain and to take it apart
// lead to what the long ones do.
func TestPlainInLonghand(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"a", "B", "moq", "M.O.Q.", "e.g.", "1.5", "x.y", " ", "  ", ".", "'", "’", "é", "e\u0301", "Ａ", "①", "ß", "İ", "\u200d", "\u00ad", "\u202e",
		"糖", "浆", "糖浆", "麼", "ﬁ", "-", "\xff", "\n", "\u3000", "👍", "12", "٣", "ー", "カ", "berries", "as",
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 30_000 {
		var b strings.Builder
		for range r.IntN(30) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		seen := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, text)
		seen = initials.ReplaceAllStringFunc(seen, func(w string) string { return strings.ReplaceAll(w, ".", "") })
		if got := visible(text); string([]rune(got)) != seen {
			t.Fatalf("visible(%q) = %q, want %q", text, got, seen)
		}
		var words []string
		gap := true
		for _, r := range strings.ToLower(grammar.Simplified(norm.NFKC.String(seen))) {
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
				if gap {
					words = append(words, "")
				}
				gap = false
				words[len(words)-1] += string(r)
			case r != '\'' && r != '’':
				gap = true
			}
		}
		if got, want := plain(text), strings.Join(words, " "); got != want {
			t.Fatalf("plain(%q) = %q, want %q", text, got, want)
		}
		if got, want := terms(plain(text)), termsOneByOne(words); !slices.Equal(got, want) {
			t.Fatalf("terms(%q) = %q, want %q", plain(text), got, want)
		}
	}
}

func termsOneByOne(words []string) []string {
	var out []string
	add := func(term string) {
		if term != "" && !slices.Contains(out, term) {
			out = append(out, term)
		}
	}
	for _, w := range words {
		latin, last := "", rune(0)
		for _, r := range w {
			if !unicode.Is(unicode.Han, r) {
				latin, last = latin+string(r), 0
				continue
			}
			add(stem(latin))
			latin = ""
			add(string(r))
			if last != 0 {
				add(string([]rune{last, r}))
			}
			last = r
		}
		add(stem(latin))
	}
	return out
}
