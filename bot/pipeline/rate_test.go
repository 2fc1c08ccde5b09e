package pipeline

import (
	"testing"
	"time"

	"golang.org/x/time/rate"

	"crmbot/bot"
)

func TestReplicasShareTheRateOfAnInstall(t *testing.T) {
	l := newLimits()
	for _, c := range []struct {
		replicas  int
		perSecond float64
		want      rate.Limit
	}{{1, 30, 30}, {3, 30, 10}, {0, 30, 30}, {4, 1, 0.25}} {
		l.set(bot.Rates{PerSecond: c.perSecond}, c.replicas)
		if got := l.all.Limit(); got != c.want {
			t.Errorf("%v a second for %d replicas: each has %v, want %v", c.perSecond, c.replicas, got, c.want)
		}
	}
	if l.set(bot.Rates{}, 2); l.all != nil {
		t.Error("no limit is a limit")
	}
}

func TestAChatMayWriteThreeAtOnceAndThenWaits(t *testing.T) {
	l, now := newLimits(), time.Unix(0, 0)
	l.set(bot.Rates{PerChat: 1}, 1)
	one, other := bot.Address{Chat: "1"}, bot.Address{Chat: "2"}
	for i := range 3 {
		if wait := l.chat(one, now); wait != 0 {
			t.Errorf("message %d waits %v", i, wait)
		}
	}
	if wait := l.chat(one, now); wait != time.Second {
		t.Errorf("the fourth waits %v", wait)
	}
	if wait := l.chat(other, now); wait != 0 {
		t.Errorf("another chat waits %v", wait)
	}
	if wait := l.chat(one, now.Add(time.Second)); wait != 0 {
		t.Errorf("a second later it waits %v", wait)
	}
}

func TestOneFastChatIsHeldAndTwoHoldTheInstall(t *testing.T) {
	l, now := newLimits(), time.Unix(0, 0)
	until := now.Add(10 * time.Second)
	for _, c := range []struct {
		chat  bot.ChatID
		after time.Duration
		want  bool
	}{{"1", 0, false}, {"1", 1, false}, {"2", 2 * time.Second, true}, {"3", time.Minute, false}} {
		if got := l.limited(c.chat, now.Add(c.after), until); got != c.want {
			t.Errorf("chat %s after %v: %v", c.chat, c.after, got)
		}
	}
}
