package commands

import (
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// worth refuses an amount of nothing: it was a slip.
func worth(r *bot.Request, arg string) error {
	if r.Args.Has(arg) && r.Args.Money(arg).Minor == 0 {
		return crm.Fail(crm.CodeInvalid, "amount.zero").In(arg)
	}
	return nil
}

// toCome refuses a day that is past.
func toCome(r *bot.Request, arg string) error {
	day := r.Args.String(arg)
	if day != "" && day < r.Now.Format(time.DateOnly) {
		return crm.Fail(crm.CodeInvalid, "day.past", "day", r.Words.Day(day, r.Now)).In(arg)
	}
	return nil
}
