package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

// labels find the latest message of ours that was called so.
func labels(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateMessages(ctx, []*crm.Message{
		{ConversationID: 1, Direction: crm.Out, Label: "r:1", Body: "first"},
		{ConversationID: 1, Direction: crm.Out, Label: "r:1", Body: "second"},
		{ConversationID: 1, Direction: crm.In, Label: "r:1", Body: "not ours"},
		{ConversationID: 1, Direction: crm.Out, Body: "no label"},
		{ConversationID: 2, Direction: crm.Out, Label: "r:1", Body: "elsewhere"},
		{ConversationID: 1, Direction: crm.Out, Label: "r:11", Body: "another"},
	}))
	same(t, "the latest", ok(s.MessageByLabel(ctx, 1, "r:1"))(t).Body, "second")
	same(t, "the other", ok(s.MessageByLabel(ctx, 1, "r:11"))(t).Body, "another")
	_, err := s.MessageByLabel(ctx, 1, "")
	wantCode(t, "no label", err, crm.CodeNotFound)
}

// threads are one for each conversation and install, unless one was lost, and
// one for each place.
func threads(t *testing.T, s bot.Store) {
	ctx := t.Context()
	a := &crm.Thread{ConversationID: 1, Platform: "p", Install: "i", Chat: "hub", State: crm.ThreadOpening, Opened: at(0)}
	fine(t, s.CreateThread(ctx, a))
	second := func(s crm.Store) error {
		return s.CreateThread(ctx, &crm.Thread{ConversationID: 1, Platform: "p", Install: "i", Chat: "other", State: crm.ThreadOpen})
	}
	wantCode(t, "a second one", second(s), crm.CodeConflict)
	fine(t, s.InTx(ctx, func(ctx context.Context, tx crm.Store) error {
		wantCode(t, "a second one in a transaction", second(tx), crm.CodeConflict)
		return tx.CreateThread(ctx, &crm.Thread{ConversationID: 1, Platform: "p", Install: "elsewhere", Chat: "elsewhere", State: crm.ThreadOpening})
	}))

	place := crm.ConversationKey{Platform: "p", Install: "i", Chat: "hub", Topic: "t1"}
	_, err := s.ThreadAt(ctx, place)
	wantCode(t, "a thread that is being opened", err, crm.CodeNotFound)
	open := func(topic string) func(*crm.Thread) error {
		return func(x *crm.Thread) error {
			x.Topic, x.Head, x.State, x.Cursor = topic, "h1", crm.ThreadOpen, 1<<40
			return nil
		}
	}
	got := ok(s.UpdateThread(ctx, a.ID, open("t1")))(t)
	same(t, "at its place", ok(s.ThreadAt(ctx, place))(t), got)
	same(t, "place", got.Place(), place)
	_, err = s.UpdateThread(ctx, a.ID, func(x *crm.Thread) error { x.State = crm.ThreadLost; return errRefused })
	if !errors.Is(err, errRefused) {
		t.Errorf("the error of change came back as %v", err)
	}
	same(t, "after a refused change", ok(s.Thread(ctx, a.ID))(t), got)

	b := &crm.Thread{ConversationID: 2, Platform: "p", Install: "i", Chat: "hub", State: crm.ThreadClosed, Closed: at(1)}
	fine(t, s.CreateThread(ctx, b))
	_, err = s.UpdateThread(ctx, b.ID, open("t1"))
	wantCode(t, "two threads at one place", err, crm.CodeConflict)

	ok(s.UpdateThread(ctx, a.ID, func(x *crm.Thread) error { x.State = crm.ThreadLost; return nil }))(t)
	fine(t, second(s))
	same(t, "where one was lost", ok(s.ThreadAt(ctx, place))(t).ID, a.ID)
	threadFilter(t, s)
	oneOpens(t, s)
}

func threadFilter(t *testing.T, s bot.Store) {
	t.Helper()
	for what, c := range map[string]struct {
		f    crm.ThreadFilter
		want []string
	}{
		"all":          {crm.ThreadFilter{}, []string{"1 other", "2 hub", "1 elsewhere", "1 hub"}},
		"conversation": {crm.ThreadFilter{Conversation: 1}, []string{"1 other", "1 elsewhere", "1 hub"}},
		"states":       {crm.ThreadFilter{States: []crm.ThreadState{crm.ThreadLost, crm.ThreadClosed}}, []string{"2 hub", "1 hub"}},
		"install":      {crm.ThreadFilter{Platform: "p", Install: "elsewhere"}, []string{"1 elsewhere"}},
		"page":         {crm.ThreadFilter{Page: crm.Page{Limit: 1, Offset: 1}}, []string{"2 hub"}},
		"none":         {crm.ThreadFilter{Platform: "q"}, []string{}},
	} {
		list, n, err := s.Threads(t.Context(), c.f)
		fine(t, err)
		got := []string{}
		for _, x := range list {
			got = append(got, fmt.Sprint(int64(x.ConversationID), " ", x.Chat))
		}
		same(t, what, got, c.want)
		if c.f.Page == (crm.Page{}) {
			same(t, what+": total", n, len(c.want))
		}
	}
}

// oneOpens has eight of them open a thread at once: one does.
func oneOpens(t *testing.T, s bot.Store) {
	t.Helper()
	var lock sync.Mutex
	var all sync.WaitGroup
	made := 0
	for range 8 {
		all.Go(func() {
			err := s.CreateThread(t.Context(), &crm.Thread{ConversationID: 77, Platform: "p", Install: "i", State: crm.ThreadOpening})
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				made++
			} else {
				wantCode(t, "at once", err, crm.CodeConflict)
			}
		})
	}
	all.Wait()
	same(t, "opened", made, 1)
}

func releases(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for _, r := range []*crm.Release{
		{ConversationID: 1, ThreadID: 5, UserID: 3, Source: "m1", Body: "你好", State: crm.ReleaseHeld, Due: at(1)},
		{ConversationID: 1, ThreadID: 6, UserID: 4, Source: "m1", State: crm.ReleaseDraft},
		{ConversationID: 2, UserID: 3, State: crm.ReleaseSent, MessageID: 9, Delivery: crm.DeliveryFailed, Why: "blocked"},
		{ConversationID: 1, ThreadID: 5, UserID: 3, State: crm.ReleaseStopped},
	} {
		fine(t, s.CreateRelease(ctx, r))
	}
	for what, c := range map[string]struct {
		f    crm.ReleaseFilter
		want []crm.ReleaseID
	}{
		"all":          {crm.ReleaseFilter{}, []crm.ReleaseID{4, 3, 2, 1}},
		"conversation": {crm.ReleaseFilter{Conversation: 1}, []crm.ReleaseID{4, 2, 1}},
		"thread":       {crm.ReleaseFilter{Thread: 5}, []crm.ReleaseID{4, 1}},
		"source":       {crm.ReleaseFilter{Thread: 5, Source: "m1"}, []crm.ReleaseID{1}},
		"message":      {crm.ReleaseFilter{Message: 9}, []crm.ReleaseID{3}},
		"states":       {crm.ReleaseFilter{States: []crm.ReleaseState{crm.ReleaseHeld, crm.ReleaseDraft}}, []crm.ReleaseID{2, 1}},
	} {
		list, n, err := s.Releases(ctx, c.f)
		fine(t, err)
		ids := []crm.ReleaseID{}
		for _, x := range list {
			ids = append(ids, x.ID)
		}
		same(t, what, ids, c.want)
		same(t, what+": total", n, len(c.want))
	}
	got := ok(s.UpdateRelease(ctx, 1, func(r *crm.Release) error {
		r.ID, r.State, r.MessageID = 77, crm.ReleaseSent, 12
		return nil
	}))(t)
	same(t, "sent", ok(s.Release(ctx, 1))(t), got)
	_, err := s.UpdateRelease(ctx, 1, func(r *crm.Release) error { r.State = crm.ReleaseHeld; return errRefused })
	if !errors.Is(err, errRefused) {
		t.Errorf("the error of change came back as %v", err)
	}
	same(t, "after a refused change", ok(s.Release(ctx, 1))(t), got)
	oneSends(t, s)
}

// oneSends has eight of them take words that are held: one does.
func oneSends(t *testing.T, s bot.Store) {
	t.Helper()
	r := &crm.Release{ConversationID: 1, State: crm.ReleaseHeld}
	fine(t, s.CreateRelease(t.Context(), r))
	var lock sync.Mutex
	var all sync.WaitGroup
	sent := 0
	for range 8 {
		all.Go(func() {
			_, err := s.UpdateRelease(t.Context(), r.ID, func(r *crm.Release) error {
				if r.State != crm.ReleaseHeld {
					return errRefused
				}
				r.State = crm.ReleaseSent
				return nil
			})
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				sent++
			} else if !errors.Is(err, errRefused) {
				t.Errorf("at once: %v", err)
			}
		})
	}
	all.Wait()
	same(t, "sent once", sent, 1)
}

func surveys(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateContacts(ctx, &crm.Contact{}, &crm.Contact{MergedInto: 1}))
	for _, x := range []*crm.Survey{
		{ContactID: 1, ConversationID: 4, UserID: 3, Rating: 5, Created: at(0)},
		{ContactID: 2, ConversationID: 5, Created: at(10)},
		{ContactID: 7, ConversationID: 5, UserID: 3, Created: at(20)},
	} {
		fine(t, s.CreateSurvey(ctx, x))
	}
	for what, c := range map[string]struct {
		f    crm.SurveyFilter
		want []crm.SurveyID
	}{
		"all":                     {crm.SurveyFilter{}, []crm.SurveyID{3, 2, 1}},
		"contact, with merged":    {crm.SurveyFilter{Contact: 1}, []crm.SurveyID{2, 1}},
		"the merged one alone":    {crm.SurveyFilter{Contact: 2}, []crm.SurveyID{2}},
		"conversation":            {crm.SurveyFilter{Conversation: 5}, []crm.SurveyID{3, 2}},
		"user":                    {crm.SurveyFilter{User: 3}, []crm.SurveyID{3, 1}},
		"since":                   {crm.SurveyFilter{Since: at(10)}, []crm.SurveyID{3, 2}},
		"since and of a contact":  {crm.SurveyFilter{Since: at(1), Contact: 1}, []crm.SurveyID{2}},
		"of a contact with none":  {crm.SurveyFilter{Contact: 9}, []crm.SurveyID{}},
		"of an unknown colleague": {crm.SurveyFilter{User: 9}, []crm.SurveyID{}},
	} {
		list, n, err := s.Surveys(ctx, c.f)
		fine(t, err)
		ids := []crm.SurveyID{}
		for _, x := range list {
			ids = append(ids, x.ID)
		}
		same(t, what, ids, c.want)
		same(t, what+": total", n, len(c.want))
	}
	got := ok(s.UpdateSurvey(ctx, 2, func(x *crm.Survey) error { x.Rating, x.Comment, x.Answered = 1, "慢", at(30); return nil }))(t)
	same(t, "answered", ok(s.Survey(ctx, 2))(t), got)
}
