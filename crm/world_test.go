package crm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// world is a company with two teams, on a database of its own and with a clock
// that the test sets.
type world struct {
	*crm.Services
	db    *storage.DB
	now   time.Time
	users map[string]*crm.User
}

func newWorld(t *testing.T) *world {
	t.Helper()
	shanghai := time.FixedZone("CST", 8*3600)
	w := &world{now: storagetest.Clock(), users: map[string]*crm.User{}}
	w.db = storagetest.Open(t, storagetest.SQLite(t), func() time.Time { return w.now })
	w.Services = crm.NewServices(w.db, func() time.Time { return w.now }, crm.Settings{
		Stages: crm.DefaultStages(), Zone: shanghai, Currency: "CNY", Country: "CN",
	})
	for _, n := range []crm.NewUser{
		{Handle: "admin", Name: "Admin", Role: crm.RoleAdmin},
		{Handle: "li.wei", Name: "李伟", Role: crm.RoleManager, Team: "East"},
		{Handle: "wang.fang", Name: "王芳", Role: crm.RoleSales, Team: "East"},
		{Handle: "chen.jie", Name: "陈杰", Role: crm.RoleSales, Team: "East"},
		{Handle: "zhou.na", Name: "周娜", Role: crm.RoleSales, Team: "South"},
		{Handle: "zhao.min", Name: "赵敏", Role: crm.RoleService},
	} {
		u, err := w.Users.Seed(t.Context(), n, nil)
		if err != nil {
			t.Fatalf("seed %s: %v", n.Handle, err)
		}
		w.users[n.Handle] = u
	}
	return w
}

func (w *world) id(handle string) crm.UserID { return w.users[handle].ID }

// as is who acts: a handle, "" for the program.
func (w *world) as(handle string) crm.Actor {
	if handle == "" {
		return crm.System()
	}
	return w.users[handle].Actor()
}

// lead is a lead of the user's own.
func (w *world) lead(t *testing.T, owner string, l crm.Lead) *crm.Lead {
	t.Helper()
	if _, err := w.Leads.Create(t.Context(), w.as(owner), &l); err != nil {
		t.Fatalf("lead: %v", err)
	}
	return &l
}

// stranger is a contact without an owner, as a first message makes it.
func (w *world) stranger(t *testing.T, name string) *crm.Contact {
	t.Helper()
	c := &crm.Contact{Name: name}
	if err := w.db.CreateContacts(t.Context(), c); err != nil {
		t.Fatalf("contact: %v", err)
	}
	return c
}

func customer(c *crm.Contact) crm.Actor {
	return crm.Actor{Kind: crm.AuthorContact, Contact: c.ID}
}

// want checks the code of an error, and its key if one is given: "conflict",
// "conflict lead.is.lost", "" for none.
func want(t *testing.T, err error, codeAndKey string) {
	t.Helper()
	code, key, _ := strings.Cut(codeAndKey, " ")
	var e *crm.Error
	if crm.CodeOf(err) != crm.Code(code) || key != "" && (!errors.As(err, &e) || e.Key != key) {
		t.Errorf("got %v, want %q", err, codeAndKey)
	}
}

// must stops the test at an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// trail is the audit trail of a record, oldest first: "created changed".
func (w *world) trail(t *testing.T, r crm.Ref) string {
	t.Helper()
	events, _, err := w.db.Events(t.Context(), crm.EventFilter{Subject: r})
	if err != nil {
		t.Fatal(err)
	}
	verbs := make([]string, len(events))
	for i, e := range events {
		verbs[len(events)-1-i] = e.Verb
	}
	return strings.Join(verbs, " ")
}

// newEmpty is a company where nobody works yet.
func newEmpty(t *testing.T) *world {
	t.Helper()
	w := &world{now: storagetest.Clock()}
	w.db = storagetest.New(t)
	w.Services = crm.NewServices(w.db, storagetest.Clock, crm.Settings{Stages: crm.DefaultStages(), Zone: time.UTC})
	return w
}
