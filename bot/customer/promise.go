package customer

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// promised is the sentence of a key with who will write and by when: before
// the end of this day, or after that of the next one. Nobody to name is "we".
func promised(ctx context.Context, r *bot.Request, key string, user crm.UserID, pairs ...any) string {
	who := r.Words.T("promise.we")
	if u, err := r.CRM.Users.User(ctx, user); user != 0 && err == nil {
		who = u.Name
	}
	by := time.Date(r.Now.Year(), r.Now.Month(), r.Now.Day(), dayEnds(r), 0, 0, 0, r.Now.Location())
	when := "promise.today"
	if !r.Now.Before(by) {
		by, when = by.AddDate(0, 0, 1), "promise.tomorrow"
	}
	return r.Words.T(key, append([]any{
		"name", who, "when", r.Words.T(when, "time", r.Words.Clock(by)),
	}, pairs...)...)
}

func dayEnds(r *bot.Request) int {
	if h := r.Company.DayEnds; h > 0 && h < 24 {
		return h
	}
	return 18
}
