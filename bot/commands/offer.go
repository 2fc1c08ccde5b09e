package commands

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// noteOffers are buttons for what a note says between the lines: a time to
// come is a plan, an amount and a stage belong to the deal it is about.
func noteOffers(ctx context.Context, r *bot.Request, a *crm.Activity) ([]bot.Button, error) {
	var offers []bot.Button
	if at, span, ok := grammar.FindMoment(a.Body, r.Now); ok && at.After(r.Now) {
		what := clause(r, a.Body, span)
		offers = append(offers, bot.Button{
			Label:  cut(r.Words.Label("offer.plan", "when", r.Words.Moment(at, r.Now), "what", what), 60),
			Action: "plan " + a.Subject().String() + " " + pair("due", moment(at.In(r.Now.Location()))) + " " + pair("body", what),
			Once:   true,
		})
	}
	deal, err := dealOf(ctx, r, a.Subject())
	if err != nil {
		return nil, err
	}
	amount, _, priced := grammar.FindMoney(a.Body, r.Company.Currency)
	if deal == nil {
		if priced && a.SubjectKind == crm.KindLead {
			offers = append(offers, bot.Button{
				Label:  r.Words.Label("offer.convert", "amount", amount),
				Action: "lead.convert " + a.Subject().String() + " " + pair("amount", amount.String()),
				Once:   true,
			})
		}
		return offers, nil
	}
	return append(offers, dealOffers(r, a, deal, amount, priced)...), nil
}

// dealOffers are the amount and the stage that a note gives a deal.
func dealOffers(r *bot.Request, a *crm.Activity, deal *crm.Opportunity, amount crm.Money, priced bool) []bot.Button {
	var offers []bot.Button
	ref := deal.Ref().String()
	if priced && amount != deal.Amount {
		offers = append(offers, bot.Button{
			Label:  r.Words.Label("offer.amount", "amount", amount),
			Action: "opportunity.amount " + ref + " " + pair("amount", amount.String()),
			Once:   true,
		})
	}
	stage, ok := stageIn(r, a.Body)
	if !ok || stage.Key == deal.Stage {
		return offers
	}
	return append(offers, bot.Button{
		Label:  r.Words.Label("offer.stage", "stage", stageName(r, stage.Key)),
		Action: "opportunity.stage " + ref + " " + pair("stage", stage.Key),
		Once:   true,
	})
}

// dealOf is the open deal that a record stands for: itself, what a lead became,
// or the only one of a contact or company; nil if there is none.
func dealOf(ctx context.Context, r *bot.Request, ref crm.Ref) (*crm.Opportunity, error) {
	f := crm.OpportunityFilter{Open: true, Page: crm.Page{Limit: 2}}
	id := crm.OpportunityID(ref.ID)
	switch ref.Kind {
	case crm.KindOpportunity:
		return openDeal(ctx, r, id)
	case crm.KindLead:
		l, err := r.CRM.Leads.Lead(ctx, r.Actor, crm.LeadID(ref.ID))
		if err != nil || l.OpportunityID == 0 {
			return nil, err
		}
		return openDeal(ctx, r, l.OpportunityID)
	case crm.KindContact:
		f.Contact = crm.ContactID(ref.ID)
	case crm.KindAccount:
		f.Account = crm.AccountID(ref.ID)
	default:
		return nil, nil
	}
	if r.Actor.Scope(crm.KindOpportunity).Reach == crm.None {
		return nil, nil
	}
	found, _, err := r.CRM.Opportunities.List(ctx, r.Actor, f)
	if err != nil || len(found) != 1 {
		return nil, err
	}
	return found[0], nil
}

// openDeal is a deal in sight that is not closed, else nil.
func openDeal(ctx context.Context, r *bot.Request, id crm.OpportunityID) (*crm.Opportunity, error) {
	o, err := r.CRM.Opportunities.Opportunity(ctx, r.Actor, id)
	if crm.CodeOf(err) == crm.CodeNotFound || err == nil && !o.Open() {
		return nil, nil
	}
	return o, err
}

// stageIn is the only stage that a note speaks of, by the stages' names and by
// the words for them.
func stageIn(r *bot.Request, text string) (crm.Stage, bool) {
	text = strings.ToLower(text)
	var found []crm.Stage
	for _, s := range r.Company.Stages {
		words := r.Words.Every("stage." + s.Key)
		for _, name := range s.Names {
			words = append(words, name)
		}
		for _, w := range words {
			if saidIn(text, strings.ToLower(w)) {
				found = append(found, s)
				break
			}
		}
	}
	if len(found) != 1 {
		return crm.Stage{}, false
	}
	return found[0], true
}

// saidIn says whether a text has a word: Latin words whole, Chinese anywhere.
func saidIn(text, word string) bool {
	for at := 0; word != ""; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(word)
		if !latin(word) || !letterAt(text, start-1) && !letterAt(text, end) {
			return true
		}
		at = end
	}
	return false
}

func letterAt(text string, i int) bool {
	return i >= 0 && i < len(text) && (text[i] >= 'a' && text[i] <= 'z')
}

// clause is the part of a sentence around a span, without the span and the
// words that joined it: what is to be done at that time.
func clause(r *bot.Request, text string, at grammar.Span) string {
	const ends = ",，;；。\n、"
	from, to := 0, len(text)
	if i := strings.LastIndexAny(text[:at.Start], ends); i >= 0 {
		_, size := utf8.DecodeRuneInString(text[i:])
		from = i + size
	}
	if i := strings.IndexAny(text[at.End:], ends); i >= 0 {
		to = at.End + i
	}
	before, after := strings.TrimSpace(text[from:at.Start]), strings.TrimSpace(text[at.End:to])
	kept := slices.ContainsFunc(r.Words.Every("plan.starts"), func(w string) bool { return strings.HasPrefix(after, w) })
	for _, word := range r.Words.Every("plan.joints") {
		before = withoutEnd(before, word)
		if !kept {
			after = withoutStart(after, word)
		}
	}
	if what := strings.TrimSpace(before + " " + after); what != "" {
		return what
	}
	return strings.TrimSpace(text)
}

// withoutEnd takes a word off the end of a text.
func withoutEnd(text, word string) string {
	rest, ok := strings.CutSuffix(text, word)
	if ok && (!latin(word) || rest == "" || strings.HasSuffix(rest, " ")) {
		return strings.TrimSpace(rest)
	}
	return text
}

// withoutStart takes a word off the start of a text.
func withoutStart(text, word string) string {
	rest, ok := strings.CutPrefix(text, word)
	if ok && (!latin(word) || rest == "" || strings.HasPrefix(rest, " ")) {
		return strings.TrimSpace(rest)
	}
	return text
}
