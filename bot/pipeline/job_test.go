package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// photographer is an adapter that hands files over.
type photographer struct{ *adapter }

func (p photographer) Download(_ context.Context, f bot.File) (io.ReadCloser, error) {
	switch f.Native {
	case "away":
		return nil, errors.New("not now")
	case "huge":
		return io.NopCloser(io.LimitReader(zeros{}, crm.MediaMax+2)), nil
	}
	return io.NopCloser(bytes.NewReader([]byte("bytes of " + f.Native))), nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestFilesAreFetchedByAJobAndKeepTheirPlace(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		a := newAdapter(pigeon)
		o := options(t, db, func(context.Context, *bot.Request) (*bot.Reply, error) { return nil, nil }, a)
		o.Adapters[0].Adapter = photographer{a}
		h := &house{db: db, pigeon: a, Pipeline: pipeline.New(o)}
		in := says(pigeon, "ana", "look")
		in.Kind = bot.KindMedia
		in.Files = []bot.File{{Name: "a.jpg", MIME: "image/jpeg", Native: "one"}, {Native: "huge"}, {Native: "two"}}
		h.receive(t, in)
		h.settle(t)
		log := messages(t, h, "ana")
		media, err := db.MediaOf(t.Context(), []crm.MessageID{log[0].ID})
		if err != nil || len(media) != 3 {
			t.Fatalf("%d files, %v", len(media), err)
		}
		var got []string
		for _, m := range media {
			var data []byte
			if m.State == crm.MediaStored {
				r, err := h.Host(pigeon, main).File(t.Context(), m.Hash)
				if err != nil {
					t.Fatal(err)
				}
				if data, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			}
			got = append(got, fmt.Sprintf("%s %s %s", m.Name, m.State, data))
		}
		want(t, got, "a.jpg stored bytes of one", " failed ", " stored bytes of two")
	})
}

func TestAFileThatCannotBeHadIsTriedAgainAndThenGivenUp(t *testing.T) {
	db := storagetest.New(t)
	a := newAdapter(pigeon)
	o := options(t, db, func(context.Context, *bot.Request) (*bot.Reply, error) { return nil, nil }, a)
	o.Adapters[0].Adapter = photographer{a}
	h := &house{db: db, pigeon: a, Pipeline: pipeline.New(o)}
	in := says(pigeon, "ana", "look")
	in.Files = []bot.File{{Native: "away"}}
	h.receive(t, in)
	for range 10 {
		h.settle(t)
		h.Advance(time.Hour)
	}
	media, err := db.MediaOf(t.Context(), []crm.MessageID{messages(t, h, "ana")[0].ID})
	if err != nil || len(media) != 1 || media[0].State != crm.MediaFailed || media[0].Error == "" {
		t.Errorf("%+v, %v", media, err)
	}
}

func TestAJobThatFailsOrPanicsIsTriedAgainAndParkedAtLast(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		runs := map[string]int{}
		a := newAdapter(pigeon)
		o := options(t, db, echo, a)
		o.Jobs = map[string]pipeline.JobFunc{
			"flaky": func(_ context.Context, task *pipeline.Task) error {
				if runs["flaky"]++; runs["flaky"] < 3 {
					return errors.New("not now")
				}
				return nil
			},
			"bomb": func(context.Context, *pipeline.Task) error { runs["bomb"]++; panic("boom") },
		}
		h := &house{db: db, pigeon: a, Pipeline: pipeline.New(o)}
		for _, kind := range []string{"flaky", "bomb", "bomb"} {
			if err := db.AddJobs(t.Context(), &bot.Job{Kind: kind, Unique: "only", RunAt: h.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		for range 12 {
			h.settle(t)
			h.Advance(time.Hour)
		}
		if runs["flaky"] != 3 || runs["bomb"] != 10 {
			t.Errorf("runs %v", runs)
		}
		if b, err := db.Backlog(t.Context(), h.Now()); err != nil || b.DeadJobs != 1 {
			t.Errorf("backlog %+v, %v", b, err)
		}
	})
}

func TestThePlansOwnerIsToldOnceAtItsTime(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		h := newHouse(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind == bot.KindSystem {
				return bot.Text(r.Inbound.Action), nil
			}
			return nil, nil
		})
		u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		h.receive(t, says(office, "li", "hi"))
		h.settle(t)
		link(t, db, office, "li", u.ID)
		h.receive(t, says(office, "li", "hi"))
		h.settle(t)
		plan := &crm.Activity{
			Kind: crm.ActivityPlan, SubjectKind: crm.KindLead, SubjectID: 1, Body: "call",
			OwnerID: u.ID, DueAt: h.Now().Add(time.Hour),
		}
		if err := db.CreateActivity(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		h.Advance(59 * time.Minute)
		h.settle(t)
		want(t, h.office.texts("li"))
		for range 3 {
			h.Advance(time.Minute)
			h.settle(t)
		}
		want(t, h.office.texts("li"), "notice.plan.due "+plan.Ref().String())
	})
}

func TestAReplicaThatStopsGivesEverythingBack(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		entered, leave := make(chan struct{}, 100), make(chan struct{})
		h := newHouse(t, db, echo)
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			entered <- struct{}{}
			<-leave
			return bot.Sent{ID: bot.MessageID(out.Key)}, nil
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.Run(ctx) }()
		h.receive(t, says(pigeon, "ana", "one"))
		h.receive(t, says(pigeon, "ana", "two"))
		<-entered
		stop()
		eventually(t, "refusal", func() bool { return crm.CodeOf(h.Ready(t.Context())) == crm.CodeUnavailable })
		if err := h.Inbox(pigeon, main).Receive(t.Context(), says(pigeon, "ana", "three")); crm.CodeOf(err) != crm.CodeUnavailable {
			t.Errorf("received while stopping: %v", err)
		}
		close(leave) // what was under way is finished
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := h.pigeon.texts("ana"); !slices.Contains(got, "echo one") {
			t.Errorf("sent %q", got)
		}
		next := newHouse(t, db, echo)
		next.settle(t)
		all := append(h.pigeon.texts("ana"), next.pigeon.texts("ana")...)
		want(t, all, "echo one", "echo two")
	})
}
