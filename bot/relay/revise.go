package relay

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// Revised follows an edit or deletion in a thread: held words change with it,
// words that are out are changed where the platform can, a note changes in the
// record.
func Revised(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Thread == nil || r.Customer == nil || r.Inbound.Target == "" {
		return nil, nil
	}
	of, err := customerOf(ctx, r, r.Customer)
	if err != nil {
		return nil, err
	}
	found, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Thread: r.Thread.ID, Source: string(r.Inbound.Target), Page: crm.Page{Limit: mostDraft, Uncounted: true},
	})
	if err != nil {
		return nil, err
	}
	var reply *bot.Reply
	noted := len(found) == 0
	for _, rel := range found {
		answer, err := of.revise(ctx, r, rel)
		if crm.CodeOf(err) == crm.CodeConflict { // it went out at this very moment
			if rel, err = r.Store.Release(ctx, rel.ID); err == nil {
				answer, err = of.revise(ctx, r, rel)
			}
		}
		if err != nil {
			return nil, err
		}
		if reply == nil {
			reply = answer
		}
		noted = noted || kept(rel)
	}
	if noted {
		of.reviseNote(r)
	}
	if text, way := Spoken(r.Words, r.Inbound.Text); len(found) == 0 && way == Out && text != "" && r.User != nil {
		rel := &crm.Release{ // to edit lets nothing go
			ConversationID: of.ID, ThreadID: r.Thread.ID, UserID: r.Actor.User, Source: string(r.Inbound.Target),
			Body: text, Due: r.Now.UTC(), Why: whyNote,
		}
		return draft(ctx, r, of, rel, "relay.note.only")
	}
	return reply, nil
}

// revise changes a release, or what has become of it.
func (of *customer) revise(ctx context.Context, r *bot.Request, rel *crm.Release) (*bot.Reply, error) {
	text, way := Spoken(r.Words, r.Inbound.Text)
	gone := r.Inbound.Kind == bot.KindDelete || text == "" && rel.SourceID == 0
	// What does not say that it is for the customer is not for him.
	inside := !gone && way != Out
	switch rel.State {
	case crm.ReleaseHeld:
		return nil, of.reviseHeld(ctx, r, rel, text, gone, inside)
	case crm.ReleaseDraft, crm.ReleaseStopped:
		if gone {
			return nil, turn(ctx, r, rel, crm.ReleaseStopped)
		}
		rel.Body = text
		return nil, turn(ctx, r, rel, rel.State)
	}
	if inside {
		return &bot.Reply{Text: of.sentence(r, r.Words, "relay.edit.inside"), Private: true}, nil
	}
	return of.reviseSent(ctx, r, rel, text, gone)
}

// reviseHeld changes words that have not gone yet, or takes them back. What was
// changed is held as long as if it were new.
func (of *customer) reviseHeld(ctx context.Context, r *bot.Request, rel *crm.Release, text string, gone, inside bool) error {
	if !gone && !inside {
		if rel.Body, rel.Original = text, ""; rel.Why != whyWaits {
			rel.Why = ""
		}
		if err := keepBack(ctx, r, of, rel); err != nil {
			return err
		}
		return restate(ctx, r, rel)
	}
	if inside {
		rel.Body = text
		in := of.note(r, rel.UserID, rel.ThreadID, text)
		in.Message = nativeOf(rel.ThreadID, r.Inbound.Target)
		r.Deliver(in, time.Time{})
	}
	if err := turn(ctx, r, rel, crm.ReleaseStopped); err != nil {
		return err
	}
	return restate(ctx, r, rel, "by", number(r.Actor.User))
}

// reviseSent has words changed that are out, where the platform can.
func (of *customer) reviseSent(ctx context.Context, r *bot.Request, rel *crm.Release, text string, gone bool) (*bot.Reply, error) {
	op, name, key := bot.OpEdit, "relay.edit", "relay.edit.not"
	if gone {
		op, name, key = bot.OpDelete, "relay.delete", "relay.delete.not"
	}
	if !gone && rel.Original != "" {
		return &bot.Reply{Text: of.sentence(r, r.Words, "relay.edit.translated"), Private: true}, nil
	}
	if !of.features(r).Can(op) {
		return &bot.Reply{Text: of.sentence(r, r.Words, key), Private: true}, nil
	}
	if !gone {
		if rel.Body == text {
			return nil, nil
		}
		if _, err := r.Store.UpdateRelease(ctx, rel.ID, func(x *crm.Release) error { x.Body = text; return nil }); err != nil {
			return nil, err
		}
	}
	r.Deliver(of.event(r, bot.KindSystem, line(name, "release", number(rel.ID), "by", number(r.Actor.User))), time.Time{})
	done := "relay.edited"
	if gone {
		done = "relay.deleted"
	}
	r.Post(bot.Post{Op: bot.OpEdit, Reply: bot.Text(of.sentence(r, ours(r), done)), Label: held(rel.ID), Stays: true})
	return nil, nil
}

// unrevised is relay.unrevised: the platform would not change words that are out.
func unrevised(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, err := mineToChange(ctx, r)
	if rel == nil || err != nil {
		return nil, err
	}
	of, err := customerOf(ctx, r, r.Conversation)
	if err != nil {
		return nil, err
	}
	key := "relay.edit.not"
	if r.Args.String("op") == string(bot.OpDelete) {
		key = "relay.delete.not"
	}
	if err := restate(ctx, r, rel); err != nil {
		return nil, err
	}
	w := ours(r)
	return nil, Tell(ctx, r, rel.UserID, key, "name", of.someone(w), "platform", of.platform(r, w))
}

// reviseNote follows the change of a note in the record.
func (of *customer) reviseNote(r *bot.Request) {
	in := of.event(r, r.Inbound.Kind, "")
	in.Sender = bot.Sender{}
	in.Target = nativeOf(r.Thread.ID, r.Inbound.Target)
	in.Text, _ = Spoken(r.Words, r.Inbound.Text)
	r.Deliver(in, time.Time{})
}

// edit is relay.edit, in the customer's conversation: words that are out change.
func edit(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, err := mineToChange(ctx, r)
	if rel == nil || err != nil {
		return nil, err
	}
	text := markup.Escape(rel.Body)
	if old, err := r.Store.MessageByLabel(ctx, r.Conversation.ID, held(rel.ID)); err == nil && !r.Features.Authors {
		name := userName(ctx, r, rel.UserID)
		if begin := markup.Plain(introduced(r.Words, name, "")); begin != "" && len(old.Body) >= len(begin) && old.Body[:len(begin)] == begin {
			text = introduced(r.Words, name, rel.Body)
		}
	}
	r.Post(bot.Post{
		Op: bot.OpEdit, Reply: bot.Text(text), Label: held(rel.ID), Stays: true,
		Release: &bot.Release{By: rel.UserID, Name: userName(ctx, r, rel.UserID)}, Thread: rel.ThreadID,
		Failed: line("relay.unrevised", "release", number(rel.ID), "op", string(bot.OpEdit)),
	})
	return nil, tellRevised(ctx, r, rel.MessageID)
}

// remove is relay.delete: words that are out are taken back.
func remove(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, err := mineToChange(ctx, r)
	if rel == nil || err != nil {
		return nil, err
	}
	r.Post(bot.Post{
		Op: bot.OpDelete, Label: held(rel.ID), Stays: true, Release: &bot.Release{By: rel.UserID}, Thread: rel.ThreadID,
		Failed: line("relay.unrevised", "release", number(rel.ID), "op", string(bot.OpDelete)),
	})
	return nil, tellRevised(ctx, r, rel.MessageID)
}

// mineToChange is the release of a line, if it went out here.
func mineToChange(ctx context.Context, r *bot.Request) (*crm.Release, error) {
	rel, err := r.Store.Release(ctx, crm.ReleaseID(numbered(r, "release")))
	if err != nil || rel.ConversationID != r.Conversation.ID || rel.State != crm.ReleaseSent {
		return nil, err
	}
	return rel, nil
}

// Changed is for an edit or deletion in the customer's conversation: its threads
// show it.
func Changed(ctx context.Context, r *bot.Request) error {
	if r.Inbound.Target == "" {
		return nil
	}
	m, err := r.Store.MessageByNative(ctx, r.Conversation.ID, string(r.Inbound.Target))
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tellRevised(ctx, r, m.ID)
}

// tellRevised tells the threads of a change of a message.
func tellRevised(ctx context.Context, r *bot.Request, id crm.MessageID) error {
	threads, err := threadsOf(ctx, r, r.Conversation, crm.ThreadOpen, crm.ThreadClosed)
	for _, t := range threads {
		if id != 0 {
			send(r, whereIs(t), line("thread.revised", "thread", number(t.ID), "message", number(id)), time.Time{})
		}
	}
	return err
}

// revised is thread.revised: the line of a message that was changed or taken
// back says so.
func revised(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, of, err := threadOf(ctx, r)
	if err != nil || t == nil {
		return nil, err
	}
	id := crm.MessageID(numbered(r, "message"))
	if id == 0 || id > t.Cursor {
		return nil, nil // it is shown as it is by then
	}
	found, err := r.Store.Messages(ctx, of.ID, id-1, 1)
	if err != nil || len(found) == 0 || found[0].ID != id || found[0].Muted || found[0].ThreadID == t.ID {
		return nil, err
	}
	m := found[0]
	voice := of.voice(ctx, r, m)
	if voice == nil {
		return nil, nil
	}
	text, err := of.now(ctx, r, m, voice)
	if err != nil {
		return nil, err
	}
	if m.Deleted.IsZero() {
		of.translate(r, t, m)
	}
	r.Post(bot.Post{
		Op: bot.OpEdit, Label: mirror(m.ID), Stays: true,
		Reply: &bot.Reply{Text: of.spoken(r, voice, text), Voice: voice},
	})
	return nil, nil
}

// now is what the line of a message says that is not as it was: it was changed,
// taken back, or has not arrived.
func (of *customer) now(ctx context.Context, r *bot.Request, m *crm.Message, voice *bot.Voice) (string, error) {
	text := markup.Escape(said(voice, m.Body))
	switch {
	case !m.Deleted.IsZero():
		return r.Words.T("thread.revised.gone"), nil
	case !m.Edited.IsZero():
		text = r.Words.T("thread.revised.now", "text", said(voice, m.Body))
	}
	if voice.Role != bot.VoiceReply {
		return text, nil
	}
	found, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{Message: m.ID, Page: crm.Page{Limit: 1, Uncounted: true}})
	if len(found) > 0 && failed(found[0]) {
		text += "\n" + of.sentence(r, r.Words, failedKey(r, found[0]))
	}
	return text, err
}
