package crm

import (
	"fmt"
	"strings"
)

// Money is an amount in minor units (cents, fen) of one currency. Two
// currencies are never added together.
type Money struct {
	Minor    int64
	Currency string // ISO 4217: "CNY"
}

// Zero says whether there is no amount.
func (m Money) Zero() bool { return m.Minor == 0 }

// Percent is n percent of the amount, rounded toward zero.
func (m Money) Percent(n int) Money {
	m.Minor = m.Minor * int64(n) / 100
	return m
}

// String writes the amount for logs and the audit trail: "280000 CNY",
// "0.50 CNY", "" for none. People read what the locale makes of it.
func (m Money) String() string {
	if m.Zero() {
		return ""
	}
	sign, n := "", m.Minor
	if n < 0 {
		sign, n = "-", -n
	}
	unit := m.Unit()
	text := fmt.Sprint(n / unit)
	if n%unit != 0 {
		text += fmt.Sprintf(".%02d", n%unit)
	}
	return strings.TrimSpace(sign + text + " " + m.Currency)
}

// Unit is how many minor units make a major one.
func (m Money) Unit() int64 {
	switch m.Currency {
	case "JPY", "KRW", "VND":
		return 1
	}
	return 100
}
