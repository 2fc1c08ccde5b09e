package crm

import "time"

// Intent is how near somebody is to buying: A high, B middle, C low, or "".
type Intent string

// The intent levels (意向 高 中 低).
const (
	IntentHigh   Intent = "A"
	IntentMiddle Intent = "B"
	IntentLow    Intent = "C"
)

// Source says where somebody came from. The names are a list in the config;
// Raw is what the platform carried: a start payload, a scene, a page address.
type Source struct {
	Name string
	Raw  string
	At   time.Time `bun:",nullzero"`
}

// Contact is a person outside the company, at an Account or alone.
type Contact struct {
	ID        ContactID `bun:",pk,autoincrement,identity"`
	Name      string
	Phone     string // as NormalPhone writes it
	Email     string
	Title     string
	AccountID AccountID `bun:",nullzero"`
	Language  string    // sticks from the script of the first text
	Intent    Intent
	First     Source `bun:"embed:source_"`
	Latest    Source `bun:"embed:latest_source_"`
	// Claimed is a phone that the person typed in a chat: a hint for staff,
	// never a link to other records.
	Claimed    string
	OptedOut   time.Time `bun:",nullzero"` // asked for no more messages
	MergedInto ContactID `bun:",nullzero"`
	OwnerID    UserID    `bun:",nullzero"`
	TeamID     TeamID    `bun:",nullzero"`
	Version    int64
	Created    time.Time
	Updated    time.Time
}

// Ref is the contact's reference.
func (c *Contact) Ref() Ref { return Ref{KindContact, int64(c.ID)} }

// ContactFilter selects contacts in scope. Zero fields do not filter.
type ContactFilter struct {
	Scope   Scope
	Owner   UserID
	Account AccountID
	Phone   string
	Page    Page
}

func (c *Contact) owned() (UserID, TeamID) { return c.OwnerID, c.TeamID }
func (c *Contact) revision() *int64        { return &c.Version }
func (c *Contact) label() (string, string) { return c.Name, either(c.Title, c.Phone) }

func (c *Contact) fields() map[string]string {
	return map[string]string{
		"name": c.Name, "phone": c.Phone, "email": c.Email, "title": c.Title, "language": c.Language,
		"intent": string(c.Intent), "source": c.First.Name, "latest": c.Latest.Name, "claimed": c.Claimed,
		"stopped": stamp(c.OptedOut), "account": refer(KindAccount, int64(c.AccountID)),
		"owner": refer(KindUser, int64(c.OwnerID)), "merged": refer(KindContact, int64(c.MergedInto)),
	}
}

// setters are the fields that people may change, but for the account.
func (c *Contact) setters(s Settings) map[string]setter {
	return map[string]setter{
		"name": name("name", &c.Name), "phone": checked(&c.Phone, s.normalPhone),
		"email": checked(&c.Email, normalEmail), "title": text("title", &c.Title, nameMax),
		"language": text("language", &c.Language, 16), "intent": checked(&c.Intent, ParseIntent),
	}
}

// check tidies a new contact.
func (c *Contact) check(s Settings) error {
	return set(c.setters(s), map[string]string{
		"name": c.Name, "phone": c.Phone, "email": c.Email, "title": c.Title,
		"language": c.Language, "intent": string(c.Intent),
	})
}
