package relay_test

import (
	"context"
	"testing"

	"crmbot/crm"
)

// Where a platform cannot tell one person among others, nobody else is told
// what a colleague did not mean to say.
func TestAQuestionForTheAuthorAlone(t *testing.T) {
	s := at(t, "en", lounge)
	s.play("customer:ana> person", "li.wei> help")
	s.shows("li.wei#lounge/1> 18 months", "to li.wei", "Note only, Ana has not seen this.", "18 months", "[Send it] [Keep as note]")
	s.play("li.wei> [Send it]")
	s.shows("* wait 10s", "to customer:ana", "18 months")
	s.play("customer:ana> really?")
	s.shows("chen.jie#lounge/1> yes 18 months", "Note only") // he has no chat of his own with us
}

// A colleague answers from his own chat as well.
func TestAnAnswerFromOnesOwnChat(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person")
	s.shows("li.wei> reply CONV-1 from my phone", "To Ana in 10 s", "[Stop]")
	s.shows("* wait 10s", "to #support/1", "**李伟** → Ana: from my phone", "to customer:ana", "from my phone")
	s.play("li.wei> reply CONV-1 never mind")
	s.shows("li.wei> [Stop]", "Stopped by 李伟")
	s.shows("* wait 1m", "!never mind")
}

// Words that did not arrive can go by another chat of the same person, and by
// nobody else's.
func TestAnotherChatOfTheSamePerson(t *testing.T) {
	s := at(t, "en", support)
	ctx := context.Background()
	s.play("customer:ana@plain> hello", "customer:bob@window> hello", "customer:ana> person")
	all, _, err := s.Store.ConversationList(ctx, crm.ConversationFilter{Scope: crm.Everything(), Page: crm.Page{Limit: 10}})
	if err != nil {
		t.Fatal(err)
	}
	var one crm.ContactID
	for _, c := range all {
		if c.Platform == "desk" {
			one = c.ContactID
		}
	}
	for _, c := range all {
		if c.Platform != "plain" {
			continue
		}
		other, err := s.Store.IdentitiesOf(ctx, c.ContactID, 0)
		if err != nil || len(other) != 1 {
			t.Fatal(other, err)
		}
		if _, err := s.Store.UpdateIdentity(ctx, other[0].ID, func(i *crm.Identity) error { i.ContactID = one; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Store.UpdateConversation(ctx, c.ID, func(c *crm.Conversation) error { c.ContactID = one; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	s.play("* next desk recipient_gone", "li.wei#support/1> r: 18 months")
	s.shows("* wait 10s", "left or blocked us", "[Send again] [By Desk] [Call instead]", "!to customer")
	s.shows("li.wei#support/1> [By Desk]", "To Ana in 10 s")
	s.shows("* wait 10s", "to customer:ana@plain", "18 months", "!customer:bob", "!to customer:ana\n")
}
