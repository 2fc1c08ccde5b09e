package storagetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// pipeline compares the sums of the database with sums made here, over deals
// whose amounts a float would not keep.
func pipeline(t *testing.T, s bot.Store) {
	ctx := t.Context()
	random := rand.New(rand.NewPCG(1, 2))
	var deals []*crm.Opportunity
	for range 200 {
		o := &crm.Opportunity{
			Stage: []string{"prospecting", "proposal"}[random.IntN(2)], Probability: random.IntN(101),
			Amount:  crm.Money{Minor: random.Int64N(1 << 46), Currency: []string{"CNY", "USD"}[random.IntN(2)]},
			CloseOn: []string{"", "2026-11-30", "2026-12-01", "2026-12-31"}[random.IntN(4)],
			Source:  []string{"", "百度"}[random.IntN(2)], Intent: []crm.Intent{"", crm.IntentHigh}[random.IntN(2)],
			OwnerID: crm.UserID(random.IntN(3)), TeamID: crm.TeamID(random.IntN(2)),
		}
		fine(t, s.CreateOpportunity(ctx, o))
		deals = append(deals, o)
	}
	scope := crm.Scope{Reach: crm.Own, User: 1}
	for by, key := range map[crm.PipelineBy]func(o *crm.Opportunity) string{
		crm.ByStage:  func(o *crm.Opportunity) string { return o.Stage },
		crm.ByOwner:  func(o *crm.Opportunity) string { return fmt.Sprint(int64(o.OwnerID)) },
		crm.BySource: func(o *crm.Opportunity) string { return o.Source },
		crm.ByTeam:   func(o *crm.Opportunity) string { return fmt.Sprint(int64(o.TeamID)) },
		crm.ByMonth:  func(o *crm.Opportunity) string { return o.CloseOn[:min(7, len(o.CloseOn))] },
		crm.ByIntent: func(o *crm.Opportunity) string { return string(o.Intent) },
	} {
		for _, scope := range []crm.Scope{everything, scope} {
			rows := ok(s.Pipeline(ctx, crm.PipelineFilter{Scope: scope, By: by}))(t)
			same(t, "by "+string(by), byPlace(rows), expected(deals, scope, key))
			for i := 1; i < len(rows); i++ {
				if rows[i].Amount.Minor > rows[i-1].Amount.Minor {
					t.Errorf("by %s: row %d is larger than the one before", by, i)
				}
			}
		}
	}
	same(t, "nothing in no scope", len(ok(s.Pipeline(ctx, crm.PipelineFilter{By: crm.ByStage}))(t)), 0)
	_, err := s.Pipeline(ctx, crm.PipelineFilter{Scope: everything, By: "weather"})
	wantCode(t, "by nothing known", err, crm.CodeInvalid)
}

type place struct{ key, currency string }

func byPlace(rows []crm.PipelineRow) map[place]crm.PipelineRow {
	out := map[place]crm.PipelineRow{}
	for _, r := range rows {
		out[place{r.Key, r.Amount.Currency}] = r
	}
	return out
}

func expected(deals []*crm.Opportunity, scope crm.Scope, key func(*crm.Opportunity) string) map[place]crm.PipelineRow {
	out := map[place]crm.PipelineRow{}
	hundreds := map[place]int64{}
	for _, o := range deals {
		if !scope.Sees(o.OwnerID, o.TeamID) {
			continue
		}
		at := place{key(o), o.Amount.Currency}
		hundreds[at] += o.Amount.Minor * int64(o.Probability)
		row := out[at]
		row.Key, row.Count = at.key, row.Count+1
		row.Amount = crm.Money{Minor: row.Amount.Minor + o.Amount.Minor, Currency: at.currency}
		row.Weighted = crm.Money{Minor: hundreds[at] / 100, Currency: at.currency}
		out[at] = row
	}
	return out
}

func pipelinePeriods(t *testing.T, s bot.Store) {
	ctx := t.Context()
	shanghai := time.FixedZone("CST", 8*3600)
	day := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, shanghai)
	}
	won := func(closed time.Time, minor int64) *crm.Opportunity {
		return &crm.Opportunity{Stage: "won", Probability: 100, ClosedAt: closed, Amount: crm.Money{Minor: minor, Currency: "CNY"}}
	}
	for _, o := range []*crm.Opportunity{
		{Stage: "proposal", CloseOn: "2026-10-01", Probability: 50, Amount: crm.Money{Minor: 1, Currency: "CNY"}},
		{Stage: "proposal", CloseOn: "2026-10-31", Probability: 50, Amount: crm.Money{Minor: 2, Currency: "CNY"}},
		{Stage: "proposal", CloseOn: "2026-11-01", Probability: 50, Amount: crm.Money{Minor: 4, Currency: "CNY"}},
		{Stage: "proposal", Probability: 50, Amount: crm.Money{Minor: 8, Currency: "CNY"}},
		won(day(10, 1, 0), 16), won(day(10, 31, 23), 32), won(day(11, 1, 0), 64),
		{Stage: "lost", CloseOn: "2026-10-05", ClosedAt: day(10, 5, 9), Amount: crm.Money{Minor: 128, Currency: "CNY"}},
	} {
		fine(t, s.CreateOpportunity(ctx, o))
	}
	october := crm.PipelineFilter{From: "2026-10-01", To: "2026-10-31", FromAt: day(10, 1, 0), ToAt: day(11, 1, 0)}
	for what, c := range map[string]struct {
		f    crm.PipelineFilter
		want int64
	}{
		"open":         {crm.PipelineFilter{}, 1 + 2 + 4 + 8},
		"open in time": {october, 1 + 2},
		"open from":    {crm.PipelineFilter{From: "2026-10-02"}, 2 + 4},
		"open to":      {crm.PipelineFilter{To: "2026-10-31"}, 1 + 2},
		"won":          {crm.PipelineFilter{Won: true}, 16 + 32 + 64},
		"won by stage": {crm.PipelineFilter{Won: true, WonStage: "lost"}, 128},
		"won in time":  {crm.PipelineFilter{Won: true, FromAt: october.FromAt, ToAt: october.ToAt}, 16 + 32},
	} {
		c.f.Scope, c.f.By = everything, crm.ByStage
		var sum int64
		for _, r := range ok(s.Pipeline(ctx, c.f))(t) {
			sum += r.Amount.Minor
		}
		same(t, what, sum, c.want)
	}
	rows := ok(s.Pipeline(ctx, crm.PipelineFilter{Scope: everything, By: crm.ByMonth, Won: true, FromAt: day(1, 1, 0)}))(t)
	months := map[string]int64{}
	for _, r := range rows {
		months[r.Key] = r.Amount.Minor
	}
	same(t, "months of the company's zone", months, map[string]int64{"2026-10": 16 + 32, "2026-11": 64})
}
