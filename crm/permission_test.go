package crm

import (
	"errors"
	"testing"
)

func TestPermissions(t *testing.T) {
	t.Parallel()
	const me, mate = 1, 2
	user := func(r Role) Actor { return Actor{Kind: AuthorUser, User: me, Role: r, Team: 1} }
	for _, x := range []struct {
		name  string
		have  Actor
		do    do
		kind  Kind
		owner UserID
		want  string // key of the refusal
	}{
		{"sales makes a lead", user(RoleSales), create, KindLead, 0, ""},
		{"service makes no lead", user(RoleService), create, KindLead, 0, "forbidden.sales"},
		{"sales changes his lead", user(RoleSales), modify, KindLead, me, ""},
		{"sales changes nobody's lead", user(RoleSales), modify, KindLead, 0, ""},
		{"sales gives his lead away", user(RoleSales), assign, KindLead, me, ""},
		{"sales gives no other's lead away", user(RoleSales), assign, KindLead, mate, "forbidden.manager"},
		{"a manager gives leads away", user(RoleManager), assign, KindLead, mate, ""},
		{"sales sees another's account, but leaves it", user(RoleSales), modify, KindAccount, mate, "forbidden.manager"},
		{"service mends a contact", user(RoleService), modify, KindContact, mate, ""},
		{"service gives no contact away", user(RoleService), assign, KindContact, mate, "forbidden.sales"},
		{"service gives a ticket away", user(RoleService), assign, KindTicket, mate, ""},
		{"sales leaves a colleague's ticket", user(RoleSales), modify, KindTicket, mate, "forbidden.service"},
		{"service writes articles", user(RoleService), create, KindArticle, 0, ""},
		{"sales drafts articles", user(RoleSales), create, KindArticle, 0, ""},
		{"sales teaches no articles", user(RoleSales), modify, KindArticle, 0, "forbidden.service"},
		{"service teaches articles", user(RoleService), modify, KindArticle, 0, ""},
		{"service lets no articles out", user(RoleService), approve, KindArticle, 0, "forbidden.manager"},
		{"a manager lets articles out", user(RoleManager), approve, KindArticle, 0, ""},
		{"a customer writes no articles", Actor{Kind: AuthorContact, Contact: 1}, create, KindArticle, 0, "forbidden.staff"},
		{"a manager hires nobody", user(RoleManager), create, KindUser, 0, "forbidden.admin"},
		{"an admin does", user(RoleAdmin), create, KindUser, 0, ""},
		{"nobody gives a plan away", user(RoleAdmin), assign, KindActivity, me, "forbidden.admin"},
		{"sales speaks with customers", user(RoleSales), modify, KindConversation, 0, ""},
		{"service speaks with customers", user(RoleService), modify, KindConversation, mate, ""},
		{"a customer is in charge of nothing", Actor{Kind: AuthorContact, Contact: 1}, modify, KindConversation, 0, "forbidden.staff"},
		{"an unknown role may nothing", user("intern"), create, KindLead, 0, "forbidden.sales"},
		{"a customer may nothing", Actor{Kind: AuthorContact, Contact: 1}, create, KindLead, 0, "forbidden.staff"},
		{"the program may everything", System(), assign, KindActivity, me, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			wantKey(t, x.have.may(x.do, x.kind, x.owner), CodeForbidden, x.want)
		})
	}
}

func TestSees(t *testing.T) {
	t.Parallel()
	service := Actor{Kind: AuthorUser, User: 1, Role: RoleService}
	wantKey(t, service.sees(KindLead), CodeForbidden, "forbidden.sales")
	wantKey(t, service.sees(KindTicket), CodeForbidden, "")
	wantKey(t, Actor{Kind: AuthorContact, Contact: 1}.sees(KindTicket), CodeForbidden, "forbidden.staff")
	wantKey(t, System().sees(KindLead), CodeForbidden, "")
}

// wantKey checks that err is the refusal of that code and key, or none for "".
func wantKey(t *testing.T, err error, code Code, key string) {
	t.Helper()
	if key == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var e *Error
	if !errors.As(err, &e) || e.Key != key || e.Code != code {
		t.Errorf("got %v, want %s (%s)", err, key, code)
	}
}
