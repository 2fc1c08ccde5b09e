package commands

import (
	"context"
	"strconv"

	"crmbot/bot"
	"crmbot/crm"
)

// opportunities are the commands about possible sales.
func opportunities() []bot.Command {
	deal := crm.KindOpportunity
	return rolesOf(selling, staff(
		bot.Command{Name: "opportunity.new", Run: dealNew, Args: []bot.Arg{
			{Name: "account", Type: bot.ArgRef, Kinds: anybody, Fresh: true, Need: bot.Required},
			{Name: "amount", Type: bot.ArgMoney, Need: bot.Asked},
			{Name: "close", Type: bot.ArgDay, Need: bot.Asked},
			{Name: "source", Type: bot.ArgSource, Keyed: true},
			{Name: "name", Type: bot.ArgText},
		}},
		bot.Command{Name: "opportunity.show", Query: true, Subject: deal, Run: dealShow},
		bot.Command{Name: "opportunity.mine", Query: true, Args: []bot.Arg{paged}, Run: dealMine},
		bot.Command{Name: "opportunity.stage", Subject: deal, Run: dealStage, Alone: bot.ArgStage, Args: []bot.Arg{
			{Name: "stage", Type: bot.ArgStage, Need: bot.Required},
		}},
		bot.Command{Name: "opportunity.amount", Subject: deal, Run: dealAmount, Alone: bot.ArgMoney, Args: []bot.Arg{
			{Name: "amount", Type: bot.ArgMoney, Need: bot.Required},
		}},
		bot.Command{Name: "opportunity.close", Subject: deal, Run: dealClose, Alone: bot.ArgDay, Args: []bot.Arg{
			{Name: "close", Type: bot.ArgDay, Need: bot.Required},
		}},
		bot.Command{Name: "opportunity.assign", Subject: deal, Run: dealAssign, Args: []bot.Arg{
			{Name: "to", Type: bot.ArgUser, Need: bot.Required},
		}},
		bot.Command{Name: "opportunity.won", Subject: deal, Run: dealWon},
		bot.Command{Name: "opportunity.reopen", Subject: deal, Run: dealReopen},
		bot.Command{Name: "opportunity.lost", Subject: deal, Run: dealLost, Args: []bot.Arg{
			{Name: "reason", Type: bot.ArgText, Need: bot.Required},
		}},
	))
}

func subjectDeal(r *bot.Request) crm.OpportunityID { return crm.OpportunityID(r.Args.Subject.ID) }

func dealNew(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ctx = together(ctx, r)
	if err := worth(r, "amount"); err != nil {
		return nil, err
	}
	if err := toCome(r, "close"); err != nil {
		return nil, err
	}
	about, made, err := customerOf(ctx, r, "account")
	if err != nil {
		return nil, err
	}
	o := &crm.Opportunity{
		Name:      r.Args.String("name"),
		AccountID: about.AccountID,
		ContactID: about.ContactID,
		Amount:    r.Args.Money("amount"),
		CloseOn:   r.Args.String("close"),
		Source:    r.Args.String("source"),
	}
	if err := r.CRM.Opportunities.Create(ctx, r.Actor, o); err != nil {
		return nil, err
	}
	assigned(r, o.OwnerID, "notice.deal.assigned", o.Ref())
	ref := o.Ref().String()
	text := r.Words.T("deal.created", "deal", dealTitle(r, o), "stage", stageName(r, o.Stage),
		"close", r.Words.Day(o.CloseOn, r.Now))
	if o.CloseOn == "" {
		text = r.Words.T("deal.created.undated", "deal", dealTitle(r, o), "stage", stageName(r, o.Stage))
	}
	return changed(r, o.Ref(), o.Version, text+made,
		press(r, "note", "note "+ref), press(r, "plan", "plan "+ref)), nil
}

// dealTitle is "OPP-1 融氏 · ¥280,000".
func dealTitle(r *bot.Request, o *crm.Opportunity) string {
	if o.Amount.Zero() {
		return titled(o.Ref(), o.Name)
	}
	return titled(o.Ref(), o.Name, r.Words.Money(o.Amount))
}

func dealShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	o, err := r.CRM.Opportunities.Opportunity(ctx, r.Actor, subjectDeal(r))
	if err != nil {
		return nil, err
	}
	return dealCard(ctx, r, o)
}

func dealCard(ctx context.Context, r *bot.Request, o *crm.Opportunity) (*bot.Reply, error) {
	c := newCard(r, o.Ref(), o.Name)
	c.Subtitle = stageName(r, o.Stage) + " " + strconv.Itoa(o.Probability) + "%"
	if !o.Amount.Zero() {
		c.field("amount", r.Words.Money(o.Amount))
	}
	if o.CloseOn != "" {
		c.field("close", r.Words.Day(o.CloseOn, r.Now))
	}
	c.field("account", withName(o.AccountID.String(), accountName(ctx, r, o.AccountID)))
	c.field("contact", withName(o.ContactID.String(), contactName(ctx, r, o.ContactID)))
	c.field("lead", aside(ctx, r, o.LeadID != 0, crm.Ref{Kind: crm.KindLead, ID: int64(o.LeadID)}))
	c.field("owner", ownerName(ctx, r, o.OwnerID))
	c.field("source", sourceName(r, o.Source))
	c.field("intent", intentName(r, o.Intent))
	c.field("reason", o.LostReason)
	if !o.ClosedAt.IsZero() {
		c.field("closed", r.Words.Moment(o.ClosedAt, r.Now))
	}
	if err := c.recent(ctx, o.Ref()); err != nil {
		return nil, err
	}
	dealButtons(r, c, o)
	return c.reply(), nil
}

func dealButtons(r *bot.Request, c *card, o *crm.Opportunity) {
	ref := o.Ref().String()
	c.button("note", "note "+ref)
	if !o.ClosedAt.IsZero() {
		c.button("history", "history "+ref)
		c.button("reopen", "opportunity.reopen "+ref)
		return
	}
	c.button("plan", "plan "+ref)
	if next, ok := nextStage(r.Company.Stages, o.Stage); ok {
		c.Buttons = append(c.Buttons, bot.Button{
			Label:  r.Words.T("button.stage", "stage", stageName(r, next)),
			Action: "opportunity.stage " + ref + " stage=" + next,
		})
	}
	c.button("won", "opportunity.won "+ref)
	c.button("lost", "opportunity.lost "+ref)
}

// nextStage is the open stage after key.
func nextStage(stages crm.Stages, key string) (string, bool) {
	for i, s := range stages {
		if s.Key == key && i+1 < len(stages) && !stages[i+1].Closed() {
			return stages[i+1].Key, true
		}
	}
	return "", false
}

func dealMine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, total, err := r.CRM.Opportunities.List(ctx, r.Actor,
		crm.OpportunityFilter{Owner: r.Actor.User, Open: true, Page: page(r)})
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, o := range found {
		rows = append(rows, dealRow(r, o))
	}
	return list(r, "opportunity.mine", rows, total), nil
}

func dealRow(r *bot.Request, o *crm.Opportunity) string {
	amount, closes := "", ""
	if !o.Amount.Zero() {
		amount = r.Words.Money(o.Amount)
	}
	if o.CloseOn != "" {
		closes = r.Words.Day(o.CloseOn, r.Now)
	}
	return entry(o.Ref(), o.Name, amount, stageName(r, o.Stage), closes)
}

func dealStage(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	stage := r.Args.String("stage")
	switch stage {
	case r.Company.Stages.Won().Key:
		return dealWon(ctx, r)
	case r.Company.Stages.Lost().Key:
		return dealLost(ctx, r)
	}
	o, err := r.CRM.Opportunities.Move(ctx, r.Actor, subjectDeal(r), stage)
	if err != nil {
		return nil, err
	}
	return changed(r, o.Ref(), o.Version, r.Words.T("deal.staged", "deal", dealTitle(r, o),
		"stage", stageName(r, o.Stage), "percent", strconv.Itoa(o.Probability))), nil
}

func dealAmount(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := worth(r, "amount"); err != nil {
		return nil, err
	}
	o, err := r.CRM.Opportunities.Price(ctx, r.Actor, subjectDeal(r), r.Args.Money("amount"))
	if err != nil {
		return nil, err
	}
	return changed(r, o.Ref(), o.Version, r.Words.T("deal.priced",
		"deal", titled(o.Ref(), o.Name), "amount", r.Words.Money(o.Amount))), nil
}

func dealClose(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := toCome(r, "close"); err != nil {
		return nil, err
	}
	o, err := r.CRM.Opportunities.Expect(ctx, r.Actor, subjectDeal(r), r.Args.String("close"))
	if err != nil {
		return nil, err
	}
	return changed(r, o.Ref(), o.Version, r.Words.T("deal.expected",
		"deal", dealTitle(r, o), "day", r.Words.Day(o.CloseOn, r.Now))), nil
}

func dealAssign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	o, err := r.CRM.Opportunities.Assign(ctx, r.Actor, subjectDeal(r), r.Args.User("to"))
	if err != nil {
		return nil, err
	}
	assigned(r, o.OwnerID, "notice.deal.assigned", o.Ref())
	return changed(r, o.Ref(), o.Version,
		r.Words.T("assigned", "record", dealTitle(r, o), "user", userName(ctx, r, o.OwnerID))), nil
}

func dealWon(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	o, err := r.CRM.Opportunities.Win(ctx, r.Actor, subjectDeal(r))
	if err != nil {
		return nil, err
	}
	return changed(r, o.Ref(), o.Version, r.Words.T("deal.won", "deal", dealTitle(r, o))), nil
}

// dealReopen takes a closed deal up again, at the stage that it was closed
// from.
func dealReopen(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	o, err := r.CRM.Opportunities.Opportunity(ctx, r.Actor, subjectDeal(r))
	if err != nil {
		return nil, err
	}
	if o.Open() {
		return nil, crm.Fail(crm.CodeConflict, "deal.open", "deal", o.Ref().String())
	}
	events, err := r.CRM.Records.History(ctx, r.Actor, o.Ref(), 20)
	if err != nil {
		return nil, err
	}
	stage := r.Company.Stages.First().Key
	for _, e := range events { // newest first
		if from := e.Changes["stage"].From; from != "" {
			stage = from
			break
		}
	}
	if o, err = r.CRM.Opportunities.Move(ctx, r.Actor, o.ID, stage); err != nil {
		return nil, err
	}
	return changed(r, o.Ref(), o.Version, r.Words.T("deal.staged", "deal", dealTitle(r, o),
		"stage", stageName(r, o.Stage), "percent", strconv.Itoa(o.Probability))), nil
}

func dealLost(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	o, err := r.CRM.Opportunities.Lose(ctx, r.Actor, subjectDeal(r), r.Args.String("reason"))
	if err != nil {
		return nil, err
	}
	return changed(r, o.Ref(), o.Version, r.Words.T("deal.lost", "deal", dealTitle(r, o), "reason", o.LostReason)), nil
}
