package knowledge

import (
	"testing"

	"crmbot/crm"
)

// guarded is a small shelf with the words that the guards look at.
func guarded() *state {
	s := Words{
		Not:    []string{"not", "no", "dont", "不", "没", "无"},
		Filler: []string{"the", "of", "is", "what", "how", "long", "your", "do", "you", "的", "是", "吗", "可以", "能", "你们", "多久", "有", "这个"},
		Topics: []string{"storage", "保质期"},
	}.ready()
	return &state{shelf: shelve([]*crm.Article{
		{Slug: "shelf", Language: "en", Title: "shelf life of maltose syrup", Phrasings: []string{"how long does glucose syrup keep"}, Tags: []string{"maltose syrup", "glucose syrup", "storage"}},
		{Slug: "shelf", Language: "zh-CN", Title: "麦芽糖浆保质期多久", Phrasings: []string{"葡萄糖浆能放多久"}, Tags: []string{"麦芽糖浆", "葡萄糖浆", "保质期"}},
		{Slug: "return", Language: "zh-CN", Title: "可以退货吗", Phrasings: []string{"7天内能退吗"}},
		{Slug: "return", Language: "en", Title: "can I return it", Phrasings: []string{"no return, why"}},
	}, s)}
}

func TestGuards(t *testing.T) {
	t.Parallel()
	x := guarded()
	for _, c := range []struct {
		slug, text string
		stopped    bool
	}{
		{"return", "可以退货吗", false},
		{"return", "能不能退货", false}, // it names both answers
		{"return", "7天内可以退货吗", false},
		{"return", "30天内可以退货吗", true},
		{"return", "can I return 123456", false},
		{"return", "I don't return it", false},     // one negation is like another
		{"return", "can I return the honey", true}, // nothing is known of it
		{"return", "蜂蜜可以退货吗", true},
		{"return", "can I retrun it", false},
		{"shelf", "how long does syurp keep", false},
		{"shelf", "shelf life of lift", true},                    // life with one letter changed is another word
		{"return", "can I return it after the shelf life", true}, // that is what the other one is about
		{"shelf", "麦芽糖浆没有保质期吗", true},
		{"shelf", "what is the shelf life of maltose syrup", false},
		{"shelf", "what is the shelf life of fructose syrup", true},
		{"shelf", "what is the shelf life of maltos syrup", false},
		{"shelf", "what is the shelf life of your syrup", false},
		{"shelf", "果葡糖浆保质期多久", true},
		{"shelf", "你们的糖浆保质期多久", false},
		{"shelf", "这个糖浆保质期多久", false},
		{"shelf", "maltose syrup", true}, // nothing is asked about it
		{"shelf", "麦芽糖浆的", true},
		{"shelf", "storage", true},
		{"shelf", "maltose syrup storage", false},
	} {
		have := x.stopped(map[string]int{"return": 0, "shelf": 1}[c.slug], c.text, x.trim.normal(c.text))
		have = have || x.news(x.trim.normal(c.text)) >= newsMost
		if have != c.stopped {
			t.Errorf("%s for %q: stopped %v", c.slug, c.text, have)
		}
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"maltose", "maltose", true},
		{"maltose", "maltos", true},
		{"maltose", "matlose", true},
		{"maltose", "maltoose", true},
		{"maltose", "maltase", true},
		{"maltose", "fructose", false},
		{"syrup", "rupsy", false},
		{"", "a", true},
		{"ab", "ba", true},
	} {
		if near(c.a, c.b) != c.want || near(c.b, c.a) != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, !c.want)
		}
	}
}
