package slack_test

import (
	"strings"
	"testing"

	"crmbot/adapters/slack"
	"crmbot/bot"
	"crmbot/bot/markup"
)

// TestLiteral: what people write is never taken for a mark, a mention or a
// link.
func TestLiteral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"*urgent*":                      "∗urgent*",
		"_x_ ~y~ `z`":                   "ˍx_ ∼y~ ˋz`",
		"2*3*4 a_b_c":                   "2*3*4 a_b_c",
		"2 * 3 * 4, price*":             "2 * 3 * 4, price*",
		"3~5天，约 ~7":                     "3~5天，约 ~7",
		"*one\ntwo*":                    "*one\ntwo*",
		"```\nrm *x*\n```":              "ˋˋ`\nrm ∗x*\nˋˋ`",
		"see https://e.com/_a_?b=1&c":   "see https://e.com/_a_?b=1&amp;c",
		"<!channel> <@U1> & <http://x>": "&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;http://x&gt;",
		"&amp;":                         "&amp;amp;",
	} {
		if have := slack.Mrkdwn(string(markup.Escape(text))); have != want {
			t.Errorf("%q is %q, want %q", text, have, want)
		}
	}
	if have := slack.Mrkdwn("**" + string(markup.Escape("a* b *c*d")) + "**"); have != "*a∗ b ∗c*d*" {
		t.Errorf("within marks: %q", have)
	}
}

// TestCutKeepsSignsWhole: however long a text is, no piece ends within a link
// or an escaped sign.
func TestCutKeepsSignsWhole(t *testing.T) {
	t.Parallel()
	for shift := range 80 {
		card := bot.Card{Title: "LEAD-1", Text: string(markup.Escape(strings.Repeat("x", 2900+shift)+" & <b> ")) + "[a & b](https://e.com/?a=1&b=2&c=" + strings.Repeat("y", 30) + ") zz"}
		for _, part := range slack.Sections(&bot.Reply{Cards: []bot.Card{card}}) {
			rest := strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(part)
			if strings.Count(rest, "<") != strings.Count(rest, ">") || strings.Contains(strings.ReplaceAll(rest, "https", ""), "&") {
				t.Fatalf("shift %d: …%q", shift, part[max(0, len(part)-80):])
			}
		}
	}
}
