package commands

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"crmbot/crm"
)

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
