package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func consulting(t testing.TB, db *storage.DB, consult bot.Handler) *house {
	t.Helper()
	h := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
	o := options(t, db, echo, h.pigeon, h.office)
	o.Consult = consult
	h.Pipeline = pipeline.New(o)
	return h
}

func TestAConsultationKnowsWhoAsksAndKeepsNothing(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := consulting(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			who := fmt.Sprintf("contact %d", r.Contact.ID)
			return bot.Text(fmt.Sprintf("%s conversation %d %s %s", who, r.Conversation.ID, r.Session.Asked, r.Inbound.Action)), nil
		})
		ask := func(want string) {
			t.Helper()
			in := says(pigeon, "ana", "")
			in.EventID, in.Kind, in.Action = "", bot.KindAction, "lead.new"
			reply, err := h.Inbox(pigeon, main).Consult(t.Context(), in)
			if err != nil || reply.Text != want {
				t.Errorf("%+v, %v, want %q", reply, err, want)
			}
		}
		ask("contact 0 conversation 0  lead.new")
		key := crm.ConversationKey{Platform: string(pigeon), Install: string(main), Chat: "ana"}
		if found, err := db.Conversations(t.Context(), []crm.ConversationKey{key}); err != nil || len(found) != 0 {
			t.Errorf("somebody unknown was kept: %v, %v", found, err)
		}
		h.receive(t, says(pigeon, "ana", "hello"))
		h.settle(t)
		c := conversationOf(t, db, pigeon, "ana")
		if err := db.SaveSessions(t.Context(), []*bot.Session{{Conversation: c.ID, Sender: "ana", Asked: "why"}}); err != nil {
			t.Fatal(err)
		}
		ask(fmt.Sprintf("contact %d conversation %d why lead.new", c.ContactID, c.ID))
	})
}

func TestAConsultationThatWritesChangesNothing(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := consulting(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			r.Tell(1, "notice.lead.new LEAD-1")
			r.Deliver(*r.Inbound, time.Time{})
			return bot.Text("done"), r.Store.CreateLead(ctx, &crm.Lead{Name: "Ana"})
		})
		if reply, err := h.Inbox(pigeon, main).Consult(t.Context(), says(pigeon, "ana", "x")); err == nil || reply != nil {
			t.Errorf("%+v, %v", reply, err)
		}
		if _, n, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()}); n != 0 || err != nil {
			t.Errorf("%d leads, %v", n, err)
		}
		if b, err := db.Backlog(t.Context(), h.Now().Add(time.Hour)); err != nil || b.Inbox != 0 {
			t.Errorf("%+v, %v", b, err)
		}
	})
}

func TestAConsultationThatFailsOrHangsEnds(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	h := consulting(t, storagetest.New(t), func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		switch r.Inbound.Text {
		case "hang":
			<-hang
		case "panic":
			panic("consulted")
		}
		return nil, errors.New("a fault of ours")
	})
	for text, want := range map[string]crm.Code{"hang": crm.CodeUnavailable, "panic": crm.CodeInternal, "fail": crm.CodeInternal} {
		if _, err := h.Inbox(pigeon, main).Consult(t.Context(), says(pigeon, "ana", text)); crm.CodeOf(err) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	if reply, err := newHouse(t, storagetest.New(t), echo).Inbox(pigeon, main).Consult(t.Context(), says(pigeon, "ana", "x")); reply != nil || err != nil {
		t.Errorf("without anybody to ask: %v, %v", reply, err)
	}
}
