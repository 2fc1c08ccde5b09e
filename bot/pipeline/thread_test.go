package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// hub is where colleagues answer customers.
const hub = bot.ChatID("team")

// threaded is a house with such a place at each platform.
func threaded(t testing.TB, db *storage.DB, h bot.Handler) *house {
	t.Helper()
	x := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
	x.office.features.Ops = append(x.office.features.Ops, bot.OpDelete, bot.OpThread)
	o := options(t, db, h, x.pigeon, x.office)
	o.Company.Threads = []bot.ThreadPlace{
		{Platform: office, Install: main, Chat: hub}, {Platform: pigeon, Install: main, Chat: hub},
	}
	x.Pipeline = pipeline.New(o)
	return x
}

// scripted is a handler that does what a text or a line of ours stands for.
type scripted map[string]func(ctx context.Context, r *bot.Request) error

func (s scripted) handle(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	word := r.Inbound.Text
	if word == "" {
		word, _, _ = strings.Cut(r.Inbound.Action, " ")
	}
	if do := s[word]; do != nil {
		return nil, do(ctx, r)
	}
	return nil, nil
}

// posts says all of them.
func posts(all ...bot.Post) func(context.Context, *bot.Request) error {
	return func(_ context.Context, r *bot.Request) error {
		for _, p := range all {
			r.Post(p)
		}
		return nil
	}
}

// inThread is a line in a thread of the team.
func inThread(who, topic, text string) bot.Inbound {
	in := says(office, who, text)
	in.Address.Chat, in.Address.Topic, in.Direct, in.Mention = hub, bot.TopicID(topic), false, true
	return in
}

// shown is what a thread looks like after all that was sent there: edits and
// deletions are carried out on the native ids.
func shown(a *adapter, at bot.Address) []string {
	type line struct{ id, text string }
	var lines []line
	for _, o := range a.ops() {
		if o.To.Chat != at.Chat || o.To.Topic != at.Topic {
			continue
		}
		text := ""
		if o.Reply != nil {
			text = o.Reply.Text
		}
		switch o.Op {
		case bot.OpPost, bot.OpEphemeral, bot.OpThread:
			lines = append(lines, line{"n" + o.Key, text})
		case bot.OpEdit, bot.OpDelete:
			found := false
			for i, l := range lines {
				if l.id != string(o.Target) {
					continue
				}
				if found = true; o.Op == bot.OpEdit {
					lines[i].text = text
				} else {
					lines = append(lines[:i:i], lines[i+1:]...)
				}
				break
			}
			if !found {
				lines = append(lines, line{"", string(o.Op) + " of nothing: " + string(o.Target)})
			}
		}
	}
	var out []string
	for _, l := range lines {
		out = append(out, l.text)
	}
	return out
}

func address(topic string) bot.Address {
	return bot.Address{Platform: office, Install: main, Chat: hub, Topic: bot.TopicID(topic)}
}

func TestALabelledMessageIsChangedWhereverItIs(t *testing.T) {
	edit := func(text string) bot.Post { return bot.Post{Op: bot.OpEdit, Label: "r:1", Reply: bot.Text(text)} }
	gone := bot.Post{Op: bot.OpDelete, Label: "r:1"}
	first := bot.Post{Label: "r:1", Reply: bot.Text("held"), Stays: true}
	other := bot.Post{Reply: bot.Text("other")}
	cases := []struct {
		name  string
		turns [][]bot.Post // one event each
		apart bool         // what was said is sent before the next event
		want  string
	}{
		{"after it was sent", [][]bot.Post{{first, other}, {edit("sent")}, {edit("delivered")}}, true, "[delivered other]"},
		{"before it was sent", [][]bot.Post{{first, other}, {edit("sent")}}, false, "[sent other]"},
		{"at once", [][]bot.Post{{first, other, edit("sent")}}, true, "[sent other]"},
		{"deleted after", [][]bot.Post{{first, other}, {gone}, {gone}}, true, "[other]"},
		{"deleted before", [][]bot.Post{{first, other}, {gone}}, false, "[other]"},
		{"deleted and edited", [][]bot.Post{{first, other}, {gone}, {edit("anew")}, {edit("again")}}, true, "[other again]"},
		{"never said", [][]bot.Post{{other}, {edit("said")}, {edit("changed")}}, true, "[other changed]"},
		{"never said, deleted", [][]bot.Post{{other}, {gone}}, true, "[other]"},
		{"the latest of that label", [][]bot.Post{{first}, {first}, {edit("sent")}}, true, "[held sent]"},
	}
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		for n, c := range cases {
			do, topic := scripted{}, fmt.Sprint(n)
			for i, turn := range c.turns {
				do[fmt.Sprint("turn", i)] = posts(turn...)
			}
			h := threaded(t, db, do.handle)
			for i := range c.turns {
				h.receive(t, inThread("li", topic, fmt.Sprint("turn", i)))
				if c.apart {
					h.settle(t)
				}
			}
			h.settle(t)
			if got := fmt.Sprint(shown(h.office, address(topic))); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
	})
}

// TestAChangeOfALongMessageLeavesNothingBehind edits messages of several parts
// to others, back and forth.
func TestAChangeOfALongMessageLeavesNothingBehind(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		long := func(n int) string { return strings.TrimSpace(strings.Repeat("abcdefg ", n)) }
		do := scripted{"say": posts(bot.Post{Label: "m:1", Reply: bot.Text(long(3))}, bot.Post{Reply: bot.Text("end")})}
		for n := 1; n <= 5; n++ {
			do[fmt.Sprint("edit", n)] = posts(bot.Post{Op: bot.OpEdit, Label: "m:1", Reply: bot.Text(long(n))})
		}
		do["delete"] = posts(bot.Post{Op: bot.OpDelete, Label: "m:1"})
		h := threaded(t, db, do.handle)
		h.office.features.Text = bot.Limit{Max: 10, Unit: bot.Runes}
		for _, step := range []struct {
			say  string
			want int // parts, with the other message
		}{{"say", 4}, {"edit1", 2}, {"edit5", 6}, {"edit2", 3}, {"edit4", 5}, {"edit4", 5}, {"delete", 1}} {
			h.receive(t, inThread("li", "7", step.say))
			h.settle(t)
			got := shown(h.office, address("7"))
			if len(got) != step.want || strings.Contains(fmt.Sprint(got), "nothing") {
				t.Errorf("%s: %q", step.say, got)
			}
		}
	})
}

func TestWhatWasNeverSentIsSaidByItsEdit(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		do := scripted{
			"say":    posts(bot.Post{Label: "m:1", Reply: bot.Text("refused")}),
			"edit":   posts(bot.Post{Op: bot.OpEdit, Label: "m:1", Reply: bot.Text("better")}),
			"again":  posts(bot.Post{Op: bot.OpEdit, Label: "m:1", Reply: bot.Text("best")}),
			"delete": posts(bot.Post{Op: bot.OpDelete, Label: "m:1"}),
		}
		h := threaded(t, db, do.handle)
		tries := 0
		h.office.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if out.Reply != nil && out.Reply.Text == "refused" {
				return bot.Sent{}, &bot.Failure{Class: bot.BadContent}
			}
			if tries++; tries == 1 { // the edit that says it is tried twice
				return bot.Sent{}, &bot.Failure{Class: bot.Transient}
			}
			return bot.Sent{ID: bot.MessageID("n" + out.Key)}, nil
		}
		for _, step := range []struct{ say, want string }{
			{"say", "[]"}, {"delete", "[]"}, {"say", "[]"}, {"edit", "[better]"}, {"again", "[best]"}, {"delete", "[]"},
		} {
			h.receive(t, inThread("li", "7", step.say))
			h.settle(t)
			if got := fmt.Sprint(shown(h.office, address("7"))); got != step.want {
				t.Errorf("%s: %s, want %s", step.say, got, step.want)
			}
		}
	})
}

// TestOnlyTheLastOfManyChangesIsSent is a place that was away while a card was
// drawn anew again and again.
func TestOnlyTheLastOfManyChangesIsSent(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		do := scripted{"say": posts(bot.Post{Label: "m:1", Reply: bot.Text("first")})}
		for i := range 10 {
			do[fmt.Sprint("edit", i)] = posts(
				bot.Post{Op: bot.OpEdit, Label: "m:1", Reply: bot.Text(fmt.Sprint("state ", i))},
				bot.Post{Op: bot.OpEdit, Target: "head", Reply: bot.Text(fmt.Sprint("card ", i))},
			)
		}
		h := threaded(t, db, do.handle)
		h.receive(t, inThread("li", "7", "say"))
		h.settle(t)
		for i := range 10 {
			h.receive(t, inThread("li", "7", fmt.Sprint("edit", i)))
			if done, err := h.Step(t.Context()); !done || err != nil {
				t.Fatal(done, err)
			}
		}
		h.settle(t)
		var sent []string
		for _, o := range h.office.ops() {
			sent = append(sent, o.Reply.Text)
		}
		want(t, sent, "first", "state 9", "card 9")
	})
}

func TestAPlatformWithoutEditsGetsTheBotsWordsAnewAndNoneOfAPersons(t *testing.T) {
	db := storagetest.New(t)
	by := &bot.Release{By: 1}
	told := ""
	do := scripted{
		"say":    posts(bot.Post{Label: "a", Reply: bot.Text("held")}, bot.Post{Label: "b", Reply: bot.Text("Hello"), Release: by}),
		"edit":   posts(bot.Post{Op: bot.OpEdit, Label: "a", Reply: bot.Text("sent")}),
		"person": posts(bot.Post{Op: bot.OpEdit, Label: "b", Reply: bot.Text("Hi"), Release: by, Failed: "not.edited release=1"}),
		"delete": posts(bot.Post{Op: bot.OpDelete, Label: "a"}),
		"not.edited": func(_ context.Context, r *bot.Request) error {
			told = r.Inbound.Action
			return nil
		},
	}
	h := threaded(t, db, do.handle)
	h.pigeon.features.Ops = []bot.Op{bot.OpPost}
	for _, say := range []string{"say", "edit", "person", "delete"} {
		h.receive(t, says(pigeon, "ana", say))
		h.settle(t)
	}
	want(t, h.pigeon.texts("ana"), "held", "Hello", "sent")
	if told != "not.edited release=1 why=unsupported" {
		t.Errorf("told %q", told)
	}
}

func TestAnAnswerForAColleagueAloneIsNotEditedButToldAnew(t *testing.T) {
	db := storagetest.New(t)
	h := threaded(t, db, scripted{
		"say":  posts(bot.Post{Op: bot.OpEphemeral, For: "li", Label: "d:1", Reply: bot.Text("Send anyway?")}),
		"edit": posts(bot.Post{Op: bot.OpEdit, Label: "d:1", Reply: bot.Text("Kept")}),
	}.handle)
	for _, say := range []string{"say", "edit"} {
		h.receive(t, inThread("li", "7", say))
		h.settle(t)
	}
	for _, o := range h.office.ops() {
		if o.Op != bot.OpEphemeral || o.For != "li" || o.Target != "" {
			t.Errorf("sent %+v", o)
		}
	}
	want(t, shown(h.office, address("7")), "Send anyway?", "Kept")
}

func TestWordsThatStayOutliveAPlatformThatIsAway(t *testing.T) {
	db := storagetest.New(t)
	h := threaded(t, db, scripted{
		"say": posts(bot.Post{Reply: bot.Text("stays"), Stays: true}, bot.Post{Reply: bot.Text("grows stale")}),
	}.handle)
	away := true
	h.office.answer = func(out bot.Outgoing) (bot.Sent, error) {
		if away {
			return bot.Sent{}, &bot.Failure{Class: bot.RateLimited, After: 30 * time.Hour}
		}
		return bot.Sent{ID: "1"}, nil
	}
	h.receive(t, inThread("li", "7", "say"))
	h.settle(t)
	away = false
	h.Advance(31 * time.Hour)
	h.settle(t)
	want(t, shown(h.office, address("7")), "stays")
}

func TestColleaguesAreCalledByTheirNamesAtTheInstall(t *testing.T) {
	db := storagetest.New(t)
	var li crm.UserID
	h := threaded(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		if r.Inbound.Text == "call" {
			r.Post(bot.Post{Reply: bot.Text("a customer waits"), Notify: []crm.UserID{li, 999, 0}})
		}
		return nil, nil
	})
	li = colleague(t, h).ID
	h.receive(t, inThread("bo", "7", "call"))
	h.settle(t)
	ops := h.office.ops()
	if n := ops[len(ops)-1].Notify; len(n) != 1 || n[0].ID != "li" {
		t.Errorf("called %+v", n)
	}
}

// TestAnEventThatFailsTakesItsChangesBack lets an event change what an earlier one
// of the same batch has said, and fail: once, or for good.
func TestAnEventThatFailsTakesItsChangesBack(t *testing.T) {
	for _, c := range []struct {
		op    bot.Op
		fails int
		want  string
	}{
		{bot.OpEdit, 1, "[new other]"}, {bot.OpEdit, 99, "[old other]"}, {bot.OpDelete, 1, "[other]"}, {bot.OpDelete, 99, "[old other]"},
	} {
		db := storagetest.New(t)
		failed := 0
		h := threaded(t, db, scripted{
			"say": posts(bot.Post{Label: "a", Reply: bot.Text("old")}, bot.Post{Reply: bot.Text("other")}),
			"change": func(ctx context.Context, r *bot.Request) error {
				r.Post(bot.Post{Op: c.op, Label: "a", Reply: bot.Text("new")})
				r.Post(bot.Post{Op: bot.OpEdit, Label: "a", Reply: bot.Text("new")})
				if c.op == bot.OpDelete {
					r.Post(bot.Post{Op: c.op, Label: "a"})
				}
				if failed++; failed <= c.fails { // after the posts were taken
					r.Deliver(bot.Inbound{Kind: bot.KindSystem, Action: "nowhere"}, time.Time{})
				}
				return nil
			},
		}.handle)
		h.receive(t, inThread("li", "7", "say"))
		h.receive(t, inThread("li", "7", "change"))
		for range 10 {
			h.settle(t)
			h.Advance(time.Minute)
		}
		got := shown(h.office, address("7"))
		if c.fails > 1 { // then we say that we are sorry
			got = got[:2]
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s failing %d times: %v, want %s", c.op, c.fails, got, c.want)
		}
	}
}

func TestWordsOfAPersonAreKeptWithTheirFilesAndRevisions(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		by := func(id crm.ReleaseID) *bot.Release { return &bot.Release{ID: id, By: 3, Name: "Li"} }
		var rel *crm.Release
		h := threaded(t, db, scripted{
			"send": func(_ context.Context, r *bot.Request) error {
				r.Post(bot.Post{Label: "r:1", Release: by(rel.ID), Reply: &bot.Reply{
					Text: "The offer", Files: []bot.File{{Name: "offer.pdf", MIME: "application/pdf", Hash: "cafe"}},
				}})
				return nil
			},
			"edit":   posts(bot.Post{Op: bot.OpEdit, Label: "r:1", Release: by(0), Reply: bot.Text("The new offer")}),
			"delete": posts(bot.Post{Op: bot.OpDelete, Label: "r:1", Release: by(0)}),
		}.handle)
		h.pigeon.features.Ops = append(h.pigeon.features.Ops, bot.OpDelete)
		h.pigeon.features.Files = true
		h.receive(t, says(pigeon, "ana", "hi"))
		h.settle(t)
		rel, _ = release(t, h, conversationOf(t, db, pigeon, "ana").ID, "7")
		for _, step := range []struct{ say, want string }{
			{"send", "[The offer ]"}, {"edit", "[The new offer]"}, {"delete", "[]"},
		} {
			h.receive(t, says(pigeon, "ana", step.say))
			h.settle(t)
			if got := fmt.Sprint(shown(h.pigeon, bot.Address{Chat: "ana"})); got != step.want {
				t.Errorf("%s: %s, want %s", step.say, got, step.want)
			}
		}
		got, err := db.Release(t.Context(), rel.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages(t, h, "ana") {
			if m.ID == got.MessageID && (m.Edited.IsZero() || m.Deleted.IsZero() || m.Body != "") {
				t.Errorf("message %+v", m)
			}
			if m.Direction == crm.Out && (m.AuthorKind != crm.AuthorUser || m.AuthorID != 3) {
				t.Errorf("whose is %+v", m)
			}
		}
		media, err := db.MediaOf(t.Context(), []crm.MessageID{got.MessageID})
		if err != nil || len(media) != 1 || media[0].Hash != "cafe" || media[0].State != crm.MediaStored {
			t.Errorf("media %+v, %v", media, err)
		}
	})
}

// TestAPersonsWordsInDoubtAreNotSaidTwice edits and deletes what may be there.
func TestAPersonsWordsInDoubtAreNotSaidTwice(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		by := &bot.Release{By: 3}
		var told []string
		do := scripted{
			"send":   posts(bot.Post{Label: "r:1", Release: by, Reply: bot.Text("The offer")}),
			"edit":   posts(bot.Post{Op: bot.OpEdit, Label: "r:1", Release: by, Reply: bot.Text("New"), Failed: "not.edited"}),
			"delete": posts(bot.Post{Op: bot.OpDelete, Label: "r:1", Release: by, Failed: "not.deleted"}),
		}
		for _, line := range []string{"not.edited", "not.deleted"} {
			do[line] = func(_ context.Context, r *bot.Request) error { told = append(told, r.Inbound.Action); return nil }
		}
		h := threaded(t, db, do.handle)
		h.pigeon.features.Ops = append(h.pigeon.features.Ops, bot.OpDelete)
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if out.Op != bot.OpPost || out.Reply.Text != "The offer" {
				t.Errorf("sent %+v", out)
			}
			return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous}
		}
		for _, say := range []string{"send", "edit", "delete"} {
			h.receive(t, says(pigeon, "ana", say))
			h.settle(t)
		}
		want(t, told, "not.edited why=stale", "not.deleted why=stale")
	})
}

// TestWhatIsNoAnswerHasNoTurn presses a button: what is said besides the answer,
// and is to stay or be changed, goes to everybody there.
func TestWhatIsNoAnswerHasNoTurn(t *testing.T) {
	db := storagetest.New(t)
	h := threaded(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		r.Post(bot.Post{Label: "m:1", Reply: bot.Text("labelled")})
		r.Post(bot.Post{Op: bot.OpEdit, Target: "head", Reply: bot.Text("card")})
		r.Post(bot.Post{Op: bot.OpThread, Reply: bot.Text("head")})
		r.Post(bot.Post{Reply: bot.Text("stays"), Stays: true})
		r.Post(bot.Post{Reply: bot.Text("also")})
		return bot.Text("answer"), nil
	})
	press := inThread("li", "7", "")
	press.Kind, press.Action, press.Turn = bot.KindAction, "b:x", "turn1"
	h.receive(t, press)
	h.settle(t)
	for _, o := range h.office.ops() {
		if text := o.Reply.Text; (o.Turn != "") != (text == "answer" || text == "also" || o.Op == bot.OpAnswer) {
			t.Errorf("%s %q: turn %q", o.Op, text, o.Turn)
		}
	}
}

func TestTheButtonsOfAHeadArePressedInItsThread(t *testing.T) {
	db := storagetest.New(t)
	h := threaded(t, db, scripted{"open": posts(bot.Post{
		Op: bot.OpThread, Reply: &bot.Reply{Text: "head", Buttons: []bot.Button{{Label: "Take", Action: "take"}}},
	})}.handle)
	h.receive(t, inThread("li", "", "open"))
	h.settle(t)
	id := h.office.ops()[0].Reply.Buttons[0].Action[2:]
	kept, err := db.Buttons(t.Context(), []string{id})
	if err != nil || kept[id] == nil || !bot.ParseKept(kept[id].Action).Shared {
		t.Errorf("%+v, %v", kept[id], err)
	}
}

func TestAnAnswerForOneAloneQuotesHimWhereItCannotBeHidden(t *testing.T) {
	db := storagetest.New(t)
	h := threaded(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		if r.Inbound.Text == "break" {
			panic("on purpose")
		}
		return &bot.Reply{Text: "for you", Private: true}, nil
	})
	h.office.features.Ops = []bot.Op{bot.OpPost}
	ask, own := inThread("li", "7", "ask"), says(office, "li", "ask")
	h.receive(t, ask)
	h.receive(t, own)
	h.settle(t)
	for _, o := range h.office.ops() {
		if quotes := o.Reply.Quote == ask.Message; quotes == o.Direct {
			t.Errorf("in %s: quote %q", o.To.Chat, o.Reply.Quote)
		}
	}
	h.office.features.Ops = append(h.office.features.Ops, bot.OpEphemeral)
	aside := inThread("li", "7", "break")
	aside.Aside = true
	h.receive(t, aside)
	for range 5 {
		h.settle(t)
		h.Advance(time.Minute)
	}
	ops := h.office.ops()
	if o := ops[len(ops)-1]; o.Op != bot.OpEphemeral || o.For != "li" {
		t.Errorf("that we are sorry: %+v", o)
	}
}
