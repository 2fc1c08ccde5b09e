package knowledge

import (
	"testing"

	"crmbot/crm"
)

func TestNames(t *testing.T) {
	t.Parallel()
	articles := []*crm.Article{
		{Slug: "shelf", Tags: []string{"麦芽糖浆", "储存", "maltose", "resistant dextrin"}},
		{Slug: "sample", Tags: []string{"样品", "桶"}},
	}
	g := namesOf(articles, map[string]bool{"储存": true, "样品": true})
	for text, want := range map[string]bool{
		"20吨麦芽糖浆": true, "麥芽糖漿": true, "我的糖浆": true, "Maltose syrup": true, "resistant dextrins": true,
		"储存": false, "样品": false, "一桶": false, "resistant": false, "maltosed": false, "": false,
	} {
		if have := g.in(text); have != want {
			t.Errorf("%q names goods: %v, want %v", text, have, want)
		}
	}
	tags := tagsOf(append(articles, &crm.Article{Slug: "other", Tags: []string{"maltose"}}))
	if tags["样品"] != "sample" || tags["maltose"] != "" {
		t.Errorf("tags %v", tags)
	}
}

func TestKnownOnceThereAreEnough(t *testing.T) {
	t.Parallel()
	var m Matcher
	if m.Known() {
		t.Error("it knows goods before it has read anything")
	}
	var tags []string
	for n := range enough {
		m.current.Store(&state{shelf: &shelf{goods: namesOf([]*crm.Article{{Tags: tags}}, nil)}})
		if m.Known() {
			t.Errorf("%d words are enough", n)
		}
		tags = append(tags, "goods"+string(rune('a'+n)))
	}
	m.current.Store(&state{shelf: &shelf{goods: namesOf([]*crm.Article{{Tags: tags}}, nil)}})
	if !m.Known() {
		t.Errorf("%d words are not enough", len(tags))
	}
}
