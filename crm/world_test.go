package crm_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
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
	chats int // made so far
}

// settings changes the company's choices.
func (w *world) settings(fn func(*crm.Settings)) {
	set := w.Settings
	fn(&set)
	w.Services = crm.NewServices(w.db, func() time.Time { return w.now }, set)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	file, err := office()
	if err != nil {
		t.Fatal(err)
	}
	path := storagetest.SQLite(t)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	w := openWorld(t, path)
	users, err := w.db.Users(t.Context(), crm.UserFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		w.users[u.Handle] = u
	}
	return w
}

// everywhere runs fn in the office on each database.
func everywhere(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, newWorld(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		w := openWorld(t, storagetest.Postgres(t))
		for _, n := range people {
			w.users[n.Handle] = must(w.Users.Seed(t.Context(), n, nil))(t)
		}
		fn(t, w)
	})
}

// newEmpty is a company where nobody works yet.
func newEmpty(t *testing.T) *world {
	t.Helper()
	return openWorld(t, storagetest.SQLite(t))
}

func openWorld(t *testing.T, path string) *world {
	t.Helper()
	w := &world{now: storagetest.Clock(), users: map[string]*crm.User{}}
	clock := func() time.Time { return w.now }
	w.db = storagetest.Open(t, path, clock)
	w.Services = crm.NewServices(w.db, clock, settings)
	return w
}

var settings = crm.Settings{
	Stages: crm.DefaultStages(), Zone: time.FixedZone("CST", 8*3600), Currency: "CNY", Country: "CN",
}

// people work in the office.
var people = []crm.NewUser{
	{Handle: "admin", Name: "Admin", Role: crm.RoleAdmin},
	{Handle: "li.wei", Name: "李伟", Role: crm.RoleManager, Team: "East"},
	{Handle: "wang.fang", Name: "王芳", Role: crm.RoleSales, Team: "East"},
	{Handle: "chen.jie", Name: "陈杰", Role: crm.RoleSales, Team: "East"},
	{Handle: "zhou.na", Name: "周娜", Role: crm.RoleSales, Team: "South"},
	{Handle: "zhao.min", Name: "赵敏", Role: crm.RoleService},
}

// office is the file of a database in which people work already. It is made
// once: every world begins with a copy.
var office = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "crm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path, ctx := filepath.Join(dir, "office.db"), context.Background()
	db, err := storage.Open(ctx, path, storage.Options{Now: storagetest.Clock, Migrate: true})
	if err != nil {
		return nil, err
	}
	services := crm.NewServices(db, storagetest.Clock, settings)
	for _, n := range people {
		if _, err := services.Users.Seed(ctx, n, nil); err != nil {
			return nil, err
		}
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

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
