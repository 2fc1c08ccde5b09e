package script_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/bot/script"
)

func parse(t *testing.T, text string) []script.Line {
	t.Helper()
	lines, err := script.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestParse(t *testing.T) {
	t.Parallel()
	have := parse(t, `# first

customer:ana> hello
    Hello!

    How can I help?
customer:ana@plain>> 我要买 > 2
li.wei#sales> @ pipeline
customer:ana> [Get a quote]
customer:ana> <follow baidu 7>
customer:ana> <blocked>
* wait 1h30m
li.wei>
`)
	ana := script.Speaker{Name: "ana", Customer: true}
	want := []script.Line{
		{Number: 3, Speaker: ana, Text: "hello", Comment: []string{"# first", ""}},
		{Number: 7, Speaker: script.Speaker{Name: "ana", Customer: true, Place: "plain"}, Text: "我要买 > 2", More: true},
		{Number: 8, Speaker: script.Speaker{Name: "li.wei", Group: "sales"}, Text: "@ pipeline"},
		{Number: 9, Speaker: ana, Text: "[Get a quote]", Press: "Get a quote"},
		{Number: 10, Speaker: ana, Event: "follow", Text: "baidu 7"},
		{Number: 11, Speaker: ana, Event: "blocked"},
		{Number: 12, Wait: 90 * time.Minute, Text: "* wait 1h30m"},
		{Number: 13, Speaker: script.Speaker{Name: "li.wei"}},
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"hello", "li wei> hello", "* wait", "* wait soon", "* wait -1m", ": x", "li.wei@Plain> x"} {
		if _, err := script.Parse(strings.NewReader("# comment\n" + text)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("Parse(%q): %v, want an error that names line 2", text, err)
		}
	}
}

// echo answers to the speaker and to a colleague.
type echo struct{}

func (echo) Do(_ context.Context, line script.Line) ([]script.Said, error) {
	if line.Text == "fail" {
		return nil, errors.New("away")
	}
	return []script.Said{
		{To: script.Speaker{Name: "zoe"}, Reply: bot.Text("told")},
		{To: line.Speaker, Reply: &bot.Reply{
			Text: line.Text + "\n\nand more\n", Toast: "done", AskContact: "Share",
			Cards:   []bot.Card{{Title: "T", Subtitle: "S", Fields: []bot.Field{{Name: "a", Value: "b"}}, Buttons: []bot.Button{{Label: "x"}}}},
			Table:   &bot.Table{Lines: []string{"row 1", "row 2"}},
			Buttons: []bot.Button{{Label: "Yes"}, {Label: "No"}},
		}},
		{To: line.Speaker, Plain: "1. as it is"},
	}, nil
}

// TestPlay: a transcript is a script again, and playing it gives itself.
func TestPlay(t *testing.T) {
	t.Parallel()
	text := "# why\ncustomer:ana> hello\n\n# then\nli.wei> [x]\n* wait 5m\n"
	var first, second strings.Builder
	if err := script.Play(context.Background(), parse(t, text), echo{}, &first); err != nil {
		t.Fatal(err)
	}
	want := `# why
customer:ana> hello
    (done)
    hello

    and more
    | T
    | S
    | a: b
    [x]
    row 1
    row 2
    [Share ☎]
    [Yes] [No]
    1. as it is
  to zoe
    told
`
	if !strings.HasPrefix(first.String(), want) {
		t.Errorf("transcript:\n%s\nwant at its beginning:\n%s", first.String(), want)
	}
	if err := script.Play(context.Background(), parse(t, first.String()), echo{}, &second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("played again (-first +second):\n%s", diff)
	}
	err := script.Play(context.Background(), parse(t, "li.wei> fail"), echo{}, &second)
	if err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("Play: %v, want the line of the failure", err)
	}
}
