package relay_test

import (
	"context"
	"fmt"
	"testing"

	"crmbot/crm"
)

func TestTheLastRightToWriteTakesAlongWhatFollows(t *testing.T) {
	s := at(t, "en", support)
	s.shows("customer:ana@window> person", "Can be sent: 5 of 5 messages, until Sat 10:00")
	s.play("li.wei#support/1> r: one", "* wait 10s", "li.wei#support/1> r: two", "* wait 10s", "li.wei#support/1> r: three", "* wait 10s")
	s.play("li.wei#support/1> r: four")
	s.shows("* wait 10s", "This is the last message", "20 seconds", "!to customer")
	s.play("li.wei#support/1> r: five")
	s.shows("* wait 30s", "to customer:ana@window", "four", "five")
}

func TestAClosedWindowSaysWhatIsPossible(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> hello", "customer:ana@window> person", "* wait 49h")
	s.shows("li.wei#support/1> r: late answer", "We can write again as soon as Ana does", "[Send it then] [Keep as note]", "[Call instead]")
	s.shows("li.wei#support/1> [Send it then]", "Waits for Ana")
	s.shows("* wait 1h", "!to customer:ana@window")
	s.shows("customer:ana@window> are you there?", "late answer")
	s.shows("* wait 1m", "!late answer")
}

func TestWordsThatWaitCanBeStopped(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana@window> person", "* wait 49h", "li.wei#support/1> r: late answer", "li.wei#support/1> [Send it then]")
	s.shows("li.wei#support/1> [Stop]", "Stopped")
	s.shows("customer:ana@window> are you there?", "!late answer")
}

func TestTheDeskOfThePlatformItself(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana@counter> person")
	s.shows("customer:ana@counter> <desk taken>", "read-only here", "Ana is with the desk", "!Reply")
	s.shows("li.wei#support/1> r: hello", "Ana is with the desk", "!To Ana")
	s.shows("customer:ana@counter> <desk ended>", "[Take]", "[Reply]")
	s.play("li.wei#support/1> r: hello")
	s.shows("* wait 10s", "to customer:ana@counter", "hello")
}

func TestSomebodyWhoLeftUs(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "customer:ana> <blocked>")
	s.shows("li.wei#support/1> r: hello", "Ana has left or blocked us", "[Call instead]")
	s.shows("* wait 1m", "!to customer")
}

func TestABlockedSender(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: held", "li.wei#support/1> @ block")
	s.shows("* wait 10s", "Not sent: Ana is blocked", "!to customer")
	s.silent("customer:ana> and another thing")
	s.shows("li.wei#support/1> r: hello", "Ana is blocked on Desk", "[Unblock]")
	s.play("li.wei#support/1> [Unblock]")
	s.shows("customer:ana> person", "to #support/1", "!and another thing")
}

func TestHonestDelivery(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "* next desk ambiguous", "li.wei#support/1> r: one")
	s.shows("* wait 10s", "not certain", "[Send again]", "[Call instead]", "to customer:ana", "one")
	s.play("li.wei#support/1> [Send again]")
	s.shows("* wait 10s", "Sent to Ana", "to customer:ana", "one")
	s.play("* next desk recipient_gone", "li.wei#support/1> r: two")
	s.shows("* wait 10s", "left or blocked us", "[Send again]", "!to customer")
}

func TestNothingOfOneChatGoesToTheOther(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "customer:bob> person", "li.wei#support/1> r: for ana", "chen.jie#support/2> r: for bob")
	shown := s.play("* wait 10s")
	for who, words := range map[string]string{"customer:ana\n    李伟: ": "for ana", "customer:bob\n    陈杰: ": "for bob"} {
		if !contains(shown, who+words) {
			t.Errorf("%q to %q is missing:\n%s", words, who, shown)
		}
	}
}

// A number says nothing to who reads it later.
func TestANumberIsShownWithWhatItMeans(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana@plain> hello there, what do you do?", "customer:ana@plain> person")
	s.play("customer:ana@plain> how long do I wait for goods?")
	s.shows("customer:ana@plain> 1", "**Ana**: 1 「")
}

func TestWordsBehindOthersThatWait(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana@window> person", "customer:ana@window> 1")
	for i := range 5 {
		s.play(fmt.Sprintf("li.wei#support/1> r: number %d", i), "* wait 40s")
	}
	for _, words := range []string{"first", "second"} {
		s.shows("li.wei#support/1> r: "+words, "reply waits", "[Send it then]")
		s.play("li.wei#support/1> [Send it then]")
		s.shows("* wait 1m", "go out first", "[Call instead]", "![Stop]")
	}
	s.shows("customer:ana@window> hm", "first", "second")
}

// Words that failed are no answer: the customer waits on, and all who see them
// know.
func TestWordsThatFailedAnswerNobody(t *testing.T) {
	s := at(t, "en", support, lounge)
	s.play("customer:ana> person", "* next desk recipient_gone", "li.wei#support/1> r: hello")
	s.shows("* wait 10s", "to #lounge/1", "hello", "left or blocked us", "!(gone) | Waiting", "!In charge")
	c, err := s.Store.Conversation(context.Background(), 1)
	if err != nil || c.Status != crm.ConversationWaiting || c.WaitsSince.IsZero() {
		t.Errorf("%s since %v (%v)", c.Status, c.WaitsSince, err)
	}
}

func TestPrivateWordsThatFailed(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei> reply CONV-1 from my phone", "* next desk recipient_gone")
	s.shows("* wait 10s", "from my phone", "left or blocked us", "to li.wei", "left or blocked us", "from my phone", "[Send again]")
	s.play("customer:ana> hello?", "li.wei> reply CONV-1 once more", "chen.jie#support/1> @ block")
	s.shows("* wait 10s", "to li.wei", "Ana is blocked", "once more")
}

func TestWordsThatWaitedInVain(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana@window> person", "* wait 49h", "li.wei#support/1> r: late answer", "li.wei#support/1> [Send it then]", "* wait 71h")
	s.shows("* wait 2h", "has not written", "[Send it] [Keep as note]", "!to customer")
	s.shows("customer:ana@window> are you there?", "!to customer:ana@window\n    李伟")
}
