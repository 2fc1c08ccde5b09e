package main

import (
	"context"
	"strings"
	"testing"

	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// poison puts an event of a customer into the inbox and gives it up before the
// house sees it.
func (r *running) poison(event, text string, from telegramtest.Person) {
	r.t.Helper()
	in := bot.Inbound{
		V: bot.InboundVersion, EventID: event, Kind: bot.KindText, Text: text, Direct: true, At: now(),
		Address: bot.Address{Platform: "telegram", Install: "support", Chat: bot.ChatID("777")},
		Sender:  bot.Sender{ID: "777", Name: from.Name, Chat: "777"},
	}
	err := r.store.Transact(r.t.Context(), func(ctx context.Context, store bot.Store) error {
		if _, err := store.AddInbound(ctx, []*bot.InboxRow{{Inbound: in, Chat: "telegram|support|777", Received: now()}}); err != nil {
			return err
		}
		_, err := store.WorkShards(ctx, now().Add(1e9), 1, func(ctx context.Context, store bot.Store, rows []*bot.InboxRow) error {
			dead := *rows[0]
			dead.Attempts, dead.Cause = 3, "panic: boom\na stack"
			return store.RetryInbound(ctx, &dead, true)
		})
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// lost puts words for an install that is no more into the outbox and gives them
// up.
func (r *running) lost(text string) {
	r.t.Helper()
	ctx, place := r.t.Context(), bot.Address{Platform: "pigeon", Install: "loft", Chat: "9"}
	err := r.store.AddOutbox(ctx, []*bot.OutboxRow{{
		Conversation: 1 << 40, Audience: crm.AudienceStaff, Author: crm.AuthorBot, Created: now(),
		Outgoing: bot.Outgoing{V: 1, Key: "k", Op: bot.OpPost, To: place, Reply: bot.Text(text)},
	}})
	if err != nil {
		r.t.Fatal(err)
	}
	rows, err := r.store.ClaimOutbox(ctx, bot.Claim{Owner: "test", Platform: "pigeon", Install: "loft", Now: now().Add(1e9), Limit: 1})
	if err != nil || len(rows) != 1 {
		r.t.Fatalf("%d rows, %v", len(rows), err)
	}
	if err := r.store.SettleOutbox(ctx, "test", []bot.Settlement{{Row: rows[0], State: crm.DeliveryFailed, Class: bot.RecipientGone, At: now()}}); err != nil {
		r.t.Fatal(err)
	}
}

// TestWhatWasGivenUpIsTriedAgainOrDropped works on the queues of a house that
// runs.
func TestWhatWasGivenUpIsTriedAgainOrDropped(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		r := runServe(t, dsn)
		ana := telegramtest.Person{ID: 777, Name: "Ana"}
		r.poison("poison", "What is the minimum order?", ana)
		r.lost("your parcel has a leak")
		queue := func(in string, want int, args ...string) string {
			t.Helper()
			code, out, errs := crmbot(t, in, append([]string{"queue", "--config", r.config}, args...)...)
			if code != want {
				t.Errorf("queue %q ends with %d: %s%s", args, code, out, errs)
			}
			return out + errs
		}
		names := func(out string) (event, words string) {
			for _, f := range strings.Fields(out) {
				if strings.HasPrefix(f, "in-") {
					event = f
				}
				if strings.HasPrefix(f, "out-") {
					words = f
				}
			}
			return event, words
		}
		listed := queue("", exitFine)
		event, words := names(listed)
		for _, want := range []string{"parked 1", "failed 1", event + "\t", "\ttext\ttelegram/support\t777\t3\tpanic: boom\n", words + "\t", "\tpost\tpigeon/loft\t9\t0\trecipient_gone\n"} {
			if !strings.Contains(listed, want) {
				t.Errorf("the list lacks %q:\n%s", want, listed)
			}
		}
		if strings.Contains(listed, "minimum order") || strings.Contains(listed, "leak") || strings.Contains(listed, "a stack") {
			t.Errorf("the list tells what was said:\n%s", listed)
		}
		if shown := queue("", exitFine, "--show", event); !strings.Contains(shown, "What is the minimum order?") || !strings.Contains(shown, "a stack") {
			t.Errorf("--show says:\n%s", shown)
		}
		for in, code := range map[string]int{"n\n": exitFine, "": exitWrong} { // said no, or nobody is there
			if out := queue(in, code, "drop", "--all"); !strings.Contains(out, event+"\t") || !strings.Contains(out, "nothing was done") {
				t.Errorf("drop, answered %q:\n%s", in, out)
			}
		}
		for _, wrong := range [][]string{{"retry"}, {"retry", "--all", event}, {"retry", "in-99999"}, {"drop", "zebra"}, {"--queue", "sink"}, {"--install", "telegram"}} {
			queue("", exitWrong, wrong...)
		}
		before := len(r.telegram.Calls("sendMessage"))
		if out := queue("y\n", exitFine, "retry", event); !strings.Contains(out, "1 of 1 will be tried again") {
			t.Errorf("retry says:\n%s", out)
		}
		r.telegram.Until(patience, func() bool { return len(r.telegram.Calls("sendMessage")) > before })
		if answers := texts(r.telegram.Calls("sendMessage")[before:]); len(answers) == 0 || !strings.Contains(answers[0], "One pallet") {
			t.Errorf("the customer reads %v", answers)
		}
		if out := queue("", exitFine, "drop", "--all", "--queue", "outbox", "--install", "pigeon/loft", "--yes"); !strings.Contains(out, words+"\t") || !strings.Contains(out, "1 of 1 dropped") {
			t.Errorf("drop says:\n%s", out)
		}
		if left := queue("", exitFine); strings.Contains(left, "ROW") {
			t.Errorf("left is\n%s", left)
		}
	})
}

func TestTheFormatOfLogsIsOneOfTwo(t *testing.T) {
	if _, err := parseConfig([]byte("log_format: xml\n")); err == nil {
		t.Error("xml is taken")
	}
	var text, json syncBuffer
	for format, to := range map[string]*syncBuffer{"text": &text, "json": &json} {
		cfg, err := parseConfig([]byte("log_format: " + format + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		cfg.logger(to).Info("hello", "n", 1)
	}
	if !strings.Contains(text.String(), "msg=hello n=1") || !strings.Contains(json.String(), `"msg":"hello","n":1`) {
		t.Errorf("text is %q, json is %q", text.String(), json.String())
	}
}
