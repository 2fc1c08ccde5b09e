package pipeline

import (
	"testing"
	"time"

	"crmbot/bot"
)

// The threads of a group share what the group may be sent: when many have
// something to catch up on, it is no flood.
func TestThreadsOfAGroupShareItsPace(t *testing.T) {
	t.Parallel()
	l := newLimits()
	l.set(bot.Rates{PerGroup: 1}, 1)
	begin := time.Date(2026, 11, 19, 2, 0, 0, 0, time.UTC)
	sent := map[bot.TopicID]int{}
	for tenth := range 600 {
		for _, topic := range []bot.TopicID{"1", "2", "3"} {
			at := bot.Address{Chat: "#support", Topic: topic}
			if l.turn(bot.Outgoing{Op: bot.OpPost, To: at}, begin.Add(time.Duration(tenth)*time.Second/10)) == 0 {
				sent[topic]++
			}
		}
	}
	if n := sent["1"] + sent["2"] + sent["3"]; n < 60 || n > 63 {
		t.Errorf("%d in a minute: %v", n, sent)
	}
}
