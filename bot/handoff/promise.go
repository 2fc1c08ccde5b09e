package handoff

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// enough is how much of a working day must be left for a promise of that day.
const enough = time.Hour

// PromiseBy is when somebody will have answered what is said now: at the end of
// this working day if there is at least an hour left of it, else of the next
// one. A company without Hours works from Monday to Friday and until DayEnds.
func PromiseBy(c *bot.Company, now time.Time) time.Time {
	if h := c.Hours; len(h.Days) > 0 {
		for at := h.Next(now); !at.IsZero(); at = h.Next(h.Closes(at)) {
			if by := h.Closes(at); by.Sub(now) >= enough {
				return by.In(now.Location())
			}
		}
	}
	ends := c.DayEnds
	if ends <= 0 || ends >= 24 {
		ends = 18
	}
	by := time.Date(now.Year(), now.Month(), now.Day(), ends, 0, 0, 0, now.Location())
	for by.Sub(now) < enough || by.Weekday() == time.Saturday || by.Weekday() == time.Sunday {
		by = by.AddDate(0, 0, 1)
	}
	return by
}

// within is how long a call waits for its answer before it goes on.
func within(c *bot.Company) time.Duration { return c.Rules.Standard().AnswerWithin }

// Back is when somebody is there who can answer within the company's time: now,
// or when the hours begin again.
func Back(c *bot.Company, now time.Time) time.Time {
	h := c.Hours
	at := h.Next(now)
	if ends := h.Closes(at); !ends.IsZero() && at.Equal(now) && ends.Sub(now) < within(c) {
		at = h.Next(ends)
	}
	if at.IsZero() { // a year of holidays
		at = PromiseBy(c, now)
	}
	return at.In(now.Location())
}

// lateAt is when a call that nobody answers goes on: after so much time in which
// somebody is there.
func lateAt(c *bot.Company, now time.Time) time.Time { return Back(c, now).Add(within(c)) }

// nextDay is when the next working day begins: in a day if somebody is always
// there.
func nextDay(c *bot.Company, now time.Time) time.Time {
	if ends := c.Hours.Closes(now); !ends.IsZero() {
		if at := c.Hours.Next(ends); !at.IsZero() {
			return at
		}
	}
	return now.Add(24 * time.Hour)
}

// Promise is PromiseBy for what is said in a request.
func Promise(r *bot.Request) time.Time { return PromiseBy(r.Company, r.Now) }

// Promised is the sentence of a key with who will write and by when. Nobody to
// name is "we".
func Promised(ctx context.Context, r *bot.Request, key string, user crm.UserID, pairs ...any) string {
	return r.Words.T(key, append([]any{"name", called(ctx, r, user), "when", when(r, byDay, Promise(r))}, pairs...)...)
}

// called is what a customer is told a colleague is called.
func called(ctx context.Context, r *bot.Request, user crm.UserID) string {
	if u, err := r.CRM.Users.User(ctx, user); user != 0 && err == nil && u.Named() {
		return u.Name
	}
	return r.Words.T("promise.we")
}

// days are the keys of a day in words: today, tomorrow, another.
type days [3]string

var (
	byDay = days{"promise.today", "promise.tomorrow", "promise.day"} // "by 18:00 today"
	onDay = days{"back.today", "back.tomorrow", "back.day"}          // "today at 9:00"
)

// when is a moment in words: today, tomorrow, the day's name, or the date where
// that would mean an earlier day.
func when(r *bot.Request, keys days, at time.Time) string {
	at = at.In(r.Now.Location())
	n := locale.Between(r.Now, at)
	day := r.Words.Weekday(at)
	if n > 6 {
		day = r.Words.Day(at.Format(time.DateOnly), r.Now)
	}
	return r.Words.T(keys[max(0, min(n, len(keys)-1))], "time", r.Words.Clock(at), "day", day)
}

// Due is by when a new ticket is to be answered: no later than its customer
// reads. The zero time leaves it to the rule of its kind.
func Due(r *bot.Request, kind crm.TicketKind) time.Time {
	by := Promise(r)
	if by.Sub(r.Now) > kind.Allowed() {
		return time.Time{}
	}
	return by.UTC()
}
