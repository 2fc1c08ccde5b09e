package router_test

import (
	"strings"
	"testing"

	"crmbot/bot/bottest"
	"crmbot/crm"
)

// pending is a house in which a model was asked about ana's question, and never
// comes back by itself; and the key of the question.
func pending(t *testing.T, more ...string) (*bottest.House, string) {
	t.Helper()
	h := bottest.New(t, "en")
	h.Say("* with model away")
	says(t, h, "customer:ana> quantum physics", "")
	for _, line := range more {
		h.Say(line)
	}
	all, _, err := h.Store.Questions(t.Context(), crm.QuestionFilter{Page: crm.Page{Limit: 1}})
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	return h, all[0].Key
}

// article is the reference of an article.
func article(t *testing.T, h *bottest.House, slug string) string {
	t.Helper()
	all, _, err := h.Store.Articles(t.Context(), crm.ArticleFilter{Slug: slug, Language: "en", Page: crm.Page{Limit: 1}})
	if err != nil || len(all) == 0 {
		t.Fatal(slug, err)
	}
	return all[0].Ref().String()
}

func TestWhatAModelFound(t *testing.T) {
	t.Parallel()
	asked := map[string]string{"question": "quantum physics"}
	for name, test := range map[string]struct {
		before []string // lines after the question
		events []string // in order; K is the key, A an article
		text   string   // that the model has worded
		top    string   // what it thinks comes near
		want   []string // what is answered to each event: holds this, "" is silence
		log    string
	}{
		"an article": {
			events: []string{"assist.found key=K article=A p=0.83", "assist.late key=K"},
			want:   []string{"ISO 22000", ""}, log: "quantum physics en answered certificates.en.1 ",
		},
		"in its own words": {
			events: []string{"assist.found key=K article=A p=0.83"}, text: "We *have* it. [x](http://evil.example)",
			want: []string{"From: Which certificates do you have?"}, log: "quantum physics en answered certificates.en.1 ",
		},
		"too late": {
			events: []string{"assist.late key=K", "assist.found key=K article=A p=0.83", "assist.late key=K"},
			want:   []string{"Shall I call somebody", "", ""}, log: "quantum physics en handed_off - ",
		},
		"of another question": {
			events: []string{"assist.found key=0123 article=A p=0.83", "assist.found article=A"},
			want:   []string{"", ""}, log: "quantum physics en handed_off - ",
		},
		"what comes near": {
			events: []string{"assist.late key=K", "assist.late key=K"}, top: "LEAD-1 A ART-999",
			want: []string{"[Which certificates do you have?] [None of these]", ""}, log: "quantum physics en handed_off - ",
		},
		"an article that is gone": {
			events: []string{"assist.found key=K article=ART-999 p=0.83"},
			want:   []string{"Shall I call somebody"}, log: "quantum physics en handed_off - ",
		},
		"no article at all": {
			events: []string{"assist.found key=K article=LEAD-1;p=x"},
			want:   []string{"Shall I call somebody"}, log: "quantum physics en handed_off - ",
		},
		"a person was called": {
			before: []string{"customer:ana> human"}, events: []string{"assist.found key=K article=A p=0.83", "assist.late key=K"},
			want: []string{"", ""}, log: "quantum physics en handed_off - person",
		},
		"a person has taken over": {
			before: []string{"he.min> take CON-1"}, events: []string{"assist.found key=K article=A p=0.83", "assist.late key=K"},
			want: []string{"", ""}, log: "quantum physics en handed_off - person",
		},
		"a form is open": {
			before: []string{"customer:ana> I want to buy 2 t maltose syrup"}, events: []string{"assist.found key=K article=A p=0.83", "assist.late key=K"},
			want: []string{"", ""}, log: "quantum physics en handed_off - ",
		},
		"he wants no more messages": {
			before: []string{"customer:ana> stop"}, events: []string{"assist.found key=K article=A p=0.83"},
			want: []string{""}, log: "quantum physics en handed_off - ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, key := pending(t, test.before...)
			for i, event := range test.events {
				line := strings.NewReplacer("K", key, "=A ", "="+article(t, h, "certificates")+" ").Replace(event + " ")
				values := map[string]string{"question": asked["question"], "text": test.text, "top": strings.Replace(test.top, "A ", article(t, h, "certificates")+" ", 1)}
				said := h.Deliver("customer:ana", strings.TrimSpace(line), values)
				if test.want[i] == "" && said != "" || !strings.Contains(said, test.want[i]) {
					t.Errorf("%s: says\n%s\nwant %q", event, said, test.want[i])
				}
				if strings.Contains(said, "[x](") || strings.Contains(said, " *have*") {
					t.Errorf("the model's marks are marks: %s", said)
				}
			}
			if have := logged(t, h); len(have) != 1 || have[0] != test.log {
				t.Errorf("logged %q, want %q", have, test.log)
			}
		})
	}
}

// Who asks again while the model thinks gets an answer to each question, and more
// than a few are not asked at once.
func TestSeveralQuestionsForAModel(t *testing.T) {
	t.Parallel()
	h, key := pending(t, "customer:ana> the meaning of strings", "customer:ana> the end of all things")
	says(t, h, "customer:ana> the age of the universe", "Shall I call somebody") // the fourth is answered at once
	if said := h.Deliver("customer:ana", "assist.late key="+key, nil); !strings.Contains(said, "Shall I call somebody") {
		t.Errorf("says %q", said)
	}
	says(t, h, "* wait 30s", "Shall I call somebody")
}
