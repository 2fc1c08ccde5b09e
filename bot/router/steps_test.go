package router_test

import (
	"context"
	"strings"
	"testing"

	"crmbot/bot/bottest"
	"crmbot/crm"
)

// inCharge puts a person in charge of every conversation that a contact has.
func inCharge(t *testing.T, h *bottest.House) {
	t.Helper()
	ctx := context.Background()
	somebody, err := h.Store.UserByHandle(ctx, "he.min")
	if err != nil {
		t.Fatal(err)
	}
	contacts, _, err := h.Store.Contacts(ctx, crm.ContactFilter{Scope: crm.Everything()})
	if err != nil || len(contacts) == 0 {
		t.Fatalf("contacts: %d, %v", len(contacts), err)
	}
	for _, c := range contacts {
		found, err := h.Store.ConversationsOf(ctx, c.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range found {
			_, err := h.Store.UpdateConversation(ctx, x.ID, func(c *crm.Conversation) error {
				c.Status, c.AssigneeID = crm.ConversationHandedOff, somebody.ID
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// says fails unless the transcript of the last line holds want; "" is silence.
func says(t *testing.T, h *bottest.House, line, want string) {
	t.Helper()
	have := h.Say(line)
	_, answer, _ := strings.Cut(have, "\n")
	if want == "" && strings.TrimSpace(answer) != "" || !strings.Contains(answer, want) {
		t.Errorf("%.80s\nanswers:\n%.2000s\nwant: %q", line, answer, want)
	}
}

// Each test below is about two neighbouring steps: the line would mean
// something to both, and the first one has it.

func TestButtonBeforeStaffPlace(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "li.wei#sales> pipelin", "")
	says(t, h, "li.wei#sales> @ pipelin", "[pipeline]")
	// Unaddressed words in a group are a note, a pressed button is not.
	says(t, h, "li.wei#sales> [pipeline]", "Pipeline by stage")
}

func TestStaffPlaceBeforeAlways(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana#club> help", "")
	says(t, h, "customer:ana#club> person", "")
	says(t, h, "customer:ana#club> @ help", "Jingu Foods")
	says(t, h, "bob> help", "for our staff")
}

func TestAlwaysBeforeInCharge(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> I want to buy 2 t maltose", "Which number")
	inCharge(t, h)
	says(t, h, "customer:ana> my own words", "")
	says(t, h, "customer:ana> cancel", "Cancelled")
	says(t, h, "customer:ana> help", "Jingu Foods")
	says(t, h, "customer:ana> stop", "no more messages")
	says(t, h, "customer:ana> human", "何敏")
}

func TestInChargeBeforeCommand(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> progress", "nothing open")
	inCharge(t, h)
	says(t, h, "customer:ana> progress", "")
	says(t, h, "customer:ana> thanks", "")
	says(t, h, "customer:ana> How long does maltose syrup keep?", "")
	says(t, h, "customer:ana> <follow x>", "")
	says(t, h, "li.wei@shop> pipeline", "Pipeline by stage")
}

func TestCommandBeforeForm(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "li.wei> lead new", "What is the name?")
	says(t, h, "li.wei> pipeline", "Pipeline by stage")
	says(t, h, "li.wei> LEAD-1", "What is the name?") // a reference is no name: it is looked up, and asked again
	says(t, h, "li.wei> cancel", "Cancelled")
	says(t, h, "customer:ana> get a quote", "Which product")
	says(t, h, "customer:ana> progress", "nothing open")
	says(t, h, "customer:ana> 2 t syrup", "Which number")
}

func TestFormBeforeArticle(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> get a quote", "Which product")
	// These very words are a phrasing of an article, but no question.
	says(t, h, "customer:ana> shelf life of maltose syrup", "how much do you need")
	// A question is answered, and the form asks again.
	says(t, h, "customer:ana> How long does maltose syrup keep?", "18 months")
	says(t, h, "customer:ana> How long does maltose syrup keep?", "how much do you need")
	says(t, h, "customer:ana> 5 t", "Which number")
}

func TestArticleBeforeIntent(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> how much is maltose syrup?", "Prices depend")
	says(t, h, "customer:ana> 3 t", "Which number") // and taken down as a wish
}

func TestIntentBeforeSuggest(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> do you ship to Kenya?", "Did you mean")
	says(t, h, "customer:ana> I want to buy maltose syrup packaging", "how much do you need")
}

func TestSuggestBeforeHandoff(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	says(t, h, "customer:ana> do you ship to Kenya?", "None of these")
	says(t, h, "customer:ana> quantum physics", "Shall I call somebody")
}
