package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

// newcomer is somebody whom no user is linked to yet.
func newcomer(t *testing.T, w *world, sender string) *crm.Identity {
	t.Helper()
	i := &crm.Identity{Platform: "p", Install: "i", Sender: sender, Name: "N " + sender, ContactID: w.stranger(t, sender).ID}
	if err := w.db.CreateIdentities(t.Context(), []*crm.Identity{i}); err != nil {
		t.Fatal(err)
	}
	return i
}

func TestUserAdd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as("admin")
	u, code, err := w.Users.Add(t.Context(), admin, crm.NewUser{Name: "孙丽", Role: crm.RoleSales, Team: "East"})
	if err != nil || u.Handle != "user7" || u.TeamID != w.users["li.wei"].TeamID || !u.Active || len(code) != 9 {
		t.Fatalf("user %+v, code %q, %v", u, code, err)
	}
	i := newcomer(t, w, "sun")
	got, err := w.Users.Link(t.Context(), i, code)
	if err != nil || got.ID != u.ID || i.UserID != u.ID || i.ContactID != 0 {
		t.Fatalf("linked %+v to %+v, %v", i, got, err)
	}
	ids := must(w.db.IdentitiesOf(t.Context(), 0, u.ID))(t)
	if len(ids) != 1 || ids[0].ContactID != 0 {
		t.Errorf("identities %+v", ids)
	}
	_, err = w.Users.Link(t.Context(), newcomer(t, w, "thief"), code)
	want(t, err, "invalid link.code.bad")
	for _, x := range []struct {
		by   string
		new  crm.NewUser
		code string
	}{
		{"li.wei", crm.NewUser{Name: "x", Role: crm.RoleSales}, "forbidden forbidden.admin"},
		{"admin", crm.NewUser{Name: "x", Role: "boss"}, "invalid user.role.unknown"},
		{"admin", crm.NewUser{Name: " ", Role: crm.RoleSales}, "invalid field.empty"},
		{"admin", crm.NewUser{Name: "x", Handle: "Li.Wei", Role: crm.RoleSales}, "conflict user.handle.taken"},
		{"admin", crm.NewUser{Name: "x", Handle: "li wei", Role: crm.RoleSales}, "invalid user.handle.bad"},
	} {
		_, _, err := w.Users.Add(t.Context(), w.as(x.by), x.new)
		want(t, err, x.code)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.id("wang.fang")
	first := must(w.Users.NewCode(t.Context(), w.as("wang.fang"), id))(t)
	second := must(w.Users.NewCode(t.Context(), w.as("admin"), id))(t)
	_, err := w.Users.Link(t.Context(), newcomer(t, w, "a"), first)
	want(t, err, "invalid link.code.bad") // an older code ends
	must(w.Users.Link(t.Context(), newcomer(t, w, "b"), second))(t)

	third := must(w.Users.NewCode(t.Context(), w.as("admin"), id))(t)
	w.now = w.now.Add(10 * time.Minute)
	_, err = w.Users.Link(t.Context(), newcomer(t, w, "c"), third)
	want(t, err, "invalid link.code.bad") // ten minutes are over

	_, err = w.Users.NewCode(t.Context(), w.as("chen.jie"), id)
	want(t, err, "forbidden forbidden.admin")
	_, err = w.Users.NewCode(t.Context(), w.as("admin"), 99)
	want(t, err, "not_found")
	must(w.Users.Off(t.Context(), w.as("admin"), id))(t)
	_, err = w.Users.NewCode(t.Context(), w.as("admin"), id)
	want(t, err, "not_found")
}

// Five wrong guesses shut a stranger out, right code or not, and nobody else.
func TestGuesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.id("wang.fang")
	code := must(w.Users.NewCode(t.Context(), w.as("admin"), id))(t)
	thief := newcomer(t, w, "thief")
	for range 5 {
		_, err := w.Users.Link(t.Context(), thief, "AAAA-AAAA")
		want(t, err, "invalid link.code.bad")
	}
	_, err := w.Users.Link(t.Context(), thief, code)
	want(t, err, "invalid link.code.tries")
	if thief.UserID != 0 {
		t.Error("the thief is in")
	}
	must(w.Users.Link(t.Context(), newcomer(t, w, "wang"), code))(t)
	w.now = w.now.Add(10*time.Minute + time.Second)
	fresh := must(w.Users.NewCode(t.Context(), w.as("admin"), id))(t)
	must(w.Users.Link(t.Context(), thief, fresh))(t) // whoever he is, he may try again
}

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if code := must(w.Users.AdminCode(t.Context()))(t); code != "" {
		t.Error("a code for an admin where there is one")
	}
	w.users = nil
	empty := newEmpty(t)
	old := must(empty.Users.AdminCode(t.Context()))(t)
	code := must(empty.Users.AdminCode(t.Context()))(t)
	me := newcomer(t, empty, "me")
	_, err := empty.Users.Link(t.Context(), me, old)
	want(t, err, "invalid link.code.bad")
	u := must(empty.Users.Link(t.Context(), me, code))(t)
	if u.Role != crm.RoleAdmin || u.Name != "N me" || !u.Active {
		t.Errorf("the first admin is %+v", u)
	}
	if code := must(empty.Users.AdminCode(t.Context()))(t); code != "" {
		t.Error("a second first admin")
	}
	if admins := must(empty.Users.Admins(t.Context()))(t); len(admins) != 1 {
		t.Errorf("admins %v", admins)
	}
}

func TestWhoeverHasNoNameGivesOne(t *testing.T) {
	t.Parallel()
	w := newEmpty(t)
	code := must(w.Users.AdminCode(t.Context()))(t)
	me := newcomer(t, w, "visitor-x7")
	me.Name = " "
	u := must(w.Users.Link(t.Context(), me, code))(t)
	if u.Named() || u.Name != string(crm.RoleAdmin) || u.Handle == me.Sender {
		t.Errorf("a nameless admin is %+v", u)
	}
	want(t, w.Users.Rename(t.Context(), u.Actor(), " "), "invalid field.empty")
	want(t, w.Users.Rename(t.Context(), crm.System(), "Ana"), "forbidden forbidden.staff")
	want(t, w.Users.Rename(t.Context(), u.Actor(), "王芳"), "")
	if u = must(w.Users.User(t.Context(), u.ID))(t); !u.Named() || u.Name != "王芳" {
		t.Errorf("named %+v", u)
	}
}

func TestLastAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as("admin")
	_, err := w.Users.Off(t.Context(), admin, w.id("admin"))
	want(t, err, "conflict user.last_admin")
	_, err = w.Users.SetRole(t.Context(), admin, w.id("admin"), crm.RoleSales)
	want(t, err, "conflict user.last_admin")
	must(w.Users.SetRole(t.Context(), admin, w.id("li.wei"), crm.RoleAdmin))(t)
	must(w.Users.SetRole(t.Context(), admin, w.id("admin"), crm.RoleSales))(t)
	_, err = w.Users.SetRole(t.Context(), w.as("chen.jie"), w.id("chen.jie"), crm.RoleAdmin)
	want(t, err, "forbidden forbidden.admin")
}

func TestOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.id("wang.fang")
	i := newcomer(t, w, "wang")
	must(w.Users.Link(t.Context(), i, must(w.Users.NewCode(t.Context(), w.as("admin"), id))(t)))(t)
	waiting := must(w.Users.NewCode(t.Context(), w.as("admin"), id))(t)
	u := must(w.Users.Off(t.Context(), w.as("admin"), id))(t)
	if u.Active {
		t.Error("still active")
	}
	if ids := must(w.db.IdentitiesOf(t.Context(), 0, id))(t); len(ids) != 0 {
		t.Errorf("still linked: %+v", ids)
	}
	_, err := w.Users.Link(t.Context(), i, waiting)
	want(t, err, "invalid link.code.bad")
	if found := must(w.Users.Named(t.Context(), "王芳"))(t); len(found) != 0 {
		t.Error("a leaver is found by name")
	}
	if all := must(w.Users.List(t.Context(), w.as("li.wei"), false))(t); len(all) != 6 {
		t.Errorf("%d users", len(all))
	}
	if left := must(w.Users.List(t.Context(), w.as("li.wei"), true))(t); len(left) != 5 {
		t.Errorf("%d active users", len(left))
	}
	_, err = w.Users.List(t.Context(), crm.Actor{Kind: crm.AuthorContact, Contact: 1}, true)
	want(t, err, "forbidden forbidden.staff")
}

func TestSeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newcomer(t, w, "sun")
	keys := []crm.IdentityKey{i.Key(), {Platform: "p", Install: "i", Sender: "other"}}
	u := must(w.Users.Seed(t.Context(), crm.NewUser{Handle: "sun.li", Name: "孙丽", Role: crm.RoleSales}, keys))(t)
	if ids := must(w.db.IdentitiesOf(t.Context(), 0, u.ID))(t); len(ids) != 2 {
		t.Errorf("identities %+v", ids)
	}
	again := must(w.Users.Seed(t.Context(), crm.NewUser{Handle: "sun.li", Name: "Other", Role: crm.RoleAdmin}, keys))(t)
	if again.ID != u.ID || again.Name != "孙丽" || again.Role != crm.RoleSales {
		t.Errorf("the config won over the database: %+v", again)
	}
}

func TestGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newcomer(t, w, "sun")
	_, err := w.Users.Grant(t.Context(), w.as("li.wei"), i.ID, crm.RoleSales)
	want(t, err, "forbidden forbidden.admin")
	u := must(w.Users.Grant(t.Context(), w.as("admin"), i.ID, crm.RoleSales))(t)
	if u.Name != "N sun" || u.Handle != "n.sun" || u.Role != crm.RoleSales {
		t.Errorf("user %+v", u)
	}
	_, err = w.Users.Grant(t.Context(), w.as("admin"), i.ID, crm.RoleAdmin)
	want(t, err, "conflict user.known")
}

func TestSettingsOfUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Users.SetLanguage(t.Context(), w.as("wang.fang"), "zh-CN"); err != nil {
		t.Fatal(err)
	}
	if u := must(w.Users.User(t.Context(), w.id("wang.fang")))(t); u.Language != "zh-CN" {
		t.Errorf("language %q", u.Language)
	}
	u := must(w.Users.SetTeam(t.Context(), w.as("admin"), w.id("wang.fang"), "North"))(t)
	if u.TeamID == w.users["li.wei"].TeamID || u.TeamID == 0 {
		t.Errorf("team %v", u.TeamID)
	}
	history := must(w.Records.History(t.Context(), w.as("admin"), u.Ref(), 1))(t)
	if c := history[0].Changes["team"]; c != (crm.Change{From: "East", To: "North"}) {
		t.Errorf("the trail says %+v", c)
	}
	east := w.users["li.wei"].TeamID
	if got := must(w.Users.Next(t.Context(), crm.RoleSales, east))(t); got != w.id("chen.jie") {
		t.Errorf("the turn of East is %v", got)
	}
	if got := must(w.Users.Next(t.Context(), crm.RoleService, east))(t); got != w.id("zhao.min") {
		t.Errorf("without service in the team, the turn is %v", got)
	}
	if got := must(w.Users.Next(t.Context(), "cook", east))(t); got != 0 {
		t.Errorf("the turn of cooks is %v", got)
	}
}
