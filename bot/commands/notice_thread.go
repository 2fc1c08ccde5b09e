package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// threadNotices are what somebody is told about customers who wait for a person.
func threadNotices() []bot.Command {
	talk := crm.KindConversation
	keyed := func(name string) []bot.Arg { return []bot.Arg{{Name: name, Type: bot.ArgWord, Keyed: true}} }
	return []bot.Command{
		{Name: "notice.conversation.asked", Subject: talk, Run: noticeAsked},
		{Name: "notice.conversation.late", Subject: talk, Run: noticeLate, Args: keyed("from")},
		{Name: "notice.conversation.window", Subject: talk, Run: noticeWindow, Args: keyed("until")},
		{Name: "notice.thread.lost", Subject: talk, Run: noticeLost},
		{Name: "notice.survey.bad", Run: noticeBad, Args: append(keyed("survey"), keyed("said")...)},
		{Name: "notice.contact.muted", Subject: crm.KindContact, Run: noticeMuted, Args: keyed("until")},
	}
}

// talkOf is the conversation of a notice. Who is told of it may not see the
// contact otherwise.
func talkOf(ctx context.Context, r *bot.Request) (*crm.Conversation, error) {
	return r.Store.Conversation(ctx, crm.ConversationID(r.Args.Subject.ID))
}

// noticeAsked asks somebody to answer a customer who still waits for him.
func noticeAsked(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := talkOf(ctx, r)
	if err != nil || !c.Person() || c.AssigneeID != r.Actor.User {
		return still(&bot.Reply{}, err)
	}
	if c.WaitsSince.IsZero() {
		return waitingNotice(ctx, r, c, "notice.conversation.given")
	}
	return waitingNotice(ctx, r, c, "notice.conversation.asked")
}

// noticeLate passes a call on that another did not answer.
func noticeLate(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := talkOf(ctx, r)
	if err != nil || c.Status != crm.ConversationWaiting {
		return still(&bot.Reply{}, err)
	}
	from, _ := strconv.ParseInt(r.Args.String("from"), 10, 64) // 0 if it says nobody
	if from == 0 || crm.UserID(from) == r.Actor.User {
		return waitingNotice(ctx, r, c, "notice.conversation.asked")
	}
	key, all := "notice.conversation.late", "notice.conversation.late.all"
	if u, err := r.CRM.Users.User(ctx, crm.UserID(from)); err == nil && (!u.Active || !u.AwayAt.IsZero()) {
		key, all = "notice.conversation.absent", "notice.conversation.absent.all"
	}
	if c.AssigneeID != r.Actor.User { // several are asked
		key = all
	}
	return waitingNotice(ctx, r, c, key, "user", userName(ctx, r, crm.UserID(from)))
}

// waitingNotice is who waits, where, since when, and his last words.
func waitingNotice(ctx context.Context, r *bot.Request, c *crm.Conversation, key string, pairs ...any) (*bot.Reply, error) {
	reply := bot.Text(capital(r.Words.T(key, append([]any{
		"name", customerName(ctx, r, c), "platform", r.Company.PlatformName(c.Platform, r.Words.Lang()),
	}, pairs...)...)))
	if words := lastSaid(ctx, r, c); words != "" {
		reply.Text += "\n" + r.Words.T("notice.conversation.said", "text", cut(words, 200))
	}
	if !c.WaitsSince.IsZero() {
		reply.Text += "\n" + r.Words.T("notice.conversation.since", "at", r.Words.Moment(c.WaitsSince, r.Now))
	}
	if where := threadHomes(r, c); where != "" {
		reply.Text += "\n" + r.Words.T("notice.conversation.where", "where", where)
	}
	ref := c.Ref().String()
	if c.Status == crm.ConversationWaiting {
		reply.Buttons = append(reply.Buttons, press(r, "conversation.take", "conversation.take "+ref))
	}
	reply.Buttons = append(reply.Buttons, press(r, "conversation.reply", "conversation.reply "+ref), press(r, "show", "conversation.show "+ref))
	if c.AssigneeID == r.Actor.User {
		reply.Buttons = append(reply.Buttons, press(r, "conversation.assign", "conversation.assign "+ref))
	}
	return reply, nil
}

// threadHomes is on which platforms threads about a conversation are opened.
func threadHomes(r *bot.Request, c *crm.Conversation) string {
	var out []string
	for _, p := range r.Company.Threads {
		name := r.Company.PlatformName(string(p.Platform), r.Words.Lang())
		if !slices.Contains(out, name) && (len(p.From) == 0 || slices.Contains(p.From, c.Platform+":"+c.Install)) {
			out = append(out, name)
		}
	}
	return r.Words.Enum(out)
}

// threadPlaces is on which platforms a conversation has an open thread.
func threadPlaces(ctx context.Context, r *bot.Request, id crm.ConversationID) (string, error) {
	found, _, err := r.Store.Threads(ctx, crm.ThreadFilter{
		Conversation: id, States: []crm.ThreadState{crm.ThreadOpening, crm.ThreadOpen},
	})
	var out []string
	for _, t := range found {
		if name := r.Company.PlatformName(t.Platform, r.Words.Lang()); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return r.Words.Enum(out), err
}

// until is a moment that a notice was given, in seconds.
func until(r *bot.Request) time.Time {
	n, err := strconv.ParseInt(r.Args.String("until"), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(n, 0).In(r.Now.Location())
}

// noticeWindow warns before the customer's platform takes no more words, unless
// he has written since or it is over already.
func noticeWindow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := talkOf(ctx, r)
	at := until(r)
	if err != nil || at.IsZero() || !at.After(r.Now) || !c.Person() {
		return still(&bot.Reply{}, err)
	}
	return waitingNotice(ctx, r, c, "notice.conversation.window", "at", r.Words.Moment(at, r.Now))
}

// noticeLost says that the place where a customer was answered is no more.
func noticeLost(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := talkOf(ctx, r)
	if err != nil {
		return still(nil, err)
	}
	where, err := threadPlaces(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	key := "notice.thread.lost"
	if where != "" {
		key = "notice.thread.moved"
	}
	ref := c.Ref().String()
	return &bot.Reply{
		Text: capital(r.Words.T(key, "name", customerName(ctx, r, c), "where", where)),
		Buttons: []bot.Button{
			press(r, "show", "conversation.show "+ref), press(r, "conversation.reply", "conversation.reply "+ref),
		},
	}, nil
}

// transcriptLines is how much of a conversation a complaint shows.
const transcriptLines = 12

// noticeBad tells of a customer who is not content: his rating and word, the
// complaint that keeps it, and what was said before.
func noticeBad(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, err := strconv.ParseInt(r.Args.String("survey"), 10, 64)
	if err != nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(err)
	}
	s, err := r.Store.Survey(ctx, crm.SurveyID(id))
	if err != nil {
		return still(nil, err)
	}
	c, err := r.Store.Conversation(ctx, s.ConversationID)
	if err != nil {
		return still(nil, err)
	}
	if r.Args.String("said") != "" { // he has been told of the rest
		text := r.Words.T("notice.survey.said", "name", customerName(ctx, r, c), "rating", s.Rating, "text", cut(s.Comment, 300))
		return complained(ctx, r, s, c, bot.Text(capital(text)))
	}
	lines := []string{capital(r.Words.T("notice.survey.bad", "name", customerName(ctx, r, c),
		"rating", s.Rating, "user", either(userName(ctx, r, s.UserID), r.Words.Label("owner.none"))))}
	if s.Comment != "" {
		lines = append(lines, r.Words.T("notice.survey.comment", "text", cut(s.Comment, 300)))
	}
	said, err := transcript(ctx, r, c)
	if err != nil {
		return nil, err
	}
	if len(said) > 0 {
		lines = append(append(lines, r.Words.T("notice.survey.before")), said...)
	}
	return complained(ctx, r, s, c, bot.Text(strings.Join(lines, "\n")))
}

// complained puts the complaint of a survey, and ways to answer it, under a
// notice.
func complained(ctx context.Context, r *bot.Request, s *crm.Survey, c *crm.Conversation, reply *bot.Reply) (*bot.Reply, error) {
	complaint, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{Contact: s.ContactID, Open: true, Page: crm.Page{Limit: shown}})
	for _, t := range complaint {
		if t.Kind == crm.TicketComplaint && t.ConversationID == c.ID {
			reply.Buttons = append(reply.Buttons, bot.Button{Label: t.Ref().String(), Action: "ticket.show " + t.Ref().String()})
			break
		}
	}
	ref := c.Ref().String()
	reply.Buttons = append(reply.Buttons, press(r, "conversation.reply", "conversation.reply "+ref),
		press(r, "history", "history "+s.ContactID.String()))
	return reply, unseen(err)
}

// transcript is what was said last in a conversation, oldest first, one line
// each.
func transcript(ctx context.Context, r *bot.Request, c *crm.Conversation) ([]string, error) {
	found, err := r.Store.Messages(ctx, c.ID, 0, -transcriptLines)
	if err != nil {
		return nil, err
	}
	of := &crm.Contact{}
	if c.ContactID != 0 {
		if of, err = r.Store.Contact(ctx, c.ContactID); err != nil {
			return nil, err
		}
	}
	var out []string
	for _, m := range found {
		if m.Muted || m.Body == "" && m.Direction == crm.Out {
			continue
		}
		line := messageLine(ctx, r, m, of, r.Company.PlatformName(c.Platform, r.Words.Lang()))
		if m.Audience == crm.AudienceNote {
			line = r.Words.Label("line.note", "text", markup.Plain(line))
		}
		out = append(out, "- "+line)
	}
	return out, nil
}

// noticeMuted tells that a sender writes so much that nobody is shown it for a
// while.
func noticeMuted(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := r.Store.Contact(ctx, subjectContact(r))
	if err != nil {
		return still(nil, err)
	}
	ref := c.Ref().String()
	return &bot.Reply{
		Text: capital(r.Words.T("notice.contact.muted", "name", r.Words.Someone(c.Name), "at", r.Words.Moment(until(r), r.Now))),
		Buttons: []bot.Button{
			press(r, "unmute", "contact.unblock "+ref), press(r, "block", "contact.block "+ref),
		},
	}, nil
}
