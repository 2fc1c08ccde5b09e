package pipeline_test

import (
	"context"
	"maps"
	"sync"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func TestAHalfFilledFormGoesOnAfterARestart(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		form := func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			f := r.Session.Form
			if f == nil {
				f = &bot.FormState{Command: "lead", Values: map[string]string{}, Asking: "need"}
				r.Session.Form = f
			} else {
				f.Values[f.Asking] = r.Inbound.Text
				f.Asking = "phone"
			}
			r.Session.Changed()
			return bot.Text(f.Asking + " " + f.Values["need"] + f.Values["phone"]), nil
		}
		for i, text := range []string{"I want to buy", "20 t", "13800000000"} {
			db := storagetest.Open(t, dsn, nil)
			h := newHouse(t, db, form)
			h.receive(t, says(pigeon, "ana", text))
			h.settle(t)
			want(t, h.pigeon.texts("ana"), []string{"need ", "phone 20 t", "phone 20 t13800000000"}[i])
		}
	})
}

func TestStrangersBecomeContactsWhereCustomersWriteAndNobodyWhereStaffWork(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var mu sync.Mutex
		met := map[string]string{}
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			mu.Lock()
			defer mu.Unlock()
			who := "nobody"
			switch {
			case r.User != nil:
				who = "user " + r.User.Name
			case r.Contact != nil:
				who = "contact " + r.Contact.Name + " " + r.Words.Lang()
			}
			met[r.Conversation.Chat] = who
			return nil, nil
		})
		h.receive(t, says(pigeon, "ana", "hello there"))
		h.receive(t, says(pigeon, "bao", "你好"))
		h.receive(t, says(office, "li", "hello"))
		h.settle(t)
		u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		link(t, db, office, "li", u.ID)
		h.receive(t, says(office, "li", "again"))
		h.settle(t)
		wantMap := map[string]string{"ana": "contact ana en", "bao": "contact bao zh-CN", "li": "user Li"}
		if !maps.Equal(met, wantMap) {
			t.Errorf("met %v, want %v", met, wantMap)
		}
		if c := conversationOf(t, db, office, "li"); c.UserID != u.ID || c.Audience != crm.AudienceStaff {
			t.Errorf("conversation %+v", c)
		}
	})
}

func TestWhoBlocksUsIsOutOfReachUntilHeWritesAgain(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		gone := func() bool {
			ids, err := db.Identities(t.Context(), []crm.IdentityKey{{Platform: string(pigeon), Install: string(main), Sender: "ana"}})
			if err != nil || len(ids) != 1 {
				t.Fatal(ids, err)
			}
			return !ids[0].GoneAt.IsZero()
		}
		for i, kind := range []bot.Kind{bot.KindText, bot.KindBlocked, bot.KindText, bot.KindUnfollow, bot.KindFollow} {
			in := says(pigeon, "ana", "x")
			in.Kind = kind
			h.receive(t, in)
			h.settle(t)
			if want := i == 1 || i == 3; gone() != want {
				t.Errorf("after %d, %s: gone %v", i, kind, gone())
			}
		}
	})
}

func TestANoticeReachesTheUserInHisOwnChat(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Text == "tell" {
				r.Tell(u.ID, "notice.lead.new LEAD-1")
			}
			if r.Inbound.Kind == bot.KindSystem && r.User != nil {
				return bot.Text(r.User.Name + ": " + r.Inbound.Action), nil
			}
			return nil, nil
		})
		h.receive(t, says(pigeon, "ana", "tell")) // nobody knows where
		h.settle(t)
		h.receive(t, says(pigeon, "li", "hi")) // he writes where customers do
		h.settle(t)
		link(t, db, pigeon, "li", u.ID)
		h.receive(t, says(pigeon, "ana", "tell"))
		h.settle(t)
		want(t, h.pigeon.texts("li"), "Li: notice.lead.new LEAD-1")
		h.receive(t, says(office, "li2", "hi"))
		h.settle(t)
		link(t, db, office, "li2", u.ID)
		h.receive(t, says(office, "li2", "hi"))
		h.settle(t)
		h.receive(t, says(pigeon, "ana", "tell"))
		h.settle(t)
		want(t, h.office.texts("li2"), "Li: notice.lead.new LEAD-1")
		want(t, h.pigeon.texts("li"), "Li: notice.lead.new LEAD-1")
	})
}

func link(t testing.TB, db *storage.DB, p bot.Platform, sender string, user crm.UserID) {
	t.Helper()
	ids, err := db.Identities(t.Context(), []crm.IdentityKey{{Platform: string(p), Install: string(main), Sender: sender}})
	if err != nil || len(ids) != 1 {
		t.Fatalf("identity %s: %v, %v", sender, ids, err)
	}
	_, err = db.UpdateIdentity(t.Context(), ids[0].ID, func(i *crm.Identity) error {
		i.UserID, i.ContactID = user, 0
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAChatThatTellsOfItsMoveIsTheSameConversation(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, echo)
		h.receive(t, says(pigeon, "ana", "hello"))
		moved := says(pigeon, "ana", "")
		moved.Kind, moved.Values = bot.KindMoved, map[string]string{"chat": "ana2"}
		h.receive(t, moved)
		h.settle(t)
		h.receive(t, says(pigeon, "ana2", "from there"))
		h.settle(t)
		if a, b := conversationOf(t, db, pigeon, "ana"), conversationOf(t, db, pigeon, "ana2"); a.ID != b.ID {
			t.Errorf("conversations %d and %d", a.ID, b.ID)
		}
	})
}
