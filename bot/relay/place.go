package relay

import (
	"context"
	"slices"

	"crmbot/bot"
	"crmbot/crm"
)

// At finds out whether the place of a request is a thread, and sets r.Thread and
// r.Customer. A thread that is no more for us is one still for whoever writes
// there. For the router.
func At(ctx context.Context, r *bot.Request) error {
	a := r.Inbound.Address
	place := crm.ConversationKey{
		Platform: string(a.Platform), Install: string(a.Install), Chat: string(a.Chat), Topic: string(a.Topic),
	}
	if place.Topic == "" { // the card on top may stand in the chat itself
		if place.Topic = string(r.Inbound.Target); place.Topic == "" {
			return nil
		}
	}
	thread, err := r.Store.ThreadAt(ctx, place)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := r.Store.Conversation(ctx, thread.ConversationID)
	if err != nil {
		return err
	}
	r.Thread, r.Customer = thread, c
	return nil
}

// place is where a conversation's threads are opened, one at each install.
func (of *customer) places(ctx context.Context, r *bot.Request) ([]bot.ThreadPlace, error) {
	teams, err := of.teams(ctx, r)
	if err != nil {
		return nil, err
	}
	found := fitting(r.Company.Threads, of.from(), teams)
	if len(found) == 0 { // better with another team than nowhere
		found = fitting(r.Company.Threads, of.from(), nil)
	}
	return found, nil
}

// from is the install of the customer, as places name it.
func (of *customer) from() string { return of.Platform + ":" + of.Install }

// fitting is the first place of each install that is for customers from there
// and for one of the teams; nil is any team.
func fitting(places []bot.ThreadPlace, from string, teams []string) []bot.ThreadPlace {
	type install struct {
		platform bot.Platform
		install  bot.Install
	}
	var out []bot.ThreadPlace
	seen := map[install]bool{}
	for _, p := range places {
		at := install{p.Platform, p.Install}
		if seen[at] || len(p.From) > 0 && !slices.Contains(p.From, from) ||
			p.Team != "" && teams != nil && !slices.Contains(teams, p.Team) {
			continue
		}
		seen[at] = true
		out = append(out, p)
	}
	return out
}

// teams are those of the person who was called and of the contact's owner. It is
// never nil.
func (of *customer) teams(ctx context.Context, r *bot.Request) ([]string, error) {
	var ids []crm.TeamID
	for _, id := range []crm.UserID{of.AssigneeID, of.contact.OwnerID} {
		if id == 0 {
			continue
		}
		u, err := r.Store.User(ctx, id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, u.TeamID)
	}
	names := []string{}
	if len(ids) == 0 {
		return names, nil
	}
	all, err := r.Store.Teams(ctx)
	for _, t := range all {
		if slices.Contains(ids, t.ID) {
			names = append(names, t.Name)
		}
	}
	return names, err
}
