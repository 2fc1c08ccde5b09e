package relay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"crmbot/bot"
	"crmbot/bot/script"
	"crmbot/crm"
)

// Whatever colleagues and customers do, in any order: nothing internal leaves,
// what is let go arrives once and in order, and the thread shows every line of
// the customer once and in order.
func TestTheWall(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := &wall{stage: at(t, "en", support), r: rand.New(rand.NewPCG(seed, 7))}
			w.play("customer:ana> person", "customer:bob@plain> person")
			for range 70 {
				w.act()
			}
			w.play("* up office", "* wait 20m", "* wait 20m")
			w.check()
		})
	}
}

// wall is one run.
type wall struct {
	*stage
	r   *rand.Rand
	n   int
	log []string
}

// act does something, as a person in a hurry would.
func (w *wall) act() {
	w.n++
	who := pick(w.r, "li.wei", "chen.jie", "wang.fang")
	thread := pick(w.r, "#support/1", "#support/2")
	customer := pick(w.r, "customer:ana", "customer:bob@plain")
	line := pick(w.r,
		fmt.Sprintf("%s> word %d from outside, please", customer, w.n),
		fmt.Sprintf("%s%s> SECRET %d", who, thread, w.n),
		fmt.Sprintf("%s%s> note: SECRET %d", who, thread, w.n),
		fmt.Sprintf("%s%s> > SECRET %d", who, thread, w.n),
		fmt.Sprintf("%s%s> @chen.jie SECRET %d", who, thread, w.n),
		fmt.Sprintf("%s%s> r: public %d", who, thread, w.n),
		fmt.Sprintf("%s%s> 回复：public %d", who, thread, w.n),
		fmt.Sprintf("%s%s> <edit SECRET %d>", who, thread, w.n),
		fmt.Sprintf("%s%s> <edit r: public %d>", who, thread, w.n),
		fmt.Sprintf("%s%s> <photo SECRET-%d.pdf>", who, thread, w.n),
		fmt.Sprintf("%s%s> [Stop]", who, thread),
		fmt.Sprintf("%s%s> [Keep as note]", who, thread),
		fmt.Sprintf("%s%s> [Take]", who, thread),
		fmt.Sprintf("%s%s> [Back to the bot]", who, thread),
		"* wait 3s", "* wait 10s", "* wait 10s", "* wait 2m", "* restart", "* down office", "* up office",
	)
	w.log = append(w.log, line)
	done := false
	defer func() {
		if !done {
			w.t.Log(strings.Join(w.log, "\n"))
		}
	}()
	if strings.Contains(line, "> [") || strings.Contains(line, "> <edit") {
		w.press(line)
	} else {
		w.play(line)
	}
	done = true
}

// press plays a line that may have nothing to press or to edit.
func (w *wall) press(line string) {
	lines, err := script.Parse(strings.NewReader(line))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Do(context.Background(), lines[0]); err != nil && !strings.Contains(err.Error(), "no button") && !strings.Contains(err.Error(), "said nothing") {
		w.t.Fatal(line, err)
	}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func (w *wall) check() {
	ctx := context.Background()
	threads, _, err := w.Store.Threads(ctx, crm.ThreadFilter{Page: crm.Page{Limit: 100}})
	if err != nil || len(threads) != 2 {
		w.t.Fatalf("%d threads: %v", len(threads), err)
	}
	for _, t := range threads {
		said, err := w.Store.Messages(ctx, t.ConversationID, 0, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		w.outside(said)
		w.released(ctx, t.ConversationID, said)
		w.mirrored(ctx, t, said)
	}
	if w.t.Failed() {
		w.t.Log(strings.Join(w.log, "\n"))
	}
}

// outside looks at what the customer reads.
func (w *wall) outside(said []*crm.Message) {
	for _, m := range said {
		inside := strings.Contains(m.Body, "SECRET") || strings.Contains(m.Detail, "SECRET")
		if m.Audience == crm.AudienceCustomer && m.Direction == crm.Out && inside {
			w.t.Errorf("the customer read %q", m.Body)
		}
	}
}

// released looks for each release at what has gone out.
func (w *wall) released(ctx context.Context, id crm.ConversationID, said []*crm.Message) {
	all, _, err := w.Store.Releases(ctx, crm.ReleaseFilter{Conversation: id, Page: crm.Page{Limit: 1000}})
	if err != nil {
		w.t.Fatal(err)
	}
	sent := map[crm.MessageID]*crm.Release{}
	for _, rel := range all {
		if rel.State == crm.ReleaseHeld {
			w.t.Errorf("release %d is still held", rel.ID)
		}
		if rel.State != crm.ReleaseSent {
			continue
		}
		if sent[rel.MessageID] != nil {
			w.t.Errorf("message %d is of two releases", rel.MessageID)
		}
		sent[rel.MessageID] = rel
	}
	var last *crm.Release
	for _, m := range said {
		if m.AuthorKind != crm.AuthorUser || m.Audience != crm.AudienceCustomer || m.Kind != string(bot.KindText) {
			continue
		}
		rel := sent[m.ID]
		if rel == nil {
			w.t.Errorf("%q went out without a release", m.Body)
			continue
		}
		if delete(sent, m.ID); last != nil && rel.Due.Before(last.Due) {
			w.t.Errorf("%q went out after what was let go later", m.Body)
		}
		last = rel
	}
	for _, rel := range sent {
		w.t.Errorf("release %d (%q) is sent and nowhere", rel.ID, rel.Body)
	}
}

// mirrored looks for each line of the customer in the thread.
func (w *wall) mirrored(ctx context.Context, t *crm.Thread, said []*crm.Message) {
	at, err := w.Store.Conversations(ctx, []crm.ConversationKey{t.Place()})
	if err != nil || at[t.Place()] == nil {
		w.t.Fatal("no place", err)
	}
	shown, err := w.Store.Messages(ctx, at[t.Place()].ID, 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	var labels, want []string
	for _, m := range shown {
		if strings.HasPrefix(m.Label, "m:") && m.Kind == string(bot.KindText) {
			labels = append(labels, m.Label)
		}
	}
	for _, m := range said {
		if label := fmt.Sprintf("m:%d", m.ID); m.Direction == crm.In && strings.HasPrefix(m.Body, "word ") && m.ID <= t.Cursor {
			want = append(want, label)
		}
	}
	if !slices.IsSortedFunc(labels, func(a, b string) int { return len(a) - len(b) }) {
		w.t.Errorf("the lines are out of order: %v", labels)
	}
	for _, label := range want {
		n := 0
		for _, x := range labels {
			if x == label {
				n++
			}
		}
		if n != 1 {
			w.t.Errorf("%s is shown %d times", label, n)
		}
	}
}
