package relay_test

import (
	"context"
	"testing"

	"crmbot/crm"
)

func TestTheWholeCircle(t *testing.T) {
	for _, c := range []struct {
		lang, question, person, mark, words, card, bot, note, held, sent string
	}{
		{
			"en", "how long does maltose syrup keep?", "person", "reply: ", "18 months, I promise", "Asked: how long does maltose syrup keep?",
			"Bot: Maltose syrup keeps", "**李伟** (note): she pays late", "To Ana in 10 s", "Sent to Ana",
		},
		{
			"zh-CN", "麦芽糖浆保质期多久？", "转人工", "回复：", "十八个月，请放心", "客户问：麦芽糖浆保质期多久？",
			"机器人：麦芽糖浆未开封", "**李伟**（备注）：she pays late", "10 秒后发给Ana", "已发出，发给Ana",
		},
	} {
		t.Run(c.lang, func(t *testing.T) {
			s := at(t, c.lang, support, lounge)
			s.play("customer:ana> " + c.question)
			s.shows("customer:ana> "+c.person, "to #lounge/1", "(opens a thread)", "**Ana**", c.card, "**Ana**", c.bot, "to #support/1")
			s.shows("li.wei#support/1> she pays late", "to #lounge/1", c.note, "!customer:ana")
			s.shows("li.wei#support/1> "+c.mark+c.words, c.held, "!to customer:ana")
			s.shows("* wait 10s", "to #lounge/1", "**李伟** → Ana", c.words, "to #support/1", c.sent, "to customer:ana", "李伟", c.words)
			s.shows("customer:ana> and glucose?", "to #lounge/1", "and glucose?", "to #support/1", "and glucose?")
		})
	}
}

// A thread is a place's own: the second at an install would split what
// colleagues know.
func TestOneThreadAtEachInstall(t *testing.T) {
	s := at(t, "en", "office:team#east team=East", support, lounge)
	s.shows("customer:ana> person", "to #east/1", "to #lounge/1", "!#support")
	s.play("customer:ana> person", "customer:ana> hello", "li.wei#east/1> r: hi", "* wait 10s")
	found, n, err := s.Store.Threads(context.Background(), crm.ThreadFilter{})
	if err != nil || n != 2 {
		t.Fatalf("%d threads (%v): %v", n, err, found)
	}
	for _, x := range found {
		if x.State != crm.ThreadOpen || x.Head == "" || x.Topic == "" {
			t.Errorf("thread %+v", x)
		}
	}
}

func TestAClosedThreadIsTakenUpAgain(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: hello", "* wait 10s", "li.wei#support/1> [Close]", "* wait 6h")
	s.shows("customer:ana> do you deliver to Shenzhen?", "to #support/1", "goes on here", "do you deliver to Shenzhen?", "!(opens a thread)")
	s.play("* wait 13h", "* wait 400h")
	s.shows("customer:ana> person", "to #support/2", "(opens a thread)")
}

// What a colleague writes as a close goes out, and opens nothing again.
func TestAGoodbyeGoesOutAfterClosing(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: goodbye", "li.wei#support/1> [Close]")
	s.shows("* wait 10s", "Sent to Ana", "to customer:ana", "goodbye")
	c, err := s.Store.Conversation(context.Background(), 1)
	if err != nil || c.Person() {
		t.Errorf("the conversation is %v (%v), want one of the bot", c.Status, err)
	}
}

func TestTheCardIsDrawnOnlyWhenItSaysSomethingNew(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: hello", "* wait 10s", "customer:ana> thanks a lot for this")
	s.shows("customer:ana> one more question about sugar", "**Ana**: one more", "![Take")
}
