package crm_test

import (
	"testing"

	"crmbot/crm"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	a := must(w.Accounts.Ensure(t.Context(), by, " Rongshi "))(t)
	if b := must(w.Accounts.Ensure(t.Context(), w.as("zhou.na"), "rongshi"))(t); b.ID != a.ID {
		t.Error("a name in other letters is another account")
	}
	err := w.Accounts.Create(t.Context(), by, &crm.Account{Name: "RONGSHI"})
	want(t, err, "conflict account.exists")
	_, err = w.Accounts.Ensure(t.Context(), by, "  ")
	want(t, err, "invalid field.empty")
	_, err = w.Accounts.Ensure(t.Context(), crm.Actor{Kind: crm.AuthorContact, Contact: 1}, "x")
	want(t, err, "forbidden")
	_, err = w.Accounts.Set(t.Context(), w.as("zhou.na"), a.ID, map[string]string{"city": "Linyi"})
	want(t, err, "forbidden forbidden.manager")
	got := must(w.Accounts.Set(t.Context(), by, a.ID, map[string]string{"city": "Linyi", "phone": "0539-8123456"}))(t)
	if got.City != "Linyi" || got.Phone != "+865398123456" {
		t.Errorf("account %+v", got)
	}
	must(w.Accounts.Assign(t.Context(), w.as("li.wei"), a.ID, w.id("zhou.na")))(t)
	must(w.Accounts.Set(t.Context(), w.as("zhou.na"), a.ID, map[string]string{"city": "Jinan"}))(t)
	if _, n, err := w.Accounts.List(t.Context(), w.as("chen.jie"), crm.AccountFilter{}); n != 1 || err != nil {
		t.Errorf("%d accounts, %v", n, err)
	}
}
