package relay

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// Send lets a draft go as Write would have, or words that were kept as a note:
// release names it. CodeConflict for what is held or out already.
func Send(ctx context.Context, r *bot.Request, id crm.ReleaseID) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if original := r.Args.String("to") == toOriginal; original && rel.State == crm.ReleaseHeld {
		return of.untranslated(ctx, r, rel)
	}
	if rel.State != crm.ReleaseDraft && rel.State != crm.ReleaseStopped {
		return nil, already(rel)
	}
	if reply, err := of.barred(ctx, r); reply != nil || err != nil {
		return reply, err
	}
	rel.UserID, rel.Live = r.Actor.User, false
	if rel.Why != whyBusy && rel.Why != whyBusyNote { // else he knows
		if reply, busy, err := of.yields(ctx, r, rel); busy || err != nil {
			return reply, err
		}
	}
	if rel.Why != whyFile {
		rel.Why = ""
	}
	return insist(ctx, r, of, rel)
}

// insist holds words whose author knows what stands against them. What the
// platform does not even keep until the customer writes is kept here.
func insist(ctx context.Context, r *bot.Request, of *customer, rel *crm.Release) (*bot.Reply, error) {
	shut, err := of.shut(ctx, r)
	if err != nil {
		return nil, err
	}
	if shut != "" && shut != shutNudges {
		rel.Why = whyWaits
	}
	return hold(ctx, r, of, rel)
}

// Stop takes held words back; anybody in the thread may. CodeConflict for what
// is out already.
func Stop(ctx context.Context, r *bot.Request, id crm.ReleaseID) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if rel.State != crm.ReleaseHeld && rel.State != crm.ReleaseDraft {
		return nil, already(rel)
	}
	if err := turn(ctx, r, rel, crm.ReleaseStopped); err != nil {
		return nil, err
	}
	if rel.ThreadID == 0 {
		reply, err := of.standing(ctx, r, rel, r.Actor.User)
		if reply != nil {
			reply.Replace = r.Inbound.Kind == bot.KindAction
		}
		return reply, err
	}
	if err := restate(ctx, r, rel, "by", number(r.Actor.User)); err != nil {
		return nil, err
	}
	return &bot.Reply{Toast: r.Words.Label("relay.stopped.toast")}, nil
}

// Again sends words once more that failed or are in doubt, as a new release; to
// is another chat of the same contact, given as the argument "to" of the request.
func Again(ctx context.Context, r *bot.Request, id crm.ReleaseID) (*bot.Reply, error) {
	old, of, err := releaseOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if ref, ok := crm.ParseRef(r.Args.String("to")); ok && ref.Kind == crm.KindConversation {
		if of, err = of.elsewhere(ctx, r, crm.ConversationID(ref.ID)); err != nil {
			return nil, err
		}
	} else if old.State != crm.ReleaseSent {
		return nil, already(old)
	}
	if reply, err := of.barred(ctx, r); reply != nil || err != nil {
		return reply, err
	}
	rel := &crm.Release{
		ConversationID: of.ID, ThreadID: old.ThreadID, UserID: r.Actor.User, Source: old.Source, SourceID: old.SourceID,
		Body: old.Body,
	}
	if old.Original != "" { // it is put into the other's language, if that is another
		rel.Body = old.Original
	}
	if old.State == crm.ReleaseDraft {
		if err := turn(ctx, r, old, crm.ReleaseStopped); err != nil {
			return nil, err
		}
	}
	return insist(ctx, r, of, rel)
}

// elsewhere is another chat of the same contact. CodeNotFound if it is not his.
func (of *customer) elsewhere(ctx context.Context, r *bot.Request, id crm.ConversationID) (*customer, error) {
	c, err := r.Store.Conversation(ctx, id)
	if err != nil {
		return nil, err
	}
	other, err := customerOf(ctx, r, c)
	if err != nil {
		return nil, err
	}
	if of.contact.ID == 0 || other.contact.ID != of.contact.ID || c.Audience != crm.AudienceCustomers {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found")
	}
	return other, nil
}
