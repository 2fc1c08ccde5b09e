package crm

import (
	"testing"
	"time"
)

func TestOpportunityMoves(t *testing.T) {
	t.Parallel()
	stages := DefaultStages()
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	enter := func(key string) func(*Opportunity) error {
		return func(o *Opportunity) error { s, _ := stages.Find(key); return o.Enter(s) }
	}
	win := func(o *Opportunity) error { return o.Win(stages, at) }
	lose := func(o *Opportunity) error { return o.Lose(stages, "price", at) }
	won := Opportunity{ID: 1, Stage: "won", Probability: 100, ClosedAt: at}
	lost := Opportunity{ID: 1, Stage: "lost", ClosedAt: at, LostReason: "price"}
	open := Opportunity{ID: 1, Stage: "proposal", Probability: 50}
	for _, x := range []struct {
		name string
		have Opportunity
		do   func(*Opportunity) error
		want Opportunity
		code Code
		key  string
	}{
		{"forward", open, enter("negotiation"), Opportunity{ID: 1, Stage: "negotiation", Probability: 80}, "", ""},
		{"back", open, enter("prospecting"), Opportunity{ID: 1, Stage: "prospecting", Probability: 10}, "", ""},
		{"into won", open, enter("won"), open, CodeInvalid, "stage.closed"},
		{"into lost", open, enter("lost"), open, CodeInvalid, "stage.closed"},
		{"won", open, win, won, "", ""},
		{"lost", open, lose, lost, "", ""},
		{"lost without reason", open, func(o *Opportunity) error { return o.Lose(stages, " ", at) }, open, CodeInvalid, "reason.missing"},
		{"won twice", won, win, won, CodeConflict, "opportunity.is.won"},
		{"lost after won", won, lose, won, CodeConflict, "opportunity.is.won"},
		{"won after lost", lost, win, lost, CodeConflict, "opportunity.is.lost"},
		{"reopened", won, enter("proposal"), open, "", ""},
		{"taken up again", lost, enter("proposal"), open, "", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			o := x.have
			wantKey(t, x.do(&o), x.code, x.key)
			if o != x.want {
				t.Errorf("got %+v, want %+v", o, x.want)
			}
		})
	}
}

func TestOpportunityPrice(t *testing.T) {
	t.Parallel()
	o := &Opportunity{}
	wantKey(t, o.Price(Money{Minor: -1}, "CNY"), CodeInvalid, "amount.negative")
	wantKey(t, o.Price(Money{Minor: 100}, "CNY"), "", "")
	if o.Amount != (Money{100, "CNY"}) {
		t.Errorf("amount %+v", o.Amount)
	}
	wantKey(t, o.Price(Money{Minor: 100, Currency: "USD"}, "CNY"), "", "")
	if o.Amount.Currency != "USD" {
		t.Errorf("amount %+v", o.Amount)
	}
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2026-12-20", "", " 2026-12-20 "} {
		if _, err := ParseDay(s); err != nil {
			t.Errorf("ParseDay(%q): %v", s, err)
		}
	}
	for _, s := range []string{"2026-13-01", "2026-02-30", "12-20", "soon"} {
		if _, err := ParseDay(s); CodeOf(err) != CodeInvalid {
			t.Errorf("ParseDay(%q): %v, want invalid", s, err)
		}
	}
}
