package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// undoFor is how long a change can be taken back.
const undoFor = 10 * time.Minute

// records are the commands that are the same for every noun.
func records() []bot.Command {
	return staff(
		bot.Command{Name: "find", Query: true, Run: find, Args: []bot.Arg{
			{Name: "text", Type: bot.ArgText, Need: bot.Required},
		}},
		bot.Command{Name: "history", Query: true, Run: history, Subjects: []crm.Kind{
			crm.KindOpportunity, crm.KindLead, crm.KindTicket, crm.KindContact, crm.KindAccount, crm.KindActivity,
			crm.KindArticle,
		}},
		bot.Command{Name: "files", Query: true, Run: files, Subjects: []crm.Kind{
			crm.KindTicket, crm.KindContact, crm.KindLead, crm.KindOpportunity,
		}},
		bot.Command{Name: "undo", Run: undo, Args: []bot.Arg{
			{Name: "ref", Type: bot.ArgWord, Keyed: true},
			{Name: "version", Type: bot.ArgWord, Keyed: true},
		}},
	)
}

// findable are the kinds that people look for.
var findable = []crm.Kind{
	crm.KindLead, crm.KindOpportunity, crm.KindContact, crm.KindAccount, crm.KindTicket, crm.KindActivity,
}

func find(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := r.Args.String("text")
	if ref, ok := typedRef(r, text); ok {
		text = ref.String()
	}
	hits, err := r.CRM.Records.Find(ctx, r.Actor, text, findable, shown+1)
	if err == nil && len(hits) == 0 { // an article names much that is looked for
		hits, err = r.CRM.Records.Find(ctx, r.Actor, text, []crm.Kind{crm.KindArticle}, shown+1)
	}
	if err != nil {
		return nil, err
	}
	if len(hits) == 0 {
		return bot.Text(r.Words.T("find.none", "text", text)), nil
	}
	if len(hits) == 1 {
		return show(ctx, r, hits[0].Ref)
	}
	title, reply := r.Words.N("find.title", len(hits), "text", text), &bot.Reply{}
	if len(hits) > shown {
		hits, title = hits[:shown], r.Words.T("find.many", "n", shown, "text", text)
	}
	lines := []string{title}
	for _, h := range hits {
		lines = append(lines, "- "+entry(h.Ref, cut(r.Words.Called(h.Title), 60), cut(phone(r, h.Note), 40), userName(ctx, r, h.Owner)))
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: cut(titled(h.Ref, r.Words.Called(h.Title)), 30), Action: showLine(h.Ref),
		})
	}
	reply.Text = strings.Join(lines, "\n")
	return reply, nil
}

// typedRef reads a reference in the words of any language: "线索1".
func typedRef(r *bot.Request, text string) (crm.Ref, bool) {
	nouns := map[crm.Kind][]string{}
	for _, kind := range findable {
		nouns[kind] = r.Words.Every("noun." + string(kind))
	}
	return grammar.NewMatcher(nil, nouns).Ref(text)
}

// cards are the commands that show a record, by its kind.
var cards = map[crm.Kind]bot.Handler{
	crm.KindLead: leadShow, crm.KindOpportunity: dealShow, crm.KindContact: contactShow,
	crm.KindAccount: accountShow, crm.KindTicket: ticketShow, crm.KindActivity: activityShow,
	crm.KindArticle: articleShow,
}

// show is the card of a record.
func show(ctx context.Context, r *bot.Request, ref crm.Ref) (*bot.Reply, error) {
	r.Args.Subject = ref
	return cards[ref.Kind](ctx, r)
}

func history(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Args.Subject.Kind == crm.KindArticle {
		return articleHistory(ctx, r)
	}
	events, err := r.CRM.Records.History(ctx, r.Actor, r.Args.Subject, 20)
	if err != nil {
		return nil, err
	}
	title := aboutTitle(ctx, r, r.Args.Subject)
	var lines []string
	for _, e := range events {
		lines = append(lines, "- "+eventLine(ctx, r, e))
	}
	if r.Args.Subject.Kind == crm.KindContact { // of a person: what was said as well
		of, err := r.CRM.Contacts.Contact(ctx, r.Actor, crm.ContactID(r.Args.Subject.ID))
		if err != nil {
			return nil, err
		}
		if lines, err = happened(ctx, r, of, 20); err != nil {
			return nil, err
		}
	}
	if len(lines) == 0 {
		return bot.Text(r.Words.T("history.none", "record", title)), nil
	}
	return bot.Text(r.Words.T("history.title", "record", title) + "\n" + strings.Join(lines, "\n")), nil
}

// undo takes back the person's last change. A button names the change it
// stands under: pressed after another change it must not take that one back.
func undo(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	last, err := r.Store.LastAct(ctx, r.Actor.User, r.Now.Add(-undoFor).UTC())
	if err != nil {
		return nil, err
	}
	if ref := r.Args.String("ref"); ref != "" && !isChange(last, ref, r.Args.String("version")) {
		return nil, crm.Fail(crm.CodeConflict, "undo.late")
	}
	people, err := touched(ctx, r, last)
	if err != nil {
		return nil, err
	}
	events, err := r.CRM.Records.Undo(ctx, r.Actor)
	if err != nil {
		return nil, err
	}
	for _, id := range people {
		chats, err := r.Store.ConversationsOf(ctx, id, 0)
		if err != nil {
			return nil, err
		}
		if err := drawn(ctx, r, chats); err != nil {
			return nil, err
		}
	}
	lines := []string{r.Words.T("undo.done")}
	for _, e := range events {
		if e.SubjectKind == crm.KindQuestion {
			lines = append(lines, "- "+r.Words.T("undo.question", "question", cut(e.Changes["asked"].To, 60)))
			continue
		}
		lines = append(lines, "- "+markup.Escape(eventRecord(e).String()+" "+eventText(r, e)))
	}
	return bot.Text(strings.Join(lines, "\n")), nil
}

// touched are the contacts that an action changed, and what they were merged into.
func touched(ctx context.Context, r *bot.Request, act []*crm.Event) ([]crm.ContactID, error) {
	var out []crm.ContactID
	for _, e := range act {
		if e.SubjectKind != crm.KindContact {
			continue
		}
		id := crm.ContactID(e.SubjectID)
		c, err := r.Store.Contact(ctx, id) // of one that was merged: the one that stays
		if err != nil {
			return nil, err
		}
		if out = append(out, id); c.ID != id {
			out = append(out, c.ID)
		}
	}
	return out, nil
}

// isChange says whether an action brought that record to that version.
func isChange(act []*crm.Event, ref, version string) bool {
	for _, e := range act {
		if eventRecord(e).String() == ref && strconv.FormatInt(e.After, 10) == version {
			return true
		}
	}
	return false
}
