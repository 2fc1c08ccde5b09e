package pipeline

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	answerFor  = 24 * time.Hour // the bot's words grow stale
	toastFor   = time.Minute
	typingFor  = 5 * time.Second
	buttonFor  = 30 * 24 * time.Hour
	choicesFor = 10 * time.Minute
	// A colleague waits for a chat to be given to the platform's desk.
	transferFor = 10 * time.Minute
)

// collect turns the reply and the effects of a request into what the batch
// writes at its end. It is called inside the event's savepoint.
func (b *batch) collect(ctx context.Context, store bot.Store, e *event, r *bot.Request, reply *bot.Reply) error {
	before := b.result.mark()
	err := b.effects(ctx, store, e, r, reply)
	if err != nil {
		b.result.back(before)
	}
	return err
}

func (b *batch) effects(ctx context.Context, store bot.Store, e *event, r *bot.Request, reply *bot.Reply) error {
	b.answer(e, r, reply)
	for _, post := range r.Effects().Posts {
		b.post(e, r, post)
	}
	for _, tell := range r.Effects().Tells {
		row, err := b.tell(ctx, store, e, tell)
		if err != nil {
			return err
		}
		if row != nil {
			b.inbounds = append(b.inbounds, row)
		}
	}
	for _, d := range r.Effects().Inbounds {
		if d.Inbound.EventID == "" {
			d.Inbound.EventID = b.name(e, len(b.inbounds))
		}
		row, err := b.p.row(d.Inbound, d.At)
		if err != nil {
			return err
		}
		b.inbounds = append(b.inbounds, row)
	}
	b.jobs = append(b.jobs, r.Effects().Jobs...)
	if r.Session.IsChanged() {
		b.saves[e.session] = r.Session
	}
	if r.Identity != nil && e.identity != nil && r.Identity.UserID != e.identity.UserID {
		*e.identity = *r.Identity // linked just now: his chat is known at once
		return b.owner(ctx, store, e)
	}
	return nil
}

// name makes an event id for what follows from an event: the same on every try.
func (b *batch) name(e *event, n int) string { return fmt.Sprintf("follows:%d:%d", e.row.ID, n) }

// answer is the reply to the event itself.
func (b *batch) answer(e *event, r *bot.Request, reply *bot.Reply) {
	if reply == nil {
		reply = &bot.Reply{}
	}
	f := r.Features
	if e.in.Kind == bot.KindAction && e.in.Turn != "" && f.Can(bot.OpAnswer) {
		b.row(e, r, bot.Outgoing{
			Op: bot.OpAnswer, Turn: e.in.Turn, ExpiresAt: b.now.Add(toastFor), Reply: &bot.Reply{V: 1, Toast: reply.Toast},
		}, nil)
	} else if reply.Toast != "" && wordless(reply) {
		reply = &bot.Reply{Text: escape(reply.Toast), Private: true}
	}
	if wordless(reply) {
		return
	}
	shown := *reply
	shown.Toast, reply = "", &shown
	out := bot.Outgoing{Op: bot.OpPost, Turn: e.in.Turn}
	target := e.in.Message
	if e.in.Target != "" {
		target = e.in.Target
	}
	switch {
	case reply.Replace && (e.in.Kind == bot.KindAction || e.in.Kind == bot.KindForm && e.in.Target != "") && target != "" && f.Can(bot.OpEdit):
		out.Op, out.Target = bot.OpEdit, target
	case reply.Private && !e.in.Direct && f.Can(bot.OpEphemeral):
		out.Op, out.For = bot.OpEphemeral, e.in.Sender.ID
	}
	b.say(e, r, out, reply, audience(e.conversation.Audience))
}

// sorry tells a person that we could not do what he wanted.
func (b *batch) sorry(e *event, cause error) {
	if e.conversation == nil || b.p.opt.Catalog == nil || !person(e.in.Kind) || !e.in.Direct && !e.in.Mention {
		return
	}
	if crm.CodeOf(cause) != crm.CodeInternal {
		cause = crm.Fail(crm.CodeInternal, "error.internal").Because(cause)
	}
	r := b.request(e, b.store)
	b.answer(e, r, bot.Text(r.Words.Error(cause)))
}

// post is something said besides the answer.
func (b *batch) post(e *event, r *bot.Request, post bot.Post) {
	out := bot.Outgoing{Op: post.Op, For: post.For, Turn: e.in.Turn, Notice: post.Notice, Failed: post.Failed}
	switch out.Op {
	case "":
		out.Op = bot.OpPost
	case bot.OpTyping:
		if !r.Features.Can(bot.OpTyping) {
			return
		}
		out.ExpiresAt = b.now.Add(typingFor)
	case bot.OpTransfer:
		out.ExpiresAt = b.now.Add(transferFor)
	}
	to := post.Audience
	if to == "" {
		to = audience(e.conversation.Audience)
	}
	if out.Op == bot.OpPost || out.Op == bot.OpEdit || out.Op == bot.OpEphemeral || out.Op == bot.OpTransfer && !post.Reply.Empty() {
		b.say(e, r, out, post.Reply, to)
		return
	}
	reply := b.keep(e, r, out.For, post.Reply)
	b.row(e, r, withReply(out, reply), nil)
}

// say makes a message of a reply, and a row of the outbox for each piece that
// the platform can take.
func (b *batch) say(e *event, r *bot.Request, out bot.Outgoing, reply *bot.Reply, to crm.Audience) {
	if reply.Empty() {
		return
	}
	reply = b.keep(e, r, out.For, reply)
	if out.ExpiresAt.IsZero() {
		out.ExpiresAt = b.now.Add(answerFor)
	}
	detail, _ := json.Marshal(detail{Reply: reply, Op: out.Op, Target: out.Target, For: out.For}) // our own types: cannot fail
	s := &said{event: e, Message: crm.Message{
		ConversationID: e.conversation.ID, Direction: crm.Out, AuthorKind: crm.AuthorBot, Audience: to,
		Kind: string(bot.KindText), Body: plainText(reply), Detail: string(detail), ReplyTo: string(reply.Quote),
		EventID: e.in.EventID, Happened: b.now, Received: b.now,
	}}
	if r.Words != nil {
		s.Language = r.Words.Lang()
	}
	b.said = append(b.said, s)
	b.out[e.conversation.ID] = true
	list := ""
	if r.Features.Buttons == 0 {
		list = bot.Numbered(reply)
	}
	for i, piece := range b.pieces(e, r, reply, list) {
		if i > 0 && out.Op == bot.OpEdit { // what does not fit into the old message follows as a new one
			out.Op, out.Target = bot.OpPost, ""
		}
		if out.Options = ""; list != "" && strings.HasSuffix(piece.Text, list) {
			out.Options = list
		}
		b.row(e, r, withReply(out, piece), s)
	}
}

// pieces are the messages that a platform can take of a reply. Where somebody
// was asked for or is in charge and messages are scarce, the bot has but one:
// what it says is cut short then, and its list of options stays.
func (b *batch) pieces(e *event, r *bot.Request, reply *bot.Reply, list string) []*bot.Reply {
	pieces := b.p.fit(e.install, reply)
	status := r.Conversation.Status
	charge := status == crm.ConversationWaiting || status == crm.ConversationHandedOff
	if len(r.Features.Credits) == 0 || !charge || len(pieces) < 2 || pieces[1].Text == "" {
		return pieces
	}
	a, most := e.install.Adapter, r.Features
	end := "…"
	if list != "" {
		end += "\n\n" + list
	}
	if most.Text.Max = 0; a.Measure(end) > r.Features.Text.Max/2 {
		return pieces[:1]
	}
	whole := bot.Fit(reply, most, a.Measure)[0]
	words := bot.Fit(bot.Text(strings.TrimSuffix(whole.Text, list)), r.Features, func(text string) int { return a.Measure(text + end) })
	whole.Text, whole.Files = words[0].Text+end, nil
	return []*bot.Reply{whole}
}

// detail is what Message.Detail holds of a reply.
type detail struct {
	*bot.Reply
	Op     bot.Op        `json:"op,omitempty"`
	Target bot.MessageID `json:"target,omitempty"`
	For    bot.SenderID  `json:"for,omitempty"`
}

func withReply(out bot.Outgoing, reply *bot.Reply) bot.Outgoing {
	out.Reply = reply
	return out
}

// row adds a row to the outbox.
func (b *batch) row(e *event, r *bot.Request, out bot.Outgoing, of *said) {
	out.V = 1
	out.To, out.Direct, out.Staff = e.in.Address, e.in.Direct, colleague(e, r)
	out.Colleague = !e.in.Direct && r.User != nil && e.conversation.Audience == crm.AudienceStaff
	out.Key = fmt.Sprintf("%d-%d", e.row.ID, len(b.rows))
	if r.Words != nil {
		out.Language = r.Words.Lang()
	}
	position := 0
	for i := len(b.of) - 1; of != nil && i >= 0 && b.of[i] == of; i-- {
		position++
	}
	asked := b.now
	if e.in.Kind != bot.KindSystem {
		asked = e.row.Received
		out.Asked = asked
	}
	row := &bot.OutboxRow{
		Conversation: e.conversation.ID, Position: position, Audience: e.conversation.Audience,
		Author: crm.AuthorBot, Outgoing: out, Created: b.now,
	}
	if hold := r.Features.Hold; hold > 0 { // it may go out with the person's request
		row.DueAt = asked.Add(hold)
	}
	b.rows = append(b.rows, row)
	b.of = append(b.of, of)
}

// colleague says whether the chat of an event is that of somebody who works
// here, and of nobody else.
func colleague(e *event, r *bot.Request) bool {
	id := r.Identity
	return e.in.Direct && id != nil && id.UserID != 0 && id.Chat == string(e.in.Address.Chat)
}

// keep puts "b:<id>" in the place of every command line of a reply, and
// numbers them for a platform that has no buttons.
func (b *batch) keep(e *event, r *bot.Request, reader bot.SenderID, reply *bot.Reply) *bot.Reply {
	kept := *reply
	kept.V = 1
	replace := func(buttons []bot.Button, card string) []bot.Button {
		buttons = slices.Clone(buttons)
		for i := range buttons {
			x := &buttons[i]
			if x.Action == "" || strings.HasPrefix(x.Action, "b:") {
				continue
			}
			id := rand.Text()[:16]
			b.kept = append(b.kept, &bot.KeptButton{
				ID: id, Conversation: e.conversation.ID, For: reader, Label: x.Label,
				Action: bot.Kept{Line: x.Action, Card: card, Shared: reply.Share}.String(),
				Once:   x.Once, Expires: b.now.Add(buttonFor),
			})
			x.Action = "b:" + id
		}
		return buttons
	}
	kept.Cards = slices.Clone(reply.Cards)
	for i := range kept.Cards {
		kept.Cards[i].Buttons = replace(kept.Cards[i].Buttons, about(reply))
	}
	kept.Buttons = replace(reply.Buttons, about(reply))
	if options := bot.Options(&kept); len(options) > 0 && r.Features.Buttons == 0 {
		r.Session.Choices = nil
		for _, o := range options {
			r.Session.Choices = append(r.Session.Choices, bot.Choice{Label: o.Label, Action: o.Action})
		}
		r.Session.ChoicesUntil = b.now.Add(choicesFor)
		r.Session.Changed()
	}
	return &kept
}

// about is the reference of the record that a message is the card of, "" if it
// is none or more.
func about(reply *bot.Reply) string {
	if len(reply.Cards) != 1 || reply.Table != nil || len(reply.Files) > 0 {
		return ""
	}
	ref, _, _ := strings.Cut(reply.Cards[0].Title, " ")
	return ref
}

// mark and back take back what one event has added to a result.
type mark struct{ said, rows, of, kept, inbounds, jobs int }

func (x *result) mark() mark {
	return mark{len(x.said), len(x.rows), len(x.of), len(x.kept), len(x.inbounds), len(x.jobs)}
}

func (x *result) back(m mark) {
	x.said, x.rows, x.of = x.said[:m.said], x.rows[:m.rows], x.of[:m.of]
	x.kept, x.inbounds, x.jobs = x.kept[:m.kept], x.inbounds[:m.inbounds], x.jobs[:m.jobs]
}
