package commands

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// timelineItems is how much of what happened a contact's card shows.
const timelineItems = 10

// timeline adds what happened with a contact over all channels, latest first.
func (c *card) timeline(ctx context.Context, of *crm.Contact) error {
	r := c.r
	lines, err := happened(ctx, r, of, timelineItems)
	c.Text = strings.Join(lines, "\n")
	return err
}

// happened are the lines of what was said, done and changed about a contact, latest
// first and at most n.
func happened(ctx context.Context, r *bot.Request, of *crm.Contact, n int) ([]string, error) {
	items, err := r.CRM.Contacts.Timeline(ctx, r.Actor, of.ID, n)
	if err != nil {
		return nil, err
	}
	chats, err := chatNames(ctx, r, of.ID)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, i := range items {
		switch {
		case i.Message != nil:
			lines = append(lines, "- "+messageLine(ctx, r, i.Message, of, chats[i.Message.ConversationID]))
		case i.Activity != nil:
			lines = append(lines, "- "+activityLine(ctx, r, i.Activity))
		case i.Event != nil && tells(i.Event):
			lines = append(lines, "- "+recordLine(ctx, r, i.Event))
		}
	}
	return lines, nil
}

// recordLine is eventLine with the record that it is about.
func recordLine(ctx context.Context, r *bot.Request, e *crm.Event) string {
	return r.Words.T("line", "at", r.Words.Moment(e.At, r.Now), "who", eventActor(ctx, r, e),
		"text", eventRecord(e).String()+" "+eventText(r, e))
}

// tells says whether an event adds something to a timeline: notes and plans are
// there themselves.
func tells(e *crm.Event) bool { return e.SubjectKind != crm.KindActivity }

// chatNames is on which platform each conversation of a contact takes place.
func chatNames(ctx context.Context, r *bot.Request, id crm.ContactID) (map[crm.ConversationID]string, error) {
	found, err := r.Store.ConversationsOf(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	names := map[crm.ConversationID]string{}
	for _, c := range found {
		names[c.ID] = r.Company.PlatformName(c.Platform, r.Words.Lang())
	}
	return names, nil
}

func messageLine(ctx context.Context, r *bot.Request, m *crm.Message, of *crm.Contact, chat string) string {
	who := r.Words.Speaker(of.Name)
	switch m.AuthorKind {
	case crm.AuthorUser:
		who = userName(ctx, r, crm.UserID(m.AuthorID))
	case crm.AuthorBot, crm.AuthorSystem:
		who = r.Words.Label("author." + string(m.AuthorKind))
	}
	body := m.Body
	if m.AuthorKind == crm.AuthorUser { // the customer is told who writes
		body = strings.TrimPrefix(strings.TrimPrefix(body, who+": "), who+"：")
	}
	body = cut(body, 120)
	if from := bot.CitedIn(m.Detail); from != nil { // the bot's answer is an article's
		ref := crm.Ref{Kind: crm.KindArticle, ID: int64(from.Article)}
		body = r.Words.Label("card.from", "text", body, "ref", ref.String(), "version", from.Version)
	}
	switch {
	case !m.Deleted.IsZero():
		body = r.Words.Label("message.deleted")
	case body == "":
		body = r.Words.Label("message.file")
	}
	if m.Kind == string(bot.KindDesk) { // the body says who
		return r.Words.T("line.desk", "at", r.Words.Moment(m.Happened, r.Now), "chat", chat, "text", body)
	}
	return r.Words.T("line.message", "at", r.Words.Moment(m.Happened, r.Now), "chat", chat, "who", who, "text", body)
}

func activityLine(ctx context.Context, r *bot.Request, a *crm.Activity) string {
	text := cut(a.Body, 120)
	if a.Kind == crm.ActivityPlan {
		text = r.Words.Label("line.plan", "when", r.Words.Moment(a.DueAt, r.Now), "text", text)
	}
	return r.Words.T("line", "at", r.Words.Moment(a.Created, r.Now), "who", either(userName(ctx, r, a.OwnerID), r.Words.Label("author.contact")),
		"text", joined(text, a.Subject().String()))
}
