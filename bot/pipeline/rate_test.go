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

// posts is a message to a chat.
func posts(chat bot.ChatID) bot.Outgoing {
	return bot.Outgoing{Op: bot.OpPost, Direct: true, To: bot.Address{Chat: chat}}
}

func TestAChatMayWriteThreeAtOnceAndThenWaits(t *testing.T) {
	l, now := newLimits(), time.Unix(0, 0)
	l.set(bot.Rates{PerChat: 1}, 1)
	for i := range 3 {
		if wait := l.turn(posts("1"), now); wait != 0 {
			t.Errorf("message %d waits %v", i, wait)
		}
	}
	if wait := l.turn(posts("1"), now); wait != time.Second {
		t.Errorf("the fourth waits %v", wait)
	}
	unseen := posts("1")
	unseen.Op = bot.OpTyping
	if wait := l.turn(unseen, now); wait != 0 {
		t.Errorf("what is no message waits %v", wait)
	}
	if wait := l.turn(posts("2"), now); wait != 0 {
		t.Errorf("another chat waits %v", wait)
	}
	if wait := l.turn(posts("1"), now.Add(time.Second)); wait != 0 {
		t.Errorf("a second later it waits %v", wait)
	}
}

func TestAGroupHasARateOfItsOwn(t *testing.T) {
	for _, c := range []struct {
		rates    bot.Rates
		direct   bool
		replicas int
		want     time.Duration
	}{
		{bot.Rates{PerChat: 1, PerGroup: 0.25}, false, 1, 4 * time.Second},
		{bot.Rates{PerChat: 1, PerGroup: 0.25}, true, 1, time.Second},
		{bot.Rates{PerChat: 1}, false, 1, time.Second},
		{bot.Rates{PerGroup: 1}, false, 2, 2 * time.Second},
		{bot.Rates{PerGroup: 1}, true, 1, 0},
	} {
		l, now, out := newLimits(), time.Unix(0, 0), posts("1")
		out.Direct = c.direct
		l.set(c.rates, c.replicas)
		for range 3 {
			l.turn(out, now)
		}
		if wait := l.turn(out, now); wait != c.want {
			t.Errorf("%+v, direct %v: the fourth waits %v, want %v", c.rates, c.direct, wait, c.want)
		}
	}
}

func TestAnOperationHasARateOfItsOwnOverAllChats(t *testing.T) {
	l, now := newLimits(), time.Unix(0, 0)
	l.set(bot.Rates{Ops: []bot.OpRate{{Op: bot.OpPost, PerSecond: 1}, {Op: bot.OpEdit, PerSecond: 0.5}}}, 2)
	edit := posts("1")
	edit.Op = bot.OpEdit
	for i, c := range []struct {
		out   bot.Outgoing
		after time.Duration
		want  time.Duration
	}{
		{posts("1"), 0, 0},
		{posts("2"), 0, 2 * time.Second},
		{edit, 0, 0},
		{edit, 0, 4 * time.Second},
		{posts("2"), 2 * time.Second, 0},
		{bot.Outgoing{Op: bot.OpDelete}, 0, 0},
	} {
		if wait := l.turn(c.out, now.Add(c.after)); wait != c.want {
			t.Errorf("%d: waits %v, want %v", i, wait, c.want)
		}
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
		if got := l.limited(posts(c.chat), now.Add(c.after), until); got != c.want {
			t.Errorf("chat %s after %v: %v", c.chat, c.after, got)
		}
	}
}

func TestWhatIsTooFastWaitsWhereItWas(t *testing.T) {
	l, now := newLimits(), time.Unix(0, 0)
	edit := posts("1")
	edit.Op = bot.OpEdit
	waits := func(want ...time.Duration) {
		t.Helper()
		for i, out := range []bot.Outgoing{posts("1"), edit, posts("2")} {
			if wait := l.turn(out, now); wait != want[i] {
				t.Errorf("operation %d waits %v, want %v", i, wait, want[i])
			}
		}
	}
	l.limited(posts("1"), now, now.Add(time.Minute))
	waits(time.Minute, 0, 0)
	l.set(bot.Rates{Ops: []bot.OpRate{{Op: bot.OpDelete, PerSecond: 1}}}, 1)
	if l.limited(posts("2"), now, now.Add(time.Minute)) {
		t.Error("the whole install waits for one operation")
	}
	if wait := l.turn(posts("3"), now); wait != time.Minute {
		t.Errorf("the operation waits %v elsewhere", wait)
	}
	waits(time.Minute, 0, time.Minute)
}
