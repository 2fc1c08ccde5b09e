package console_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/adapters/console"
	"crmbot/bot"
	"crmbot/bot/script"
)

// host is as much of a Host as a terminal asks for.
type host struct{ bot.Host }

func (host) Now() time.Time       { return time.Date(2026, 11, 21, 6, 2, 0, 0, time.UTC) }
func (host) Logger() *slog.Logger { return slog.New(slog.DiscardHandler) }

// parrot is an Inbox that keeps what it is given and answers at once.
type parrot struct {
	bot.Inbox
	t        *testing.T
	terminal *console.Adapter
	received []bot.Inbound
	answer   func(bot.Inbound) *bot.Reply
	others   bot.ChatID // is told as well
}

func (p *parrot) Receive(ctx context.Context, in bot.Inbound) error {
	p.t.Helper()
	p.received = append(p.received, in)
	to := in.Address
	p.send(ctx, to, p.answer(in))
	if to.Chat = p.others; to.Chat != "" {
		p.send(ctx, to, bot.Text("news"))
	}
	return nil
}

func (p *parrot) send(ctx context.Context, to bot.Address, r *bot.Reply) {
	if r == nil {
		return
	}
	out := bot.Outgoing{Key: "out-" + string(to.Chat), Op: bot.OpPost, To: to, Reply: r}
	if _, err := p.terminal.Send(ctx, out); err != nil {
		p.t.Error(err)
	}
}

func newTerminal(t *testing.T, cfg console.Config) (*console.Adapter, *parrot) {
	t.Helper()
	cfg.Install = "desk"
	a, err := console.New(cfg, host{})
	if err != nil {
		t.Fatal(err)
	}
	return a, &parrot{t: t, terminal: a, answer: func(in bot.Inbound) *bot.Reply {
		if in.Kind == bot.KindAction {
			return bot.Text("pressed " + in.Action + " of " + string(in.Message))
		}
		return bot.Text("**you** said: " + in.Text)
	}}
}

func TestAConversation(t *testing.T) {
	var out bytes.Buffer
	a, inbox := newTerminal(t, console.Config{As: "li.wei", In: strings.NewReader("hello\n\n  你好 \r\nlast"), Out: &out})
	inbox.others = "ana"
	if err := a.Run(context.Background(), inbox); err != nil {
		t.Fatal(err)
	}
	want := "you said: hello\n\nyou said: 你好\n\nyou said: last\n\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	first := inbox.received[0]
	wantAddress := bot.Address{Platform: "console", Install: "desk", Chat: "li.wei"}
	if first.Sender.ID != "li.wei" || first.Address != wantAddress || !first.Direct || first.EventID == inbox.received[1].EventID {
		t.Errorf("%+v", first)
	}
}

func TestRunEndsWhileSomebodyMayStillType(t *testing.T) {
	keyboard, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	a, inbox := newTerminal(t, console.Config{As: "ana", In: keyboard})
	done := make(chan error)
	go func() { done <- a.Run(ctx, inbox) }()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	_ = keyboard.Close()
}

func TestALineWithoutEnd(t *testing.T) {
	a, inbox := newTerminal(t, console.Config{As: "ana", In: strings.NewReader("hello\n" + strings.Repeat("x", 2<<20))})
	if err := a.Run(t.Context(), inbox); err == nil || len(inbox.received) != 1 {
		t.Errorf("%v, received %d", err, len(inbox.received))
	}
}

func TestEventsOfTwoRunsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 2 {
		a, inbox := newTerminal(t, console.Config{As: "ana"})
		if err := a.Type(context.Background(), inbox, "ana", "hello"); err != nil {
			t.Fatal(err)
		}
		seen[inbox.received[0].EventID] = true
	}
	if len(seen) != 2 {
		t.Error("a second run repeats the event ids of the first")
	}
}

func TestButtonsAreTypedInBrackets(t *testing.T) {
	question := &bot.Reply{
		Text:    "Which?",
		Cards:   []bot.Card{{Title: "LEAD-1", Buttons: []bot.Button{{Label: "Convert", Action: "b:card"}, {Label: "Page", URL: "https://example.com"}}}},
		Buttons: []bot.Button{{Label: "是", Action: "b:yes"}, {Label: "No", Action: "b:no"}},
	}
	for _, test := range []struct {
		typed, action, text string
	}{
		{"[1]", "b:card", ""},
		{"[2]", "b:yes", ""},
		{"[no]", "b:no", ""},
		{"【是】", "b:yes", ""},
		{"[4]", "", "[4]"},
		{"[Page]", "", "[Page]"},
		{"2", "", "2"},
		{"[0]", "", "[0]"},
		{"[a] and [b]", "", "[a] and [b]"},
	} {
		a, inbox := newTerminal(t, console.Config{As: "ana"})
		inbox.answer = func(bot.Inbound) *bot.Reply { return question }
		for _, line := range []string{"ask", test.typed} {
			if err := a.Type(context.Background(), inbox, "ana", line); err != nil {
				t.Fatal(err)
			}
		}
		got := inbox.received[1]
		if got.Action != test.action || got.Text != test.text || (got.Kind == bot.KindAction) != (test.action != "") {
			t.Errorf("%s: %+v", test.typed, got)
		}
		if test.action != "" && got.Message != "out-ana" {
			t.Errorf("%s presses a button of %q", test.typed, got.Message)
		}
	}
}

func TestEvents(t *testing.T) {
	a, inbox := newTerminal(t, console.Config{})
	for _, line := range []string{"hello", "<follow baidu-q4>", "<contact 13800000000>", "<photo bag.jpg>", "<edit goodbye>", "<b>"} {
		if err := a.Type(context.Background(), inbox, "ana", line); err != nil {
			t.Fatal(err)
		}
	}
	r := inbox.received
	if r[1].Kind != bot.KindFollow || r[1].Scene != "baidu-q4" {
		t.Errorf("follow: %+v", r[1])
	}
	if r[2].Kind != bot.KindContact || r[2].Values["phone"] != "13800000000" {
		t.Errorf("contact: %+v", r[2])
	}
	if r[3].Kind != bot.KindMedia || r[3].Files[0].Name != "bag.jpg" {
		t.Errorf("photo: %+v", r[3])
	}
	if r[4].Kind != bot.KindEdit || r[4].Target != r[3].Message || r[4].Text != "goodbye" {
		t.Errorf("edit: %+v", r[4])
	}
	if r[5].Kind != bot.KindText || r[5].Text != "<b>" {
		t.Errorf("text: %+v", r[5])
	}
}

func TestRender(t *testing.T) {
	for _, test := range []struct {
		name  string
		reply *bot.Reply
		want  string
	}{
		{"nothing", nil, ""},
		{"markup", bot.Text("**Total** _now_ `x`\n- [page](https://example.com)"), "Total now x\n- page https://example.com\n"},
		{"toast", &bot.Reply{Toast: "Done"}, "(Done)\n"},
		{"table", &bot.Reply{Table: &bot.Table{
			Header: []string{"负责人", "Deals", "金额"},
			Rows:   [][]string{{"李伟", "3", "¥86万"}, {"Anna", "12", "¥7万"}},
			Lines:  []string{"not shown"},
		}, Buttons: []bot.Button{{Label: "按阶段"}, {Label: "按来源"}}}, "" +
			"负责人  Deals   金额\n" +
			"──────  ─────  ─────\n" +
			"李伟        3  ¥86万\n" +
			"Anna       12   ¥7万\n" +
			"[1] 按阶段  [2] 按来源\n"},
		{"card", &bot.Reply{Text: "Found:", Cards: []bot.Card{{
			Title: "LEAD-1 张伟", Subtitle: "融氏食品", Text: "wants **20 t**\nsoon",
			Fields:  []bot.Field{{Name: "电话", Value: "138"}, {Name: "Source", Value: "Baidu"}},
			Buttons: []bot.Button{{Label: "Convert"}, {Label: "Map", URL: "https://example.com/m"}},
		}}, Buttons: []bot.Button{{Label: "More"}}}, "" +
			"Found:\n" +
			"┌ LEAD-1 张伟\n" +
			"│ 融氏食品\n" +
			"│ 电话    138\n" +
			"│ Source  Baidu\n" +
			"│ wants 20 t\n" +
			"│ soon\n" +
			"│ [1] Convert\n" +
			"│ Map https://example.com/m\n" +
			"└\n" +
			"[2] More\n"},
		{"nothing steers the terminal", bot.Text("a\x1b[31mred\x07\u009b2J\rb"), "a[31mred2Jb\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, console.Render(test.reply)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMeasureCountsColumns(t *testing.T) {
	a, _ := newTerminal(t, console.Config{})
	for text, want := range map[string]int{"abc": 3, "**中文** ok": 7, "é": 1, "e\u0301": 1, "": 0} {
		if got := a.Measure(text); got != want {
			t.Errorf("%q measures %d, want %d", text, got, want)
		}
	}
}

// brokenPipe takes nothing.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestATerminalThatIsGone(t *testing.T) {
	a, _ := newTerminal(t, console.Config{As: "ana", Out: brokenPipe{}})
	to := bot.Address{Platform: "console", Install: "desk", Chat: "ana"}
	_, err := a.Send(context.Background(), bot.Outgoing{Key: "1", Op: bot.OpPost, To: to, Reply: bot.Text("hi")})
	if bot.FailureOf(err).Class != bot.RecipientGone {
		t.Errorf("got %v", err)
	}
}

func TestStage(t *testing.T) {
	stage := &console.Stage{Settle: func(context.Context) error { return nil }}
	customers, customersInbox := newTerminal(t, console.Config{Show: stage.Show(true)})
	staff, staffInbox := newTerminal(t, console.Config{Show: stage.Show(false)})
	stage.Customers, stage.CustomersInbox, stage.Staff, stage.StaffInbox = customers, customersInbox, staff, staffInbox
	var waited time.Duration
	stage.Wait = func(_ context.Context, d time.Duration) error { waited += d; return nil }
	customersInbox.answer = func(in bot.Inbound) *bot.Reply {
		if in.Kind == bot.KindAction {
			return bot.Text("Thanks")
		}
		return &bot.Reply{Text: "Hello", Buttons: []bot.Button{{Label: "Yes", Action: "b:1"}}}
	}
	text := "customer:ana> hello\n    Hello\n    [Yes]\n# then\ncustomer:ana> [Yes]\n    Thanks\n* wait 10m\nli.wei> pipeline\n    **you** said: pipeline\n"
	lines, err := script.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := script.Play(context.Background(), lines, stage, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, out.String()); diff != "" {
		t.Error(diff)
	}
	if waited != 10*time.Minute {
		t.Errorf("waited %v", waited)
	}
	for _, bad := range []string{"customer:ana> [No]", "li.wei@plain> hello", "li.wei#sales> hello"} {
		lines, err := script.Parse(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stage.Do(context.Background(), lines[0]); err == nil {
			t.Errorf("%s was played", bad)
		}
	}
}
