package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// inTeam is a line in the colleagues' chat at the platform of customers.
func inTeam(who, topic, text string) bot.Inbound {
	in := inThread(who, topic, text)
	in.Address.Platform = pigeon
	return in
}

func TestWhereColleaguesAnswerNobodyIsACustomer(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		met := map[string]string{}
		h := threaded(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			who := "nobody"
			if r.Contact != nil {
				who = "contact"
			}
			a := r.Inbound.Address
			met[string(a.Chat)+"/"+string(a.Topic)+" "+r.Inbound.Text] = who + " " + string(r.Conversation.Audience)
			return nil, nil
		})
		moved := inTeam("bo", "", "")
		moved.Kind, moved.Values = bot.KindMoved, map[string]string{"chat": "newteam"}
		after, topic := inTeam("bo", "", "moved"), inTeam("di", "9", "moved")
		after.Address.Chat, topic.Address.Chat = "newteam", "newteam"
		group := inTeam("bo", "3", "elsewhere")
		group.Address.Chat = "friends"
		for _, lot := range [][]bot.Inbound{
			{inTeam("bo", "", "hub"), inTeam("bo", "5", "topic"), says(pigeon, "ana", "hi")}, // one batch each
			{moved}, {after, topic}, {group}, {inTeam("cy", "", "first")}, {says(pigeon, "cy", "second")},
		} {
			for _, in := range lot {
				h.receive(t, in)
			}
			h.settle(t)
		}
		want := map[string]string{
			"team/ hub": "nobody staff", "team/5 topic": "nobody staff", "ana/ hi": "contact customers",
			"newteam/ moved": "nobody staff", "newteam/9 moved": "nobody staff",
			"friends/3 elsewhere": "contact customers", "team/ first": "nobody staff", "cy/ second": "contact customers",
		}
		delete(met, "team/ ")
		if !maps.Equal(met, want) {
			t.Errorf("met %v\nwant %v", met, want)
		}
	})
}

func TestAPlaceThatWasACustomersIsCorrected(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		before := newHouse(t, db, echo) // before the config named the place
		before.receive(t, inTeam("bo", "5", "hello"))
		before.settle(t)
		h := threaded(t, db, echo)
		h.receive(t, inTeam("bo", "5", "hello"))
		h.settle(t)
		key := crm.ConversationKey{Platform: string(pigeon), Install: string(main), Chat: string(hub), Topic: "5"}
		found, err := db.Conversations(t.Context(), []crm.ConversationKey{key})
		if err != nil || found[key].Audience != crm.AudienceStaff || found[key].ContactID != 0 {
			t.Errorf("%+v, %v", found[key], err)
		}
		log, err := db.Messages(t.Context(), found[key].ID, 0, 10)
		if err != nil || len(log) != 4 || log[0].Audience != crm.AudienceCustomer || log[3].Audience != crm.AudienceNote {
			t.Errorf("log %+v, %v", log, err)
		}
	})
}

// noted is what a colleague wrote about a customer's conversation.
func noted(chat, text string, by int, files ...bot.File) bot.Inbound {
	return bot.Inbound{
		EventID: eventID(), Kind: bot.KindNote, Text: text, Direct: true, Files: files, Message: "5:m1",
		Address: bot.Address{Platform: pigeon, Install: main, Chat: bot.ChatID(chat)},
		Values:  map[string]string{"by": fmt.Sprint(by), "thread": "5", "platform": string(office), "install": string(main)},
	}
}

// files is a platform that hands files over.
type files struct{ *adapter }

func (f files) Download(_ context.Context, file bot.File) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("bytes of " + file.Native)), nil
}

func TestANoteIsKeptWithTheCustomerAndIsNoWordOfHis(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var who []string
		h := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
		h.pigeon.features = scarce()
		note := func(in bot.Inbound) func(context.Context, *bot.Request) error {
			return func(_ context.Context, r *bot.Request) error { r.Deliver(in, time.Time{}); return nil }
		}
		do := scripted{"first": posts(), "about": func(_ context.Context, r *bot.Request) error {
			who = append(who, fmt.Sprint(r.Inbound.Kind, " ", r.Inbound.Sender.ID, " ", r.Contact.Name, " ", r.Actor.Kind, " ", r.Words.Lang()))
			return nil
		}}
		o := options(t, db, do.handle, h.pigeon, h.office)
		o.Adapters[1].Adapter = files{h.office}
		h.Pipeline = pipeline.New(o)
		h.receive(t, says(pigeon, "ana", "first"))
		h.settle(t)
		c := conversationOf(t, db, pigeon, "ana")
		balance := func() string {
			b, err := db.Balances(t.Context(), []crm.ConversationID{c.ID})
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%+v", b[c.ID])
		}
		before := balance()
		seen := &crm.Media{MessageID: 1, Name: "a.txt", State: crm.MediaWaiting, Created: h.Now()}
		if err := db.CreateMedia(t.Context(), []*crm.Media{seen}); err != nil {
			t.Fatal(err)
		}
		if err := db.StoreMedia(t.Context(), seen.ID, "text/plain", bytes.NewReader([]byte("known"))); err != nil {
			t.Fatal(err)
		}
		known, err := db.MediaOf(t.Context(), []crm.MessageID{1})
		if err != nil {
			t.Fatal(err)
		}
		do["write"] = note(noted("ana", "about", 3,
			bot.File{Name: "a.txt", MIME: "text/plain", Size: 5, Hash: known[0].Hash}, bot.File{Name: "b.txt", Native: "F2"}))
		h.Advance(time.Hour)
		h.receive(t, inThread("li", "7", "write"))
		h.settle(t)
		log := messages(t, h, "ana")
		m := log[len(log)-1]
		if m.Kind != "note" || m.Audience != crm.AudienceNote || m.AuthorKind != crm.AuthorUser || m.AuthorID != 3 ||
			m.ThreadID != 5 || m.Body != "about" || m.Native != "5:m1" || m.Direction != crm.In {
			t.Errorf("message %+v", m)
		}
		want(t, who, "note ana ana system en")
		if after := conversationOf(t, db, pigeon, "ana"); !after.LastInAt.Equal(c.LastInAt) || balance() != before {
			t.Errorf("it counts as the customer's: %s, %s", after.LastInAt, balance())
		}
		media, err := db.MediaOf(t.Context(), []crm.MessageID{m.ID})
		if err != nil || len(media) != 2 || media[0].Hash != known[0].Hash || media[0].State != crm.MediaStored ||
			media[1].State != crm.MediaStored || media[1].Size != int64(len("bytes of F2")) {
			t.Errorf("media %+v, %v", media, err)
		}
		if entries, err := h.Host(pigeon, main).Transcript(t.Context(), bot.Address{Chat: "ana"}, 0); err != nil || len(entries) != 1 {
			t.Errorf("the customer's transcript has %d entries, %v", len(entries), err)
		}
		if sent := h.pigeon.ops(); len(sent) != 0 {
			t.Errorf("sent %+v", sent)
		}
	})
}

func TestOnlyWeSpeakToOurselves(t *testing.T) {
	h := threaded(t, storagetest.New(t), echo)
	for _, kind := range []bot.Kind{bot.KindSystem, bot.KindNote} {
		in := noted("ana", "injected", 3)
		in.Kind = kind
		if err := h.Inbox(pigeon, main).Receive(t.Context(), in); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestWhoIsMutedIsKeptAndHeardByNobody(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var heard []string
		var until, blocked time.Time
		h := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
		h.pigeon.features = scarce()
		o := options(t, db, func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			heard = append(heard, r.Inbound.Text)
			if r.Inbound.Text == "mute" { // what follows in the same batch counts already
				_, err := r.Store.UpdateIdentity(ctx, r.Identity.ID, func(i *crm.Identity) error {
					i.MutedUntil, i.BlockedAt = until, blocked
					return nil
				})
				return nil, err
			}
			return bot.Text("echo " + r.Inbound.Text), nil
		}, h.pigeon, h.office)
		o.Adapters[0].Adapter = files{h.pigeon}
		h.Pipeline = pipeline.New(o)
		until = h.Now().Add(time.Hour)
		pic := says(pigeon, "ana", "")
		pic.Kind, pic.Files = bot.KindMedia, []bot.File{{Name: "x.jpg", Native: "X"}}
		edit := says(pigeon, "ana", "edited")
		for _, in := range []bot.Inbound{says(pigeon, "ana", "one"), says(pigeon, "ana", "mute"), says(pigeon, "ana", "two"), pic} {
			edit.Kind, edit.Target = bot.KindEdit, in.Message
			h.receive(t, in)
		}
		h.receive(t, edit)
		h.settle(t)
		want(t, heard, "one", "mute")
		log := messages(t, h, "ana")
		muted := map[string]bool{}
		for _, m := range log {
			muted[string(m.Direction)+" "+m.Body] = m.Muted
		}
		if !maps.Equal(muted, map[string]bool{"in one": false, "in mute": false, "in two": true, "in edited": true, "out echo one": false}) {
			t.Errorf("log %v", muted)
		}
		var pics int
		for _, m := range log {
			media, err := db.MediaOf(t.Context(), []crm.MessageID{m.ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range media {
				if pics++; f.State != crm.MediaStored {
					t.Errorf("file %+v", f)
				}
			}
		}
		if pics != 1 {
			t.Errorf("%d files", pics)
		}
		h.Advance(2 * time.Hour)
		last := says(pigeon, "ana", "again")
		last.At = h.Now()
		h.receive(t, last)
		h.settle(t)
		want(t, heard, "one", "mute", "again")
		blocked, heard = h.Now(), nil
		for _, text := range []string{"mute", "never"} {
			in := says(pigeon, "ana", text)
			in.At = h.Now()
			h.receive(t, in)
			h.settle(t)
		}
		want(t, heard, "mute")
		c := conversationOf(t, db, pigeon, "ana")
		b, err := db.Balances(t.Context(), []crm.ConversationID{c.ID})
		if err != nil || b[c.ID].Left(h.Now()) != b[c.ID].Grants[len(b[c.ID].Grants)-1].Of {
			t.Errorf("his words still give us rights: %+v, %v", b[c.ID], err)
		}
	})
}

func TestAColleagueIsNeverMuted(t *testing.T) {
	db := storagetest.New(t)
	h := threaded(t, db, echo)
	colleague(t, h)
	key := crm.IdentityKey{Platform: string(office), Install: string(main), Sender: "li"}
	found, err := db.Identities(t.Context(), []crm.IdentityKey{key})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.UpdateIdentity(t.Context(), found[0].ID, func(i *crm.Identity) error { i.BlockedAt = h.Now(); return nil }); err != nil {
		t.Fatal(err)
	}
	h.receive(t, says(office, "li", "still here"))
	h.settle(t)
	want(t, h.office.texts("li"), "echo hi", "echo still here")
}

// TestWhatFollowsAMergeGoesWhereItWent is a contact with two identities at one
// install: what conversations tell themselves is about the one who writes there.
func TestWhatFollowsAMergeGoesWhereItWent(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		who := map[string]string{}
		do := scripted{"wake": func(_ context.Context, r *bot.Request) error {
			who[r.Conversation.Chat] = string(r.Inbound.Sender.ID) + " " + r.Contact.Name
			return nil
		}, "tell": func(_ context.Context, r *bot.Request) error {
			for _, chat := range []string{"ana", "bao"} {
				r.Deliver(bot.Inbound{
					Kind: bot.KindSystem, Direct: true, Action: "wake",
					Address: bot.Address{Platform: pigeon, Install: main, Chat: bot.ChatID(chat)},
				}, time.Time{})
			}
			return nil
		}}
		h := threaded(t, db, do.handle)
		h.receive(t, says(pigeon, "ana", "hi"))
		h.receive(t, says(pigeon, "bao", "hi"))
		h.settle(t)
		ana, bao := conversationOf(t, db, pigeon, "ana"), conversationOf(t, db, pigeon, "bao")
		if _, err := db.UpdateContact(t.Context(), bao.ContactID, func(c *crm.Contact) error { c.MergedInto = ana.ContactID; return nil }); err != nil {
			t.Fatal(err)
		}
		h.receive(t, inThread("li", "7", "tell"))
		h.settle(t)
		if !maps.Equal(who, map[string]string{"ana": "ana ana", "bao": "bao ana"}) {
			t.Errorf("told %v", who)
		}
	})
}

func TestTheCompanyKnowsItsInstallsAndWhenItBegan(t *testing.T) {
	db := storagetest.New(t)
	var got *bot.Company
	h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) { got = r.Company; return nil, nil })
	began := h.Now()
	late := newAdapter(office)
	late.features.Authors = true
	h.Attach(office, main, late)
	h.Advance(time.Hour)
	h.receive(t, says(pigeon, "ana", "hi"))
	h.settle(t)
	if !got.FeaturesOf("office", "main").Authors || got.FeaturesOf("pigeon", "main").Buttons != 10 || got.Started.After(began) || got.Started.IsZero() {
		t.Errorf("%+v began %s", got.Features, got.Started)
	}
	o := options(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) { got = r.Company; return nil, nil }, newAdapter(pigeon))
	o.Company.Started = began.Add(-time.Hour)
	again := &house{Pipeline: pipeline.New(o), db: db}
	again.receive(t, says(pigeon, "ana", "hi"))
	again.settle(t)
	if !got.Started.Equal(began.Add(-time.Hour)) {
		t.Errorf("began %s, which is not what was said", got.Started)
	}
}
