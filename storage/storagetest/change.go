package storagetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

var errRefused = errors.New("refused")

func updates(t *testing.T, s bot.Store) {
	l := &crm.Lead{Name: "Ana", Need: "20 t"}
	fine(t, s.CreateLead(t.Context(), l))
	got := ok(s.UpdateLead(t.Context(), l.ID, func(l *crm.Lead) error {
		l.ID, l.Version, l.Name, l.OwnerID = 77, 77, "张伟", 3
		return nil
	}))(t)
	want := &crm.Lead{ID: l.ID, Version: 2, Name: "张伟", Need: "20 t", OwnerID: 3, Created: Clock(), Updated: Clock()}
	same(t, "updated", got, want)
	same(t, "read back", ok(s.Lead(t.Context(), l.ID))(t), want)

	_, err := s.UpdateLead(t.Context(), l.ID, func(l *crm.Lead) error {
		l.Name = "nobody"
		return errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("the error of change came back as %v", err)
	}
	same(t, "after a refused change", ok(s.Lead(t.Context(), l.ID))(t), want)

	got = ok(s.UpdateLead(t.Context(), l.ID, func(l *crm.Lead) error { l.OwnerID = 0; return nil }))(t)
	same(t, "an owner taken away", got.OwnerID, crm.UserID(0))
	same(t, "the version", got.Version, int64(3))
}

// concurrentUpdates has eight writers change one record 25 times each. None of
// them may fail, and no change may be lost.
func concurrentUpdates(t *testing.T, s bot.Store) {
	const writers, rounds = 8, 25
	l := &crm.Lead{}
	fine(t, s.CreateLead(t.Context(), l))
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range rounds {
				_, err := s.UpdateLead(t.Context(), l.ID, func(l *crm.Lead) error { l.OwnerID++; return nil })
				if err != nil {
					t.Errorf("update: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
	got := ok(s.Lead(t.Context(), l.ID))(t)
	same(t, "changes", int(got.OwnerID), writers*rounds)
	same(t, "version", got.Version, int64(writers*rounds+1))
}

func transactions(t *testing.T, s bot.Store) {
	count := func(s crm.Store) int {
		t.Helper()
		return ok(total(s.Leads(t.Context(), crm.LeadFilter{Scope: everything})))(t)
	}
	add := func(ctx context.Context, s crm.Store) {
		t.Helper()
		fine(t, s.CreateLead(ctx, &crm.Lead{Name: "Ana"}))
	}
	ctx := ctxWith(t, "mine")
	err := s.InTx(ctx, func(ctx context.Context, tx crm.Store) error {
		add(ctx, tx)
		same(t, "seen inside", count(tx), 1)
		err := tx.(crm.Tx).InTx(ctx, func(ctx context.Context, tx crm.Store) error {
			if ctx.Value(ctxKey{}) != "mine" {
				t.Error("a nested transaction lost the context's values")
			}
			add(ctx, tx)
			return errRefused
		})
		if !errors.Is(err, errRefused) {
			t.Errorf("nested: %v", err)
		}
		same(t, "after the inner one was undone", count(tx), 1)
		return tx.(crm.Tx).InTx(ctx, func(ctx context.Context, tx crm.Store) error {
			add(ctx, tx)
			return nil
		})
	})
	fine(t, err)
	same(t, "committed", count(s), 2)

	err = s.Transact(ctx, func(ctx context.Context, tx bot.Store) error {
		add(ctx, tx)
		return errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("the error came back as %v", err)
	}
	same(t, "after the outer one was undone", count(s), 2)
	hits := ok(s.Search(ctx, crm.Search{Text: "ana", Scopes: scopesOf(crm.KindLead)}))(t)
	same(t, "the index too", len(hits), 2)

	func() {
		defer func() { _ = recover() }()
		_ = s.InTx(ctx, func(ctx context.Context, tx crm.Store) error {
			add(ctx, tx)
			panic("handler")
		})
	}()
	same(t, "after a panic", count(s), 2)
	add(ctx, s) // and the connection is free again
}

// conflicts are broken unique keys. They leave the transaction around them in
// order.
func conflicts(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateUser(ctx, &crm.User{Handle: "li.wei"}))
	other := &crm.User{Handle: "chen"}
	fine(t, s.CreateUser(ctx, other))
	fine(t, s.CreateArticle(ctx, &crm.Article{Slug: "moq", Language: "en"}))
	fine(t, s.CreateLinkCode(ctx, &crm.LinkCode{Hash: "h"}))
	for name, try := range map[string]func(s crm.Store) error{
		"handle": func(s crm.Store) error { return s.CreateUser(ctx, &crm.User{Handle: "li.wei"}) },
		"handle by update": func(s crm.Store) error {
			_, err := s.UpdateUser(ctx, other.ID, func(u *crm.User) error { u.Handle = "li.wei"; return nil })
			return err
		},
		"slug":         func(s crm.Store) error { return s.CreateArticle(ctx, &crm.Article{Slug: "moq", Language: "en"}) },
		"code":         func(s crm.Store) error { return s.CreateLinkCode(ctx, &crm.LinkCode{Hash: "h"}) },
		"unknown team": func(s crm.Store) error { return s.CreateUser(ctx, &crm.User{Handle: "new", TeamID: 99}) },
	} {
		wantCode(t, name, try(s), crm.CodeConflict)
		err := s.InTx(ctx, func(ctx context.Context, tx crm.Store) error {
			wantCode(t, name+" in a transaction", try(tx), crm.CodeConflict)
			return tx.CreateLead(ctx, &crm.Lead{Name: name})
		})
		if err != nil {
			t.Errorf("%s spoiled the transaction: %v", name, err)
		}
	}
	fine(t, s.CreateArticle(ctx, &crm.Article{Slug: "moq", Language: "zh-CN"}))
}

func missing(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for name, try := range map[string]func() error{
		"user":                func() error { _, err := s.User(ctx, 9); return err },
		"handle":              func() error { _, err := s.UserByHandle(ctx, "x"); return err },
		"code":                func() error { _, err := s.LinkCodeByHash(ctx, "x"); return err },
		"contact":             func() error { _, err := s.Contact(ctx, 9); return err },
		"account":             func() error { _, err := s.Account(ctx, 9); return err },
		"lead":                func() error { _, err := s.Lead(ctx, 9); return err },
		"opportunity":         func() error { _, err := s.Opportunity(ctx, 9); return err },
		"activity":            func() error { _, err := s.Activity(ctx, 9); return err },
		"ticket":              func() error { _, err := s.Ticket(ctx, 9); return err },
		"article":             func() error { _, err := s.Article(ctx, 9); return err },
		"conversation":        func() error { _, err := s.Conversation(ctx, 9); return err },
		"move":                func() error { return s.MoveConversation(ctx, 9, crm.ConversationKey{}) },
		"native":              func() error { _, err := s.MessageByNative(ctx, 9, "x"); return err },
		"native nothing":      func() error { _, err := s.MessageByNative(ctx, 0, ""); return err },
		"revise":              func() error { return s.ReviseMessage(ctx, 9, "x", false, Clock()) },
		"store media":         func() error { return s.StoreMedia(ctx, 9, "", strings.NewReader("")) },
		"fail media":          func() error { return s.FailMedia(ctx, 9, "") },
		"bytes":               func() error { _, err := s.OpenMedia(ctx, "x"); return err },
		"undo":                func() error { return s.UndoneAct(ctx, "x", Clock()) },
		"remove":              func() error { return s.Remove(ctx, crm.Ref{Kind: crm.KindLead, ID: 9}) },
		"turn":                func() error { _, err := s.NextUser(ctx, crm.UserFilter{}); return err },
		"update user":         func() error { _, err := s.UpdateUser(ctx, 9, never[crm.User](t)); return err },
		"update code":         func() error { _, err := s.UpdateLinkCode(ctx, 9, never[crm.LinkCode](t)); return err },
		"update identity":     func() error { _, err := s.UpdateIdentity(ctx, 9, never[crm.Identity](t)); return err },
		"update contact":      func() error { _, err := s.UpdateContact(ctx, 9, never[crm.Contact](t)); return err },
		"update account":      func() error { _, err := s.UpdateAccount(ctx, 9, never[crm.Account](t)); return err },
		"update lead":         func() error { _, err := s.UpdateLead(ctx, 9, never[crm.Lead](t)); return err },
		"update opportunity":  func() error { _, err := s.UpdateOpportunity(ctx, 9, never[crm.Opportunity](t)); return err },
		"update activity":     func() error { _, err := s.UpdateActivity(ctx, 9, never[crm.Activity](t)); return err },
		"update ticket":       func() error { _, err := s.UpdateTicket(ctx, 9, never[crm.Ticket](t)); return err },
		"update article":      func() error { _, err := s.UpdateArticle(ctx, 9, never[crm.Article](t)); return err },
		"update conversation": func() error { _, err := s.UpdateConversation(ctx, 9, never[crm.Conversation](t)); return err },
		"label":               func() error { _, err := s.MessageByLabel(ctx, 9, "x"); return err },
		"label nothing":       func() error { _, err := s.MessageByLabel(ctx, 0, ""); return err },
		"question":            func() error { _, err := s.Question(ctx, 9); return err },
		"question by key":     func() error { _, err := s.QuestionByKey(ctx, "x"); return err },
		"update question":     func() error { _, err := s.UpdateQuestion(ctx, 9, never[crm.Question](t)); return err },
		"index":               func() error { _, err := s.Index(ctx, "x"); return err },
		"thread":              func() error { _, err := s.Thread(ctx, 9); return err },
		"thread at":           func() error { _, err := s.ThreadAt(ctx, crm.ConversationKey{Topic: "x"}); return err },
		"thread at no topic":  func() error { _, err := s.ThreadAt(ctx, crm.ConversationKey{}); return err },
		"release":             func() error { _, err := s.Release(ctx, 9); return err },
		"survey":              func() error { _, err := s.Survey(ctx, 9); return err },
		"update thread":       func() error { _, err := s.UpdateThread(ctx, 9, never[crm.Thread](t)); return err },
		"update release":      func() error { _, err := s.UpdateRelease(ctx, 9, never[crm.Release](t)); return err },
		"update survey":       func() error { _, err := s.UpdateSurvey(ctx, 9, never[crm.Survey](t)); return err },
	} {
		wantCode(t, name, try(), crm.CodeNotFound)
	}
	wantCode(t, "remove a conversation", s.Remove(ctx, crm.Ref{Kind: crm.KindConversation, ID: 1}), crm.CodeUnsupported)
}

func never[T any](t *testing.T) func(*T) error {
	return func(*T) error {
		t.Error("change was called for a record that does not exist")
		return nil
	}
}
