package storagetest

import (
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// want compares a list with the references expected, in order.
func want[T interface{ Ref() crm.Ref }](t *testing.T, what string, list []T, n int, err error, expected ...string) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if expected == nil {
		expected = []string{}
	}
	same(t, what, refs(list), expected)
	same(t, what+": total", n, len(expected))
}

func leadFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for _, l := range []*crm.Lead{
		{Status: crm.LeadNew, OwnerID: 1, Phone: "+861", ContactID: 5},
		{Status: crm.LeadLost, OwnerID: 1, Phone: "+862"},
		{Status: crm.LeadQualified, OwnerID: 2, Created: at(10)},
		{Status: crm.LeadConverted},
	} {
		fine(t, s.CreateLead(ctx, l))
	}
	for what, c := range map[string]struct {
		f    crm.LeadFilter
		want []string
	}{
		"all":     {crm.LeadFilter{}, []string{"LEAD-4", "LEAD-3", "LEAD-2", "LEAD-1"}},
		"owner":   {crm.LeadFilter{Owner: 1}, []string{"LEAD-2", "LEAD-1"}},
		"contact": {crm.LeadFilter{Contact: 5}, []string{"LEAD-1"}},
		"phone":   {crm.LeadFilter{Phone: "+862"}, []string{"LEAD-2"}},
		"open":    {crm.LeadFilter{Open: true}, []string{"LEAD-3", "LEAD-1"}},
		"since":   {crm.LeadFilter{Since: at(10)}, []string{"LEAD-3"}},
		"both":    {crm.LeadFilter{Owner: 1, Open: true}, []string{"LEAD-1"}},
		"none":    {crm.LeadFilter{Owner: 9}, nil},
	} {
		c.f.Scope = everything
		list, n, err := s.Leads(ctx, c.f)
		want(t, what, list, n, err, c.want...)
	}
}

func opportunityFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for _, o := range []*crm.Opportunity{
		{Stage: "proposal", OwnerID: 1, AccountID: 5},
		{Stage: "won", OwnerID: 1, ContactID: 7, ClosedAt: at(0)},
		{Stage: "proposal", OwnerID: 2},
	} {
		fine(t, s.CreateOpportunity(ctx, o))
	}
	for what, c := range map[string]struct {
		f    crm.OpportunityFilter
		want []string
	}{
		"all":     {crm.OpportunityFilter{}, []string{"OPP-3", "OPP-2", "OPP-1"}},
		"owner":   {crm.OpportunityFilter{Owner: 1}, []string{"OPP-2", "OPP-1"}},
		"account": {crm.OpportunityFilter{Account: 5}, []string{"OPP-1"}},
		"contact": {crm.OpportunityFilter{Contact: 7}, []string{"OPP-2"}},
		"stage":   {crm.OpportunityFilter{Stage: "proposal"}, []string{"OPP-3", "OPP-1"}},
		"open":    {crm.OpportunityFilter{Open: true, Owner: 1}, []string{"OPP-1"}},
	} {
		c.f.Scope = everything
		list, n, err := s.Opportunities(ctx, c.f)
		want(t, what, list, n, err, c.want...)
	}
}

func activityFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	about := crm.Ref{Kind: crm.KindLead, ID: 4}
	for _, a := range []*crm.Activity{
		{Kind: crm.ActivityNote, SubjectKind: about.Kind, SubjectID: about.ID, OwnerID: 1},
		{Kind: crm.ActivityPlan, DueAt: at(30), OwnerID: 1},
		{Kind: crm.ActivityPlan, DueAt: at(10), OwnerID: 2, ContactID: 3},
		{Kind: crm.ActivityPlan, DueAt: at(20), DoneAt: at(1)},
		{Kind: crm.ActivityPlan, DueAt: at(5), ToldAt: at(6)},
	} {
		fine(t, s.CreateActivity(ctx, a))
	}
	for what, c := range map[string]struct {
		f    crm.ActivityFilter
		want []string
	}{
		"all":        {crm.ActivityFilter{}, []string{"ACT-5", "ACT-4", "ACT-3", "ACT-2", "ACT-1"}},
		"owner":      {crm.ActivityFilter{Owner: 1}, []string{"ACT-2", "ACT-1"}},
		"subject":    {crm.ActivityFilter{Subject: about}, []string{"ACT-1"}},
		"contact":    {crm.ActivityFilter{Contact: 3}, []string{"ACT-3"}},
		"kind":       {crm.ActivityFilter{Kind: crm.ActivityNote}, []string{"ACT-1"}},
		"open":       {crm.ActivityFilter{Open: true}, []string{"ACT-5", "ACT-3", "ACT-2"}},
		"due before": {crm.ActivityFilter{DueBefore: at(30)}, []string{"ACT-5", "ACT-3", "ACT-4"}},
		"both":       {crm.ActivityFilter{DueBefore: at(31), Open: true}, []string{"ACT-5", "ACT-3", "ACT-2"}},
	} {
		c.f.Scope = everything
		list, n, err := s.Activities(ctx, c.f)
		want(t, what, list, n, err, c.want...)
	}
	due := ok(s.DueActivities(ctx, at(30), 10))(t)
	same(t, "due and not told", refs(due), []string{"ACT-3", "ACT-2"})
	due = ok(s.DueActivities(ctx, at(30).Add(-time.Microsecond), 10))(t)
	same(t, "a microsecond before", refs(due), []string{"ACT-3"})
	due = ok(s.DueActivities(ctx, at(30), 1))(t)
	same(t, "limited", refs(due), []string{"ACT-3"})
}

func ticketFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for _, x := range []*crm.Ticket{
		{Status: crm.TicketOpen, OwnerID: 1, ContactID: 3},
		{Status: crm.TicketPending, AccountID: 4},
		{Status: crm.TicketSolved, OwnerID: 1},
		{Status: crm.TicketClosed},
	} {
		fine(t, s.CreateTicket(ctx, x))
	}
	for what, c := range map[string]struct {
		f    crm.TicketFilter
		want []string
	}{
		"all":     {crm.TicketFilter{}, []string{"TIC-4", "TIC-3", "TIC-2", "TIC-1"}},
		"owner":   {crm.TicketFilter{Owner: 1}, []string{"TIC-3", "TIC-1"}},
		"contact": {crm.TicketFilter{Contact: 3}, []string{"TIC-1"}},
		"account": {crm.TicketFilter{Account: 4}, []string{"TIC-2"}},
		"open":    {crm.TicketFilter{Open: true}, []string{"TIC-2", "TIC-1"}},
	} {
		c.f.Scope = everything
		list, n, err := s.Tickets(ctx, c.f)
		want(t, what, list, n, err, c.want...)
	}
}

func contactFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateContacts(ctx,
		&crm.Contact{OwnerID: 1, Phone: "+861"}, &crm.Contact{AccountID: 4}, &crm.Contact{MergedInto: 1, OwnerID: 1}))
	for what, c := range map[string]struct {
		f    crm.ContactFilter
		want []string
	}{
		"all, without merged ones": {crm.ContactFilter{}, []string{"CON-2", "CON-1"}},
		"owner":                    {crm.ContactFilter{Owner: 1}, []string{"CON-1"}},
		"account":                  {crm.ContactFilter{Account: 4}, []string{"CON-2"}},
		"phone":                    {crm.ContactFilter{Phone: "+861"}, []string{"CON-1"}},
	} {
		c.f.Scope = everything
		list, n, err := s.Contacts(ctx, c.f)
		want(t, what, list, n, err, c.want...)
	}
	fine(t, s.CreateContacts(ctx))
	list := ok(s.ContactsByID(ctx, []crm.ContactID{3, 1, 9, 1}))(t)
	same(t, "by id, as they are", refs(list), []string{"CON-1", "CON-3"})
	list = ok(s.ContactsByID(ctx, nil))(t)
	same(t, "by no id", len(list), 0)
}

func accountFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for _, a := range []*crm.Account{{Name: "Röngshi  Foods", OwnerID: 1}, {Name: "融氏（上海）"}, {Name: "Rongshi"}} {
		fine(t, s.CreateAccount(ctx, a))
	}
	for what, c := range map[string]struct {
		f    crm.AccountFilter
		want []string
	}{
		"all":   {crm.AccountFilter{}, []string{"ACC-3", "ACC-2", "ACC-1"}},
		"owner": {crm.AccountFilter{Owner: 1}, []string{"ACC-1"}},
		"name":  {crm.AccountFilter{Name: "RÖNGSHI foods"}, []string{"ACC-1"}},
		"width": {crm.AccountFilter{Name: "融氏(上海)"}, []string{"ACC-2"}},
		"part":  {crm.AccountFilter{Name: "Rong"}, nil},
	} {
		c.f.Scope = everything
		list, n, err := s.Accounts(ctx, c.f)
		want(t, what, list, n, err, c.want...)
	}
	ok(s.UpdateAccount(ctx, 3, func(a *crm.Account) error { a.Name = "New Name"; return nil }))(t)
	list, n, err := s.Accounts(ctx, crm.AccountFilter{Scope: everything, Name: "new name"})
	want(t, "renamed", list, n, err, "ACC-3")
}

func articleFilter(t *testing.T, s bot.Store) {
	ctx := t.Context()
	for _, a := range []*crm.Article{
		{Slug: "moq", Language: "en", Status: crm.ArticlePublished, Title: "Smallest order", Phrasings: []string{"how few can I buy"}},
		{Slug: "moq", Language: "zh-CN", Status: crm.ArticleDraft, AuthorID: 7, Title: "最少买多少"},
		{Slug: "pay", Language: "en", Status: crm.ArticleArchived, Tags: []string{"order"}, Proposal: &crm.Proposal{Title: "x", Phrasings: []string{"怎么付"}, By: 7, At: at(1)}},
	} {
		fine(t, s.CreateArticle(ctx, a))
	}
	for what, c := range map[string]struct {
		f    crm.ArticleFilter
		want []string
	}{
		"all":                {crm.ArticleFilter{}, []string{"ART-3", "ART-2", "ART-1"}},
		"status":             {crm.ArticleFilter{Status: crm.ArticlePublished}, []string{"ART-1"}},
		"language":           {crm.ArticleFilter{Language: "en"}, []string{"ART-3", "ART-1"}},
		"slug":               {crm.ArticleFilter{Slug: "moq"}, []string{"ART-2", "ART-1"}},
		"author":             {crm.ArticleFilter{Author: 7}, []string{"ART-2"}},
		"waiting":            {crm.ArticleFilter{Waiting: true}, []string{"ART-3", "ART-2"}},
		"proposed":           {crm.ArticleFilter{Proposed: true}, []string{"ART-3"}},
		"text":               {crm.ArticleFilter{Text: "order"}, []string{"ART-3", "ART-1"}},
		"all of the words":   {crm.ArticleFilter{Text: "few buy"}, []string{"ART-1"}},
		"text in Chinese":    {crm.ArticleFilter{Text: "买多少"}, []string{"ART-2"}},
		"text and status":    {crm.ArticleFilter{Text: "order", Status: crm.ArticlePublished}, []string{"ART-1"}},
		"text without words": {crm.ArticleFilter{Text: "?!"}, []string{}},
	} {
		list, n, err := s.Articles(ctx, c.f)
		want(t, what, list, n, err, c.want...)
	}
}

func pages(t *testing.T, s bot.Store) {
	ctx := t.Context()
	var all []*crm.Contact
	for range 507 {
		all = append(all, &crm.Contact{})
	}
	fine(t, s.CreateContacts(ctx, all...))
	for i, c := range all {
		if c.ID != crm.ContactID(i+1) {
			t.Fatalf("contact %d got id %d: ids follow the order of the rows", i, c.ID)
		}
	}
	for what, c := range map[string]struct {
		page        crm.Page
		first, rows int
	}{
		"default": {crm.Page{}, 507, 50},
		"offset":  {crm.Page{Offset: 500, Limit: 3}, 7, 3},
		"end":     {crm.Page{Offset: 500}, 7, 7},
		"beyond":  {crm.Page{Offset: 1000}, 0, 0},
		"most":    {crm.Page{Limit: 9999}, 507, 500},
	} {
		list, n, err := s.Contacts(ctx, crm.ContactFilter{Scope: everything, Page: c.page})
		fine(t, err)
		same(t, what+": total", n, 507)
		same(t, what+": rows", len(list), c.rows)
		if len(list) > 0 {
			same(t, what+": first", int(list[0].ID), c.first)
		}
	}
	for page, far := range map[crm.Page]int{{Limit: 5, Uncounted: true}: 5, {Limit: 5, Offset: 10, Uncounted: true}: 15} {
		list, n, err := s.Contacts(ctx, crm.ContactFilter{Scope: everything, Page: page})
		fine(t, err)
		same(t, "not counted", n, far)
		same(t, "its rows", len(list), 5)
	}
}
