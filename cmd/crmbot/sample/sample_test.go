package sample

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

var shanghai = time.FixedZone("CST", 8*3600)

func settings() crm.Settings {
	return crm.Settings{Stages: crm.DefaultStages(), Zone: shanghai, Currency: "CNY", Country: "CN"}
}

// load is the sample company as it looks at a moment.
func load(t testing.TB, now time.Time) (*storage.DB, *crm.Services) {
	t.Helper()
	db := storagetest.Open(t, storagetest.SQLite(t), func() time.Time { return now.UTC() })
	if err := Load(t.Context(), db, now, settings()); err != nil {
		t.Fatal(err)
	}
	return db, crm.NewServices(db, func() time.Time { return now.UTC() }, settings())
}

func actor(t *testing.T, db *storage.DB, handle string) crm.Actor {
	t.Helper()
	u, err := db.UserByHandle(t.Context(), handle)
	if err != nil {
		t.Fatal(err)
	}
	return u.Actor()
}

// moments are days on which dates go wrong: ends and beginnings of quarters,
// of a leap February, the first and the last minute of a day.
func moments() []time.Time {
	return []time.Time{
		time.Date(2026, 11, 24, 14, 2, 0, 0, shanghai),
		time.Date(2026, 10, 1, 0, 0, 0, 0, shanghai),
		time.Date(2026, 12, 31, 23, 59, 30, 0, shanghai),
		time.Date(2028, 2, 29, 8, 0, 0, 0, shanghai),
		time.Date(2027, 1, 1, 0, 0, 1, 0, shanghai),
		time.Date(2027, 3, 31, 12, 0, 0, 0, shanghai),
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	now := moments()[0]
	db, _ := load(t, now)
	count := func() string {
		everything := crm.Everything()
		users, _ := db.Users(t.Context(), crm.UserFilter{})
		_, accounts, _ := db.Accounts(t.Context(), crm.AccountFilter{Scope: everything})
		_, contacts, _ := db.Contacts(t.Context(), crm.ContactFilter{Scope: everything})
		_, leads, _ := db.Leads(t.Context(), crm.LeadFilter{Scope: everything})
		_, deals, _ := db.Opportunities(t.Context(), crm.OpportunityFilter{Scope: everything})
		_, tickets, _ := db.Tickets(t.Context(), crm.TicketFilter{Scope: everything})
		_, activities, _ := db.Activities(t.Context(), crm.ActivityFilter{Scope: everything})
		_, articles, _ := db.Articles(t.Context(), crm.ArticleFilter{Status: crm.ArticlePublished})
		return fmt.Sprint(len(users), accounts, contacts, leads, deals, tickets, activities, articles)
	}
	const want = "6 13 14 14 21 7 22 80"
	if got := count(); got != want {
		t.Errorf("users, accounts, contacts, leads, deals, tickets, activities, articles: %s, want %s", got, want)
	}
	if err := Load(t.Context(), db, now.Add(time.Hour), settings()); err != nil || count() != want {
		t.Errorf("loaded twice: %s, %v", count(), err)
	}
}

// On any day the sample looks the same.
func TestAnyDay(t *testing.T) {
	t.Parallel()
	for _, now := range moments() {
		t.Run(now.Format(time.DateTime), func(t *testing.T) {
			t.Parallel()
			db, services := load(t, now)
			testSums(t, services, now)
			testTimes(t, db, now)
			testPlans(t, services, actor(t, db, Sales))
		})
	}
}

// In every quarter the same deals are won, lost and open.
func testSums(t *testing.T, services *crm.Services, now time.Time) {
	t.Helper()
	got := []string{
		"last quarter won: " + sum(t, services, now, true, last), "this quarter won: " + sum(t, services, now, true, this),
		"this quarter open: " + sum(t, services, now, false, this), "next quarter open: " + sum(t, services, now, false, next),
	}
	want := []string{
		"last quarter won: 59.2万 CNY, 4.2万 USD",
		"this quarter won: 42.4万 CNY",
		"this quarter open: 149.2万 CNY, 9.6万 USD",
		"next quarter open: 270万 CNY",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// sum is what a quarter holds, by currency.
func sum(t *testing.T, services *crm.Services, now time.Time, won bool, quarter int) string {
	t.Helper()
	h := newHistory(nil, now, settings())
	from, to := h.quarter(quarter), h.quarter(quarter+1)
	rows, err := services.Opportunities.Pipeline(t.Context(), crm.System(), crm.PipelineFilter{
		By: crm.ByStage, Won: won, FromAt: from.UTC(), ToAt: to.UTC(),
		From: from.Format(time.DateOnly), To: to.AddDate(0, 0, -1).Format(time.DateOnly),
	})
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]float64{}
	for _, r := range rows {
		sums[r.Amount.Currency] += float64(r.Amount.Minor) / 1e6
	}
	var parts []string
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		parts = append(parts, fmt.Sprintf("%.4g万 %s", sums[currency], currency))
	}
	return strings.Join(parts, ", ")
}

// Nothing in the sample lies in the future but what is planned.
func testTimes(t *testing.T, db *storage.DB, now time.Time) {
	t.Helper()
	events, n, err := db.Events(t.Context(), crm.EventFilter{Page: crm.Page{Limit: 500}})
	if err != nil || n != len(events) {
		t.Fatalf("%d of %d events, %v", len(events), n, err)
	}
	for _, e := range events {
		if e.At.After(now) {
			t.Errorf("%s of %s-%d at %v", e.Verb, e.SubjectKind, e.SubjectID, e.At)
		}
	}
	done, _, err := db.Activities(t.Context(), crm.ActivityFilter{Scope: crm.Everything(), Kind: crm.ActivityNote})
	if err != nil || len(done) == 0 {
		t.Fatalf("%d notes, %v", len(done), err)
	}
	for _, a := range done {
		if a.Created.After(now.AddDate(0, 0, -2)) {
			t.Errorf("%s was written at %v", a.Ref(), a.Created)
		}
	}
}

// There is something to do today, and nobody is told of it at the start.
func testPlans(t *testing.T, services *crm.Services, sales crm.Actor) {
	t.Helper()
	today, err := services.Activities.Today(t.Context(), sales)
	if err != nil || len(today) != 3 {
		t.Errorf("%s has %d plans today, %v", Sales, len(today), err)
	}
	due, err := services.Activities.Due(t.Context(), 10)
	if err != nil || len(due) != 0 {
		t.Errorf("told at once: %+v, %v", due, err)
	}
}

// What the first minutes with the bot lead to is there.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	db, services := load(t, moments()[0])
	sales, manager := actor(t, db, Sales), actor(t, db, Manager)
	lead, err := services.Leads.Lead(t.Context(), sales, 1)
	if err != nil || !lead.Open() || lead.OwnerID != sales.User {
		t.Errorf("LEAD-1: %+v, %v", lead, err)
	}
	deal, err := services.Opportunities.Opportunity(t.Context(), sales, 1)
	if err != nil || !deal.Open() || deal.OwnerID != sales.User || deal.CloseOn == "" {
		t.Errorf("OPP-1: %+v, %v", deal, err)
	}
	for _, who := range []crm.Actor{sales, manager} {
		if ticket, err := services.Tickets.Ticket(t.Context(), who, 1); err != nil || !ticket.Open() {
			t.Errorf("TIC-1: %+v, %v", ticket, err)
		}
	}
	for text, want := range map[string]int{"张伟": 1, "王磊": 2, "Rongshi": 1, "融氏": 1} {
		hits, err := services.Records.Find(t.Context(), sales, text, []crm.Kind{crm.KindContact, crm.KindLead}, 9)
		if text == "Rongshi" || text == "融氏" {
			hits, err = services.Records.Find(t.Context(), sales, text, []crm.Kind{crm.KindAccount}, 9)
		}
		if err != nil || len(hits) != want {
			t.Errorf("%s finds %v, %v, want %d", text, hits, err, want)
		}
	}
	if found, err := services.Users.Named(t.Context(), "小陈"); err != nil || len(found) != 1 || found[0].Handle != "chen.jie" {
		t.Errorf("小陈 is %v, %v", found, err)
	}
	items, err := services.Contacts.Timeline(t.Context(), sales, deal.ContactID, 50)
	said := 0
	for _, i := range items {
		if i.Message != nil && i.Message.Body != "" {
			said++
		}
	}
	if err != nil || said != 5 {
		t.Errorf("the contact of OPP-1 said and heard %d lines, %v", said, err)
	}
	states := map[crm.LeadStatus]int{}
	leads, _, err := services.Leads.List(t.Context(), actor(t, db, "admin"), crm.LeadFilter{})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, s := range Sources() {
		known[s.Name] = true
	}
	for _, l := range leads {
		states[l.Status]++
		if !known[l.First.Name] {
			t.Errorf("%s came from %q", l.Name, l.First.Name)
		}
	}
	if len(states) != 5 {
		t.Errorf("states of leads %v", states)
	}
}

// The demo starts in under a second; most of that is not for us.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, moments()[0])
	}
}

// The examples of help work in the sample as they stand, and undo has nothing
// to take back in it.
func TestExamplesFit(t *testing.T) {
	db := storagetest.New(t)
	now := time.Date(2026, 11, 19, 10, 0, 0, 0, settings().Zone)
	if err := Load(t.Context(), db, now, settings()); err != nil {
		t.Fatal(err)
	}
	services := crm.NewServices(db, func() time.Time { return now }, settings())
	sales := actor(t, db, Sales)
	a, err := services.Activities.Activity(t.Context(), sales, 3)
	if err != nil || a.Kind != crm.ActivityPlan || a.OwnerID != sales.User || !a.DoneAt.IsZero() {
		t.Errorf("ACT-3 is no open plan of %s: %+v, %v", Sales, a, err)
	}
	hits, err := services.Records.Find(t.Context(), sales, "Zhang", nil, 5)
	if err != nil || len(hits) == 0 {
		t.Errorf("nobody is found as Zhang: %v", err)
	}
	if _, err := services.Records.Undo(t.Context(), sales); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("a fresh sample has something to undo: %v", err)
	}
}
