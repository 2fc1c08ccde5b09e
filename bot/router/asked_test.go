package router_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"crmbot/bot/bottest"
	"crmbot/crm"
)

// logged are the questions on record, earliest first: what was asked, what was
// done with it, which article was shown and what became of it.
func logged(t *testing.T, h *bottest.House) []string {
	t.Helper()
	all, _, err := h.Store.Questions(t.Context(), crm.QuestionFilter{Page: crm.Page{Limit: 100}})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b *crm.Question) int { return int(a.ID - b.ID) })
	var out []string
	for _, q := range all {
		slug := "-"
		if q.ArticleID != 0 {
			a, err := h.Store.Article(t.Context(), q.ArticleID)
			if err != nil {
				t.Fatal(err)
			}
			slug = fmt.Sprintf("%s.%s.%d", a.Slug, a.Language, q.ArticleVersion)
		}
		out = append(out, fmt.Sprintf("%s %s %s %s %s", q.Text, q.Language, q.Band, slug, q.Outcome))
		if q.Key == "" || q.ConversationID == 0 || q.ContactID == 0 || q.Knowledge == 0 || q.Asked.IsZero() {
			t.Errorf("%q lacks something: %+v", q.Text, q)
		}
		if q.Band != crm.BandHandedOff && len(q.Top) == 0 && q.Text != "quantum physics" { // that a model finds
			t.Errorf("%q has no candidates", q.Text)
		}
	}
	return out
}

func TestWhatIsLoggedOfQuestions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines []string
		want  []string
	}{
		"answered and solved": {
			[]string{"customer:ana> is it halal certified?", "customer:ana> [Solved]"},
			[]string{"is it halal certified? en answered certificates.en.1 solved"},
		},
		"solved by words, and then a person": {
			[]string{"customer:ana> is it halal certified?", "customer:ana> thanks, that solved it", "customer:ana> human"},
			[]string{"is it halal certified? en answered certificates.en.1 solved"},
		},
		"not helpful": {
			[]string{"customer:ana> 怎么开发票", "customer:ana> 不是这个"},
			[]string{"怎么开发票 zh-CN answered invoice.zh-CN.1 not_helpful"},
		},
		"not helpful, and then a person": {
			[]string{"customer:ana> 怎么开发票", "customer:ana> [没帮上]", "customer:ana> [转人工]"},
			[]string{"怎么开发票 zh-CN answered invoice.zh-CN.1 person"},
		},
		"picked": {
			[]string{"customer:ana> do you ship to Kenya?", "customer:ana> [How long does delivery take?]"},
			[]string{"do you ship to Kenya? en suggested delivery.en.1 picked"},
		},
		"none of these, by words": {
			[]string{"customer:ana> do you ship to Kenya?", "customer:ana> not what I asked"},
			[]string{"do you ship to Kenya? en suggested - none"},
		},
		"picked by its number": {
			[]string{"customer:ana> do you ship to Kenya?", "customer:ana> 1", "customer:ana> [Solved]"},
			[]string{"do you ship to Kenya? en suggested delivery.en.1 solved"},
		},
		"none by its number": {
			[]string{"customer:ana> do you ship to Kenya?", "customer:ana> 2", "customer:ana> 17", "customer:ana> https://example.com/7"},
			[]string{"do you ship to Kenya? en suggested - none"},
		},
		"nothing is known": {
			[]string{"customer:ana> quantum physics"},
			[]string{"quantum physics en handed_off - "},
		},
		"the last question is for a person": {
			[]string{"customer:ana> is it halal certified?", "customer:ana> quantum physics", "customer:ana> human"},
			[]string{"is it halal certified? en answered certificates.en.1 ", "quantum physics en handed_off - person"},
		},
		"too long ago for a person": {
			[]string{"customer:ana> is it halal certified?", "* wait 31m", "customer:ana> human"},
			[]string{"is it halal certified? en answered certificates.en.1 "},
		},
		"in one breath": {
			[]string{"customer:ana>> quantum physics please", "customer:ana> human"},
			[]string{"quantum physics please en handed_off - person"},
		},
		"several lines": {
			[]string{"customer:ana>> qqq", "customer:ana>> www zzz", "customer:ana> quantum physics"},
			[]string{"qqq www zzz quantum physics en handed_off - "},
		},
		"in a form": {
			[]string{"customer:ana> I want to buy 2 t maltose syrup", "customer:ana> is it halal certified?", "customer:ana> what about quantum physics?", "customer:ana> skip"},
			[]string{"is it halal certified? en answered certificates.en.1 ", "what about quantum physics? en handed_off - "},
		},
		"a price is asked, and taken down": {
			[]string{"customer:ana> how much is maltose syrup?", "customer:ana> cancel"},
			[]string{"how much is maltose syrup? en answered price.en.1 "},
		},
		"no question at all": {
			[]string{
				"customer:ana> hello", "customer:ana> thanks", "customer:ana> 👍", "customer:ana> <sticker>", "customer:ana> <photo a.jpg>",
				"customer:ana> useless", "customer:ana> solved", "customer:ana> progress", "customer:ana> help",
				"customer:ana> I want to buy 2 t maltose syrup", "customer:ana> skip", "customer:ana> Acme",
				"customer:ana> my order arrived damaged", "customer:ana> skip",
			},
			nil,
		},
		"colleagues": {
			[]string{"li.wei> is it halal certified?", "li.wei@shop> is it halal certified?", "li.wei#sales> @ is it halal certified?"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := bottest.New(t, "en")
			for _, line := range test.lines {
				h.Say(line)
			}
			if have := logged(t, h); !slices.Equal(have, test.want) {
				t.Errorf("logged:\n%s\nwant:\n%s", strings.Join(have, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// What is said while a colleague is called, or in charge, is for him.
func TestWhatIsSaidToAPersonIsNotLogged(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	h.Threads("office:team#support")
	for _, line := range []string{
		"customer:ana> quantum physics", "customer:ana> human", "customer:ana> and the meaning of life?",
		"he.min#support/1> [Take]", "customer:ana> is it halal certified?", "customer:ana> 2",
	} {
		h.Say(line)
	}
	want := []string{"quantum physics en handed_off - person"}
	if have := logged(t, h); !slices.Equal(have, want) {
		t.Errorf("logged: %q", have)
	}
}

// Who takes a conversation by himself takes the question with it.
func TestAColleagueWhoTakesOverAnswersTheQuestion(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	h.Say("customer:ana> is it halal certified?")
	if said := h.Say("he.min> CON-1 take over"); strings.Contains(said, "don't") {
		t.Log(said)
	}
	t.Log(h.Say("he.min> take CON-1"))
	want := []string{"is it halal certified? en answered certificates.en.1 person"}
	if have := logged(t, h); !slices.Equal(have, want) {
		t.Errorf("logged: %q", have)
	}
	// A number is for the colleague now, and no button.
	says(t, h, "customer:ana> 1", "")
}
