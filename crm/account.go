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

func (a *Account) owned() (UserID, TeamID) { return a.OwnerID, a.TeamID }
func (a *Account) revision() *int64        { return &a.Version }
func (a *Account) label() (string, string) { return a.Name, either(a.City, a.Phone) }

func (a *Account) fields() map[string]string {
	return map[string]string{
		"name": a.Name, "phone": a.Phone, "website": a.Website, "city": a.City,
		"owner": refer(KindUser, int64(a.OwnerID)),
	}
}

// setters are the fields that people may change.
func (a *Account) setters(s Settings) map[string]setter {
	return map[string]setter{
		"name": name("name", &a.Name), "phone": checked(&a.Phone, s.normalPhone),
		"website": text("website", &a.Website, nameMax), "city": text("city", &a.City, nameMax),
	}
}

// check tidies a new account.
func (a *Account) check(s Settings) error {
	return set(a.setters(s), map[string]string{
		"name": a.Name, "phone": a.Phone, "website": a.Website, "city": a.City,
	})
}
