package crm

import "time"

// Account is a company we sell to.
type Account struct {
	ID      AccountID `bun:",pk,autoincrement,identity"`
	Name    string
	Phone   string // as NormalPhone writes it
	Website string
	City    string
	OwnerID UserID `bun:",nullzero"`
	TeamID  TeamID `bun:",nullzero"`
	Version int64
	Created time.Time
	Updated time.Time
}

// Ref is the account's reference.
func (a *Account) Ref() Ref { return Ref{KindAccount, int64(a.ID)} }

// AccountFilter selects accounts in scope. Zero fields do not filter.
type AccountFilter struct {
	Scope Scope
	Owner UserID
	Name  string // exact, case-insensitive
	Page  Page
}
