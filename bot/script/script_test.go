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
li.wei#support/12> r: hello
* down office
* restart
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
		{Number: 14, Speaker: script.Speaker{Name: "li.wei", Group: "support", Thread: 12}, Text: "r: hello"},
		{Number: 15, Turn: "down", Text: "office"},
		{Number: 16, Turn: "restart"},
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"hello", "li wei> hello", "* wait", "* wait soon", "* wait -1m", ": x", "li.wei@Plain> x", "li.wei#support/> x", "li.wei#support/0> x", "* Down office"} {
		if _, err := script.Parse(strings.NewReader("# comment\n" + text)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("Parse(%q): %v, want an error that names line 2", text, err)
		}
	}
}

// desk shows what happens in two threads.
type desk struct{ card bot.Card }

func (d desk) Do(_ context.Context, line script.Line) ([]script.Said, error) {
	first, second := script.Speaker{Group: "support", Thread: 1}, script.Speaker{Group: "support", Thread: 2}
	was, is := d.card, d.card
	is.Fields = []bot.Field{{Name: "Owner", Value: "li"}, {Name: "New", Value: "1"}}
	return []script.Said{
		{To: second, Op: bot.OpThread, Reply: &bot.Reply{Cards: []bot.Card{was}, Share: true}},
		{To: first, Op: bot.OpEphemeral, For: "li.wei", Reply: bot.Text("for li")},
		{To: first, Op: bot.OpEphemeral, For: "chen.jie", Reply: bot.Text("for chen")},
		{To: first, Op: bot.OpEdit, Was: &bot.Reply{Cards: []bot.Card{was}, Share: true}, Reply: &bot.Reply{Cards: []bot.Card{is}, Share: true}},
		{To: first, Op: bot.OpEdit, Was: bot.Text("To Ana in 10 s"), Reply: bot.Text("Sent to Ana")},
		{To: first, Op: bot.OpEdit, Was: bot.Text("Same"), Reply: bot.Text("Same")},
		{To: first, Op: bot.OpEdit, Reply: bot.Text("From before")},
		{To: first, Op: bot.OpDelete, Was: bot.Text("Old\nand long")},
	}, nil
}

// TestThreads: what changes in a thread is written short, who alone reads is
// named, and of several threads each stands alone.
func TestThreads(t *testing.T) {
	t.Parallel()
	card := bot.Card{Title: "Ana", Fields: []bot.Field{{Name: "Owner", Value: "nobody"}, {Name: "Waiting", Value: "1 min"}}, Buttons: []bot.Button{{Label: "Take"}}}
	var have strings.Builder
	if err := script.Play(context.Background(), parse(t, "li.wei#support/1> note\n* down office\n"), desk{card}, &have); err != nil {
		t.Fatal(err)
	}
	want := `li.wei#support/1> note
    (only you)
    for li
    (only chen.jie)
    for chen
    ≈ | Owner: li
    ≈ | New: 1
    ≈ (gone) | Waiting: 1 min
    ≈ Sent to Ana
    ≈ (unchanged) Same
    (edits)
    From before
    ≈ (deleted) Old
  to #support/2
    (opens a thread)
    | Ana
    | Owner: nobody
    | Waiting: 1 min
    [Take]
* down office
  to #support/1
    (only li.wei)
`
	if !strings.HasPrefix(have.String(), want) {
		t.Errorf("have\n%s\nwant at its beginning\n%s", have.String(), want)
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
