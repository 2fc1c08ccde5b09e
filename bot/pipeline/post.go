package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// post is something said besides the answer, or a change of what was said.
func (b *batch) post(ctx context.Context, store bot.Store, e *event, r *bot.Request, post bot.Post) error {
	if post.Op == "" {
		post.Op = bot.OpPost
	}
	if (post.Op == bot.OpEdit || post.Op == bot.OpDelete) && post.Target == "" && post.Label != "" {
		return b.change(ctx, store, e, r, post)
	}
	return b.put(ctx, store, e, r, post)
}

// put adds an operation that is about nothing else, or about a native id.
func (b *batch) put(ctx context.Context, store bot.Store, e *event, r *bot.Request, post bot.Post) error {
	switch post.Op {
	case bot.OpTyping, bot.OpThread, bot.OpDelete:
		if !r.Features.Can(post.Op) {
			return b.cannot(e, post)
		}
	case bot.OpEdit:
		if !r.Features.Can(post.Op) {
			if post.Release != nil {
				return b.cannot(e, post)
			}
			post.Op, post.Target = bot.OpPost, ""
		}
	}
	out, err := b.outgoing(ctx, store, e, r, &post)
	if err != nil {
		return err
	}
	switch post.Op {
	case bot.OpPost, bot.OpEdit, bot.OpEphemeral, bot.OpThread:
		b.say(e, r, out, &post)
	case bot.OpDelete:
		b.record(e, r, out, &bot.Reply{}, &post)
		b.row(e, r, out, nil, &post)
	case bot.OpTransfer:
		if !post.Reply.Empty() {
			b.say(e, r, out, &post)
			break
		}
		fallthrough
	default:
		out.Reply = b.keep(e, r, out, post.Reply)
		b.row(e, r, out, nil, &post)
	}
	return nil
}

// outgoing is what every operation of a post has in common.
func (b *batch) outgoing(ctx context.Context, store bot.Store, e *event, r *bot.Request, post *bot.Post) (bot.Outgoing, error) {
	if post.Audience == "" {
		post.Audience = audience(e.conversation.Audience)
	}
	out := bot.Outgoing{
		Op: post.Op, For: post.For, Notice: post.Notice, Failed: post.Failed, Done: post.Done, Target: post.Target,
	}
	if post.Label == "" && post.Target == "" && !post.Stays && post.Release == nil && post.Op != bot.OpThread {
		out.Turn = e.in.Turn // else it is no answer to this very event
	}
	switch post.Op {
	case bot.OpTyping:
		out.ExpiresAt = b.now.Add(typingFor)
	case bot.OpTransfer:
		out.ExpiresAt = b.now.Add(transferFor)
	}
	if post.Release != nil {
		out.Release, out.From = int64(post.Release.ID), post.Release.Name
	}
	var err error
	out.Notify, err = b.called(ctx, store, e, post.Notify)
	return out, err
}

// called are colleagues as a platform knows them; who is not there is left out.
func (b *batch) called(ctx context.Context, store bot.Store, e *event, users []crm.UserID) ([]bot.Sender, error) {
	var all []bot.Sender
	for _, user := range users {
		identities, known := b.staff[user]
		if !known && user != 0 {
			var err error
			if identities, err = store.IdentitiesOf(ctx, 0, user); err != nil {
				return nil, err
			}
			b.staff[user] = identities
		}
		for _, id := range identities {
			if id.Platform == string(e.install.Platform) && id.Install == string(e.install.Install.Install) && id.GoneAt.IsZero() {
				all = append(all, speaker(id))
				break
			}
		}
	}
	return all, nil
}

// cannot is for what a platform has no operation for: the conversation is told
// at once.
func (b *batch) cannot(e *event, post bot.Post) error {
	if post.Failed == "" {
		return nil
	}
	row, err := b.p.row(bot.Inbound{
		EventID: b.name(e, len(b.inbounds)), Kind: bot.KindSystem, Address: e.in.Address, Direct: e.in.Direct,
		Sender: e.in.Sender, Action: post.Failed + " why=unsupported", Of: e.in.Origin(),
	}, b.now)
	if err == nil {
		b.inbounds = append(b.inbounds, row)
	}
	return err
}

// say makes a message of a post, and a row of the outbox for each piece that
// the platform can take. A note to a customer's conversation goes nowhere.
func (b *batch) say(e *event, r *bot.Request, out bot.Outgoing, post *bot.Post) {
	if post.Reply.Empty() {
		return
	}
	reply := b.keep(e, r, out, post.Reply)
	b.fresher(&out, post)
	s := b.record(e, r, out, reply, post)
	if e.conversation.Audience == crm.AudienceCustomers && post.Audience == crm.AudienceNote {
		return
	}
	list := ""
	if r.Features.Buttons == 0 {
		list = bot.Numbered(reply)
	}
	pieces := b.pieces(e, r, post, reply, list)
	for i, piece := range pieces {
		one := out
		if i > 0 && out.Op == bot.OpEdit { // what does not fit into the old message follows as a new one
			one.Op, one.Target = bot.OpPost, ""
		}
		b.row(e, r, b.piece(one, piece, list, i == len(pieces)-1), s, post)
	}
}

// fresher has the bot's words grow stale, unless they are to stay.
func (b *batch) fresher(out *bot.Outgoing, post *bot.Post) {
	if out.ExpiresAt.IsZero() && !post.Stays && post.Release == nil {
		out.ExpiresAt = b.now.Add(answerFor)
	}
}

// piece is one message of an operation. That all of it is done is told with the
// last.
func (b *batch) piece(out bot.Outgoing, reply *bot.Reply, list string, last bool) bot.Outgoing {
	out.Reply = reply
	if list != "" && strings.HasSuffix(reply.Text, list) {
		out.Options = list
	}
	if !last {
		out.Done = ""
	}
	return out
}

// record adds what is said to the log.
func (b *batch) record(e *event, r *bot.Request, out bot.Outgoing, reply *bot.Reply, post *bot.Post) *said {
	var shown strings.Builder
	_ = json.NewEncoder(&shown).Encode(detail{ // our own types: cannot fail
		Reply: reply, Op: out.Op, Target: out.Target, For: out.For, Of: crm.MessageID(out.Of),
	})
	s := &said{event: e, Message: crm.Message{
		ConversationID: e.conversation.ID, Direction: crm.Out, AuthorKind: crm.AuthorBot, Audience: post.Audience,
		Kind: string(bot.KindText), Body: plainText(reply), Detail: strings.TrimSuffix(shown.String(), "\n"), ReplyTo: string(reply.Quote),
		ThreadID: post.Thread, EventID: e.in.EventID, Happened: b.now, Received: b.now,
	}}
	if r.Words != nil {
		s.Language = r.Words.Lang()
	}
	if post.Label != "" || post.Release != nil {
		kept := *post
		s.post = &kept
	}
	if post.Release != nil {
		s.AuthorKind, s.AuthorID, s.files = crm.AuthorUser, int64(post.Release.By), reply.Files
	}
	switch post.Op {
	case bot.OpEdit:
		s.Kind = string(bot.KindEdit)
	case bot.OpDelete:
		s.Kind = string(bot.KindDelete)
	default:
		s.Label = post.Label
		b.out[e.conversation.ID] = true
	}
	b.said = append(b.said, s)
	return s
}

// change edits or deletes what was said under a label. What is not in the
// database yet becomes the other; what was never said is said now.
func (b *batch) change(ctx context.Context, store bot.Store, e *event, r *bot.Request, post bot.Post) error {
	for _, s := range slices.Backward(b.said) {
		if s.ConversationID == e.conversation.ID && s.Label == post.Label {
			return b.rewrite(ctx, store, e, r, s, post)
		}
	}
	m, err := store.MessageByLabel(ctx, e.conversation.ID, post.Label)
	if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
		return err
	}
	if err != nil || !m.Deleted.IsZero() {
		return b.instead(ctx, store, e, r, post)
	}
	shown, err := entry(m)
	if err != nil {
		return err
	}
	if shown.Op == bot.OpEphemeral { // there is nothing that could be named
		post.For = shown.For
		return b.instead(ctx, store, e, r, post)
	}
	if !r.Features.Can(post.Op) {
		if post.Op == bot.OpEdit && post.Release == nil {
			return b.instead(ctx, store, e, r, post)
		}
		return b.cannot(e, post)
	}
	return b.revised(ctx, store, e, r, m, post)
}

// instead says anew what cannot be edited.
func (b *batch) instead(ctx context.Context, store bot.Store, e *event, r *bot.Request, post bot.Post) error {
	if post.Op == bot.OpDelete {
		return nil
	}
	post.Op = bot.OpPost
	if post.For != "" {
		post.Op = bot.OpEphemeral
	}
	return b.put(ctx, store, e, r, post)
}

// rewrite puts a change in the place of what is not in the database yet.
func (b *batch) rewrite(ctx context.Context, store bot.Store, e *event, r *bot.Request, old *said, post bot.Post) error {
	at, first := slices.Index(b.said, old), slices.Index(b.of, old)
	b.said = slices.Delete(slices.Clone(b.said), at, at+1)
	var rows []*bot.OutboxRow
	var of []*said
	for i, s := range b.of {
		if s != old {
			rows, of = append(rows, b.rows[i]), append(of, s)
		}
	}
	b.rows, b.of = rows, of
	if post.Op == bot.OpDelete {
		return nil
	}
	again, said, sent := *old.post, len(b.said), len(b.rows)
	again.Reply, again.Done, again.Failed = post.Reply, cmp.Or(again.Done, post.Done), cmp.Or(again.Failed, post.Failed)
	if err := b.put(ctx, store, e, r, again); err != nil || first < 0 {
		return err
	}
	b.said = moved(b.said, said, at)
	b.rows, b.of = moved(b.rows, sent, first), moved(b.of, sent, first)
	return nil
}

// moved brings what stands from a place on before what stands at another.
func moved[T any](all []T, from, to int) []T {
	tail := slices.Clone(all[from:])
	return slices.Insert(all[:from:from], to, tail...)
}

// revised adds what changes the parts of a message on the platform: a piece each,
// more pieces as new messages, and what is left over goes.
func (b *batch) revised(ctx context.Context, store bot.Store, e *event, r *bot.Request, m *crm.Message, post bot.Post) error {
	parts, err := store.Parts(ctx, []crm.MessageID{m.ID})
	if err != nil {
		return err
	}
	out, err := b.outgoing(ctx, store, e, r, &post)
	if err != nil {
		return err
	}
	out.Of = int64(m.ID)
	reply, pieces, list := &bot.Reply{}, []*bot.Reply(nil), ""
	if post.Op == bot.OpEdit {
		reply = b.keep(e, r, out, post.Reply)
		if r.Features.Buttons == 0 {
			list = bot.Numbered(reply)
		}
		pieces = b.pieces(e, r, &post, reply, list)
	}
	b.fresher(&out, &post)
	b.record(e, r, out, reply, &post)
	if m.Audience == crm.AudienceNote && e.conversation.Audience == crm.AudienceCustomers {
		return nil
	}
	all := max(len(parts), len(pieces))
	for i := range all {
		var one bot.Outgoing
		switch {
		case i < len(pieces):
			one = b.piece(out, pieces[i], list, i == all-1)
		case r.Features.Can(bot.OpDelete):
			one = b.piece(out, &bot.Reply{}, "", i == all-1)
			one.Op, one.Reply = bot.OpDelete, nil
		default:
			continue
		}
		if i >= len(parts) {
			one.Op, one.Of = bot.OpPost, 0
		}
		row := b.row(e, r, one, nil, &post)
		if row.Position = i; i >= len(parts) {
			row.Message = m.ID
		}
	}
	if post.Op == bot.OpDelete || post.Release != nil {
		return store.ReviseMessage(ctx, m.ID, plainText(reply), post.Op == bot.OpDelete, b.now)
	}
	return nil
}
