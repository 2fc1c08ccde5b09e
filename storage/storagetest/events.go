package storagetest

import (
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

func events(t *testing.T, s bot.Store) {
	ctx := t.Context()
	make := func(user int64, subject int64, minute int, act string) *crm.Event {
		return &crm.Event{
			At: at(minute), ActorKind: crm.AuthorUser, ActorID: user,
			SubjectKind: crm.KindLead, SubjectID: subject, Verb: "set", Act: act,
		}
	}
	all := []*crm.Event{
		make(1, 1, 0, "old"), make(1, 1, 5, "x"), make(1, 2, 5, "x"), make(2, 1, 6, "y"), make(1, 3, 7, ""),
		{ActorKind: crm.AuthorContact, ActorID: 1, Act: "z", SubjectKind: crm.KindLead, SubjectID: 1},
	}
	fine(t, s.CreateEvents(ctx, all...))
	fine(t, s.CreateEvents(ctx))
	same(t, "an event without a time happened now", all[5].At, Clock())
	list := func(f crm.EventFilter) []crm.EventID {
		t.Helper()
		out := []crm.EventID{}
		rows, n, err := s.Events(ctx, f)
		fine(t, err)
		for _, e := range rows {
			out = append(out, e.ID)
		}
		same(t, "total", n, len(out))
		return out
	}
	same(t, "of a subject", list(crm.EventFilter{Subject: crm.Ref{Kind: crm.KindLead, ID: 1}}), []crm.EventID{6, 4, 2, 1})
	same(t, "of a user", list(crm.EventFilter{Actor: 1}), []crm.EventID{5, 3, 2, 1})
	same(t, "since", list(crm.EventFilter{Since: at(6)}), []crm.EventID{5, 4})

	same(t, "the last action, whole", ok(s.LastAct(ctx, 1, at(1)))(t), []*crm.Event{all[1], all[2]})
	fine(t, s.UndoneAct(ctx, "x", at(8)))
	wantCode(t, "undone twice", s.UndoneAct(ctx, "x", at(8)), crm.CodeNotFound)
	same(t, "none is left since", len(ok(s.LastAct(ctx, 1, at(1)))(t)), 0)
	same(t, "the one before", ok(s.LastAct(ctx, 1, at(0)))(t), []*crm.Event{all[0]})
	same(t, "of nobody", len(ok(s.LastAct(ctx, 9, at(0)))(t)), 0)
}

func remove(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateLead(ctx, &crm.Lead{Name: "zebra"}))
	fine(t, s.CreateContacts(ctx, &crm.Contact{Name: "zebra"}))
	fine(t, s.CreateAccount(ctx, &crm.Account{Name: "zebra"}))
	fine(t, s.CreateOpportunity(ctx, &crm.Opportunity{Name: "zebra"}))
	fine(t, s.CreateActivity(ctx, &crm.Activity{Body: "zebra"}))
	fine(t, s.CreateTicket(ctx, &crm.Ticket{Title: "zebra"}))
	fine(t, s.CreateArticle(ctx, &crm.Article{Title: "zebra"}))
	fine(t, s.CreateUser(ctx, &crm.User{Name: "zebra"}))
	kinds := []crm.Kind{
		crm.KindLead, crm.KindContact, crm.KindAccount, crm.KindOpportunity,
		crm.KindTicket, crm.KindArticle, crm.KindUser,
	}
	found := func() int {
		t.Helper()
		return len(ok(s.Search(ctx, crm.Search{Text: "zebra", Scopes: scopesOf(kinds...)}))(t))
	}
	same(t, "found before", found(), len(kinds))
	for i, kind := range append(kinds, crm.KindActivity) {
		fine(t, s.Remove(ctx, crm.Ref{Kind: kind, ID: 1}))
		wantCode(t, "removed twice", s.Remove(ctx, crm.Ref{Kind: kind, ID: 1}), crm.CodeNotFound)
		same(t, "found after", found(), max(len(kinds)-i-1, 0))
	}
	u := &crm.User{Handle: "u"}
	fine(t, s.CreateUser(ctx, u))
	fine(t, s.CreateLinkCode(ctx, &crm.LinkCode{UserID: u.ID}))
	fine(t, s.Remove(ctx, crm.Ref{Kind: crm.KindUser, ID: int64(u.ID)}))
	_, err := s.LinkCodeByHash(ctx, "")
	wantCode(t, "the code of a removed user", err, crm.CodeNotFound)
}

func knowledgeVersion(t *testing.T, s bot.Store) {
	ctx := t.Context()
	last := ok(s.KnowledgeVersion(ctx))(t)
	a := &crm.Article{Slug: "moq"}
	fine(t, s.CreateArticle(ctx, a))
	created := ok(s.KnowledgeVersion(ctx))(t)
	ok(s.UpdateArticle(ctx, a.ID, func(a *crm.Article) error { a.Body = "x"; return nil }))(t)
	updated := ok(s.KnowledgeVersion(ctx))(t)
	_, err := s.UpdateArticle(ctx, a.ID, func(*crm.Article) error { return errRefused })
	same(t, "refused", err, errRefused)
	refused := ok(s.KnowledgeVersion(ctx))(t)
	fine(t, s.Remove(ctx, a.Ref()))
	removed := ok(s.KnowledgeVersion(ctx))(t)
	if created == last || updated == created || refused != updated || removed == refused {
		t.Errorf("versions %d, created %d, updated %d, refused %d, removed %d", last, created, updated, refused, removed)
	}
}
