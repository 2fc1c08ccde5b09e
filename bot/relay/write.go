package relay

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	longest   = 4000             // runes of what goes to a customer at once
	busyFor   = 10 * time.Minute // somebody who wrote so lately is answering
	lapseFor  = 10 * time.Minute // then words that nobody let go are a note
	waitsFor  = 72 * time.Hour   // how long words wait for the customer to write
	mostDraft = 20
)

// Write holds words of a colleague for the customer's conversation c: the answer
// says to whom they go and when, and can stop them. Where they would surprise
// (another colleague is answering, the chat cannot be written to) it asks first.
// text is plain; "" with files of r.Inbound is those alone. CodeInvalid for words
// that are none or too long.
func Write(ctx context.Context, r *bot.Request, c *crm.Conversation, text string) (*bot.Reply, error) {
	rel, err := begun(r, c, text)
	if err != nil {
		return nil, err
	}
	if c, err = oneByOne(ctx, r, c); err != nil {
		return nil, err
	}
	of, err := customerOf(ctx, r, c)
	if err != nil {
		return nil, err
	}
	if reply, err := of.barred(ctx, r); reply != nil || err != nil {
		return reply, err
	}
	if reply, busy, err := of.yields(ctx, r, rel); busy || err != nil {
		return reply, err
	}
	shut, err := of.shut(ctx, r)
	if err != nil {
		return nil, err
	}
	if shut != "" {
		return later(ctx, r, of, rel, shut)
	}
	return hold(ctx, r, of, rel)
}

// oneByOne has colleagues who answer a customer at the same moment, in two places,
// do so one after the other: the second sees the words of the first. It changes
// nothing.
func oneByOne(ctx context.Context, r *bot.Request, c *crm.Conversation) (*crm.Conversation, error) {
	return r.Store.UpdateConversation(ctx, c.ID, func(*crm.Conversation) error { return nil })
}

// begun is a release as it is written.
func begun(r *bot.Request, c *crm.Conversation, text string) (*crm.Release, error) {
	text = strings.TrimSpace(text)
	if text == "" && len(r.Inbound.Files) == 0 {
		return nil, crm.Fail(crm.CodeInvalid, "relay.empty")
	}
	if utf8.RuneCountInString(text) > longest {
		return nil, crm.Fail(crm.CodeInvalid, "error.long", "max", longest)
	}
	rel := &crm.Release{ConversationID: c.ID, UserID: r.Actor.User, Body: text, Due: r.Now.UTC()}
	if r.Thread != nil {
		rel.ThreadID = r.Thread.ID
		rel.Live = text == strings.TrimSpace(r.Inbound.Text) && Live(r) // nothing but live lets it go
	}
	if r.Inbound.Kind == bot.KindText || r.Inbound.Kind == bot.KindMedia {
		rel.Source = string(r.Inbound.Message)
	}
	return rel, nil
}

// hold keeps words until they go out, and says so where they were written.
func hold(ctx context.Context, r *bot.Request, of *customer, rel *crm.Release) (*bot.Reply, error) {
	if err := keepBack(ctx, r, of, rel); err != nil {
		return nil, err
	}
	if r.Thread == nil || rel.ThreadID != r.Thread.ID {
		if err := restate(ctx, r, rel); err != nil { // where it was written, if that is a thread
			return nil, err
		}
		return of.standing(ctx, r, rel, 0)
	}
	his := r.Words
	r.Words = ours(r) // all there read it
	reply, err := of.standing(ctx, r, rel, 0)
	if r.Words = his; err != nil {
		return nil, err
	}
	r.Post(bot.Post{Reply: reply, Label: held(rel.ID), Stays: true})
	return &bot.Reply{}, nil
}

// keepBack makes a release a held one, and has it carried out in time.
func keepBack(ctx context.Context, r *bot.Request, of *customer, rel *crm.Release) error {
	rel.Due = r.Now.UTC().Add(r.Company.Hold)
	foreign := of.foreign(r, rel)
	switch {
	case rel.Why == whyWaits:
		rel.Due, foreign = r.Now.UTC().Add(waitsFor), false
	case foreign:
		rel.Due, rel.Why = r.Now.UTC().Add(translateWithin), whyTranslating
	case rel.Why != whyFile:
		rel.Why = ""
	}
	if err := turn(ctx, r, rel, crm.ReleaseHeld); err != nil {
		return err
	}
	if foreign {
		of.translateOut(r, rel)
	}
	order := line("relay.send", "release", number(rel.ID), "from", sourceOf(r, rel))
	r.Deliver(of.event(r, bot.KindSystem, order), rel.Due)
	return nil
}

// held is what the line of a release is called, in the thread and, once it is
// out, in the customer's conversation.
func held(id crm.ReleaseID) string { return "r:" + number(id) }

// sourceOf is the conversation in which the message with the files of a release
// lies, "" if it has none.
func sourceOf(r *bot.Request, rel *crm.Release) string {
	if rel.Source == "" || len(r.Inbound.Files) == 0 || r.Inbound.Message != bot.MessageID(rel.Source) {
		return ""
	}
	return number(r.Conversation.ID)
}

// turn keeps a release in its next state, a new one for the first time.
// CodeConflict if it stands elsewhere by now: somebody was quicker.
func turn(ctx context.Context, r *bot.Request, rel *crm.Release, to crm.ReleaseState) error {
	was := rel.State
	rel.State = to
	if rel.ID == 0 {
		return r.Store.CreateRelease(ctx, rel)
	}
	want := *rel
	changed, err := r.Store.UpdateRelease(ctx, rel.ID, func(x *crm.Release) error {
		if x.State != was {
			return already(x)
		}
		x.State, x.Due, x.Why, x.Body, x.Original = want.State, want.Due, want.Why, want.Body, want.Original
		x.UserID, x.ThreadID, x.Live = want.UserID, want.ThreadID, want.Live
		return nil
	})
	if err == nil {
		*rel = *changed
	}
	return err
}

// yields asks the author of words first where another colleague is answering.
func (of *customer) yields(ctx context.Context, r *bot.Request, rel *crm.Release) (reply *bot.Reply, busy bool, err error) {
	if err := of.alone(ctx, r); err != nil {
		return nil, true, err
	}
	who, err := of.answering(ctx, r)
	if who == "" || err != nil {
		return nil, false, err
	}
	if kept(rel) {
		rel.Why = whyBusyNote
	} else {
		rel.Why = whyBusy
	}
	reply, err = draft(ctx, r, of, rel, "relay.busy", "user", who)
	return reply, true, err
}

// alone has others wait who write to the same customer in other threads, until
// what this event does is done: of two at once each knows of the other.
func (of *customer) alone(ctx context.Context, r *bot.Request) error {
	threads, err := threadsOf(ctx, r, of.Conversation, crm.ThreadOpening, crm.ThreadOpen, crm.ThreadClosed)
	if err != nil || len(threads) == 0 {
		return err
	}
	first := slices.MinFunc(threads, func(a, b *crm.Thread) int { return cmp.Compare(a.ID, b.ID) })
	_, err = r.Store.UpdateThread(ctx, first.ID, func(*crm.Thread) error { return nil })
	return err
}

// answering is the name of another colleague whose words are on their way, or
// who is in charge and wrote just now; "" if the author surprises nobody.
func (of *customer) answering(ctx context.Context, r *bot.Request) (string, error) {
	found, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: of.ID, States: []crm.ReleaseState{crm.ReleaseHeld, crm.ReleaseSent}, Page: crm.Page{Limit: mostDraft, Uncounted: true},
	})
	if err != nil {
		return "", err
	}
	mine := false // the last words that went out
	for i, x := range found {
		if x.State == crm.ReleaseHeld && x.UserID != r.Actor.User && r.Now.Sub(x.Due) < busyFor {
			return userName(ctx, r, x.UserID), nil
		}
		mine = mine || i == 0 && x.UserID == r.Actor.User
	}
	if other := of.AssigneeID; other != 0 && other != r.Actor.User && !mine &&
		of.Status == crm.ConversationHandedOff && r.Now.Sub(of.StaffAt) < busyFor {
		return userName(ctx, r, other), nil
	}
	return "", nil
}

// barred says why nothing can be sent in a conversation at all, and what can be
// done instead; nil if something can.
func (of *customer) barred(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id := of.identity
	var reply *bot.Reply
	switch {
	case len(of.features(r).Ops) == 0:
		return &bot.Reply{Text: of.sentence(r, r.Words, "relay.nowhere"), Private: true}, nil
	case of.atDesk(r):
		return &bot.Reply{Text: of.sentence(r, r.Words, "why.desk"), Private: true}, nil
	case id == nil:
		return nil, nil
	case !id.BlockedAt.IsZero():
		reply = &bot.Reply{Text: of.sentence(r, r.Words, "relay.blocked"), Private: true, Buttons: []bot.Button{
			{Label: r.Words.Label("button.unblock"), Action: "contact.unblock " + of.contact.Ref().String(), Once: true},
		}}
	case !id.GoneAt.IsZero():
		reply = &bot.Reply{Text: of.sentence(r, r.Words, "relay.gone"), Private: true}
		others, err := of.otherwise(ctx, r, nil)
		if err != nil {
			return nil, err
		}
		reply.Buttons = others
	}
	return reply, nil
}

// shutNudges is the key for a chat in which words can wait: the customer is told
// that they do.
const shutNudges = "relay.shut"

// shut is the key of the sentence that says why the platform takes no words now,
// "" if it does.
func (of *customer) shut(ctx context.Context, r *bot.Request) (string, error) {
	f := of.features(r)
	if len(f.Credits) == 0 {
		return "", nil
	}
	left, err := of.left(ctx, r)
	switch {
	case err != nil || left > 0:
		return "", err
	case !f.Can(bot.OpNudge):
		return "why.no_notices", nil
	case of.identity == nil || !of.identity.Notices():
		return "why.no_consent", nil
	}
	return shutNudges, nil
}

// left is how many messages may be sent now, where the platform counts them.
func (of *customer) left(ctx context.Context, r *bot.Request) (int, error) {
	found, err := r.Store.Balances(ctx, []crm.ConversationID{of.ID})
	if err != nil || found[of.ID] == nil {
		return 0, err
	}
	return found[of.ID].Left(r.Now), nil
}
