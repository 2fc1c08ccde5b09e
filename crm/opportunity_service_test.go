package crm_test

import (
	"testing"

	"crmbot/crm"
)

func TestOpportunityCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	account := must(w.Accounts.Ensure(t.Context(), by, "融氏"))(t)
	o := &crm.Opportunity{AccountID: account.ID, Amount: crm.Money{Minor: 28000000}, CloseOn: "2026-12-20"}
	if err := w.Opportunities.Create(t.Context(), by, o); err != nil {
		t.Fatal(err)
	}
	if o.Name != "融氏" || o.Stage != "prospecting" || o.Probability != 10 || o.Amount.Currency != "CNY" || o.OwnerID != w.id("wang.fang") {
		t.Errorf("opportunity %+v", o)
	}
	for _, x := range []struct {
		name string
		by   string
		have crm.Opportunity
		code string
	}{
		{"service", "zhao.min", crm.Opportunity{Name: "x"}, "forbidden forbidden.sales"},
		{"closed at once", "wang.fang", crm.Opportunity{Name: "x", Stage: "won"}, "invalid stage.closed"},
		{"no such stage", "wang.fang", crm.Opportunity{Name: "x", Stage: "lunch"}, "invalid stage.unknown"},
		{"no name", "wang.fang", crm.Opportunity{}, "invalid field.empty"},
		{"a debt", "wang.fang", crm.Opportunity{Name: "x", Amount: crm.Money{Minor: -1}}, "invalid amount.negative"},
		{"some day", "wang.fang", crm.Opportunity{Name: "x", CloseOn: "soon"}, "invalid day.bad"},
		{"no such account", "wang.fang", crm.Opportunity{Name: "x", AccountID: 99}, "not_found"},
	} {
		want(t, w.Opportunities.Create(t.Context(), w.as(x.by), &x.have), x.code)
	}
}

func TestOpportunityLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	o := &crm.Opportunity{Name: "syrup"}
	if err := w.Opportunities.Create(t.Context(), by, o); err != nil {
		t.Fatal(err)
	}
	must(w.Opportunities.Move(t.Context(), by, o.ID, "报价"))(t)
	must(w.Opportunities.Move(t.Context(), by, o.ID, "proposal"))(t) // it is there: no event
	must(w.Opportunities.Price(t.Context(), by, o.ID, crm.Money{Minor: 100}))(t)
	must(w.Opportunities.Expect(t.Context(), by, o.ID, "2026-12-20"))(t)
	_, err := w.Opportunities.Lose(t.Context(), by, o.ID, " ")
	want(t, err, "invalid reason.missing")
	won := must(w.Opportunities.Win(t.Context(), by, o.ID))(t)
	if won.Stage != "won" || won.Probability != 100 || !won.ClosedAt.Equal(w.now) {
		t.Errorf("won %+v", won)
	}
	_, err = w.Opportunities.Lose(t.Context(), by, o.ID, "price")
	want(t, err, "conflict opportunity.is.won")
	again := must(w.Opportunities.Move(t.Context(), by, o.ID, "negotiation"))(t)
	if !again.Open() || again.Probability != 80 {
		t.Errorf("reopened %+v", again)
	}
	must(w.Opportunities.Assign(t.Context(), by, o.ID, w.id("zhou.na")))(t)
	_, err = w.Opportunities.Win(t.Context(), by, o.ID)
	want(t, err, "not_found")
	if got := w.trail(t, o.Ref()); got != "created stage amount close won stage assigned" {
		t.Errorf("trail %q", got)
	}
}

func TestPipelineScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for handle, fen := range map[string]int64{"wang.fang": 100, "chen.jie": 1000, "zhou.na": 10000} {
		o := &crm.Opportunity{Name: handle, Amount: crm.Money{Minor: fen}}
		if err := w.Opportunities.Create(t.Context(), w.as(handle), o); err != nil {
			t.Fatal(err)
		}
	}
	for handle, sum := range map[string]int64{"wang.fang": 100, "li.wei": 1100, "admin": 11100} {
		rows, err := w.Opportunities.Pipeline(t.Context(), w.as(handle), crm.PipelineFilter{Scope: crm.Everything(), By: crm.ByStage})
		if err != nil || len(rows) != 1 || rows[0].Amount.Minor != sum {
			t.Errorf("%s: %+v, %v, want %d", handle, rows, err, sum)
		}
	}
	_, err := w.Opportunities.Pipeline(t.Context(), w.as("zhao.min"), crm.PipelineFilter{By: crm.ByStage})
	want(t, err, "forbidden forbidden.sales")
}
