package bottest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/bot/script"
	"crmbot/crm"
)

// TestSettings: what a script may say about the house is understood, and
// nothing else.
func TestSettings(t *testing.T) {
	t.Parallel()
	have := *company("en")
	zone := have.Zone
	for _, line := range []string{
		"threads office:team#support from=window:shop team=East floor:shop#lounge", "hours fri-mon 08:30-17:00", "hold 0s", "survey off",
		"answer 5m", "each 2", "idle 1h", "reopen 24h", "live 3m", "flood 20 10m", "translator on",
	} {
		key, value, _ := strings.Cut(line, " ")
		if err := change(&have, key, value); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	want := *company("en")
	want.Threads = []bot.ThreadPlace{
		{Platform: "office", Install: "team", Chat: "#support", From: []string{"window:shop"}, Team: "East"},
		{Platform: "floor", Install: "shop", Chat: "#lounge"},
	}
	want.Hours = crm.Hours{Days: []time.Weekday{5, 6, 0, 1}, From: 8*time.Hour + 30*time.Minute, To: 17 * time.Hour, Zone: zone}
	want.Rules = crm.Rules{AnswerWithin: 5 * time.Minute, OpenEach: 2, Idle: time.Hour, Reopen: 24 * time.Hour, LiveFor: 3 * time.Minute}
	want.Hold, want.Survey, want.Translates, want.Flood = 0, false, true, bot.Flood{PerMinute: 20, Mute: 10 * time.Minute}
	if diff := cmp.Diff(want, have, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
	for _, line := range []string{
		"threads office", "threads from=a", "threads office:team#a by=b", "hours mon", "hours mon-someday 09:00-18:00", "hours mon-fri 9", "hold soon", "each", "flood many 1m", "flood 1", "colour red",
	} {
		key, value, _ := strings.Cut(line, " ")
		if change(&have, key, value) == nil {
			t.Errorf("%q is a setting", line)
		}
	}
}

// TestTrouble: what befalls a platform is what the adapter says, and nothing
// befalls one that is not there.
func TestTrouble(t *testing.T) {
	t.Parallel()
	h := New(t, "en")
	h.Threads("office:team#support")
	do := func(text string) error {
		turn, rest, _ := strings.Cut(text, " ")
		_, err := h.Do(t.Context(), script.Line{Turn: turn, Text: rest})
		return err
	}
	r := h.rooms["office"]
	send := func(topic bot.TopicID) string {
		to := bot.Address{Platform: "office", Install: "team", Chat: "#support", Topic: topic}
		_, err := r.Send(t.Context(), bot.Outgoing{Op: bot.OpPost, To: to, Reply: bot.Text("x")})
		if err == nil {
			return ""
		}
		f := bot.FailureOf(err)
		return strings.TrimSpace(string(f.Class) + " " + f.Why)
	}
	for _, c := range []struct{ turn, first, second string }{
		{"down office", "transient", "transient"},
		{"up office", "", ""},
		{"next office rate_limited", "rate_limited", ""},
		{"next office ambiguous", "ambiguous", ""},
		{"lost #support/1", "recipient_gone topic", ""},
		{"archived #support", "recipient_gone archived", "recipient_gone archived"},
	} {
		if err := do(c.turn); err != nil {
			t.Errorf("%s: %v", c.turn, err)
		}
		if first, second := send("1"), send("2"); first != c.first || second != c.second {
			t.Errorf("after %s: %q and %q, want %q and %q", c.turn, first, second, c.first, c.second)
		}
	}
	for _, turn := range []string{"down moon", "rain office", "with colour red"} {
		if do(turn) == nil {
			t.Errorf("%s befalls somebody", turn)
		}
	}
	if shown := len(r.shown); shown == 0 || r.shown[shown-1].out.Reply.Text != "x" {
		t.Error("what is in doubt is not shown")
	}
}
