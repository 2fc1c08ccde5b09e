package relay

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

const (
	gatherFor = 20 * time.Second // with the last right to write, so long for what follows
	soon      = time.Second
)

// The reasons why words that were held did not go, besides those of platforms.
const (
	whyLive    = "live"    // their live thread ended
	whyLeft    = "left"    // their author works here no more
	whyBlocked = "blocked" // we do not listen to the customer any more
	whyFile    = "file"    // a file could not be had
	whyLapsed  = "lapsed"  // the customer did not write for too long
)

// carry is relay.send, in the customer's conversation: held words go out, unless
// something has changed since.
func carry(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, err := r.Store.Release(ctx, crm.ReleaseID(numbered(r, "release")))
	if err != nil || rel.State != crm.ReleaseHeld || rel.ConversationID != r.Conversation.ID || rel.Due.After(r.Now) {
		return nil, err
	}
	of, err := customerOf(ctx, r, r.Conversation)
	if err != nil {
		return nil, err
	}
	author, err := r.Store.User(ctx, rel.UserID)
	if err != nil {
		return nil, err
	}
	if rel.Why == whyTranslating { // nobody could, in time
		return nil, of.holdAgain(ctx, r, rel)
	}
	if state, why := of.changed(rel, author); why != "" {
		return nil, hinder(ctx, r, rel, state, why)
	}
	if rel.Why == whyWaits { // in vain
		if shut, err := of.shut(ctx, r); shut != "" || err != nil {
			if err != nil {
				return nil, err
			}
			return nil, hinder(ctx, r, rel, crm.ReleaseDraft, whyLapsed)
		}
	}
	turn, err := myTurn(ctx, r, rel)
	if err != nil {
		return nil, err
	}
	files, have, err := filesOf(ctx, r, rel)
	switch {
	case err != nil:
		return nil, err
	case have == filesLost:
		return nil, hinder(ctx, r, rel, crm.ReleaseDraft, whyFile)
	case !turn || have == filesWait:
		order := line("relay.send", "release", number(rel.ID), "from", r.Args.String("from"))
		r.Deliver(of.event(r, bot.KindSystem, order), r.Now.UTC().Add(soon))
		return nil, nil
	}
	return nil, of.out(ctx, r, rel, author, files)
}

// changed says what becomes of held words when something is no longer as it was.
func (of *customer) changed(rel *crm.Release, author *crm.User) (crm.ReleaseState, string) {
	switch {
	case !author.Active:
		return crm.ReleaseStopped, whyLeft
	case of.identity != nil && !of.identity.BlockedAt.IsZero():
		return crm.ReleaseStopped, whyBlocked
	case rel.Live && of.LiveID != rel.UserID:
		return crm.ReleaseDraft, whyLive
	}
	return "", ""
}

// hinder keeps held words from going, and says so where they were written.
func hinder(ctx context.Context, r *bot.Request, rel *crm.Release, state crm.ReleaseState, why string) error {
	rel.Why = why
	if err := turn(ctx, r, rel, state); err != nil {
		return err
	}
	return restate(ctx, r, rel)
}

// myTurn says whether nothing that was let go before these words is still held.
func myTurn(ctx context.Context, r *bot.Request, rel *crm.Release) (bool, error) {
	all, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: rel.ConversationID, States: []crm.ReleaseState{crm.ReleaseHeld}, Page: crm.Page{Limit: mostDraft, Uncounted: true},
	})
	for _, x := range all {
		before := x.Due.Before(rel.Due) || x.Due.Equal(rel.Due) && x.ID < rel.ID
		if x.ID != rel.ID && before && r.Now.Sub(x.Due) < 2*fileWait {
			return false, err
		}
	}
	return true, err
}

// out gives words to the customer's line.
func (of *customer) out(ctx context.Context, r *bot.Request, rel *crm.Release, author *crm.User, files []bot.File) error {
	first, err := of.first(ctx, r, rel)
	if err != nil {
		return err
	}
	name := ""
	if author.Named() {
		name = author.Name
	}
	text := markup.Escape(rel.Body)
	if first && name != "" && !r.Features.Authors {
		text = introduced(r.Words, name, rel.Body)
	}
	post := bot.Post{
		Reply: &bot.Reply{Text: text, Files: files}, Label: held(rel.ID), Stays: true, Thread: rel.ThreadID,
		Release: &bot.Release{ID: rel.ID, By: rel.UserID, Name: name},
		Done:    line("relay.arrived", "release", number(rel.ID)), Failed: line("relay.astray", "release", number(rel.ID)),
	}
	if len(r.Features.Credits) > 0 {
		left, err := of.left(ctx, r)
		if err != nil {
			return err
		}
		if left == 1 {
			post.After = gatherFor
		}
	}
	rel.Why = ""
	if err := turn(ctx, r, rel, crm.ReleaseSent); err != nil {
		return err
	}
	r.Post(post)
	if err := of.delayed(ctx, r, rel, post.After); err != nil {
		return err
	}
	return of.after(ctx, r, rel)
}

// delayed says in the line of words that they do not leave at once.
func (of *customer) delayed(ctx context.Context, r *bot.Request, rel *crm.Release, gathers time.Duration) error {
	if gathers > 0 {
		return restate(ctx, r, rel, "waits", whyGathers)
	}
	shut, err := of.shut(ctx, r)
	if err != nil || shut == "" {
		return err
	}
	of.answered(r, rel)
	return restate(ctx, r, rel, "waits", whyWaits)
}

// after is what follows from words that went out.
func (of *customer) after(ctx context.Context, r *bot.Request, rel *crm.Release) error {
	if of.LiveID == rel.UserID && rel.Created.After(of.LiveSince) {
		c, err := r.Store.UpdateConversation(ctx, of.ID, func(c *crm.Conversation) error {
			if rel.Created.After(c.LiveAt) {
				c.LiveAt = rel.Created
			}
			return nil
		})
		if err != nil {
			return err
		}
		*r.Conversation = *c
	}
	return Show(ctx, r)
}

// answered is that the customer has an answer, or knows that one waits for him.
func (of *customer) answered(r *bot.Request, rel *crm.Release) {
	order := line("handoff.answered", "by", number(rel.UserID), "release", number(rel.ID))
	r.Deliver(of.event(r, bot.KindSystem, order), time.Time{})
}

// arrived is relay.arrived, in the customer's conversation: the platform took
// words.
func arrived(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, err := mineToChange(ctx, r)
	if rel == nil || err != nil {
		return nil, err
	}
	of, err := customerOf(ctx, r, r.Conversation)
	if err == nil {
		of.answered(r, rel)
	}
	return nil, err
}

// astray is relay.astray, in the customer's conversation: words have not arrived,
// or nobody knows. Whoever sees them in a thread sees that as well, and who wrote
// them elsewhere is asked there.
func astray(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, err := mineToChange(ctx, r)
	if rel == nil || err != nil {
		return nil, err
	}
	if rel.ThreadID == 0 {
		r.Tell(rel.UserID, line("relay.result", "release", number(rel.ID)))
	}
	return nil, tellRevised(ctx, r, rel.MessageID)
}

// introduced are words with the name of their author.
func introduced(w *locale.Words, name, body string) string {
	return w.T("relay.named", "who", name, "text", body)
}

// first says whether the customer is not yet told who answers him now.
func (of *customer) first(ctx context.Context, r *bot.Request, rel *crm.Release) (bool, error) {
	found, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: of.ID, States: []crm.ReleaseState{crm.ReleaseSent}, Page: crm.Page{Limit: 1, Uncounted: true},
	})
	if err != nil || len(found) == 0 {
		return true, err
	}
	last := found[0]
	return last.UserID != rel.UserID || last.Due.Before(of.AskedAt) || last.Due.Before(of.ClosedAt) ||
		r.Now.Sub(last.Due) > r.Company.Rules.Standard().Idle, nil
}
