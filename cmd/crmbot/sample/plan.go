package sample

import (
	"context"
	"time"

	"crmbot/crm"
)

// plan is what somebody means to do.
type plan struct {
	owner  string
	about  crm.Ref
	days   int // from today
	hour   int
	minute int
	body   string
}

// plans are mostly for today; one is overdue.
var plans = []plan{
	{"wang.fang", crm.Ref{Kind: crm.KindLead, ID: 5}, -1, 15, 0, "给孙丽回电，确认每月用量"},
	{"wang.fang", crm.Ref{Kind: crm.KindLead, ID: 1}, 0, 16, 0, "问刘洋样品试得怎么样"},
	{"wang.fang", crm.Ref{Kind: crm.KindOpportunity, ID: 1}, 0, 17, 0, "给张伟发方案和报价"},
	{"wang.fang", crm.Ref{Kind: crm.KindOpportunity, ID: 2}, 2, 10, 0, "Call Anna about the contract"},
	{"chen.jie", crm.Ref{Kind: crm.KindLead, ID: 3}, 0, 15, 30, "给何军寄样品"},
	{"chen.jie", crm.Ref{Kind: crm.KindOpportunity, ID: 4}, 1, 9, 30, "和林晓燕谈账期"},
	{"zhou.na", crm.Ref{Kind: crm.KindOpportunity, ID: 6}, 0, 16, 30, "Send Farid the L/C draft"},
	{"li.wei", crm.Ref{Kind: crm.KindOpportunity, ID: 2}, 0, 17, 30, "和王芳过一遍Sunrise的合同"},
	{"zhao.min", crm.Ref{Kind: crm.KindTicket, ID: 1}, 0, 17, 0, "安排补发3袋"},
}

// intend makes the plans that are about no deal.
func (h *history) intend(ctx context.Context) error {
	return h.intendFor(ctx, func(p plan) bool { return p.about.Kind != crm.KindOpportunity })
}

// intendFor makes some of the plans. Whoever had a plan before now was told of
// it.
func (h *history) intendFor(ctx context.Context, which func(plan) bool) error {
	for _, p := range plans {
		if !which(p) {
			continue
		}
		if err := h.promise(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (h *history) promise(ctx context.Context, p plan) error {
	due := h.day(p.days, p.hour, p.minute)
	if p.days == 0 {
		due = h.today(p.hour, p.minute)
	}
	switch {
	case p.about.Kind == crm.KindTicket: // the trouble of this morning
		h.ago(0, 10)
	case p.days < 0:
		h.ago(2, 16)
	default:
		h.ago(1, 17)
	}
	a, err := h.Activities.Plan(ctx, h.as(p.owner), p.about, due, p.body)
	if err != nil || due.After(h.now) {
		return err
	}
	_, err = h.store.UpdateActivity(ctx, a.ID, func(a *crm.Activity) error {
		a.ToldAt = due.UTC().Truncate(time.Microsecond)
		return nil
	})
	return err
}
