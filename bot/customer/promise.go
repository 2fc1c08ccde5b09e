package customer

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// enough is how much of today must be left for a promise of today.
const enough = time.Hour

// PromiseBy is when somebody will have answered what is said now: at the end of
// this working day if there is at least an hour left of it, else of the next
// one. now carries the company's zone.
func PromiseBy(now time.Time, dayEnds int) time.Time {
	if dayEnds <= 0 || dayEnds >= 24 {
		dayEnds = 18
	}
	by := time.Date(now.Year(), now.Month(), now.Day(), dayEnds, 0, 0, 0, now.Location())
	for by.Sub(now) < enough || by.Weekday() == time.Saturday || by.Weekday() == time.Sunday {
		by = by.AddDate(0, 0, 1)
	}
	return by
}

func promise(r *bot.Request) time.Time { return PromiseBy(r.Now, r.Company.DayEnds) }

// promised is the sentence of a key with who will write and by when. Nobody to
// name is "we".
func promised(ctx context.Context, r *bot.Request, key string, user crm.UserID, pairs ...any) string {
	who := r.Words.T("promise.we")
	if u, err := r.CRM.Users.User(ctx, user); user != 0 && err == nil {
		who = u.Name
	}
	return r.Words.T(key, append([]any{"name", who, "when", byWhen(r, promise(r))}, pairs...)...)
}

// byWhen is a promise in words: today, tomorrow, or the day's name.
func byWhen(r *bot.Request, by time.Time) string {
	key := "promise.day"
	switch by.Format(time.DateOnly) {
	case r.Now.Format(time.DateOnly):
		key = "promise.today"
	case r.Now.AddDate(0, 0, 1).Format(time.DateOnly):
		key = "promise.tomorrow"
	}
	return r.Words.T(key, "time", r.Words.Clock(by), "day", r.Words.Weekday(by))
}

// due is by when a new ticket is to be answered: no later than its customer
// reads. The zero time leaves it to the rule of its kind.
func due(r *bot.Request, kind crm.TicketKind) time.Time {
	by := promise(r)
	if by.Sub(r.Now) > kind.Allowed() {
		return time.Time{}
	}
	return by.UTC()
}
