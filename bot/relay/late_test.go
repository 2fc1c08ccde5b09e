package relay_test

import (
	"fmt"
	"testing"
)

// However much a customer writes before the thread is there, it begins before
// the word that called for a person.
func TestAThreadBeginsWhereAPersonWasCalled(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> how long does delivery take?")
	burst, pieces := []string{"customer:ana>> person"}, []string{"how long does delivery take?", "**Ana**: person"}
	for i := range 12 {
		burst = append(burst, fmt.Sprintf("customer:ana>> line %d of it.", i))
		pieces = append(pieces, fmt.Sprintf("line %d of it.", i))
	}
	s.play(burst...)
	s.shows("* wait 10s", append([]string{"(opens a thread)"}, pieces...)...)

	s.play("li.wei#support/1> r: hello", "* wait 10s", "li.wei#support/1> [Close]", "* wait 1h")
	s.play(burst...)
	s.shows("* wait 10s", append([]string{"goes on here"}, pieces[1:]...)...)
}

// What the bot says after a while is shown as what it says at once.
func TestALateAnswerOfTheBotIsShown(t *testing.T) {
	s := at(t, "en", support)
	s.play("customer:ana> person", "li.wei#support/1> r: hello", "* wait 10s", "li.wei#support/1> [Back to the bot]")
	s.play("customer:ana>> how long", "customer:ana>> does delivery take?")
	s.shows("* wait 10s", "to #support/1", "does delivery take?", "Bot: Within China", "to customer:ana", "Within China")
	s.play("customer:ana> I want to buy 100 drums of glucose", "* wait 31m")
	s.shows("* wait 3h", "to #support/1", "Bot: Noted.", "to customer:ana", "Noted.")
}

// The end stands last, until the customer says how content he was.
func TestTheEndStandsLast(t *testing.T) {
	s := at(t, "en", support, lounge)
	s.play("customer:ana> person", "li.wei#support/1> r: hello", "* wait 10s")
	s.shows("li.wei#support/1> [Close]", "has closed this", "to customer:ana", "How content", "!Bot: How content")
	s.shows("* wait 1h", "!Bot: How content")
	s.shows("customer:ana> [2 Not content]", "to #lounge/1", "Bot: How content", "「2 Not content」", "to #support/1", "Bot: How content", "「2 Not content」", "!goes on here")
	s.shows("customer:ana> it took too long", "to #support/1", "**Ana**: it took too long", "!Bot: How content", "!goes on here")
	s.shows("customer:ana> how long does delivery take?", "to #support/1", "goes on here", "how long does delivery take?", "!too long")
}

// The card counts what the bot has said as well.
func TestTheCardCountsTheWordsOfTheBot(t *testing.T) {
	s := at(t, "en", support)
	s.shows("customer:ana@window> person", "Can be sent: 4 of 5 messages")
	s.play("li.wei#support/1> r: one")
	s.shows("* wait 10s", "Can be sent: 3 of 5 messages")
}
