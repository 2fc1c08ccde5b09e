package crm

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The longest texts that are kept, in characters.
const (
	nameMax = 200
	textMax = 10000
)

// tidy trims a text and bounds it. Returns CodeInvalid for field.
func tidy(field, s string, most int) (string, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > most {
		return "", Fail(CodeInvalid, "field.long", "max", most).In(field)
	}
	return s, nil
}

// normalPhone is NormalPhone for a field; "" stays "".
func (s Settings) normalPhone(v string) (string, error) {
	if strings.TrimSpace(v) == "" {
		return "", nil
	}
	phone, ok := NormalPhone(v, s.Country)
	if !ok {
		return "", Fail(CodeInvalid, "phone.bad").In("phone")
	}
	return phone, nil
}

func normalEmail(v string) (string, error) {
	v = strings.TrimSpace(v)
	if v == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(v)
	if err != nil || a.Address != v || len(v) > 254 {
		return "", Fail(CodeInvalid, "email.bad").In("email")
	}
	return v, nil
}

// ParseIntent reads an intent level in any case; "" is none. Returns
// CodeInvalid.
func ParseIntent(s string) (Intent, error) {
	switch i := Intent(strings.ToUpper(strings.TrimSpace(s))); i {
	case IntentHigh, IntentMiddle, IntentLow, "":
		return i, nil
	}
	return "", Fail(CodeInvalid, "intent.bad").In("intent")
}

// ParseDay checks a calendar day, "2026-12-20"; "" is none. Returns
// CodeInvalid.
func ParseDay(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", Fail(CodeInvalid, "day.bad").In("close")
	}
	return s, nil
}

// setter puts a checked value into a field.
type setter func(value string) error

// set gives values to fields by name, in the order of their names, so that of
// several wrong ones the same is always told first. Returns CodeInvalid.
func set(setters map[string]setter, fields map[string]string) error {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		put, ok := setters[name]
		if !ok {
			return Fail(CodeInvalid, "field.unknown", "field", name).In(name)
		}
		if err := put(fields[name]); err != nil {
			return err
		}
	}
	return nil
}

// name sets a text that must not be empty.
func name(field string, to *string) setter {
	return func(v string) error {
		v, err := tidy(field, v, nameMax)
		if err == nil && v == "" {
			return Fail(CodeInvalid, "field.empty").In(field)
		}
		*to = either(v, *to)
		return err
	}
}

// text sets a text that may be empty.
func text(field string, to *string, most int) setter {
	return func(v string) error {
		v, err := tidy(field, v, most)
		if err == nil {
			*to = v
		}
		return err
	}
}

// checked sets what parse makes of the value.
func checked[T any](to *T, parse func(string) (T, error)) setter {
	return func(v string) error {
		t, err := parse(v)
		if err == nil {
			*to = t
		}
		return err
	}
}
