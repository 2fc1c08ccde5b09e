package crm

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
