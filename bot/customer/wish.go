package customer

import (
	"context"
	"regexp"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// wish takes down what somebody wants to buy. He reads who will write and by
// when; the colleague is told at once.
func wish(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := introduce(ctx, r, r.Args.String("name")); err != nil {
		return nil, err
	}
	phone := r.Args.String("phone")
	if phone != "" && phone != r.Contact.Phone && phone != r.Contact.Claimed {
		c, err := r.CRM.Contacts.Claim(ctx, r.Contact.ID, phone)
		if err != nil {
			return nil, err
		}
		r.Contact = c
	}
	lead, err := wanted(ctx, r, &crm.Lead{
		Company: r.Args.String("company"), Phone: phone,
		Need: wholeNeed(r),
	})
	if err != nil {
		return nil, err
	}
	key := "wish.noted"
	if lead.joined {
		key = "wish.joined"
	}
	return offerNotices(r, bot.Text(promised(ctx, r, key, lead.OwnerID))), nil
}

// wholeNeed is everything that was said about the wish: what and how much, how
// to reach the person, what he asked and we could not answer.
func wholeNeed(r *bot.Request) string {
	need := withQuantity(r.Args.String("need"), r.Args.String("quantity"))
	for _, name := range []string{"via", "question"} {
		if text := r.Args.String(name); text != "" {
			need += "; " + r.Words.Label("field."+name) + ": " + text
		}
	}
	return need
}

// wantedLead is a lead, and whether the wish joined one that was open.
type wantedLead struct {
	*crm.Lead
	joined bool
}

// wanted keeps the wish, tells its owner, and takes back an earlier wish for no
// more messages.
func wanted(ctx context.Context, r *bot.Request, l *crm.Lead) (wantedLead, error) {
	if !r.Contact.OptedOut.IsZero() {
		if err := r.CRM.Contacts.OptOut(ctx, r.Contact.ID, false); err != nil {
			return wantedLead{}, err
		}
	}
	l.Name = r.Contact.Name
	lead, joined, err := r.CRM.Leads.Wish(ctx, r.Contact.ID, l)
	if err != nil {
		return wantedLead{}, err
	}
	notice := "notice.lead.new "
	if joined {
		notice = "notice.lead.joined "
	}
	r.Tell(lead.OwnerID, notice+lead.Ref().String())
	return wantedLead{lead, joined}, nil
}

// withQuantity is the need with its quantity, in the customer's words.
func withQuantity(need, quantity string) string {
	if quantity == "" || strings.Contains(strings.ToLower(grammar.Normal(need)), strings.ToLower(grammar.Normal(quantity))) {
		return need
	}
	return need + " " + quantity
}

// quantity is a number with what it counts in trade: "20 t", "20吨", "两吨".
// What everybody counts (个, 件) takes a number that is meant: not "一个".
const quantity = `(?:` +
	`(?:[0-9][0-9,]{0,11}(?:\.[0-9]{1,4})?|[一二两三四五六七八九十百千万半]{1,8}) *(?:` +
	`吨|公斤|千克|斤|克|箱|袋|桶|瓶|罐|柜|车|升|托盘|` +
	`(?:t|mt|tons?|tonnes?|kgs?|g|lbs?|bags?|boxes|pallets?|drums?|containers?|pcs|l|lit(?:re|er)s?)\b)|` +
	`(?:[0-9]{1,9}|[一二两三四五六七八九十百千万]{2,8}) *(?:个|件))`

var amount = regexp.MustCompile(quantity)

// quantityIn is the quantity that the need names already.
func quantityIn(r *bot.Request) string {
	return amount.FindString(strings.ToLower(grammar.Normal(r.Args.String("need"))))
}

// knownPhone is the number we have: just named, shared with us, typed before,
// or on file. Who kept it to himself lately is not asked again.
func knownPhone(r *bot.Request) string {
	for _, name := range []string{"need", "quantity", "question"} {
		if phone, _, ok := grammar.FindPhone(r.Args.String(name), r.Company.Country); ok {
			return phone
		}
	}
	switch {
	case r.Contact == nil:
		return ""
	case r.Contact.Phone != "":
		return r.Contact.Phone
	case r.Contact.Claimed != "":
		return r.Contact.Claimed
	}
	return keptBack(r, "phone")
}

// sparing is how long somebody who would not say something is left alone.
const sparing = 7 * 24 * time.Hour

// KeepBack remembers that the person would rather not answer a question of the
// wish.
func KeepBack(r *bot.Request, name string) {
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	r.Session.Values["wish.skipped."+name] = r.Now.UTC().Format(time.RFC3339)
	r.Session.Changed()
}

// keptBack is " " while somebody who would not answer is left alone.
func keptBack(r *bot.Request, name string) string {
	if r.Session == nil {
		return ""
	}
	at, err := time.Parse(time.RFC3339, r.Session.Values["wish.skipped."+name])
	if err == nil && r.Now.Sub(at) < sparing {
		return " "
	}
	return ""
}

// knownCompany is the company we know the person by. Who was asked with an open
// request is not asked again.
func knownCompany(r *bot.Request) string {
	if r.Contact == nil {
		return ""
	}
	ctx := context.Background()
	if r.Contact.AccountID != 0 {
		if a, err := r.Store.Account(ctx, r.Contact.AccountID); err == nil {
			return a.Name
		}
	}
	leads, _, err := r.Store.Leads(ctx, crm.LeadFilter{Scope: crm.Everything(), Contact: r.Contact.ID, Page: crm.Page{Limit: 1, Uncounted: true}})
	switch {
	case err != nil || len(leads) == 0:
		return ""
	case leads[0].Company != "":
		return leads[0].Company
	case leads[0].Open():
		return " "
	}
	return ""
}
