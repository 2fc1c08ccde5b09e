package bottest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// The place of colleagues is away for hours while two customers write a lot, has
// enough of us when it is back, and the process ends twice: every line is in its
// thread, once, in order, a message of its own.
func TestAnOutageLosesNothing(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		h := On(t, dsn, "en")
		h.Threads("office:team#support")
		h.Say("customer:ana> human\ncustomer:bo@plain> human\n* down office")
		said := map[string][]string{}
		for i := range 45 { // more than one event shows
			for thread, who := range map[string]string{"1": "ana", "2": "bo@plain"} {
				line := fmt.Sprintf("the story of %s goes on %d times.", strings.TrimSuffix(who, "@plain"), i)
				said[thread] = append(said[thread], line)
				h.Say("customer:" + who + ">> " + line)
			}
			if i%10 == 9 {
				h.Say("* wait 20m")
			}
		}
		h.Say("* restart\n* up office\n* next office rate_limited\n* wait 10m\n* next office rate_limited\n* restart\n* wait 10m")
		for thread, want := range said {
			if got := h.storyIn(thread); !slices.Equal(got, want) {
				t.Errorf("thread %s shows %d lines: %v", thread, len(got), got)
			}
		}
		h.keptWhole(t)
	})
}

// The thread is deleted, then the channel archived, while the customer goes on
// and the process ends: where the thread is now, everything is there.
func TestALostPlaceLosesNothing(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		h := On(t, dsn, "en")
		h.Threads("office:team#support", "office:team#backup")
		h.Say("customer:ana> human\ncustomer:ana> one")
		h.Say("* lost #support/1\ncustomer:ana>> two\n* restart\ncustomer:ana>> three\ncustomer:ana> four")
		h.keptWhole(t)
		h.Say("* archived #support\ncustomer:ana>> five\n* restart\ncustomer:ana>> six\ncustomer:ana> seven")
		h.keptWhole(t)
		var states []crm.ThreadState
		all, _, err := h.Store.Threads(t.Context(), crm.ThreadFilter{Page: crm.Page{Limit: 9}})
		for _, thread := range all {
			states = append(states, thread.State)
		}
		if want := []crm.ThreadState{crm.ThreadOpen, crm.ThreadLost, crm.ThreadLost}; err != nil || !slices.Equal(states, want) {
			t.Errorf("threads %v, %v", states, err)
		}
	})
}

// storyIn are the lines of the story as a thread shows them.
func (h *House) storyIn(topic string) []string {
	r := h.rooms["office"]
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, s := range r.shown {
		if s.out.Reply == nil || len(s.out.Reply.Cards) > 0 || string(s.out.To.Topic) != topic {
			continue
		}
		if _, line, ok := strings.Cut(s.out.Reply.Text, "the story"); ok {
			out = append(out, "the story"+line)
		}
	}
	return out
}

// keptWhole checks in the database that each thread that is left has looked at
// everything, and that each message of its customer stands in it as one of ours,
// which the platform took.
func (h *House) keptWhole(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	all, _, err := h.Store.Threads(ctx, crm.ThreadFilter{States: []crm.ThreadState{crm.ThreadOpen, crm.ThreadOpening}, Page: crm.Page{Limit: 100}})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d threads: %v", len(all), err)
	}
	for _, thread := range all {
		said, err := h.Store.Messages(ctx, thread.ConversationID, 0, 500)
		if err != nil || len(said) == 0 || thread.Cursor != said[len(said)-1].ID {
			t.Errorf("thread %d looked until %d of %d, %v", thread.ID, thread.Cursor, len(said), err)
		}
		taken := h.mirrored(t, thread)
		for _, m := range said {
			if m.Direction == crm.In && !taken[fmt.Sprintf("m:%d", m.ID)] {
				t.Errorf("%q is not in thread %d", m.Body, thread.ID)
			}
		}
	}
}

// mirrored says of each line of a customer's message in a thread, by its label,
// whether the platform took it.
func (h *House) mirrored(t *testing.T, thread *crm.Thread) map[string]bool {
	t.Helper()
	ctx := t.Context()
	found, err := h.Store.Conversations(ctx, []crm.ConversationKey{thread.Place()})
	if err != nil || found[thread.Place()] == nil {
		t.Fatalf("no conversation at %v: %v", thread.Place(), err)
	}
	lines, err := h.Store.Messages(ctx, found[thread.Place()].ID, 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	label := map[crm.MessageID]string{}
	taken := map[string]bool{}
	for _, m := range lines {
		if !strings.HasPrefix(m.Label, "m:") || m.Kind == string(bot.KindEdit) {
			continue
		}
		if _, twice := taken[m.Label]; twice {
			t.Errorf("%s is there twice", m.Label)
		}
		label[m.ID], taken[m.Label] = m.Label, false
	}
	parts, err := h.Store.Parts(ctx, slices.Collect(maps.Keys(label)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		taken[label[p.MessageID]] = p.State == crm.DeliveryAccepted
	}
	return taken
}

// twin is another process on the database of a house, with the same platforms.
func (h *House) twin() *House {
	other := *h
	other.spoke = maps.Clone(h.spoke)
	other.events = 1_000_000
	other.build()
	other.Pipeline.Advance(h.Pipeline.Now().Sub(Start()))
	return &other
}

// atOnce has each process take in a line, and both work at the same time until
// nothing is left.
func atOnce(t *testing.T, houses [2]*House, lines [2]string) {
	t.Helper()
	houses[1].Pipeline.Advance(houses[0].Pipeline.Now().Sub(houses[1].Pipeline.Now())) // one clock on the wall
	for i, h := range houses {
		h.Say(lines[i])
	}
	var both sync.WaitGroup
	for _, h := range houses {
		both.Go(func() {
			if err := h.Pipeline.Settle(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	houses[0].settle(t.Context())
}

// Two people press and answer at once, in two places, through two processes: one
// is in charge, each has words of his own about it, and nothing goes out twice.
func TestTwoAtOnceThroughTwoProcesses(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		h := On(t, dsn, "en")
		h.Threads("office:team#support", "floor:team#floor")
		houses := [2]*House{h, h.twin()}
		for i := 1; i <= 5; i++ {
			who := fmt.Sprintf("cust%c", 'a'+i)
			h.Say("customer:" + who + "> human")
			atOnce(t, houses, [2]string{
				fmt.Sprintf("wang.fang#support/%d>> [Take]", i), fmt.Sprintf("chen.jie#floor/%d>> [Take]", i),
			})
			c := h.conversationOf(t, who)
			if c.Status != crm.ConversationHandedOff || c.AssigneeID == 0 {
				t.Errorf("%s is %s with %s", who, c.Status, c.AssigneeID)
			}
			atOnce(t, houses, [2]string{
				fmt.Sprintf("wang.fang#support/%d>> r: words of wang", i), fmt.Sprintf("chen.jie#floor/%d>> r: words of chen", i),
			})
			h.Say("* wait 1m")
			h.once(t, who)
		}
	})
}

func (h *House) conversationOf(t *testing.T, customer string) *crm.Conversation {
	t.Helper()
	key := crm.ConversationKey{Platform: "desk", Install: "shop", Chat: customer}
	found, err := h.Store.Conversations(t.Context(), []crm.ConversationKey{key})
	if err != nil || found[key] == nil {
		t.Fatalf("no conversation of %s: %v", customer, err)
	}
	return found[key]
}

// once checks that a customer read what was let go for him, each once, and that
// what was not let go is kept for its author.
func (h *House) once(t *testing.T, customer string) {
	t.Helper()
	all, _, err := h.Store.Releases(t.Context(), crm.ReleaseFilter{Conversation: h.conversationOf(t, customer).ID, Page: crm.Page{Limit: 50}})
	if err != nil || len(all) != 2 {
		t.Fatalf("%d releases for %s: %v", len(all), customer, err)
	}
	read := map[string]int{}
	r := h.rooms["desk"]
	r.mu.Lock()
	for _, s := range r.shown {
		if string(s.out.To.Chat) == customer && s.out.Reply != nil {
			if _, words, ok := strings.Cut(s.out.Reply.Text, "words of "); ok {
				read["words of "+words]++
			}
		}
	}
	r.mu.Unlock()
	sent := 0
	for _, rel := range all {
		switch {
		case rel.State == crm.ReleaseSent && read[rel.Body] == 1 && rel.Delivery == crm.DeliveryAccepted:
			sent++
		case rel.State == crm.ReleaseDraft && read[rel.Body] == 0:
		default:
			t.Errorf("%s read %q %d times; it is %s, %s", customer, rel.Body, read[rel.Body], rel.State, rel.Delivery)
		}
	}
	if sent != 1 {
		t.Errorf("%d answered %s at once", sent, customer)
	}
}
