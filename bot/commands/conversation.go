package commands

import (
	"context"
	"fmt"
	"strconv"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// spokenTo are the kinds of record by which a conversation is meant: itself, or
// the contact, whose latest one it is then.
var spokenTo = []crm.Kind{crm.KindConversation, crm.KindContact}

// conversations are the commands about who answers a customer, and how. Only the
// conversation's own events change it: what is done here is an order to it.
func conversations() []bot.Command {
	release := bot.Arg{Name: "release", Type: bot.ArgWord, Keyed: true}
	hidden := []bot.Command{
		{Name: "conversation.send", Run: released(relay.Send)},
		{Name: "conversation.stop", Run: released(relay.Stop)},
		{Name: "conversation.again", Run: released(relay.Again)},
		{Name: "conversation.keep", Run: released(relay.Keep)},
	}
	for i := range hidden {
		hidden[i].Hidden, hidden[i].Args = true, []bot.Arg{release, {Name: "to", Type: bot.ArgWord, Keyed: true}}
	}
	return staff(append(hidden,
		bot.Command{Name: "conversation.show", Query: true, Subjects: spokenTo, Run: conversationShow},
		bot.Command{Name: "conversation.take", Subjects: spokenTo, Run: conversationTake, Args: []bot.Arg{
			{Name: "over", Type: bot.ArgWord, Keyed: true},
		}},
		bot.Command{Name: "conversation.assign", Subject: crm.KindConversation, Run: conversationAssign, Args: []bot.Arg{
			{Name: "to", Type: bot.ArgUser, Need: bot.Required},
		}},
		bot.Command{Name: "conversation.reply", Subjects: spokenTo, Run: conversationReply, Args: []bot.Arg{
			{Name: "text", Type: bot.ArgText, Need: bot.Required},
		}},
		bot.Command{Name: "conversation.live", Subjects: spokenTo, Run: conversationLive},
		bot.Command{Name: "conversation.live.off", Subjects: spokenTo, Run: conversationLiveOff},
		bot.Command{Name: "conversation.close", Subjects: spokenTo, Run: ended("close"), Args: []bot.Arg{
			{Name: "sure", Type: bot.ArgWord, Keyed: true, Ours: true},
		}},
		bot.Command{Name: "conversation.back", Subjects: spokenTo, Run: ended("back")},
		bot.Command{Name: "conversation.mine", Query: true, Args: []bot.Arg{paged}, Run: conversationMine},
	)...)
}

// conversationOf is the conversation that a command is about. In one of its own
// threads anybody may speak of it, elsewhere whoever may see it. CodeNotFound.
func conversationOf(ctx context.Context, r *bot.Request) (*crm.Conversation, error) {
	if r.Args.Subject.Kind == crm.KindContact {
		return latestOf(ctx, r, subjectContact(r))
	}
	id := crm.ConversationID(r.Args.Subject.ID)
	if r.Thread != nil && r.Thread.ConversationID == id {
		return r.Customer, nil
	}
	shown, err := shownHere(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if shown {
		return r.Store.Conversation(ctx, id)
	}
	c, err := r.CRM.Conversations.Conversation(ctx, r.Actor, id)
	if crm.CodeOf(err) != crm.CodeNotFound {
		return c, err
	}
	talk, wrong := r.Store.Conversation(ctx, id)
	if wrong != nil || talk.ContactID == 0 || talk.Audience != crm.AudienceCustomers {
		return nil, err
	}
	if _, wrong := r.CRM.Contacts.Contact(ctx, r.Actor, talk.ContactID); wrong != nil {
		return nil, err
	}
	return talk, nil // who may read what was said may speak
}

// shownHere says whether a conversation has a thread in the chat of the request.
func shownHere(ctx context.Context, r *bot.Request, id crm.ConversationID) (bool, error) {
	c := r.Conversation
	if c.Direct || c.Audience != crm.AudienceStaff {
		return false, nil
	}
	found, _, err := r.Store.Threads(ctx, crm.ThreadFilter{Conversation: id, Platform: c.Platform, Install: c.Install})
	for _, t := range found {
		if t.Chat == c.Chat {
			return true, nil
		}
	}
	return false, err
}

// latestOf is the conversation of a contact in which he was last heard and can
// be written to, else the latest of all. CodeNotFound if there is none.
func latestOf(ctx context.Context, r *bot.Request, id crm.ContactID) (*crm.Conversation, error) {
	contact, err := r.CRM.Contacts.Contact(ctx, r.Actor, id)
	if err != nil {
		return nil, err
	}
	all, err := r.Store.ConversationsOf(ctx, contact.ID, 0)
	if err != nil {
		return nil, err
	}
	var best *crm.Conversation
	reached := false
	for _, c := range all {
		if !c.Direct || c.Audience != crm.AudienceCustomers {
			continue
		}
		sender, err := sits(ctx, r, contact.ID, c)
		if err != nil {
			return nil, err
		}
		open := sender.ID != "" && !atDesk(r, c)
		if best == nil || open && !reached || open == reached && c.LastInAt.After(best.LastInAt) {
			best, reached = c, open
		}
	}
	if best == nil {
		return nil, crm.Fail(crm.CodeNotFound, "conversation.none", "name", r.Words.Someone(contact.Name))
	}
	return best, nil
}

// customerName is what the customer of a conversation is called.
func customerName(ctx context.Context, r *bot.Request, c *crm.Conversation) string {
	if c.ContactID == 0 {
		return r.Words.Someone("")
	}
	contact, err := r.Store.Contact(ctx, c.ContactID)
	if err != nil {
		return r.Words.Someone("")
	}
	return r.Words.Someone(contact.Name)
}

func conversationShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := conversationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return relay.Card(ctx, r, c)
}

// order sends the conversation a command line of its own, and says so where its
// author does not see it done: in a thread the conversation itself tells what has
// become of it, who was second too.
func order(ctx context.Context, r *bot.Request, c *crm.Conversation, line, key string, pairs ...any) (*bot.Reply, error) {
	if err := relay.Order(ctx, r, c, line); err != nil {
		return nil, err
	}
	shown, err := shownHere(ctx, r, c.ID)
	if shown || err != nil {
		return &bot.Reply{}, err
	}
	reply := bot.Text(capital(r.Words.T(key, append([]any{"name", customerName(ctx, r, c)}, pairs...)...)))
	if key == "conversation.taking" {
		ref := c.Ref().String()
		reply.Buttons = []bot.Button{press(r, "conversation.reply", "conversation.reply "+ref), press(r, "show", "conversation.show "+ref)}
	}
	return reply, nil
}

// conversationTake puts its author in charge. Who comes second hears who has it,
// and may insist.
func conversationTake(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := conversationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	over := r.Args.String("over") != ""
	switch {
	case c.Status == crm.ConversationHandedOff && c.AssigneeID == r.Actor.User:
		return privately(r, "conversation.yours", "name", customerName(ctx, r, c)), nil
	case !over && atDesk(r, c):
		return privately(r, "why.desk", "name", customerName(ctx, r, c), "platform", r.Company.PlatformName(c.Platform, r.Words.Lang())), nil
	case !over && c.Status == crm.ConversationHandedOff && c.AssigneeID != 0:
		return taken(ctx, r, c), nil
	}
	line := fmt.Sprintf("handoff.take by=%d", r.Actor.User)
	if over {
		line += " over=yes"
	}
	return order(ctx, r, c, line, "conversation.taking")
}

// taken says to who came second who was first.
func taken(ctx context.Context, r *bot.Request, c *crm.Conversation) *bot.Reply {
	reply := privately(r, "conversation.taken", "name", userName(ctx, r, c.AssigneeID), "since", r.Words.Moment(c.Since(), r.Now))
	reply.Buttons = []bot.Button{press(r, "conversation.over", "conversation.take "+c.Ref().String()+" over=yes")}
	return reply
}

// privately is a sentence for its asker alone.
func privately(r *bot.Request, key string, pairs ...any) *bot.Reply {
	return &bot.Reply{Text: capital(r.Words.T(key, pairs...)), Private: !r.Inbound.Direct}
}

// conversationAssign puts a colleague in charge who is there.
func conversationAssign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := conversationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	to := r.Args.User("to")
	u, err := r.CRM.Users.User(ctx, to)
	if err != nil {
		return nil, err
	}
	switch {
	case !u.Active:
		return nil, crm.Fail(crm.CodeInvalid, "user.missing").In("to")
	case !u.AwayAt.IsZero() && u.ID != r.Actor.User:
		return nil, crm.Fail(crm.CodeInvalid, "conversation.away", "name", u.Name).In("to")
	}
	return order(ctx, r, c, fmt.Sprintf("handoff.assign by=%d to=%d", r.Actor.User, to), "conversation.assigning", "user", u.Name)
}

func conversationReply(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := conversationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return relay.Write(ctx, r, c, r.Args.String("text"))
}

// conversationLive lets its author's lines go out as they are. Who is not in
// charge takes the conversation first.
func conversationLive(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := conversationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	mine := c.Status == crm.ConversationHandedOff && c.AssigneeID == r.Actor.User
	switch {
	case c.Status == crm.ConversationHandedOff && !mine && c.AssigneeID != 0:
		return taken(ctx, r, c), nil
	case atDesk(r, c):
		return privately(r, "why.desk", "name", customerName(ctx, r, c), "platform", r.Company.PlatformName(c.Platform, r.Words.Lang())), nil
	case !mine:
		if err := relay.Order(ctx, r, c, fmt.Sprintf("handoff.take by=%d", r.Actor.User)); err != nil {
			return nil, err
		}
	}
	minutes := int(r.Company.Rules.Standard().LiveFor.Minutes())
	return order(ctx, r, c, fmt.Sprintf("handoff.live by=%d on=yes", r.Actor.User), "conversation.living", "minutes", minutes)
}

func conversationLiveOff(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := conversationOf(ctx, r)
	if err != nil {
		return nil, err
	}
	if c.LiveID == 0 {
		return privately(r, "conversation.notlive"), nil
	}
	return order(ctx, r, c, fmt.Sprintf("handoff.live by=%d on=no", r.Actor.User), "conversation.liveoff")
}

// ended ends a person's part: it is closed, or the bot goes on. Closing on somebody
// who still waits is asked about.
func ended(how string) bot.Handler {
	return func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		c, err := conversationOf(ctx, r)
		if err != nil {
			return nil, err
		}
		if !c.Person() {
			return privately(r, "conversation.bot"), nil
		}
		if how == "close" && r.Args.String("sure") == "" {
			if reply, err := unanswered(ctx, r, c); reply != nil || err != nil {
				return reply, err
			}
		}
		return order(ctx, r, c, fmt.Sprintf("handoff.%s by=%d", how, r.Actor.User), "conversation.ending."+how)
	}
}

// unanswered asks who closes on a customer who waits, nil where he does not, or an
// answer is on its way to him.
func unanswered(ctx context.Context, r *bot.Request, c *crm.Conversation) (*bot.Reply, error) {
	if c.WaitsSince.IsZero() {
		return nil, nil
	}
	_, n, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: c.ID, States: []crm.ReleaseState{crm.ReleaseHeld}, Page: crm.Page{Limit: 1},
	})
	if n > 0 || err != nil {
		return nil, err
	}
	ref := c.Ref().String()
	reply := privately(r, "conversation.unanswered", "name", customerName(ctx, r, c))
	reply.Buttons = []bot.Button{
		press(r, "close.anyway", "conversation.close "+ref+" sure=yes"), press(r, "conversation.reply", "conversation.reply "+ref),
	}
	return reply, nil
}

// released does something with the release that the line names.
func released(do func(context.Context, *bot.Request, crm.ReleaseID) (*bot.Reply, error)) bot.Handler {
	return func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		id, err := strconv.ParseInt(r.Args.String("release"), 10, 64)
		if err != nil {
			return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(err)
		}
		return do(ctx, r, crm.ReleaseID(id))
	}
}
