package relay_test

import (
	"context"
	"strings"
	"testing"

	"crmbot/crm"
)

func TestANoteStaysInside(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person")
	for _, line := range []string{
		"she is a difficult one", "note: 40 % off at most", "备注：最多四折", "> r: quoted", "》回复：引用", "re: her order", "<photo margin.xlsx>",
		"<photo margin.xlsx | our margin>",
	} {
		s.shows("li.wei#support/1> "+line, "!to customer")
		s.shows("* wait 30s", "!to customer")
	}
	notes := 0
	messages, err := s.Store.Messages(context.Background(), 1, 0, 100)
	for _, m := range messages {
		if m.Audience == crm.AudienceNote && m.AuthorKind == crm.AuthorUser {
			notes++
		}
	}
	if notes != 8 || err != nil {
		t.Errorf("%d of 8 notes are kept with the record (%v)", notes, err)
	}
}

func TestAPlainLineWhileTheCustomerWaits(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person")
	s.shows("li.wei#support/1> 18 months", "(only you)", "Note only, Ana has not seen this.", "[Send it] [Keep as note]")
	s.shows("li.wei#support/1> at least", "!Note only") // once for each of her messages
	s.shows("customer:ana> hello?", "hello?")
	s.shows("li.wei#support/1> yes 18 months", "Note only")
	s.shows("li.wei#support/1> [Send it]", "To Ana in 10 s", "[Stop]")
	s.shows("li.wei#support/1> [Send it]", "already")
	s.shows("* wait 10s", "to customer:ana", "yes 18 months")
	s.play("customer:ana> hm, and honey?")
	s.shows("li.wei#support/1> > r: a quotation", "Note only") // he may have meant to send it
	s.play("li.wei#support/1> r: right", "* wait 10s")
	s.shows("li.wei#support/1> thanks to all", "!Note only") // nobody waits now
	s.play("customer:ana> and glucose?")
	s.shows("li.wei#support/1> glucose too", "Note only")
	s.shows("li.wei#support/1> [Keep as note]", "Kept as a note")
	s.shows("* wait 20m", "!glucose too")
}

func TestHeldWordsCanBeStopped(t *testing.T) {
	s := at(t, "en", support, lounge)
	s.play("customer:ana> person")
	s.shows("li.wei#support/1> r: 50 % off", "To Ana in 10 s", "[Stop]")
	s.shows("chen.jie#support/1> [Stop]", "Stopped by 陈杰 before Ana saw it.", "[Send it]")
	s.shows("* wait 1m", "!to customer:ana")
	s.shows("li.wei#support/1> [Send it]", "To Ana in 10 s")
	s.shows("* wait 10s", "to customer:ana", "50 % off")
}

func TestWordsAreTheAuthorsUntilTheyGo(t *testing.T) {
	s := at(t, "en", support, lounge)
	s.play("* with hold 60s", "customer:ana> person", "li.wei#support/1> r: 18 moths", "* wait 40s")
	s.play("li.wei#support/1> <edit r: 18 months>")
	s.shows("* wait 40s", "!to customer:ana") // a minute to read what is new
	s.shows("* wait 20s", "to #lounge/1", "18 months", "to customer:ana", "18 months", "!moths")
	s.shows("li.wei#support/1> <edit r: 20 months>", "to #lounge/1", "changed to: 20 months", "to customer:ana", "(edits)", "李伟: 20 months")
	s.shows("li.wei#support/1> <delete>", "to customer:ana", "(deletes)")

	s.play("li.wei#support/1> r: wrong window")
	s.shows("li.wei#support/1> <delete>", "Stopped")
	s.shows("* wait 2m", "!wrong window")
	s.play("li.wei#support/1> r: boss says 40 %")
	s.shows("li.wei#support/1> <edit boss says 40 %>", "Stopped", "!to customer:ana")
	s.shows("* wait 2m", "!40 %")
}

func TestWordsThatAreOutStayWhereNothingCanBeChanged(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana@plain> person", "li.wei#support/1> r: 18 moths", "* wait 10s")
	s.shows("li.wei#support/1> <edit r: 18 months>", "still reads the old words", "!customer:ana")
	s.shows("li.wei#support/1> <delete>", "still has it", "!customer:ana")
	rel, err := s.Store.Release(context.Background(), 1)
	if err != nil || rel.Body != "18 moths" {
		t.Errorf("the record says %q (%v), she reads the old words", rel.Body, err)
	}
}

func TestWhatTheCustomerChangesIsShown(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "customer:ana> 100 pieces")
	s.shows("customer:ana> <edit 200 pieces>", "to #support/1", "≈ **Ana**: changed to: 200 pieces")
	s.shows("customer:ana> <delete>", "to #support/1", "took this message back")
}

func TestTwoPeopleAnswerAtOnce(t *testing.T) {
	s := at(t, "en", support, lounge)
	s.play("customer:ana> person", "li.wei#support/1> r: 18 months")
	s.shows("chen.jie#lounge/1> r: 12 months", "李伟 is answering Ana.", "[Send anyway] [Keep as note]")
	s.shows("* wait 10s", "to customer:ana", "18 months", "!12 months")
	s.shows("* wait 10m", "to #support/1", "**陈杰** (note): 12 months", "!to customer:ana") // nobody said what becomes of it
	s.play("customer:ana> oh", "li.wei#support/1> r: yes", "* wait 10s")
	s.shows("chen.jie#support/1> r: that is right", "李伟 is answering Ana.")
	s.shows("chen.jie#support/1> [Send anyway]", "To Ana in 10 s")
	s.shows("* wait 10s", "to customer:ana", "陈杰: that is right")
}

func TestWhoAnswersIsToldOnce(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: one")
	s.shows("* wait 10s", "to customer:ana", "李伟: one")
	s.play("li.wei#support/1> r: two")
	s.shows("* wait 10s", "to customer:ana\n    two")
}

func TestWhatCannotBeSent(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person")
	s.shows("li.wei#support/1> r: "+strings.Repeat("long ", 900), "4000", "!To Ana")
	s.shows("guest#support/1> r: I am nobody", "!To Ana")
	s.shows("* wait 1m", "!to customer:ana")
}

func TestWithoutAHoldWordsGoAtOnce(t *testing.T) {
	s := at(t, "en", support)
	s.play("* with hold 0s", "customer:ana> person")
	s.shows("li.wei#support/1> r: hello", "Sent to Ana", "to customer:ana", "hello")
}

func TestFilesOfAColleague(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> <photo plan.pdf | r: see the plan>")
	s.shows("* wait 10s", "Sent to Ana", "to customer:ana", "see the plan", "📎 plan.pdf")
	s.play("li.wei#support/1> <photo offer.pdf | r:>")
	s.shows("* wait 10s", "to customer:ana", "📎 offer.pdf")
}

func TestWordsThatWereANoteYieldToo(t *testing.T) {
	s := at(t, "en", support, lounge)
	s.play("customer:ana> person", "chen.jie#support/1> 12 months", "li.wei#lounge/1> r: 18 months")
	s.shows("chen.jie#support/1> [Send it]", "李伟 is answering Ana.", "[Send anyway] [Keep as note]")
	s.shows("* wait 20m", "to customer:ana", "18 months", "!12 months")
	s.shows("chen.jie#support/1> [Send anyway]", "To Ana in 10 s")
	s.shows("* wait 10s", "to customer:ana", "陈杰: 12 months")
}

// Nothing is let go by changing it.
func TestANoteThatIsChangedIntoAReply(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> note: 18 months")
	s.shows("li.wei#support/1> <edit reply: 18 months>", "Note only, Ana has not seen this.", "[Send it]", "!To Ana")
	s.shows("* wait 1m", "!customer:ana")
	s.play("li.wei#support/1> [Send it]")
	s.shows("* wait 10s", "to customer:ana", "李伟: 18 months")
}

func TestNothingIsHeldForAnInstallThatIsNoMore(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person")
	if _, err := s.Store.UpdateConversation(context.Background(), 1, func(c *crm.Conversation) error {
		c.Install = "closed"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.shows("li.wei#support/1> r: hello", "is not in the config any more", "!in 10 s")
}
