package handoff

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// refused tells a colleague why what he wanted was not done; err is returned if
// it is no refusal.
func refused(ctx context.Context, r *bot.Request, by crm.UserID, err error) error {
	var e *crm.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case crm.CodeConflict, crm.CodeInvalid, crm.CodeForbidden, crm.CodeNotFound:
	default:
		return err
	}
	var pairs []string
	for _, a := range e.Args {
		if at, ok := a.(time.Time); ok {
			a = r.WordsIn(r.Company.Language).Moment(at, r.Now)
		}
		pairs = append(pairs, fmt.Sprint(a))
	}
	return relay.Tell(ctx, r, by, e.Key, pairs...)
}

// take puts a colleague in charge, unless another was quicker.
func take(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := colleague(ctx, r, "by")
	if err != nil {
		return nil, err
	}
	before := r.Conversation.Status
	c, err := r.CRM.Conversations.Take(ctx, u.Actor(), r.Conversation.ID, r.Args.String("over") == "yes")
	if err != nil {
		return nil, refused(ctx, r, u.ID, err)
	}
	_ = became(r, c, nil)
	return nil, charged(ctx, r, before)
}

// charged is what follows when somebody is in charge from now on.
func charged(ctx context.Context, r *bot.Request, before crm.ConversationStatus) error {
	if before != crm.ConversationWaiting && before != crm.ConversationHandedOff {
		if _, err := relay.Open(ctx, r); err != nil {
			return err
		}
	}
	if before != crm.ConversationHandedOff {
		rest(r)
	}
	if r.Session.Form != nil { // a person asks better
		r.Session.Form = nil
		r.Session.Changed()
	}
	clock(r)
	return relay.Redraw(ctx, r)
}

// assign puts another colleague in charge, who is told.
func assign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := colleague(ctx, r, "by")
	if err != nil {
		return nil, err
	}
	to, err := colleague(ctx, r, "to")
	if err != nil {
		return nil, refused(ctx, r, u.ID, err)
	}
	before := r.Conversation.Status
	c, err := r.CRM.Conversations.Assign(ctx, u.Actor(), r.Conversation.ID, to.ID)
	if err != nil {
		return nil, refused(ctx, r, u.ID, err)
	}
	_ = became(r, c, nil)
	if to.ID == u.ID { // he has taken it
		return nil, charged(ctx, r, before)
	}
	r.Tell(to.ID, "notice.conversation.asked "+c.ID.String())
	if err := relay.Say(ctx, r, []crm.UserID{to.ID}, "handoff.assigned", "by", u.Name, "user", to.Name); err != nil {
		return nil, err
	}
	return nil, charged(ctx, r, before)
}

// answered is that a colleague's words have gone to the customer. Words that were
// held when he closed the conversation do not begin it anew.
func answered(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := colleague(ctx, r, "by")
	if err != nil {
		return nil, err
	}
	if last, err := parting(ctx, r); last || err != nil {
		return nil, err
	}
	before := r.Conversation.Status
	c, err := r.CRM.Conversations.Answered(ctx, u.Actor(), r.Conversation.ID)
	if err := became(r, c, err); err != nil {
		return nil, err
	}
	return nil, charged(ctx, r, before)
}

// parting says whether the words that have gone out were written before a
// person's part ended, and the bot has been back since.
func parting(ctx context.Context, r *bot.Request) (bool, error) {
	id, err := strconv.ParseInt(r.Args.String("release"), 10, 64)
	if err != nil || r.Conversation.Person() || r.Conversation.ClosedAt.IsZero() {
		return false, nil
	}
	words, err := r.Store.Release(ctx, crm.ReleaseID(id))
	return err == nil && !words.Created.After(r.Conversation.ClosedAt), err
}

// live makes a colleague's lines go out as they are, or ends that.
func live(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := colleague(ctx, r, "by")
	if err != nil {
		return nil, err
	}
	on := r.Args.String("on") == "yes"
	was := r.Conversation.LiveID
	c, err := r.CRM.Conversations.Live(ctx, u.Actor(), r.Conversation.ID, on)
	if crm.CodeOf(err) == crm.CodeConflict {
		return nil, nil // another has it, as he was told when he wanted to take it
	}
	if err != nil {
		return nil, refused(ctx, r, u.ID, err)
	}
	_ = became(r, c, nil)
	key := "handoff.live.on"
	switch {
	case on:
		later(r, r.Now.Add(r.Company.Rules.Standard().LiveFor), "handoff.live.end since=%d why=idle", stamp(c.LiveSince))
	case was == 0:
		return nil, nil
	default:
		key = "handoff.live.off"
	}
	if err := relay.Say(ctx, r, nil, key, "user", u.Name); err != nil {
		return nil, err
	}
	return nil, relay.Redraw(ctx, r)
}

// absent gives what somebody has who went away or left to another. Who goes home
// in the evening keeps what he has until the next day has begun without him. With
// nobody left the bot is back, and a ticket keeps what waits.
func absent(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := colleague(ctx, r, "user")
	if err != nil {
		return nil, err
	}
	if before := r.Conversation; !before.Person() || before.AssigneeID != u.ID {
		return nil, nil
	}
	if u.Active && !r.Company.Hours.Open(r.Now) {
		at := lateAt(r.Company, r.Now)
		mark := digits(int64(u.ID)) + " " + digits(stamp(at))
		if r.Session.Values["handoff.absent"] != mark {
			remember(r, "handoff.absent", mark)
			later(r, at, "handoff.absent user=%d", u.ID)
		}
		return nil, nil
	}
	waits := !r.Conversation.WaitsSince.IsZero()
	c, choice, err := r.CRM.Conversations.Relieve(ctx, r.Conversation.ID, u.ID)
	if err := became(r, c, err); err != nil || c.AssigneeID == u.ID {
		return nil, err
	}
	if c.AssigneeID != 0 {
		key, team := "handoff.absent", "handoff.absent.team"
		if !u.Active {
			key, team = "handoff.left", "handoff.left.team"
		}
		return nil, handed(ctx, r, u.ID, choice, key, team)
	}
	if waits {
		if _, err := keep(ctx, r); err != nil {
			return nil, err
		}
	}
	if err := relay.Say(ctx, r, nil, "handoff.left.bot", "from", u.Name); err != nil {
		return nil, err
	}
	return nil, relay.Redraw(ctx, r)
}

// redraw has the cards drawn anew: something about the customer has changed.
func redraw(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return nil, relay.Redraw(ctx, r)
}
