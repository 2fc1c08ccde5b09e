package crm_test

import (
	"testing"

	"crmbot/crm"
)

// TestWhoSaysHisNameLater: a wish of somebody without a name makes a lead
// without one. His name, once it is known, is the lead's too; another one that
// he says later changes nothing, and his colleagues can take theirs back.
func TestWhoSaysHisNameLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "")
	l, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "20 t", Phone: "13800000000"})
	if err != nil || l.Name != "" || l.ContactID != c.ID {
		t.Fatalf("lead %+v: %v", l, err)
	}
	boss := w.as("admin")
	named := must(w.Contacts.Set(t.Context(), boss, c.ID, map[string]string{"name": "Ben"}))(t)
	if l = must(w.Leads.Lead(t.Context(), boss, l.ID))(t); named.Name != "Ben" || l.Name != "Ben" {
		t.Errorf("contact %q, lead %q", named.Name, l.Name)
	}
	must(w.Records.Undo(t.Context(), boss))(t)
	if l = must(w.Leads.Lead(t.Context(), boss, l.ID))(t); l.Name != "" {
		t.Errorf("lead %q after undo", l.Name)
	}
	for _, name := range []string{"Ana", "Cleo"} {
		must(w.Contacts.Introduce(t.Context(), c.ID, name))(t)
	}
	c = must(w.Contacts.Contact(t.Context(), boss, c.ID))(t)
	if l = must(w.Leads.Lead(t.Context(), boss, l.ID))(t); c.Name != "Ana" || l.Name != "Ana" {
		t.Errorf("contact %q, lead %q", c.Name, l.Name)
	}
	_, err = w.Contacts.Introduce(t.Context(), w.stranger(t, "").ID, " ")
	want(t, err, "invalid field.empty")
}

// TestANamelessLeadConverts: the account of somebody without a name or company
// is called by his number.
func TestANamelessLeadConverts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "")
	l, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "20 t", Phone: "13800000000"})
	if err != nil {
		t.Fatal(err)
	}
	made := must(w.Leads.Convert(t.Context(), w.as("admin"), l.ID))(t)
	if made.Account.Name != "+8613800000000" || made.Contact.Name != "" {
		t.Errorf("account %q, contact %q", made.Account.Name, made.Contact.Name)
	}
}
