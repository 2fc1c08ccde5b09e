package bot_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"crmbot/bot"
	"crmbot/crm"
)

// window is a platform that lets five messages follow what a person writes, and
// three what he touches.
var window = []bot.Credit{
	{On: bot.KindText, N: 5, For: 48 * time.Hour},
	{On: bot.KindMedia, N: 5, For: 48 * time.Hour},
	{On: bot.KindMenu, N: 3, For: time.Minute},
	{On: bot.KindScan, N: 3, For: time.Minute},
	{On: bot.KindFollow, N: 3, For: time.Minute},
}

func TestWhatAPersonDoesGivesRightsAndTimeTakesThem(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	type step struct {
		after time.Duration
		kind  bot.Kind // "" for none
		spend int      // then, by a person
		left  int      // after that
	}
	for name, steps := range map[string][]step{
		"nothing":                  {{0, "", 0, 0}, {0, bot.KindReaction, 0, 0}},
		"a message":                {{0, bot.KindText, 0, 5}, {47 * time.Hour, "", 2, 3}, {48 * time.Hour, "", 0, 0}},
		"two messages":             {{0, bot.KindText, 4, 1}, {time.Hour, bot.KindMedia, 0, 5}, {48 * time.Hour, "", 0, 5}, {49 * time.Hour, "", 0, 0}},
		"the menu":                 {{0, bot.KindMenu, 1, 2}, {time.Minute, "", 0, 0}},
		"the menu twice":           {{0, bot.KindMenu, 3, 0}, {time.Second, bot.KindScan, 0, 3}},
		"the menu, then a message": {{0, bot.KindMenu, 0, 3}, {time.Second, bot.KindText, 4, 4}, {time.Hour, "", 0, 4}},
		"a message, then the menu": {{0, bot.KindText, 5, 0}, {time.Hour, bot.KindMenu, 2, 1}, {2 * time.Hour, "", 0, 0}},
		"a message that was late":  {{time.Hour, bot.KindText, 3, 2}, {0, bot.KindText, 0, 2}},
		"another within a second":  {{0, bot.KindText, 3, 2}, {0, bot.KindText, 0, 5}},
	} {
		var b bot.Balance
		for i, s := range steps {
			at := start.Add(s.after)
			b.Grant(window, s.kind, at, at)
			for range s.spend {
				if !b.Spend(crm.AuthorUser, false, at) {
					t.Errorf("%s: step %d: nothing to spend", name, i)
				}
			}
			if got := b.Left(at); got != s.left {
				t.Errorf("%s: step %d: %d are left, want %d", name, i, got, s.left)
			}
		}
	}
}

// ledger is what a platform would count: of each length the messages that
// followed the last event that gave it.
type ledger map[time.Duration]*struct {
	last time.Time
	sent int
}

// TestNoMoreIsSpentThanThePlatformGrants plays events, late and repeated ones,
// messages that arrive and that do not, and refusals, against a platform that
// counts by itself.
func TestNoMoreIsSpentThanThePlatformGrants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bot.Balance
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		theirs, most := ledger{}, map[time.Duration]int{48 * time.Hour: 5, time.Minute: 3}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 20, 59, 60, 3600, 86400}).Draw(t, "pause")) * time.Second)
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				kind := rapid.SampledFrom([]bot.Kind{bot.KindText, bot.KindMedia, bot.KindMenu, bot.KindScan, bot.KindHome}).Draw(t, "kind")
				at := now.Add(-time.Duration(rapid.SampledFrom([]int{0, 0, 0, 5, 90, 7200}).Draw(t, "late")) * time.Second)
				b.Grant(window, kind, at, now)
				for _, c := range window {
					if c.On == kind && (theirs[c.For] == nil || !at.Before(theirs[c.For].last)) {
						theirs[c.For] = &struct {
							last time.Time
							sent int
						}{last: at}
					}
				}
			case 2, 3:
				before := b.Left(now)
				from, ok := b.Pay(crm.AuthorUser, true, now)
				if ok != (before > 0) {
					t.Fatalf("%d were left, paid %v", before, ok)
				}
				if !ok {
					continue
				}
				if rapid.Bool().Draw(t, "lost") {
					b.Refund(crm.AuthorUser, from)
					if b.Left(now) != before {
						t.Fatalf("%d were left, %d after a refund", before, b.Left(now))
					}
					continue
				}
				l := theirs[from.For]
				if l == nil || !now.Before(l.last.Add(from.For)) {
					t.Fatalf("spent of a right of %v that is not there", from.For)
				}
				if l.sent++; l.sent > most[from.For] {
					t.Fatalf("%d messages within %v", l.sent, from.For)
				}
			case 4:
				if rapid.Bool().Draw(t, "refused") {
					b.Close(now)
					for length, l := range theirs {
						if l.last.Before(now) && slices.ContainsFunc(b.Grants, func(g bot.Grant) bool { return g.For == length }) {
							t.Fatalf("a right of %v is left after a refusal", length)
						}
					}
				}
			}
			if b.Left(now) > 8 {
				t.Fatalf("%d are left", b.Left(now))
			}
		}
	})
}

func TestWhereAPersonIsInChargeTheBotSpendsOneAndLeavesTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bot.Balance
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		b.Grant(window, bot.KindText, at, at)
		before := rapid.IntRange(0, 4).Draw(t, "spent by the bot before")
		for range before {
			b.Spend(crm.AuthorBot, false, at)
		}
		took := 0
		for range rapid.IntRange(0, 5).Draw(t, "tries") {
			if b.Spend(crm.AuthorBot, true, at) {
				took++
			}
		}
		if took > 1 || before > 0 && took > 0 {
			t.Fatalf("the bot took %d after %d", took, before)
		}
		for i := range 5 - before - took {
			if !b.Spend(crm.AuthorUser, true, at) {
				t.Fatalf("nothing was left for the person's message %d", i)
			}
		}
		if b.Grant(window, bot.KindText, at.Add(time.Second), at.Add(time.Second)); !b.Spend(crm.AuthorBot, true, at.Add(time.Second)) {
			t.Fatal("a new message gives the bot nothing")
		}
	})
}

func TestARefusalOfOldWordsLeavesWhatCameLater(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var b bot.Balance
	b.Grant(window, bot.KindText, at, at)
	from, _ := b.Pay(crm.AuthorBot, false, at.Add(time.Second))
	b.Grant(window, bot.KindText, at.Add(2*time.Second), at.Add(2*time.Second))
	b.Close(at.Add(time.Second))
	b.Refund(crm.AuthorBot, from)
	if got := b.Left(at.Add(3 * time.Second)); got != 5 {
		t.Errorf("%d are left, want 5", got)
	}
}

func TestABalanceIsTheSameAfterItWasKept(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var b, same bot.Balance
	b.Grant(window, bot.KindText, at, at)
	b.Grant(window, bot.KindMenu, at, at)
	b.Spend(crm.AuthorBot, false, at)
	b.Nudged = at
	data, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &same); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b, same); d != "" {
		t.Error(d)
	}
	if fresh, _ := json.Marshal(bot.Balance{}); fmt.Sprint(string(fresh)) != "{}" {
		t.Errorf("a fresh balance is %s", fresh)
	}
}

func TestAnEventWhoseRightIsOverGivesNothing(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var b bot.Balance
	b.Grant(window, bot.KindText, at, at)
	b.Spend(crm.AuthorBot, true, at)
	b.Nudged = at
	if b.Grant(window, bot.KindMenu, at.Add(-2*time.Minute), at) {
		t.Error("a tap of two minutes ago gives something")
	}
	if b.Bot != 1 || b.Nudged.IsZero() || b.Left(at) != 4 {
		t.Errorf("the balance is %+v", b)
	}
}

// TestARefusalLeavesWhatBeganInItsSecond has platforms in mind that tell when a
// person wrote by the second alone.
func TestARefusalLeavesWhatBeganInItsSecond(t *testing.T) {
	second := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		began time.Time
		left  int
	}{{second.Add(-time.Second), 0}, {second, 5}, {second.Add(time.Second), 5}} {
		var b bot.Balance
		b.Grant(window, bot.KindText, c.began, c.began)
		b.Close(second.Add(500 * time.Millisecond))
		if got := b.Left(second.Add(time.Second)); got != c.left {
			t.Errorf("of what began at %v %d are left, want %d", c.began, got, c.left)
		}
	}
}
