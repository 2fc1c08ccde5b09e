package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// noted are the kinds of record that notes and plans are about.
var noted = []crm.Kind{crm.KindLead, crm.KindOpportunity, crm.KindTicket, crm.KindContact, crm.KindAccount}

// activities are the commands about what was done and what is to be done.
func activities() []bot.Command {
	return staff(
		bot.Command{Name: "note", Subjects: noted, Run: note, Args: []bot.Arg{
			{Name: "body", Type: bot.ArgText, Need: bot.Required},
			author, linked,
		}},
		bot.Command{Name: "plan", Subjects: noted, Run: plan, Args: []bot.Arg{
			{Name: "due", Type: bot.ArgMoment, Need: bot.Required},
			{Name: "body", Type: bot.ArgText, Need: bot.Required},
		}},
		bot.Command{Name: "done", Subject: crm.KindActivity, Run: done},
		bot.Command{Name: "activity.move", Subject: crm.KindActivity, Run: planMove, Args: []bot.Arg{
			{Name: "due", Type: bot.ArgMoment, Need: bot.Required},
		}},
		bot.Command{Name: "activity.postpone", Subject: crm.KindActivity, Hidden: true, Run: planPostpone, Args: []bot.Arg{
			{Name: "days", Type: bot.ArgWord, Keyed: true},
		}},
		bot.Command{Name: "activity.show", Query: true, Subject: crm.KindActivity, Hidden: true, Run: activityShow},
		bot.Command{Name: "activity.mine", Query: true, Args: []bot.Arg{paged}, Run: activityMine},
		bot.Command{Name: "today", Query: true, Run: today},
	)
}

// What is known of the message that a record was made of: who wrote it, and
// its address.
var (
	author = bot.Arg{Name: "author", Type: bot.ArgWord, Keyed: true}
	linked = bot.Arg{Name: "link", Type: bot.ArgWord, Keyed: true}
)

// withLink is a text with the author and the address of the message it was
// taken from.
func withLink(r *bot.Request, text string) string {
	if author := r.Args.String("author"); author != "" {
		text += "\n— " + author
	}
	if link := r.Args.String("link"); link != "" {
		text += "\n" + link
	}
	return text
}

func subjectActivity(r *bot.Request) crm.ActivityID { return crm.ActivityID(r.Args.Subject.ID) }

// aboutTitle is the record that an activity is about: "LEAD-1 张伟".
func aboutTitle(ctx context.Context, r *bot.Request, ref crm.Ref) string {
	hit, err := r.CRM.Records.Show(ctx, r.Actor, ref)
	if err != nil {
		return ref.String()
	}
	return titled(ref, r.Words.Called(hit.Title))
}

func note(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Activities.Note(ctx, r.Actor, r.Args.Subject, withLink(r, r.Args.String("body")))
	if err != nil {
		return nil, err
	}
	said := *a
	said.Body = r.Args.String("body")
	offers, err := noteOffers(ctx, r, &said)
	if err != nil {
		return nil, err
	}
	text := r.Words.T("note.kept", "about", aboutTitle(ctx, r, a.Subject()), "text", a.Body)
	return changed(r, a.Ref(), a.Version, text, offers...), nil
}

func plan(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Activities.Plan(ctx, r.Actor, r.Args.Subject, r.Args.Time("due"), r.Args.String("body"))
	if err != nil {
		return nil, err
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("plan.kept", "plan", a.Ref().String(), "about", aboutTitle(ctx, r, a.Subject()),
		"when", r.Words.Moment(a.DueAt, r.Now), "text", a.Body)), nil
}

func done(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Activities.Done(ctx, r.Actor, subjectActivity(r))
	if err != nil {
		return nil, err
	}
	about := a.Subject().String()
	return changed(r, a.Ref(), a.Version, r.Words.T("plan.done", "plan", a.Ref().String(), "text", a.Body,
		"about", aboutTitle(ctx, r, a.Subject())),
		press(r, "note", "note "+about), press(r, "nextplan", "plan "+about)), nil
}

func planMove(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return moved(ctx, r, r.Args.Time("due"))
}

// planPostpone moves a plan by days from today, at its time of day.
func planPostpone(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Activities.Activity(ctx, r.Actor, subjectActivity(r))
	if err != nil {
		return nil, err
	}
	days, err := strconv.Atoi(r.Args.String("days"))
	if err != nil || days < 1 || days > 366 {
		days = 1
	}
	due := a.DueAt.In(r.Now.Location())
	return moved(ctx, r, time.Date(r.Now.Year(), r.Now.Month(), r.Now.Day()+days,
		due.Hour(), due.Minute(), 0, 0, r.Now.Location()))
}

func moved(ctx context.Context, r *bot.Request, to time.Time) (*bot.Reply, error) {
	a, err := r.CRM.Activities.Move(ctx, r.Actor, subjectActivity(r), to)
	if err != nil {
		return nil, err
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("plan.moved", "plan", a.Ref().String(), "text", a.Body,
		"when", r.Words.Moment(a.DueAt, r.Now))), nil
}

func activityShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Activities.Activity(ctx, r.Actor, subjectActivity(r))
	if err != nil {
		return nil, err
	}
	return activityCard(ctx, r, a, dueWords(r, a.DueAt)), nil
}

// activityCard is a note or a plan; due is how its due time is to be said.
func activityCard(ctx context.Context, r *bot.Request, a *crm.Activity, due string) *bot.Reply {
	c := newCard(r, a.Ref(), cut(a.Body, 60))
	if cut(a.Body, 60) != a.Body {
		c.Text = markup.Escape(a.Body)
	}
	c.field("about", aboutTitle(ctx, r, a.Subject()))
	c.field("phone", phoneOf(ctx, r, a))
	c.field("owner", ownerName(ctx, r, a.OwnerID))
	switch {
	case a.Kind != crm.ActivityPlan:
		c.field("created", r.Words.Moment(a.Created, r.Now))
	case a.DoneAt.IsZero():
		c.field("due", due)
		c.Buttons = append(c.Buttons, planButtons(r, a)...)
	default:
		c.field("done", r.Words.Moment(a.DoneAt, r.Now))
	}
	c.Buttons = append(c.Buttons, bot.Button{Label: a.Subject().String(), Action: showLine(a.Subject())})
	return c.reply()
}

// phoneOf is the number to call about an activity, "" if none is known.
func phoneOf(ctx context.Context, r *bot.Request, a *crm.Activity) string {
	if a.SubjectKind == crm.KindLead {
		if l, err := r.CRM.Leads.Lead(ctx, r.Actor, crm.LeadID(a.SubjectID)); err == nil {
			return phone(r, l.Phone)
		}
	}
	if a.ContactID != 0 {
		if c, err := r.CRM.Contacts.Contact(ctx, r.Actor, a.ContactID); err == nil {
			return phone(r, c.Phone)
		}
	}
	return ""
}

// planButtons is what can be done about a plan that is due.
func planButtons(r *bot.Request, a *crm.Activity) []bot.Button {
	ref := a.Ref().String()
	return []bot.Button{
		{Label: r.Words.Label("button.done"), Action: "done " + ref, Style: bot.StylePrimary, Once: true},
		{Label: r.Words.Label("button.tomorrow"), Action: "activity.postpone " + ref + " days=1", Once: true},
		{Label: r.Words.Label("button.nextweek"), Action: "activity.postpone " + ref + " days=7", Once: true},
	}
}

// showLine is the command line for the card of a record.
func showLine(ref crm.Ref) string { return string(ref.Kind) + ".show " + ref.String() }

// dueWords is a due time, with a word when it has passed.
func dueWords(r *bot.Request, due time.Time) string {
	when := r.Words.Moment(due, r.Now)
	if due.Before(r.Now) {
		return r.Words.Label("due.over", "when", when)
	}
	return when
}

func activityMine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, total, err := r.CRM.Activities.List(ctx, r.Actor, crm.ActivityFilter{
		Owner: r.Actor.User, Kind: crm.ActivityPlan, Open: true, DueBefore: r.Now.AddDate(10, 0, 0).UTC(), Page: page(r),
	})
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, a := range found {
		rows = append(rows, planRow(ctx, r, a))
	}
	return list(r, "activity.mine", rows, total), nil
}

func planRow(ctx context.Context, r *bot.Request, a *crm.Activity) string {
	return entry(a.Ref(), dueWords(r, a.DueAt), cut(a.Body, 80), aboutTitle(ctx, r, a.Subject()))
}

// recent adds the next plan and the latest notes about a record to its card.
func (c *card) recent(ctx context.Context, ref crm.Ref) error {
	r := c.r
	plans, _, err := r.CRM.Activities.List(ctx, r.Actor, crm.ActivityFilter{
		Subject: ref, Kind: crm.ActivityPlan, Open: true, DueBefore: r.Now.AddDate(10, 0, 0).UTC(), Page: crm.Page{Limit: 1},
	})
	if err != nil {
		return err
	}
	for _, p := range plans {
		c.field("next", joined(dueWords(r, p.DueAt), cut(p.Body, 80), p.Ref().String()))
	}
	notes, _, err := r.CRM.Activities.List(ctx, r.Actor, crm.ActivityFilter{
		Subject: ref, Kind: crm.ActivityNote, Page: crm.Page{Limit: 3},
	})
	if err != nil {
		return err
	}
	var lines []string
	for _, n := range notes {
		lines = append(lines, "- "+r.Words.T("line", "at", r.Words.Moment(n.Created, r.Now),
			"who", either(userName(ctx, r, n.OwnerID), r.Words.Label("author.contact")), "text", cut(n.Body, 200)))
	}
	c.Text = strings.Join(lines, "\n")
	return nil
}
