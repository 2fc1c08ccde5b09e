package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"crmbot/bot"
	"crmbot/crm"
)

// again is the request's command line once more, with one argument replaced.
func again(r *bot.Request, command, name, value string) string {
	parts := []string{command}
	if r.Args.Subject != (crm.Ref{}) {
		parts = append(parts, r.Args.Subject.String())
	}
	names := []string{name}
	for n := range r.Args.Values {
		if n != name {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		v := value
		if n != name {
			v = typed(r.Args.Values[n])
		}
		parts = append(parts, pair(n, v))
	}
	return strings.Join(parts, " ")
}

// pair is name=value as it is typed.
func pair(name, value string) string {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return !plainRune(r) }) {
		value = `"` + strings.ReplaceAll(strings.Join(strings.Fields(value), " "), `"`, "'") + `"`
	}
	return name + "=" + value
}

func plainRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '.' || r == ':' || r == '+'
}

// typed is a value of an argument as somebody would type it.
func typed(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case crm.Money:
		return v.String()
	case time.Time:
		return moment(v)
	case crm.Intent:
		return string(v)
	case fmt.Stringer:
		return v.String()
	}
	return ""
}

// moment is a time as it is typed in an action, in the zone it has.
func moment(t time.Time) string { return t.Format("2006-01-02 15:04") }
