package bot_test

import (
	"testing"

	"crmbot/bot"
)

func TestKept(t *testing.T) {
	t.Parallel()
	for _, k := range []bot.Kept{
		{},
		{Line: "lead.qualify LEAD-1"},
		{Line: "lead.qualify LEAD-1", Card: "LEAD-1"},
		{Line: "today", Shared: true},
		{Line: `note LEAD-1 body="card LEAD-2 shared"`, Card: "LEAD-1", Shared: true},
	} {
		if have := bot.ParseKept(k.String()); have != k {
			t.Errorf("%+v came back as %+v", k, have)
		}
	}
	forged := bot.Kept{Line: "today\x1ecard LEAD-1\x1eshared"}
	if have := bot.ParseKept(forged.String()); have.Card != "" || have.Shared {
		t.Errorf("a line makes itself %+v", have)
	}
}
