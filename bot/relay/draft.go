package relay

import (
	"context"
	"fmt"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// whyNote marks a draft whose words are in the record already, as a note.
const whyNote = "note"

// Why a draft waits, where its author was told that another is answering.
const (
	whyBusy     = "busy"
	whyBusyNote = "busy note" // the same, and the words are in the record
)

// kept says whether the words of a release are in the record as a note.
func kept(rel *crm.Release) bool { return rel.Why == whyNote || rel.Why == whyBusyNote }

// Draft keeps words for the customer's conversation c and asks their author
// alone, with the sentence of a key, whether they are to go. Without an answer
// they become a note.
func Draft(ctx context.Context, r *bot.Request, c *crm.Conversation, text, key string) (*bot.Reply, error) {
	rel, err := begun(r, c, text)
	if err != nil {
		return nil, err
	}
	of, err := customerOf(ctx, r, c)
	if err != nil {
		return nil, err
	}
	return draft(ctx, r, of, rel, key)
}

// draft keeps words and asks.
func draft(ctx context.Context, r *bot.Request, of *customer, rel *crm.Release, key string, pairs ...any) (*bot.Reply, error) {
	if err := turn(ctx, r, rel, crm.ReleaseDraft); err != nil {
		return nil, err
	}
	if !kept(rel) {
		r.Deliver(of.event(r, bot.KindSystem, line("relay.lapse", "release", number(rel.ID))), r.Now.UTC().Add(lapseFor))
	}
	reply := &bot.Reply{Text: of.sentence(r, r.Words, key, pairs...), Private: true, Buttons: choices(r, rel, sendLabel(key))}
	return aside(ctx, r, rel, key, reply, pairs...)
}

// aside asks the author alone. Where a platform cannot tell one person among
// others, he is asked in his own chat, or else in an answer to his very line.
func aside(ctx context.Context, r *bot.Request, rel *crm.Release, key string, reply *bot.Reply, pairs ...any) (*bot.Reply, error) {
	if r.Inbound.Direct || r.Features.Can(bot.OpEphemeral) {
		return reply, nil
	}
	own, err := reached(ctx, r, rel.UserID)
	if err != nil {
		return nil, err
	}
	if own && r.Thread != nil {
		r.Tell(rel.UserID, line("relay.ask", "release", number(rel.ID), "key", key, "pairs", written(texts(pairs))))
		return nil, nil
	}
	reply.Quote = r.Inbound.Message
	return reply, nil
}

// texts are pairs of name and text.
func texts(pairs []any) []string {
	var out []string
	for _, p := range pairs {
		out = append(out, fmt.Sprint(p))
	}
	return out
}

// asked is relay.ask, in the author's own chat: what is to become of his words.
func asked(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, crm.ReleaseID(numbered(r, "release")))
	if err != nil || rel.State != crm.ReleaseDraft {
		return nil, err
	}
	key := r.Args.String("key")
	if !r.Words.Has(key) {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("key")
	}
	reply := &bot.Reply{Text: of.sentence(r, r.Words, key, read(r.Args.String("pairs"))...) + "\n" + quoted(rel.Body)}
	reply.Buttons = choices(r, rel, sendLabel(key))
	if sendLabel(key) == sendLater {
		others, err := of.otherwise(ctx, r, rel)
		reply.Buttons = append(reply.Buttons, others...)
		return reply, err
	}
	return reply, nil
}

// sendLater is the label of what goes only once the customer has written.
const sendLater = "button.send.later"

// sendLabel is what letting words go is called under a question.
func sendLabel(key string) string {
	switch {
	case key == "relay.busy":
		return "button.send.anyway"
	case key == shutNudges, strings.HasPrefix(key, "why."):
		return sendLater
	}
	return "button.send"
}

// choices are what can become of a draft.
func choices(r *bot.Request, rel *crm.Release, send string) []bot.Button {
	return []bot.Button{
		{Label: r.Words.Label(send), Action: line("conversation.send", "release", number(rel.ID)), Style: bot.StylePrimary, Once: true},
		{Label: r.Words.Label("button.keep"), Action: line("conversation.keep", "release", number(rel.ID)), Once: true},
	}
}

// later asks about words that the platform does not take now: they can wait for
// the customer, or go another way.
func later(ctx context.Context, r *bot.Request, of *customer, rel *crm.Release, key string) (*bot.Reply, error) {
	reply, err := draft(ctx, r, of, rel, key)
	if err != nil || reply == nil {
		return nil, err
	}
	others, err := of.otherwise(ctx, r, rel)
	reply.Buttons = append(reply.Buttons, others...)
	return reply, err
}

// otherwise are other ways to the customer than this chat: his other chats that
// can be written to, and a call. With a release its words are taken along.
func (of *customer) otherwise(ctx context.Context, r *bot.Request, rel *crm.Release) ([]bot.Button, error) {
	if of.ContactID == 0 {
		return nil, nil
	}
	all, err := r.Store.ConversationsOf(ctx, of.ContactID, 0)
	if err != nil {
		return nil, err
	}
	var buttons []bot.Button
	for _, c := range all {
		if c.ID == of.ID || !c.Direct || c.Audience != crm.AudienceCustomers || len(buttons) == 3 {
			continue
		}
		other, err := customerOf(ctx, r, c)
		if err != nil {
			return nil, err
		}
		if ok, err := other.reachable(ctx, r); err != nil || !ok {
			if err != nil {
				return nil, err
			}
			continue
		}
		action := "conversation.reply " + c.Ref().String()
		if rel != nil {
			action = line("conversation.again", "release", number(rel.ID), "to", c.Ref().String())
		}
		buttons = append(buttons, bot.Button{
			Label:  r.Words.Label("button.other.chat", "platform", other.platform(r, r.Words)),
			Action: action, Once: rel != nil, Form: rel == nil && r.Features.Can(bot.OpView),
		})
	}
	return append(buttons, bot.Button{
		Label: r.Words.Label("button.call"), Action: "plan " + of.contact.Ref().String(), Form: r.Features.Can(bot.OpView),
	}), nil
}

// reachable says whether words can be sent in a chat now.
func (of *customer) reachable(ctx context.Context, r *bot.Request) (bool, error) {
	id := of.identity
	if id == nil || !id.GoneAt.IsZero() || !id.BlockedAt.IsZero() || of.atDesk(r) {
		return false, nil
	}
	shut, err := of.shut(ctx, r)
	return shut == "", err
}

// Keep makes a draft a note for good. CodeConflict if it is on its way.
func Keep(ctx context.Context, r *bot.Request, id crm.ReleaseID) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if rel.State != crm.ReleaseDraft {
		return nil, already(rel)
	}
	if err := lapses(ctx, r, of, rel); err != nil {
		return nil, err
	}
	return &bot.Reply{Text: r.Words.T("relay.kept"), Private: true, Replace: r.Inbound.Kind == bot.KindAction}, nil
}

// lapse is relay.lapse: nobody has said what becomes of a draft, so it is a note.
func lapse(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, crm.ReleaseID(numbered(r, "release")))
	if err != nil || rel.State != crm.ReleaseDraft {
		return nil, err
	}
	return nil, lapses(ctx, r, of, rel)
}

// lapses ends a draft. Its words are kept as a note, if they are none yet.
func lapses(ctx context.Context, r *bot.Request, of *customer, rel *crm.Release) error {
	known := kept(rel)
	if err := turn(ctx, r, rel, crm.ReleaseStopped); err != nil || known {
		return err
	}
	in := of.note(r, rel.UserID, rel.ThreadID, rel.Body)
	in.Message = nativeOf(rel.ThreadID, bot.MessageID(rel.Source))
	r.Deliver(in, time.Time{})
	return nil
}

// releaseOf reads a release and the customer it is for.
func releaseOf(ctx context.Context, r *bot.Request, id crm.ReleaseID) (*crm.Release, *customer, error) {
	rel, err := r.Store.Release(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	c, err := r.Store.Conversation(ctx, rel.ConversationID)
	if err != nil {
		return nil, nil, err
	}
	of, err := customerOf(ctx, r, c)
	return rel, of, err
}

// already says where words stand that are wanted to be somewhere else.
func already(rel *crm.Release) error {
	switch rel.State {
	case crm.ReleaseHeld:
		return crm.Fail(crm.CodeConflict, "relay.already.held")
	case crm.ReleaseStopped:
		return crm.Fail(crm.CodeConflict, "relay.already.stopped")
	}
	return crm.Fail(crm.CodeConflict, "relay.already.sent")
}
