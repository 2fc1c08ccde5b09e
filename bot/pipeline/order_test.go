package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func TestAConversationIsHandledInItsOrderUnderSixteenWriters(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{do: echo}
		h := newHouse(t, db, d.handle)
		h.run(t)
		const writers, each = 16, 25
		var all sync.WaitGroup
		for w := range writers {
			who := fmt.Sprint("writer", w%4) // four to a conversation
			all.Go(func() {
				for i := range each {
					in := says(pigeon, who, fmt.Sprintf("%d:%d", w, i))
					h.receive(t, in)
				}
			})
		}
		all.Wait()
		eventually(t, "all handled", func() bool { return len(d.seen()) == writers*each })
		for w := range 4 {
			chat := fmt.Sprint("writer", w)
			next := map[int]int{} // of each writer, lines come in the order of their acknowledgement
			for _, line := range d.in(chat) {
				var writer, i int
				if _, err := fmt.Sscanf(line, "%d:%d", &writer, &i); err != nil {
					t.Fatal(err)
				}
				if i != next[writer] {
					t.Fatalf("%s: line %d of writer %d came when %d was next", chat, i, writer, next[writer])
				}
				next[writer]++
			}
			eventually(t, "all answered", func() bool { return len(h.pigeon.texts(bot.ChatID(chat))) == 4*each })
			for i, text := range h.pigeon.texts(bot.ChatID(chat)) {
				if text != "echo "+d.in(chat)[i] {
					t.Fatalf("%s: answer %d is %q, want the answer to %q", chat, i, text, d.in(chat)[i])
				}
			}
		}
	})
}

func TestWhatHadArrivedIsHandledInOrderOfSeqHoweverMuchItIs(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		h := newHouse(t, db, d.handle)
		const n = 300 // more than two batches, in the wrong order
		for i := range n {
			in := says(pigeon, "ana", strconv.Itoa(n-i))
			in.Seq = int64(n - i)
			h.receive(t, in)
		}
		h.settle(t)
		for i, line := range d.in("ana") {
			if line != strconv.Itoa(i+1) {
				t.Fatalf("line %d is %s", i+1, line)
			}
		}
		late := says(pigeon, "ana", "late")
		late.Seq = 5
		h.receive(t, late)
		h.settle(t)
		if got := d.in("ana"); got[len(got)-1] != "late" || len(got) != n+1 {
			t.Errorf("the late one: %d lines, last %q", len(got), got[len(got)-1])
		}
	})
}

func TestAnEditIsARevisionAndNeverRunsACommandAgain(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		var revised []bot.Kind
		h := newHouse(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if k := r.Inbound.Kind; k != bot.KindText { // the handler may say it elsewhere
				revised = append(revised, k)
				return nil, nil
			}
			return d.handle(ctx, r)
		})
		first, second := says(pigeon, "ana", "deal new"), says(pigeon, "ana", "other")
		h.receive(t, first)
		edit := says(pigeon, "ana", "deal old")
		edit.Kind, edit.Target = bot.KindEdit, first.Message
		h.receive(t, edit) // in one batch with its message
		h.receive(t, second)
		h.settle(t)
		gone := says(pigeon, "ana", "")
		gone.Kind, gone.Target = bot.KindDelete, second.Message
		h.receive(t, gone)
		never := says(pigeon, "ana", "of something we never saw")
		never.Kind, never.Target = bot.KindEdit, "m-unknown"
		h.receive(t, never)
		h.settle(t)
		want(t, d.seen(), "deal new", "other")
		if fmt.Sprint(revised) != "[edit delete edit]" {
			t.Errorf("revised: %v", revised)
		}
		log := messages(t, h, "ana")
		if len(log) != 2 || log[0].Body != "deal old" || log[0].Edited.IsZero() || log[1].Deleted.IsZero() {
			t.Errorf("log %+v", log)
		}
	})
}

func TestDelayedEventsComeAtTheirTimeAndOnce(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		d.do = func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind == bot.KindText {
				wake := *r.Inbound
				wake.EventID, wake.Kind, wake.Text, wake.Action = r.EventID+"/wake", bot.KindSystem, "", "wake "+r.Inbound.Text
				r.Deliver(wake, r.Now.Add(3*time.Second))
			}
			return nil, nil
		}
		h := newHouse(t, db, d.handle)
		start := h.Now()
		h.receive(t, says(pigeon, "ana", "a"))
		for done := true; done; {
			var err error
			if done, err = h.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want(t, d.seen(), "a")
		h.receive(t, says(pigeon, "ana", "b"))
		h.settle(t)
		want(t, d.seen(), "a", "b", "wake a", "wake b")
		if h.Now().Sub(start) < 3*time.Second {
			t.Error("the clock did not move")
		}
	})
}

func TestNoShardStarvesWhenOneIsFlooded(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		d := &diary{}
		h := newHouse(t, db, d.handle)
		const flood = 2000
		var rows []*bot.InboxRow
		for i := range flood {
			rows = append(rows, rowOf(says(pigeon, "loud", strconv.Itoa(i)), h.Now()))
		}
		for lot := range slices.Chunk(rows, 250) {
			if _, err := db.AddInbound(t.Context(), lot); err != nil {
				t.Fatal(err)
			}
		}
		quietOnes := []string{}
		for i := range 40 {
			who := fmt.Sprint("quiet", i)
			quietOnes = append(quietOnes, who)
			h.receive(t, says(pigeon, who, "hello"))
		}
		// A batch for every 128 loud ones that are older, and one for each shard
		// with a quiet one: then all must have been heard.
		steps := 0
		for heard := 0; heard < len(quietOnes); steps++ {
			if steps > flood/128+32+4 {
				t.Fatalf("after %d batches only %d of %d were heard", steps, heard, len(quietOnes))
			}
			if _, err := h.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			heard = 0
			for _, who := range quietOnes {
				heard += len(d.in(who))
			}
		}
		h.settle(t)
		if n := len(d.in("loud")); n != flood {
			t.Errorf("%d loud ones, want %d", n, flood)
		}
	})
}

func TestABatchTakesFewStatementsHoweverLargeItIs(t *testing.T) {
	link := storagetest.NewLink(t, storagetest.Postgres(t))
	db := storagetest.Open(t, link.Address, nil)
	h := newHouse(t, db, echo)
	took := func(n int) int {
		for i := range n {
			in := says(pigeon, fmt.Sprint("who", i), "hello")
			in.Address.Chat, in.Direct = "group", false // one shard
			in.Address.Topic = bot.TopicID(fmt.Sprint("topic", i))
			h.receive(t, in)
		}
		before := link.Queries()
		if done, err := h.Step(t.Context()); err != nil || !done {
			t.Fatal(done, err)
		}
		return link.Queries() - before
	}
	took(100) // strangers
	one, many := took(1), took(100)
	if many != one || many > 16 {
		t.Errorf("%d statements for one event, %d for a hundred", one, many)
	}
	t.Logf("%d statements", many)
}
