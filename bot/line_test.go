package bot_test

import (
	"testing"

	"crmbot/bot"
)

func TestALineIsToldWithoutWhatIsSaid(t *testing.T) {
	for line, want := range map[string]string{
		"notice.lead.new LEAD-7":     "notice.lead.new",
		`note LEAD-7 text="call me"`: "note",
		"thread.open":                "thread.open",
		"":                           "…",
		"Annabella":                  "…",
		"13800000000":                "…",
		"张伟 called":                  "…",
	} {
		if have := bot.LineName(line); have != want {
			t.Errorf("%q is told as %q, want %q", line, have, want)
		}
	}
}
