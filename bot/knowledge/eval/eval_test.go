package eval

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"pgregory.net/rapid"

	"crmbot/bot/knowledge"
)

func table(text string) Table { return Table{Name: "table.csv", From: strings.NewReader(text)} }

// big are rows for ten categories that differ in one word.
func big(each int) string {
	var b strings.Builder
	b.WriteString("text,category\n")
	for c := range 10 {
		for i := range each {
			fmt.Fprintf(&b, "question %c%c%c number %d,%d\n", 'a'+c, 'k'+c, 'b'+c, i, c)
		}
	}
	return b.String()
}

func TestShotsAreDrawnByTheSeed(t *testing.T) {
	t.Parallel()
	drawn := func(shots int, seed uint64) string {
		s, err := gather(table(big(40)), shots, seed)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, a := range s.articles {
			if shots > 0 && len(a.Phrasings) != min(shots, 40) {
				t.Errorf("%s has %d texts of %d", a.Slug, len(a.Phrasings), shots)
			}
			fmt.Fprintln(&b, a.Slug, a.Title, a.Phrasings)
		}
		return b.String()
	}
	if once, again := drawn(5, 1), drawn(5, 1); once != again {
		t.Error("the same seed draws others")
	}
	if drawn(5, 1) == drawn(5, 2) {
		t.Error("another seed draws the same")
	}
	if drawn(0, 1) != drawn(100, 2) {
		t.Error("all are not all")
	}
}

// Each text is as likely as the others to be drawn.
func TestShotsAreFair(t *testing.T) {
	t.Parallel()
	times := map[string]int{}
	const seeds = 400
	for seed := range uint64(seeds) {
		s, err := gather(table(big(20)), 5, seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.articles[3].Phrasings {
			times[p]++
		}
	}
	for text, n := range times {
		if n < seeds/4*7/10 || n > seeds/4*13/10 {
			t.Errorf("%q was drawn %d times of %d, want about %d", text, n, seeds, seeds/4)
		}
	}
	if len(times) != 20 {
		t.Errorf("%d texts were ever drawn, want 20", len(times))
	}
}

// A slip changes one letter or character, and keeps how it sounds in Chinese.
func TestSlip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{
			"麦芽糖浆保质期多久", "请问 MOQ 是多少？", "what is the shelf life", "I am on it", "Täglich?", "20吨", "aaaa", "!?", "",
		}).Draw(t, "text")
		have := slip(text, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
		a, b := []rune(text), []rune(have)
		if !utf8.ValidString(have) || len(b) < len(a)-1 || len(b) > len(a)+1 {
			t.Fatalf("%q became %q", text, have)
		}
		slippable := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.Contains(text, "aaaa") ||
			strings.Contains(text, "what") || strings.Contains(text, "glich")
		if slippable == (have == text) && text != "aaaa" {
			t.Fatalf("%q became %q", text, have)
		}
		if len(a) != len(b) {
			return
		}
		for i := range a {
			if a[i] != b[i] && unicode.Is(unicode.Han, a[i]) && pinyin.LazyConvert(string(a[i]), nil)[0] != pinyin.LazyConvert(string(b[i]), nil)[0] {
				t.Fatalf("%c became %c", a[i], b[i])
			}
		}
	})
}

func TestAUROC(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		in, out []float64
		want    float64
	}{
		{[]float64{0.9, 0.8}, []float64{0.1, 0.2}, 1},
		{[]float64{0.1}, []float64{0.9}, 0},
		{[]float64{0.5, 0.5}, []float64{0.5}, 0.5},
		{[]float64{0.9, 0.3}, []float64{0.1, 0.5}, 0.75},
	} {
		if have := auroc(x.in, x.out); have != x.want {
			t.Errorf("%v before %v: %v, want %v", x.in, x.out, have, x.want)
		}
	}
}

// What can be known is known, what cannot is not answered.
func TestRun(t *testing.T) {
	t.Parallel()
	outside := table("text\nsomething else entirely\nwholly unheard of\n")
	r, err := Run(t.Context(), Options{
		Train: table(big(12)), Test: table("text,category\nquestion akb number 3,0\nQUESTION BLC NUMBER 5!,1\nquestion cmd,2\n"), Outside: &outside,
		Words: knowledge.Words{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Hit1 != 100 || r.Hit3 != 100 || r.MRR != 1 || r.Answered < 66 || r.AnsweredRight != r.Answered || r.HandedOff != 0 {
		t.Errorf("%+v", r)
	}
	if r.AUROC == nil || *r.AUROC != 1 || *r.OutsideAnswered != 0 || len(r.Confusions) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestRunSaysWhereATableIsWrong(t *testing.T) {
	t.Parallel()
	bad := table("text,category\nfine,x\n,y\n")
	for _, o := range []Options{
		{Train: bad, Test: table(big(1))},
		{Train: table(big(1)), Test: table("text,category\nfine,x\n,y\n")},
		{Train: table(big(1)), Test: table(big(1)), Outside: &Table{Name: "table.csv", From: strings.NewReader("text\nfine\n \n")}},
	} {
		_, err := Run(t.Context(), o)
		if wrong, is := errors.AsType[*TableError](err); !is || wrong.Line != 3 || wrong.Table != "table.csv" {
			t.Errorf("%v", err)
		}
	}
}
