package pipeline

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
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
		if err := b.post(ctx, store, e, r, post); err != nil {
			return err
		}
	}
	for _, tell := range r.Effects().Tells {
		row, err := b.tell(ctx, store, e, tell)
		if err != nil {
			return err
		}
		if row != nil {
			row.Inbound.Of = e.in.Origin()
			b.inbounds = append(b.inbounds, row)
		}
	}
	for _, d := range r.Effects().Inbounds {
		if d.Inbound.EventID == "" {
			d.Inbound.EventID = b.name(e, len(b.inbounds))
		}
		d.Inbound.Of = e.in.Origin()
		row, err := b.p.row(d.Inbound, d.At)
		if err != nil {
			return err
		}
		b.inbounds = append(b.inbounds, row)
	}
	b.jobs = append(b.jobs, r.Effects().Jobs...)
	for _, q := range r.Effects().Asked {
		b.question(e, q)
		b.asked = append(b.asked, q)
	}
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
		}, nil, &bot.Post{})
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
	case reply.Private && !e.in.Direct && reply.Quote == "" && (e.in.Kind == bot.KindText || e.in.Kind == bot.KindMedia):
		reply.Quote = e.in.Message // it is for its author
	}
	b.say(e, r, out, &bot.Post{Reply: reply, Audience: audience(e.conversation.Audience)})
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
	b.answer(e, r, &bot.Reply{Text: r.Words.Error(cause), Private: e.in.Aside})
}

// pieces are the messages that a platform can take of a reply. Where somebody
// was asked for or is in charge and messages are scarce, the bot has but one:
// what it says is cut short then, and its list of options stays.
func (b *batch) pieces(e *event, r *bot.Request, post *bot.Post, reply *bot.Reply, list string) []*bot.Reply {
	pieces := b.p.fit(e.install, reply)
	if post.Op == bot.OpThread && len(pieces) > 1 { // it has one head
		return pieces[:1]
	}
	if post.Release != nil {
		return pieces
	}
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
	Of     crm.MessageID `json:"of,omitempty"`
}

// row adds a row to the outbox.
func (b *batch) row(e *event, r *bot.Request, out bot.Outgoing, of *said, post *bot.Post) *bot.OutboxRow {
	out.V, out.Event = 1, e.in.Origin()
	out.To, out.Direct, out.Staff = e.in.Address, e.in.Direct, colleague(e, r)
	out.Colleague = !e.in.Direct && r.User != nil && e.conversation.Audience == crm.AudienceStaff
	out.Key = strconv.FormatInt(e.row.ID, 10) + "-" + strconv.Itoa(b.keys)
	b.keys++
	if r.Words != nil {
		out.Language = r.Words.Lang()
	}
	position := 0
	for i := len(b.of) - 1; of != nil && i >= 0 && b.of[i] == of; i-- {
		position++
	}
	asked := b.now
	if !ours(e.in.Kind) {
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
	if due := b.now.Add(post.After); post.After > 0 && due.After(row.DueAt) {
		row.DueAt = due
	}
	if post.Release != nil {
		row.Author, row.ReleasedBy = crm.AuthorUser, post.Release.By
	}
	b.rows = append(b.rows, row)
	b.of = append(b.of, of)
	return row
}

// colleague says whether the chat of an event is that of somebody who works
// here, and of nobody else.
func colleague(e *event, r *bot.Request) bool {
	id := r.Identity
	return e.in.Direct && id != nil && id.UserID != 0 && id.Chat == string(e.in.Address.Chat)
}

// keep puts "b:<id>" in the place of every command line of a reply, and
// numbers them for a platform that has no buttons.
func (b *batch) keep(e *event, r *bot.Request, out bot.Outgoing, reply *bot.Reply) *bot.Reply {
	if reply == nil {
		reply = &bot.Reply{}
	}
	kept := *reply
	kept.V = 1
	letters, number := rand.Text()[:16], 0
	replace := func(buttons []bot.Button, card string) []bot.Button {
		buttons = slices.Clone(buttons)
		for i := range buttons {
			x := &buttons[i]
			if x.Action == "" || strings.HasPrefix(x.Action, "b:") {
				continue
			}
			wire := "b:" + letters + "." + strconv.Itoa(number)
			if number++; x.Once || card != "" { // it may be used up
				wire = "b:" + rand.Text()[:16]
			}
			b.kept = append(b.kept, &bot.KeptButton{
				ID: wire[2:], Conversation: e.conversation.ID, For: out.For, Label: x.Label,
				Action: bot.Kept{Line: x.Action, Card: card, Shared: reply.Share || out.Op == bot.OpThread}.String(),
				Once:   x.Once, Expires: b.now.Add(buttonFor),
			})
			x.Action = wire
		}
		return buttons
	}
	kept.Cards = slices.Clone(reply.Cards)
	for i := range kept.Cards {
		kept.Cards[i].Buttons = replace(kept.Cards[i].Buttons, about(reply))
	}
	kept.Buttons = replace(reply.Buttons, about(reply))
	if r.Features.Buttons == 0 {
		b.choices(r.Session, bot.Options(&kept))
	}
	return &kept
}

// choices remembers which number means what.
func (b *batch) choices(s *bot.Session, options []bot.Button) {
	if len(options) == 0 {
		return
	}
	s.Choices, s.ChoicesUntil = nil, b.now.Add(choicesFor)
	for _, o := range options {
		s.Choices = append(s.Choices, bot.Choice{Label: o.Label, Action: o.Action})
	}
	s.Changed()
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

// mark is a result as it was before one event, and back takes back what that
// event has done to it. What was there is never changed, only replaced.
func (x *result) mark() result { return *x }

func (x *result) back(m result) {
	x.said, x.rows, x.of = m.said, m.rows, m.of
	x.kept, x.inbounds, x.jobs, x.asked = m.kept, m.inbounds, m.jobs, m.asked
}
