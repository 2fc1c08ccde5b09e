package relay

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	lostFor  = 10 * time.Minute // a chat that lost a thread so lately is not tried again
	lostMost = 3                // nor one that loses one thread after the other
)

// lost is thread.lost: a place is no more. Where the chat is still there another
// thread is opened in it, else in the next place of the same install that fits;
// what the old one has not shown goes into the new one.
func lost(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.Store.Thread(ctx, crm.ThreadID(numbered(r, "thread")))
	if err != nil || t.State == crm.ThreadLost {
		return nil, err
	}
	was := t.State
	after, err := unshown(ctx, r, t)
	if err != nil {
		return nil, err
	}
	if err := lose(ctx, r, t); err != nil {
		return nil, err
	}
	if was == crm.ThreadClosed {
		return nil, nil // nobody needs it now
	}
	c, err := r.Store.Conversation(ctx, t.ConversationID)
	if err != nil {
		return nil, err
	}
	of, err := customerOf(ctx, r, c)
	if err != nil {
		return nil, err
	}
	to, ok := chat(t), true
	gone, err := of.goneAt(ctx, r, t)
	if err != nil {
		return nil, err
	}
	why := r.Args.String("why")
	if why == bot.WhyRights && r.Conversation.Topic == "" { // here we can speak, no more
		r.Post(bot.Post{Reply: bot.Text(of.sentence(r, r.Words, "relay.rights")), Stays: true})
	}
	// A chat in which no thread can be opened, or none stays, is as good as gone.
	away := why != bot.WhyTopic || was == crm.ThreadOpening || gone[t.Chat] > lostMost
	if away {
		to, ok = of.next(r, t, gone)
	}
	if !ok {
		return nil, of.alarm(ctx, r)
	}
	alarm := ""
	if away {
		alarm = "yes" // once it is known where it is now
	}
	send(r, to, line("thread.open "+c.Ref().String(), "unshown", number(after), "alarm", alarm), time.Time{})
	return nil, nil
}

// lose marks a thread as lost.
func lose(ctx context.Context, r *bot.Request, t *crm.Thread) error {
	changed, err := r.Store.UpdateThread(ctx, t.ID, func(t *crm.Thread) error {
		t.State = crm.ThreadLost
		return nil
	})
	if err == nil {
		*t = *changed
	}
	return err
}

// chat is the chat in which a thread stands.
func chat(t *crm.Thread) bot.Address {
	a := whereIs(t)
	a.Topic = ""
	return a
}

// goneAt counts the threads of a conversation that were lost just now at the
// install of another, by their chats.
func (of *customer) goneAt(ctx context.Context, r *bot.Request, t *crm.Thread) (map[string]int, error) {
	found, _, err := r.Store.Threads(ctx, crm.ThreadFilter{
		Conversation: of.ID, Platform: t.Platform, Install: t.Install, States: []crm.ThreadState{crm.ThreadLost}, Page: crm.Page{Limit: 50, Uncounted: true},
	})
	gone := map[string]int{}
	for _, x := range found {
		if r.Now.Sub(x.Updated) < lostFor {
			gone[x.Chat]++
		}
	}
	return gone, err
}

// next is the next place at the install of a thread that fits and was not lost
// just now.
func (of *customer) next(r *bot.Request, t *crm.Thread, gone map[string]int) (bot.Address, bool) {
	for _, p := range r.Company.Threads {
		here := string(p.Platform) == t.Platform && string(p.Install) == t.Install
		if here && gone[string(p.Chat)] == 0 && len(fitting([]bot.ThreadPlace{p}, of.from(), nil)) == 1 {
			return p.Address(), true
		}
	}
	return bot.Address{}, false
}

// alarm tells the one in charge and an admin that a place is gone.
func (of *customer) alarm(ctx context.Context, r *bot.Request) error {
	admins, err := r.Store.Users(ctx, crm.UserFilter{Roles: []crm.Role{crm.RoleAdmin}, Active: true})
	if err != nil {
		return err
	}
	notice := "notice.thread.lost " + of.Ref().String()
	r.Tell(of.AssigneeID, notice)
	if len(admins) > 0 && admins[0].ID != of.AssigneeID {
		r.Tell(admins[0].ID, notice)
	}
	return nil
}

// unshown is the last message of the customer's conversation that surely stands
// in a thread: what was given to the platform and never arrived is not shown.
func unshown(ctx context.Context, r *bot.Request, t *crm.Thread) (crm.MessageID, error) {
	found, err := r.Store.Conversations(ctx, []crm.ConversationKey{t.Place()})
	if err != nil || t.Topic == "" || found[t.Place()] == nil {
		return t.Cursor, err
	}
	lines, err := r.Store.Messages(ctx, found[t.Place()].ID, 0, -200)
	if err != nil || len(lines) == 0 {
		return t.Cursor, err
	}
	ids := make([]crm.MessageID, len(lines))
	for i, m := range lines {
		ids[i] = m.ID
	}
	parts, err := r.Store.Parts(ctx, ids)
	if err != nil {
		return 0, err
	}
	open := map[crm.MessageID]bool{}
	for _, p := range parts {
		if p.State == crm.DeliveryFailed || p.State == crm.DeliveryQueued {
			open[p.MessageID] = true
		}
	}
	cursor := t.Cursor
	for _, m := range lines {
		if id := mirrors(m.Label); id != 0 && open[m.ID] {
			cursor = min(cursor, id-1)
		}
	}
	return cursor, nil
}
