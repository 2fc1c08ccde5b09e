package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

func TestLeadCreate(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name  string
		by    string
		owner string
		code  string
	}{
		{"sales owns what he makes", "wang.fang", "wang.fang", ""},
		{"a manager's goes in turn among his team", "li.wei", "wang.fang", ""},
		{"service makes none", "zhao.min", "", "forbidden forbidden.sales"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			l := &crm.Lead{Name: "张伟", Phone: "138 0000 0000", First: crm.Source{Name: "baidu"}}
			_, err := w.Leads.Create(t.Context(), w.as(x.by), l)
			want(t, err, x.code)
			if x.code != "" {
				return
			}
			if l.OwnerID != w.id(x.owner) || l.TeamID != w.users[x.owner].TeamID {
				t.Errorf("owner %v of team %v, want %s", l.OwnerID, l.TeamID, x.owner)
			}
			if l.Phone != "+8613800000000" || l.Status != crm.LeadNew || !l.First.At.Equal(w.now) || l.Latest != l.First {
				t.Errorf("lead %+v", l)
			}
		})
	}
}

func TestLeadTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := map[crm.UserID]int{}
	for range 6 {
		got[w.lead(t, "li.wei", crm.Lead{Name: "x"}).OwnerID]++
	}
	if got[w.id("wang.fang")] != 3 || got[w.id("chen.jie")] != 3 {
		t.Errorf("six leads of East went to %v", got)
	}
	if _, err := w.Users.Off(t.Context(), w.as("admin"), w.id("wang.fang")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if l := w.lead(t, "li.wei", crm.Lead{Name: "x"}); l.OwnerID != w.id("chen.jie") {
			t.Errorf("a lead went to %v, who is not chen.jie", l.OwnerID)
		}
	}
}

func TestLeadDuplicates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs := w.lead(t, "zhou.na", crm.Lead{Name: "张伟", Phone: "13800000000"})
	known := w.stranger(t, "张先生")
	if _, err := w.Contacts.Share(t.Context(), known.ID, "+86 138 0000 0000"); err != nil {
		t.Fatal(err)
	}
	mine := &crm.Lead{Name: "张总", Phone: "0086-138-0000-0000"}
	doubles := must(w.Leads.Create(t.Context(), w.as("wang.fang"), mine))(t)
	if len(doubles) != 2 || doubles[0].Ref != known.Ref() || doubles[1] != (crm.Duplicate{Ref: theirs.Ref(), Owner: w.id("zhou.na")}) {
		t.Errorf("duplicates %+v", doubles)
	}
	if mine.ID == 0 {
		t.Error("a duplicate is an error")
	}
	// A claimed number is a hint and links nothing.
	liar := w.stranger(t, "liar")
	must(w.Contacts.Claim(t.Context(), liar.ID, "13911111111"))(t)
	if d := must(w.Leads.Create(t.Context(), w.as("wang.fang"), &crm.Lead{Name: "x", Phone: "13911111111"}))(t); len(d) != 0 {
		t.Errorf("a claimed phone is a duplicate: %+v", d)
	}
}

func TestWish(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "Ana")
	first, joined, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "20 t syrup", Phone: "13800000000"})
	if err != nil || joined {
		t.Fatalf("first wish: %v, joined %v", err, joined)
	}
	got := must(w.db.Contact(t.Context(), c.ID))(t)
	if first.OwnerID == 0 || got.OwnerID != first.OwnerID || first.ContactID != c.ID || first.Name != "Ana" {
		t.Errorf("lead %+v of contact %+v", first, got)
	}
	w.now = w.now.Add(6 * 24 * time.Hour)
	second, joined, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "and samples"})
	if err != nil || !joined || second.ID != first.ID || second.Need != "20 t syrup; and samples" {
		t.Errorf("second wish: %+v, joined %v, %v", second, joined, err)
	}
	w.now = w.now.Add(2 * 24 * time.Hour)
	third, joined, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "5 t"})
	if err != nil || joined || third.ID == first.ID || third.OwnerID != first.OwnerID {
		t.Errorf("after eight days: %+v, joined %v, %v", third, joined, err)
	}
	if _, err := w.Leads.Lose(t.Context(), crm.System(), third.ID, "spam"); err != nil {
		t.Fatal(err)
	}
	if fourth, joined, _ := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "6 t"}); joined || fourth.ID == third.ID {
		t.Error("a wish joined a lost lead")
	}
	if got := w.trail(t, first.Ref()); got != "created joined" {
		t.Errorf("trail %q", got)
	}
	_, _, err = w.Leads.Wish(t.Context(), 999, &crm.Lead{Need: "x"})
	want(t, err, "not_found")
}

func TestWishOfAnOwnedContact(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ name, owner, want string }{
		{"goes to its owner", "zhou.na", "zhou.na"},
		{"not to service", "zhao.min", "wang.fang"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.stranger(t, "Ana")
			must(w.Contacts.Assign(t.Context(), crm.System(), c.ID, w.id(x.owner)))(t)
			l, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "x"})
			if err != nil || l.OwnerID != w.id(x.want) {
				t.Errorf("owner %v, %v, want %s", l.OwnerID, err, x.want)
			}
			if got := must(w.db.Contact(t.Context(), c.ID))(t); got.OwnerID != w.id(x.owner) {
				t.Errorf("the contact went to %v", got.OwnerID)
			}
		})
	}
}

// What is out of scope is not there, and reads the same.
func TestLeadScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	for handle, code := range map[string]string{
		"admin": "", "li.wei": "", "wang.fang": "", "chen.jie": "not_found", "zhou.na": "not_found", "zhao.min": "not_found",
	} {
		by := w.as(handle)
		_, err := w.Leads.Lead(t.Context(), by, l.ID)
		want(t, err, code)
		_, err = w.Leads.Set(t.Context(), by, l.ID, map[string]string{"need": handle})
		want(t, err, code)
		_, err = w.Activities.Note(t.Context(), by, l.Ref(), "called")
		want(t, err, code)
		_, err = w.Records.History(t.Context(), by, l.Ref(), 10)
		want(t, err, code)
		hits, err := w.Records.Find(t.Context(), by, "张伟", nil, 5)
		if err != nil || (len(hits) == 1) != (code == "") {
			t.Errorf("%s finds %v, %v", handle, hits, err)
		}
		if code == "" {
			continue
		}
		_, there := w.Leads.Qualify(t.Context(), by, l.ID)
		_, never := w.Leads.Qualify(t.Context(), by, l.ID+1000)
		if there == nil || never == nil || there.Error() == "" || crm.CodeOf(there) != crm.CodeOf(never) {
			t.Errorf("%s can tell %v from %v", handle, there, never)
		}
	}
	_, err := w.Leads.Lead(t.Context(), crm.Actor{Kind: crm.AuthorContact, Contact: 1}, l.ID)
	want(t, err, "not_found")
	_, _, err = w.Leads.List(t.Context(), w.as("zhao.min"), crm.LeadFilter{})
	want(t, err, "forbidden forbidden.sales")
}

func TestLeadAssign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "Ana")
	l, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "x"})
	if err != nil {
		t.Fatal(err)
	}
	first, then := "wang.fang", "zhou.na"
	if l.OwnerID != w.id(first) {
		t.Fatalf("the first turn is %v", l.OwnerID)
	}
	got := must(w.Leads.Assign(t.Context(), w.as(first), l.ID, w.id(then)))(t)
	if got.OwnerID != w.id(then) || got.TeamID != w.users[then].TeamID {
		t.Errorf("lead %+v", got)
	}
	if c := must(w.db.Contact(t.Context(), c.ID))(t); c.OwnerID != w.id(then) {
		t.Error("the contact did not go with its lead")
	}
	_, err = w.Leads.Assign(t.Context(), w.as(first), l.ID, w.id(first))
	want(t, err, "not_found")
	_, err = w.Leads.Assign(t.Context(), w.as(then), l.ID, w.id("zhao.min"))
	want(t, err, "invalid user.unfit")
	_, err = w.Leads.Assign(t.Context(), w.as(then), l.ID, 999)
	want(t, err, "invalid user.missing")
	history := must(w.Records.History(t.Context(), w.as(then), l.Ref(), 1))(t)
	if ch := history[0].Changes["owner"]; ch != (crm.Change{From: "王芳", To: "周娜"}) {
		t.Errorf("the trail says %+v", ch)
	}
}

func TestConvert(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.lead(t, "wang.fang", crm.Lead{
		Name: "张伟", Company: "融氏", Phone: "13800000000", Need: "麦芽糖浆20吨", Intent: crm.IntentHigh, First: crm.Source{Name: "baidu"},
	})
	c := must(w.Leads.Convert(t.Context(), w.as("wang.fang"), l.ID))(t)
	if c.Lead.Status != crm.LeadConverted || c.Lead.OpportunityID != c.Opportunity.ID || c.Account.Name != "融氏" ||
		c.Contact.AccountID != c.Account.ID || c.Contact.Phone != "+8613800000000" ||
		c.Opportunity.Name != "麦芽糖浆20吨" || c.Opportunity.Stage != "prospecting" || c.Opportunity.Source != "baidu" ||
		c.Opportunity.OwnerID != w.id("wang.fang") || c.Opportunity.LeadID != l.ID || c.Opportunity.Amount.Currency != "CNY" {
		t.Errorf("conversion %+v %+v %+v %+v", c.Lead, c.Account, c.Contact, c.Opportunity)
	}
	_, err := w.Leads.Convert(t.Context(), w.as("wang.fang"), l.ID)
	want(t, err, "conflict lead.is.converted")
	other := w.lead(t, "chen.jie", crm.Lead{Name: "李四", Company: "融氏"})
	again := must(w.Leads.Convert(t.Context(), w.as("chen.jie"), other.ID))(t)
	if again.Account.ID != c.Account.ID {
		t.Error("a second account of the same name")
	}
}

func TestConvertReusesTheContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "Ana")
	l, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "x", Company: "Sweet Ltd", Phone: "13800000000"})
	if err != nil {
		t.Fatal(err)
	}
	got := must(w.Leads.Convert(t.Context(), crm.System(), l.ID))(t)
	if got.Contact.ID != c.ID || got.Contact.AccountID != got.Account.ID || got.Contact.Phone != "+8613800000000" {
		t.Errorf("contact %+v", got.Contact)
	}
	if got := must(w.Leads.Lead(t.Context(), crm.System(), l.ID))(t); got.ContactID != c.ID || got.AccountID == 0 {
		t.Errorf("lead %+v", got)
	}
}

func TestLeadSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	by := w.as("wang.fang")
	for fields, code := range map[[2]string]string{
		{"phone", "12"}: "invalid phone.bad", {"shoe", "44"}: "invalid field.unknown",
		{"name", ""}: "invalid field.empty", {"intent", "D"}: "invalid intent.bad", {"email", "x"}: "invalid email.bad",
	} {
		_, err := w.Leads.Set(t.Context(), by, l.ID, map[string]string{fields[0]: fields[1]})
		want(t, err, code)
	}
	got := must(w.Leads.Set(t.Context(), by, l.ID, map[string]string{"source": "exhibition", "intent": "b", "company": " 融氏 "}))(t)
	if got.First.Name != "exhibition" || got.Intent != crm.IntentMiddle || got.Company != "融氏" || got.Version != 2 {
		t.Errorf("lead %+v", got)
	}
	same := must(w.Leads.Set(t.Context(), by, l.ID, map[string]string{"company": "融氏"}))(t)
	if same.Version != 2 || w.trail(t, l.Ref()) != "created changed" {
		t.Errorf("nothing changed, yet version %d and trail %q", same.Version, w.trail(t, l.Ref()))
	}
}
