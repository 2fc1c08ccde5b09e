package teach

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// may says whether somebody may teach.
func may(r *bot.Request) bool { return slices.Contains(keepers, r.Actor.Role) }

// absent turns "not there any more" into nothing.
func absent(err error) error {
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil
	}
	return err
}

// percent is a share in hundredths.
func percent(share float64) int { return int(math.Round(100 * share)) }

// plain is markup as plain text, for labels.
func plain(text string) string { return markup.Plain(text) }

// cut is a text on one line of at most n runes.
func cut(text string, n int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

// pair is name=value as it is typed.
func pair(name, value string) string {
	odd := func(x rune) bool { return !unicode.IsLetter(x) && !unicode.IsDigit(x) && x != '-' }
	if value == "" || strings.ContainsFunc(value, odd) {
		value = `"` + strings.ReplaceAll(strings.Join(strings.Fields(value), " "), `"`, "'") + `"`
	}
	return name + "=" + value
}

// userName is what a colleague is called.
func userName(ctx context.Context, r *bot.Request, id crm.UserID) string {
	u, err := r.CRM.Users.User(ctx, id)
	if err != nil {
		return r.Words.Label("owner.none")
	}
	return u.Name
}
