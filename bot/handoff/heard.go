package handoff

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// Heard is for what the customer says while a person is wanted or in charge, or
// soon after: his words are shown in the threads and he waits. The router goes on
// only if answer is true: the bot is to answer.
func Heard(ctx context.Context, r *bot.Request) (answer bool, err error) {
	c := r.Conversation
	if c.Audience != crm.AudienceCustomers {
		return true, nil
	}
	if !c.Person() {
		if err := reopen(ctx, r); err != nil {
			return true, err
		}
	}
	if c.Person() || threaded(r) && words(r) { // what we hold back goes with his next word, whoever is in charge
		if err := relay.Show(ctx, r); err != nil {
			return false, err
		}
	}
	if c.AssigneeID != 0 && words(r) && !r.Courtesy {
		err = waits(ctx, r)
	}
	return c.Status != crm.ConversationHandedOff, err
}

// words says whether the customer said something, rather than pressed a button.
func words(r *bot.Request) bool {
	switch r.Inbound.Kind {
	case bot.KindText, bot.KindMedia, bot.KindContact:
		return true
	}
	return false
}

// waits notes that the customer waits, and starts the clocks with his first word.
func waits(ctx context.Context, r *bot.Request) error {
	before := r.Conversation.WaitsSince
	c, err := r.CRM.Conversations.Waits(ctx, r.Conversation.ID)
	if err := became(r, c, err); err != nil {
		return err
	}
	if !before.IsZero() {
		if r.Session.Values[paused] != "" && !gone(r) { // he is back
			remember(r, paused, "")
			clock(r)
		}
		return nil
	}
	clock(r)
	if err := night(ctx, r); err != nil {
		return err
	}
	return relay.Redraw(ctx, r)
}

// still is how long after his last word somebody is taken to be there, whatever
// the hours say.
const still = 30 * time.Minute

// night tells who writes to a colleague outside the hours when he is back.
func night(ctx context.Context, r *bot.Request) error {
	c := r.Conversation
	if c.Status != crm.ConversationHandedOff || r.Company.Hours.Open(r.Now) || r.Now.Sub(c.StaffAt) < still {
		return nil
	}
	spare, err := spare(ctx, r)
	if !spare || err != nil {
		return err
	}
	r.Post(bot.Post{Reply: bot.Text(r.Words.T("person.night",
		"name", called(ctx, r, c.AssigneeID), "when", when(r, onDay, Back(r.Company, r.Now))))})
	return nil
}

// reopen is what the customer says soon after a person's part has ended: the same
// threads show it, while the bot answers.
func reopen(ctx context.Context, r *bot.Request) error {
	if !words(r) || r.Courtesy {
		return nil
	}
	if r.Conversation.Status == crm.ConversationClosed {
		c, err := r.Store.UpdateConversation(ctx, r.Conversation.ID, func(c *crm.Conversation) error {
			c.Status = crm.ConversationOpen
			return nil
		})
		if err := became(r, c, err); err != nil {
			return err
		}
	}
	if !threaded(r) || !lately(r) {
		return nil
	}
	if !once(r, "handoff.reopened", r.Conversation.ClosedAt) {
		return nil
	}
	rest(r)
	_, err := relay.Open(ctx, r)
	return err
}

// clock starts the clocks of a customer who begins to wait: for the next
// colleague, and for the end of the platform's window.
func clock(r *bot.Request) {
	c := r.Conversation
	if c.WaitsSince.IsZero() || c.Status == crm.ConversationWaiting && !threaded(r) {
		return // a ticket has a clock of its own
	}
	wakes(r)
	if until := closes(r); !until.IsZero() && once(r, "handoff.window", c.WaitsSince) {
		later(r, until.Add(-reminder), "handoff.window since=%d until=%d", stamp(c.WaitsSince), stamp(until))
	}
}

// reminder is how long before the end of a window the owner is reminded.
const reminder = time.Hour

// closes is about when the window closes that the customer's word has opened,
// zero if the platform has none that is worth a reminder.
func closes(r *bot.Request) time.Time {
	longest := time.Duration(0)
	for _, c := range r.Features.Credits {
		longest = max(longest, c.For)
	}
	if longest <= reminder {
		return time.Time{}
	}
	return r.Now.Add(longest)
}

// rest starts the clock that ends a person's part by itself. A newer one stands
// in the place of an older.
func rest(r *bot.Request) {
	mark := stamp(r.Now)
	remember(r, "handoff.idle", digits(mark))
	later(r, r.Now.Add(r.Company.Rules.Standard().Idle), "handoff.idle since=%d", mark)
}
