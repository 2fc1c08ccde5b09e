package customer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/crm"
)

// shop is a house whose colleagues answer in a channel.
func shop(t *testing.T, settings ...string) *bottest.House {
	t.Helper()
	h := bottest.New(t, "en")
	h.Threads("office:team#support")
	play(h, settings...)
	return h
}

// play plays lines, and returns the transcript.
func play(h *bottest.House, lines ...string) string { return h.Say(strings.Join(lines, "\n")) }

// served has a customer helped, and the conversation closed by hand.
func served(h *bottest.House, customer string, thread int) string {
	place := fmt.Sprintf("wang.fang#support/%d", thread)
	return play(h, "customer:"+customer+"> person", place+"> reply: hello", "* wait 10s", place+"> [Close]")
}

func surveys(t *testing.T, h *bottest.House) []*crm.Survey {
	t.Helper()
	all, _, err := h.Store.Surveys(t.Context(), crm.SurveyFilter{Page: crm.Page{Limit: 50}})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const question = "How content are you with how you were helped?"

func TestARatingIsAButtonOrALoneDigit(t *testing.T) {
	for said, want := range map[string]int{
		"[5 Very content]": 5, "[1 Not content at all]": 1, "4": 4, "３。": 3, "②": 2,
		"2 Not content": 2, "不满意": 2, "4分": 4, "5 stars": 5, "Very content!": 5,
		"6": 0, "I am not content": 0, "content": 4, "2 stars more": 0, "0": 0, "55": 0, "2 t of maltose syrup": 0, "5 stars would be too much": 0, "-1": 0,
	} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			h := shop(t)
			served(h, "ana", 1)
			play(h, "customer:ana> "+said)
			all := surveys(t, h)
			if len(all) != 1 || all[0].Rating != want || all[0].Answered.IsZero() != (want == 0) {
				t.Errorf("%q is kept as %+v, want %d", said, all, want)
			}
		})
	}
}

func TestANumberIsTheRatingWhereThereAreNoButtons(t *testing.T) {
	t.Parallel()
	h := shop(t)
	shown := served(h, "ana@window", 1)
	if !strings.Contains(shown, "1. Not content at all") || !strings.Contains(shown, "5. Very content") {
		t.Fatalf("asked %s", shown)
	}
	play(h, "customer:ana@window> 2")
	served(h, "bo@window", 2)
	play(h, "* wait 23h", "customer:bo@window> 4")
	served(h, "cy@window", 3)
	play(h, "* wait 25h", "customer:cy@window> 4")
	got := map[string]int{}
	for _, s := range surveys(t, h) {
		c, err := h.Store.Conversation(t.Context(), s.ConversationID)
		if err != nil {
			t.Fatal(err)
		}
		got[c.Chat] = s.Rating
	}
	if got["ana"] != 2 || got["bo"] != 4 || got["cy"] != 0 {
		t.Errorf("the ratings are %v; ana said 2 at once, bo 4 the next day, cy too late", got)
	}
}

func TestASurveySwallowsNoMessage(t *testing.T) {
	t.Parallel()
	h := shop(t)
	served(h, "ana", 1)
	shown := play(h, "customer:ana> How long does maltose syrup keep?")
	if !strings.Contains(shown, "18 months") {
		t.Errorf("a question after the survey: %s", shown)
	}
	play(h, "customer:ana> 5")
	if shown := play(h, "customer:ana> How long does delivery take?"); !strings.Contains(shown, "2 to 5 days") {
		t.Errorf("a question in the place of a comment: %s", shown)
	}
	if shown := play(h, "customer:ana> person"); !strings.Contains(shown, "will answer you here") {
		t.Errorf("a wish for a person in its place: %s", shown)
	}
	if all := surveys(t, h); all[0].Comment != "" || all[0].Rating != 5 {
		t.Errorf("kept %+v", all[0])
	}
}

func TestABadRatingIsAComplaint(t *testing.T) {
	t.Parallel()
	h := shop(t)
	served(h, "ana", 1)
	shown := play(h, "customer:ana> [2 Not content]")
	if !strings.Contains(shown, "I am sorry. The person responsible will get in touch with you.") {
		t.Errorf("she is told %s", shown)
	}
	if !strings.Contains(shown, "to li.wei") {
		t.Errorf("the manager is not told: %s", shown)
	}
	play(h, "customer:ana> he let me wait for a week")
	all, _, err := h.Store.Tickets(t.Context(), crm.TicketFilter{Scope: crm.Everything(), Page: crm.Page{Limit: 9}})
	if err != nil || len(all) != 1 || all[0].Kind != crm.TicketComplaint || !strings.Contains(all[0].Body, "he let me wait for a week") {
		t.Fatalf("the complaint is %+v, %v", all, err)
	}
	owner, err := h.Store.User(t.Context(), all[0].OwnerID)
	if err != nil || owner.Handle != "li.wei" {
		t.Errorf("it belongs to %+v, %v", owner, err)
	}
	if s := surveys(t, h)[0]; s.Comment != "he let me wait for a week" || s.Rating != 2 {
		t.Errorf("kept %+v", s)
	}
	if shown := play(h, "customer:ana> 1"); !strings.Contains(shown, "I have no answer to that.") {
		t.Errorf("rated twice: %s", shown)
	}
}

func TestAWordAboutItMayBeLeftOut(t *testing.T) {
	t.Parallel()
	h := shop(t)
	served(h, "ana", 1)
	play(h, "customer:ana> [4 Content]", "customer:ana> [Skip]", "customer:ana> by the way I moved")
	if s := surveys(t, h)[0]; s.Comment != "" {
		t.Errorf("kept %q", s.Comment)
	}
	served(h, "bo", 2)
	play(h, "customer:bo> [4 Content]", "* wait 11m", "customer:bo> by the way I moved")
	if s := surveys(t, h)[0]; s.Rating != 4 || s.Comment != "" {
		t.Errorf("kept %q, too late", s.Comment)
	}
}

func TestWhoIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		settings, lines []string
		asked           bool
	}{
		"helped and closed":      {nil, []string{"wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> [Close]"}, true},
		"closed with words held": {nil, []string{"wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> reply: bye", "wang.fang#support/1> [Close]", "* wait 12s"}, true},
		"the first words held":   {nil, []string{"wang.fang#support/1> reply: hello", "wang.fang#support/1> [Close]", "* wait 12s"}, true},
		"not helped":             {nil, []string{"wang.fang#support/1> [Take]", "wang.fang#support/1> [Close]"}, false},
		"handed back":            {nil, []string{"wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> [Back to the bot]"}, false},
		"idle":                   {nil, []string{"wang.fang#support/1> reply: hello", "* wait 10s", "* wait 13h"}, false},
		"nobody is asked":        {[]string{"* with survey off"}, []string{"wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> [Close]"}, false},
		"wants to hear nothing":  {nil, []string{"wang.fang#support/1> reply: hello", "* wait 10s", "customer:ana> stop", "wang.fang#support/1> [Close]"}, false},
		"blocked":                {nil, []string{"wang.fang#support/1> reply: hello", "* wait 10s", "wang.fang#support/1> @ block"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := shop(t, c.settings...)
			play(h, "customer:ana> person")
			shown := play(h, c.lines...)
			if got := strings.Contains(shown, "\n    "+question) || strings.Contains(shown, question); got != c.asked {
				t.Errorf("asked is %v: %s", got, shown)
			}
		})
	}
}

func TestNobodyIsAskedTwiceInAMonth(t *testing.T) {
	t.Parallel()
	h := shop(t)
	for day, want := range []bool{true, false, false, true} {
		place := "wang.fang#support/1"
		if day > 0 {
			play(h, "* wait 241h")
		}
		play(h, "customer:ana> person")
		shown := play(h, fmt.Sprintf("wang.fang#support/%d> reply: hello", day+1), "* wait 10s", fmt.Sprintf("wang.fang#support/%d> [Close]", day+1))
		if got := strings.Contains(shown, question); got != want {
			t.Errorf("time %d at %s: asked is %v: %s", day, place, got, shown)
		}
	}
}

func TestTheLastRightIsNeededForASurvey(t *testing.T) {
	t.Parallel()
	h := shop(t)
	play(h, "customer:ana@window> person", "wang.fang#support/1> reply: hello", "* wait 10s")
	key := crm.ConversationKey{Platform: "window", Install: "shop", Chat: "ana"}
	found, err := h.Store.Conversations(t.Context(), []crm.ConversationKey{key})
	if err != nil {
		t.Fatal(err)
	}
	err = h.Store.UpdateBalance(t.Context(), found[key].ID, func(b *bot.Balance) error { b.Close(h.Pipeline.Now().Add(time.Second)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if shown := play(h, "wang.fang#support/1> [Close]"); strings.Contains(shown, question) || len(surveys(t, h)) != 0 {
		t.Errorf("asked with nothing left to write: %s", shown)
	}
}

func TestWhatIsAddedToAGoodRatingIsPassedOn(t *testing.T) {
	t.Parallel()
	h := shop(t)
	served(h, "ana", 1)
	play(h, "customer:ana> [5 Very content]")
	shown := play(h, "customer:ana> by the way I moved to Lyon")
	if !strings.Contains(shown, "Thank you, I have passed it on.") || !strings.Contains(shown, "to wang.fang") || !strings.Contains(shown, "adds:** by the way I moved to Lyon") {
		t.Errorf("shown %s", shown)
	}
}
