package handoff

import (
	"context"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// reach is how long words may take from the end of their holding to the customer.
const reach = 30 * time.Second

// late is the end of the time in which a call should have been answered. Outside
// the hours it waits until somebody is there.
func late(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c := r.Conversation
	if !c.Person() || c.AssigneeID == 0 || c.WaitsSince.IsZero() || !same(r, "since", c.WaitsSince) || !same(r, "asked", c.AskedAt) {
		return nil, nil
	}
	if gone(r) {
		pause(r)
		return nil, nil
	}
	at, held, err := silent(ctx, r)
	if err != nil {
		return nil, err
	}
	if held > 0 { // an answer is on its way
		lateAgain(r, at.Add(reach))
		return nil, nil
	}
	if !r.Company.Hours.Open(r.Now) {
		return evening(ctx, r)
	}
	return nil, passOn(ctx, r)
}

// gone says whether nobody could reach the customer now.
func gone(r *bot.Request) bool {
	return r.Identity != nil && (!r.Identity.GoneAt.IsZero() || r.Identity.Muted(r.Now))
}

// pause stops a call whose customer cannot be reached until that has passed: who
// is back says so with his next word, at the latest it is looked at the next day.
func pause(r *bot.Request) {
	again := nextDay(r.Company, r.Now)
	if r.Now.Before(r.Identity.MutedUntil) {
		again = r.Identity.MutedUntil
	}
	remember(r, paused, "yes")
	lateAgain(r, again)
}

// paused is where a session keeps that a call was stopped.
const paused = "handoff.paused"

// wakes starts the clock of a call: for whoever is asked, and for the next one. A
// call of the night begins when we are back.
func wakes(r *bot.Request) {
	if back := Back(r.Company, r.Now); back.After(r.Now) {
		later(r, back, "handoff.opens since=%d asked=%d", stamp(r.Conversation.WaitsSince), stamp(r.Conversation.AskedAt))
	}
	lateAgain(r, lateAt(r.Company, r.Now))
}

// opens is the beginning of the hours: whoever was asked in the night is told
// once more.
func opens(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c := r.Conversation
	asked := c.Person() && c.AssigneeID != 0 && !c.WaitsSince.IsZero() && same(r, "since", c.WaitsSince) && same(r, "asked", c.AskedAt)
	last := strings.HasPrefix(r.Session.Values["handoff.last"], digits(stamp(c.AskedAt))) // he is reminded in any case
	if !asked || last || gone(r) || !once(r, "handoff.opens", r.Now) {
		return nil, nil
	}
	_, held, err := silent(ctx, r)
	if held == 0 && err == nil {
		r.Tell(c.AssigneeID, "notice.conversation.asked "+c.ID.String())
	}
	return nil, err
}

// lateAgain has the same call looked at again.
func lateAgain(r *bot.Request, at time.Time) {
	later(r, at, "handoff.late since=%d asked=%d", stamp(r.Conversation.WaitsSince), stamp(r.Conversation.AskedAt))
}

// evening is a call that nobody answered before the day ended: the customer is
// told when we are back, and a ticket keeps his wish.
func evening(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c := r.Conversation
	wakes(r)
	if !once(r, "handoff.night", c.WaitsSince) {
		return nil, nil
	}
	if by, err := time.Parse(time.RFC3339, r.Session.Values[personBy]); err == nil && r.Now.Before(by) {
		return nil, nil // he knows
	}
	t, err := keep(ctx, r)
	if err != nil || t == nil {
		return nil, err
	}
	promise(r, Promise(r))
	if spare, err := spare(ctx, r); !spare || err != nil {
		return nil, err
	}
	if err := relay.Show(ctx, r); err != nil {
		return nil, err
	}
	return closedNow(ctx, r, "person.tomorrow", t), nil
}

// closedNow is the sentence of a key with when we are back and who answers then.
func closedNow(ctx context.Context, r *bot.Request, key string, t *crm.Ticket) *bot.Reply {
	pairs := []any{"name", called(ctx, r, r.Conversation.AssigneeID), "when", when(r, onDay, Back(r.Company, r.Now))}
	if t != nil {
		pairs = append(pairs, "ref", t.Ref().String())
	}
	return bot.Text(r.Words.T(key, pairs...))
}

// keep has a ticket for a call that nobody answers: the one that keeps the wish
// already, or a new one.
func keep(ctx context.Context, r *bot.Request) (*crm.Ticket, error) {
	found, err := wishes(ctx, r)
	if err != nil || len(found) > 0 {
		return append(found, nil)[0], err
	}
	of, err := contact(ctx, r)
	if err != nil || of == nil {
		return nil, err
	}
	t := &crm.Ticket{
		Kind: crm.TicketQuestion, Title: r.Words.Label("person.ticket"), OwnerID: r.Conversation.AssigneeID,
		ContactID: of.ID, AccountID: of.AccountID, ConversationID: r.Conversation.ID, DueAt: Due(r, crm.TicketQuestion),
	}
	if err := r.CRM.Tickets.Create(ctx, crm.System(), t); err != nil {
		return nil, err
	}
	r.Tell(t.OwnerID, "notice.ticket.new "+t.Ref().String())
	return t, nil
}

// passOn gives a call to the next one. Whoever is asked is told, everybody in
// the threads sees it, and the customer hears it once while he waits.
func passOn(ctx context.Context, r *bot.Request) error {
	from := r.Conversation.AssigneeID
	c, choice, err := r.CRM.Conversations.Next(ctx, r.Conversation.ID)
	if crm.CodeOf(err) == crm.CodeConflict {
		return last(ctx, r)
	}
	if err := became(r, c, err); err != nil {
		return err
	}
	return handed(ctx, r, from, choice, "handoff.late", "handoff.late.team")
}

// last is a call that nobody is left for: a ticket keeps it, and whoever was
// asked last is reminded at the beginning of each working day, once.
func last(ctx context.Context, r *bot.Request) error {
	c := r.Conversation
	before, asked := r.Session.Values["handoff.last"], digits(stamp(c.AskedAt))
	mark := asked + " " + r.Now.Format(time.DateOnly)
	if before == mark {
		return nil
	}
	remember(r, "handoff.last", mark)
	lateAgain(r, nextDay(r.Company, r.Now))
	if _, err := keep(ctx, r); err != nil || !strings.HasPrefix(before, asked) {
		return err
	}
	r.Tell(c.AssigneeID, "notice.conversation.asked "+c.ID.String())
	return relay.Say(ctx, r, []crm.UserID{c.AssigneeID}, "handoff.still", "user", staffName(ctx, r, c.AssigneeID))
}

// handed tells everybody of a call that has gone on to another: whoever is asked
// now, the threads under a key, or that of the team, and the customer.
func handed(ctx context.Context, r *bot.Request, from crm.UserID, choice crm.Choice, key, team string) error {
	told, err := whom(ctx, r, choice)
	if err != nil {
		return err
	}
	for _, u := range told {
		r.Tell(u, "notice.conversation.late "+r.Conversation.ID.String()+" from="+digits(int64(from)))
	}
	if choice.Step == crm.AskedTeam {
		key = team
	}
	if err := relay.Say(ctx, r, told, key, "from", staffName(ctx, r, from), "user", staffName(ctx, r, choice.User)); err != nil {
		return err
	}
	clock(r)
	if err := elsewhere(ctx, r, from, choice); err != nil {
		return err
	}
	return relay.Redraw(ctx, r)
}

// whom a choice means: one colleague, or everybody of the team who is there.
func whom(ctx context.Context, r *bot.Request, choice crm.Choice) ([]crm.UserID, error) {
	if choice.Step != crm.AskedTeam {
		return []crm.UserID{choice.User}, nil
	}
	users, err := r.CRM.Conversations.Team(ctx, r.Conversation)
	var all []crm.UserID
	for _, u := range users {
		if u.ID != choice.User {
			all = append(all, u.ID)
		}
	}
	return all, err
}

// elsewhere tells the customer that somebody else takes over who is there: once
// while he waits, and never with the last right to write.
func elsewhere(ctx context.Context, r *bot.Request, from crm.UserID, choice crm.Choice) error {
	since := r.Conversation.WaitsSince
	same := choice.User == from && choice.Step != crm.AskedTeam
	if since.IsZero() || same || choice.Away || r.Session.Values["handoff.over"] == digits(stamp(since)) {
		return nil
	}
	spare, err := spare(ctx, r)
	if !spare || err != nil {
		return err
	}
	once(r, "handoff.over", since)
	promise(r, r.Now.Add(within(r.Company)))
	text := r.Words.T("person.over", "name", called(ctx, r, choice.User))
	if choice.Step == crm.AskedTeam {
		text = r.Words.T("person.over.team")
	}
	r.Post(bot.Post{Reply: bot.Text(text)})
	return relay.Show(ctx, r)
}

// spare says whether a message of the bot leaves at least one right to write for
// a person.
func spare(ctx context.Context, r *bot.Request) (bool, error) {
	left, limited, err := Credits(ctx, r)
	return !limited || left > 1, err
}

// Credits is how many messages may still be written to the customer, where his
// platform limits that.
func Credits(ctx context.Context, r *bot.Request) (left int, limited bool, err error) {
	if len(r.Features.Credits) == 0 {
		return 0, r.Features.Hold > 0, nil
	}
	id := r.Conversation.ID
	balances, err := r.Store.Balances(ctx, []crm.ConversationID{id})
	if b := balances[id]; b != nil {
		left = b.Left(r.Now)
	}
	return left, true, err
}

// staffName is what colleagues call a colleague.
func staffName(ctx context.Context, r *bot.Request, id crm.UserID) string {
	if u, err := r.CRM.Users.User(ctx, id); id != 0 && err == nil {
		return u.Name
	}
	return "-"
}

// idle is the end of a person's part after a long silence. Who waits for an
// answer is not left alone.
func idle(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c := r.Conversation
	if r.Session.Values["handoff.idle"] != r.Args.String("since") {
		return nil, nil
	}
	last := c.StaffAt
	if !c.Person() {
		last = c.LastInAt
	}
	if began, err := strconv.ParseInt(r.Args.String("since"), 10, 64); err == nil && time.UnixMicro(began).After(last) {
		last = time.UnixMicro(began)
	}
	limit := r.Company.Rules.Standard().Idle
	quiet := r.Now.Sub(last) >= limit
	switch {
	case c.Person() && (c.Status == crm.ConversationWaiting || c.AssigneeID == 0):
		return nil, nil
	case c.Person() && (!quiet || !c.WaitsSince.IsZero()):
		later(r, nextLook(r.Now, last, limit), "handoff.idle since=%s", r.Args.String("since"))
		return nil, nil
	case !c.Person() && !quiet:
		later(r, last.Add(limit), "handoff.idle since=%s", r.Args.String("since"))
		return nil, nil
	}
	remember(r, "handoff.idle", "")
	if !c.Person() {
		remember(r, "handoff.reopened", "")
		return nil, relay.Redraw(ctx, r)
	}
	return nil, leave(ctx, r, crm.System(), true, "handoff.closed.idle")
}

// nextLook is when an idle conversation is looked at again.
func nextLook(now, last time.Time, limit time.Duration) time.Time {
	if at := last.Add(limit); at.After(now) {
		return at
	}
	return now.Add(time.Hour)
}

// window reminds whoever is in charge that the platform soon takes no more
// messages, unless the customer was answered or has opened it anew.
func window(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c := r.Conversation
	if !c.Person() || c.WaitsSince.IsZero() || !same(r, "since", c.WaitsSince) {
		return nil, nil
	}
	balances, err := r.Store.Balances(ctx, []crm.ConversationID{c.ID})
	if err != nil {
		return nil, err
	}
	until := time.Time{}
	if b := balances[c.ID]; b != nil {
		for _, g := range b.Grants {
			if g.Left > 0 && g.Until.After(until) {
				until = g.Until
			}
		}
	}
	switch {
	case !until.After(r.Now):
		return nil, nil // it is closed: nobody can do anything
	case until.Sub(r.Now) > reminder+time.Minute:
		later(r, until.Add(-reminder), "handoff.window since=%d until=%d", stamp(c.WaitsSince), stamp(until))
		return nil, nil
	}
	user := c.AssigneeID
	r.Tell(user, "notice.conversation.window "+c.ID.String()+" until="+digits(until.Unix()))
	return nil, relay.Say(ctx, r, []crm.UserID{user}, "handoff.window", "time", until.In(r.Now.Location()).Format("15:04"))
}

// liveEnd ends a live thread whose person is silent, or whose process is gone.
func liveEnd(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c := r.Conversation
	if c.LiveID == 0 || !same(r, "since", c.LiveSince) {
		return nil, nil
	}
	last := c.LiveSince
	if c.LiveAt.After(last) {
		last = c.LiveAt
	}
	limit := r.Company.Rules.Standard().LiveFor
	why := r.Args.String("why")
	if why != "restart" && r.Now.Sub(last) < limit {
		later(r, last.Add(limit), "handoff.live.end since=%d why=idle", stamp(c.LiveSince))
		return nil, nil
	}
	user := c.LiveID
	c, err := r.CRM.Conversations.Live(ctx, crm.System(), c.ID, false)
	if err := became(r, c, err); err != nil {
		return nil, err
	}
	key := "handoff.live.idle"
	if why == "restart" {
		key = "handoff.live.restart"
	}
	if err := relay.Say(ctx, r, []crm.UserID{user}, key, "user", staffName(ctx, r, user)); err != nil {
		return nil, err
	}
	return nil, relay.Redraw(ctx, r)
}
