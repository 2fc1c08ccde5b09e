package assist_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

var embeds = with(func(k *bot.Knowledge) { k.Answers = false })

func stamp(t *testing.T, p *place) string {
	t.Helper()
	value, err := p.db.Value(t.Context(), knowledge.VectorsStamp)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// later lets the periodic jobs come due.
func (p *place) later() {
	p.Advance(20 * time.Second)
	p.settle()
}

func (p *place) version() int64 {
	p.t.Helper()
	v, err := p.db.KnowledgeVersion(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// TestEveryPhrasingGetsItsVectorOnce: at the start, and when articles changed.
func TestEveryPhrasingGetsItsVectorOnce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		m := &model{}
		p := over(t, db, m, embeds)
		a := p.article("shelf", "Shelf life", "24 months", "how long", "is it fresh", " ")
		p.article("price", "Price", "¥28", "how long")
		p.settle()
		same(t, m.embedded, [][]string{{"Price", "Shelf life", "how long", "is it fresh"}})
		same(t, stamp(t, p), fmt.Sprintf("small %d 0", p.version()))
		vectors, err := db.Vectors(t.Context(), "small", []string{"Price", "how long", "nobody asks"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, vectors, map[string][]float32{"Price": {1, 0}, "how long": {1, 0}})
		p.later()
		p.later()
		if len(m.embedded) != 1 {
			t.Errorf("asked again: %q", m.embedded)
		}
		if _, err := db.UpdateArticle(t.Context(), a.ID, func(a *crm.Article) error {
			a.Phrasings = append(a.Phrasings, "can I still eat it")
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		p.later()
		same(t, m.embedded[1:], [][]string{{"can I still eat it"}})
		same(t, stamp(t, p), fmt.Sprintf("small %d 0", p.version()))
	})
}

// TestWhatCouldBeHadStays when the endpoint goes away in between, and the rest is
// fetched once it is back.
func TestWhatCouldBeHadStays(t *testing.T) {
	t.Parallel()
	m := &model{}
	p := open(t, m, embeds)
	var phrasings []string
	for n := range 300 {
		phrasings = append(phrasings, fmt.Sprintf("question %03d", n))
	}
	p.article("many", "Many", "x", phrasings...)
	away := true
	m.embed = func(texts []string) ([][]float32, error) {
		if away && len(m.embedded) > 1 {
			return nil, bot.Unavailable(errors.New("away"))
		}
		return slices.Repeat([][]float32{{0, 1}}, len(texts)), nil
	}
	p.settle()
	same(t, []int{len(m.embedded), len(m.embedded[0])}, []int{2, 128})
	same(t, stamp(t, p), fmt.Sprintf("small %d 173", p.version()))
	p.later()
	if len(m.embedded) != 2 {
		t.Error("it is asked again at once")
	}
	p.Advance(time.Minute)
	p.settle()
	if len(m.embedded) != 3 || stamp(t, p) != fmt.Sprintf("small %d 173", p.version()) {
		t.Errorf("asked %d times, %s", len(m.embedded), stamp(t, p))
	}
	away = false
	p.Advance(time.Minute)
	p.settle()
	same(t, stamp(t, p), fmt.Sprintf("small %d 0", p.version()))
	known, err := p.db.Vectors(t.Context(), "small", append(phrasings, "Many"))
	if err != nil || len(known) != 301 {
		t.Errorf("%d vectors, %v", len(known), err)
	}
}

// TestLongTextsGoInSmallerPortions, and one that is longer than a portion alone.
func TestLongTextsGoInSmallerPortions(t *testing.T) {
	t.Parallel()
	m := &model{}
	p := open(t, m, embeds)
	long := []string{strings.Repeat("a", 15000), strings.Repeat("b", 15000), strings.Repeat("c", 30000), "d"}
	p.article("long", "A", "x", long...)
	p.settle()
	var portions []int
	for _, texts := range m.embedded {
		portions = append(portions, len(texts))
	}
	same(t, portions, []int{2, 1, 1, 1})
	if all := slices.Concat(m.embedded...); len(all) != 5 {
		t.Errorf("%d texts", len(all))
	}
}

func TestNothingIsFetchedWithoutAnEmbedder(t *testing.T) {
	t.Parallel()
	m := &model{}
	p := open(t, m, with(func(k *bot.Knowledge) { k.Embeds = false }))
	p.article("shelf", "Shelf life", "24 months")
	p.settle()
	p.later()
	if len(m.embedded) != 0 || stamp(t, p) != "" {
		t.Errorf("asked %q", m.embedded)
	}
}
