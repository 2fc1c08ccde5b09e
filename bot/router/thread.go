package router

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// In a thread colleagues speak about a customer, and to him. What a line is
// does not hang on a mode that somebody forgot: it is a note unless its author
// lets it go.

// rule is one reading of a line in a thread: it answers, or says that the next
// one should try.
type rule struct {
	name string
	try  func(*Router, context.Context, *turn) (reply *bot.Reply, done bool, err error)
}

// rules is the order in which a line in a thread is read, written down once.
var rules = []rule{
	{"stranger", (*Router).strangersLine}, // of somebody we do not know: never more than a note
	{"note", (*Router).markedNote},        // begins with note: or with a quote
	{"reply", (*Router).markedReply},      // begins with reply: it goes to the customer
	{"answer", (*Router).quotedAnswer},    // quotes the question that we asked
	{"command", (*Router).spokenTo},       // said to us: down the staircase
	{"live", (*Router).liveLine},          // of the one person whose lines go out
	{"plain", (*Router).plainNote},        // everything else
}

// replying is the command whose words go to the customer.
const replying = "conversation.reply"

// inThread reads what is said in a thread. done is false for what goes on down
// the steps: a command, the answer to a question.
func (r *Router) inThread(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	for _, rule := range rules {
		reply, done, err := rule.try(r, ctx, t)
		if done || err != nil {
			return reply, done, err
		}
		if t.through {
			return nil, false, nil
		}
	}
	return nil, true, nil
}

// situate finds out whether this is said in a thread.
func (r *Router) situate(ctx context.Context, t *turn) error {
	if t.Inbound.Direct || t.Conversation.Audience != crm.AudienceStaff || t.Inbound.Kind == bot.KindSystem {
		return nil
	}
	if err := relay.At(ctx, t.Request); err != nil || t.Customer == nil || t.Customer.ContactID == 0 {
		return err
	}
	c, err := t.Store.Contact(ctx, t.Customer.ContactID)
	if err != nil {
		return err
	}
	t.Actor.Serves = c.ID // the place shows his conversation
	return nil
}

// strangersLine keeps what somebody whom we do not know says. His name may be
// anybody's, so nothing of it goes out: where he means it to, he is told how to
// get access.
func (r *Router) strangersLine(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.Staff() {
		return nil, false, nil
	}
	if t.addressed() {
		t.through = true
		return nil, false, nil
	}
	if r.forCustomer(t.text) {
		return r.stranger(t), true, nil
	}
	reply, err := relay.Note(ctx, t.Request)
	return reply, true, err
}

// markedNote is a line that says it is a note, or quotes: "note: …", "备注：…",
// "> …".
func (r *Router) markedNote(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.addressed() {
		return nil, false, nil
	}
	if _, way := relay.Spoken(r.words(), t.text); way != relay.Inside {
		return nil, false, nil
	}
	reply, err := relay.Note(ctx, t.Request)
	return reply, true, err
}

// markedReply is a line for the customer: "reply: …", "回复：…". Nothing behind the
// mark is files alone, or a wish to be asked.
func (r *Router) markedReply(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	text, way := relay.Spoken(r.words(), t.text)
	if way != relay.Out {
		return nil, false, nil
	}
	if text == "" && len(t.Inbound.Files) == 0 {
		reply, err := r.invoke(ctx, t, &call{command: r.commands[replying]})
		return reply, true, err
	}
	reply, err := relay.Write(ctx, t.Request, t.Customer, text)
	return reply, true, err
}

// spokenTo is what is said to us: a command as ever. Who was asked for words to
// the customer and says something else has changed his mind.
func (r *Router) spokenTo(_ context.Context, t *turn) (*bot.Reply, bool, error) {
	t.through = t.addressed()
	f := t.Session.Form
	if t.through && f != nil && f.Command == replying && (t.Features.Quotes || r.likeCommand(t)) {
		t.closeForm()
	}
	return nil, false, nil
}

// quotedAnswer is the answer to the question that we asked its author: it quotes
// that very question. A plain line is never one, for it may be meant for the
// others.
func (r *Router) quotedAnswer(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	f := t.Session.Form
	if t.Inbound.ReplyTo == "" || !t.Features.Quotes {
		return nil, false, nil
	}
	m, err := t.Store.MessageByNative(ctx, t.Conversation.ID, string(t.Inbound.ReplyTo))
	switch {
	case crm.CodeOf(err) == crm.CodeNotFound:
		return nil, false, nil
	case err != nil:
		return nil, true, err
	}
	switch {
	case m.Direction != crm.Out || m.Label != "":
		return nil, false, nil
	case f == nil || t.Now.Sub(f.Started) > formLife || m.Happened.Before(f.Asked.Add(-askedSlack)):
		if r.askedForWords(m) {
			return r.lateAnswer(ctx, t)
		}
		return nil, false, nil
	}
	t.quiet, t.through = true, true
	return nil, false, nil
}

// askedForWords says whether a message of ours asked for words to the customer.
func (r *Router) askedForWords(m *crm.Message) bool {
	return slices.ContainsFunc(r.catalog.Languages(), func(lang string) bool {
		return strings.Contains(m.Body, r.catalog.Words(lang).T("ask."+replying+".text"))
	})
}

// lateAnswer is the answer to a question that was asked too long ago. It is kept as
// a note, and its author is told so.
func (r *Router) lateAnswer(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	reply, err := relay.Note(ctx, t.Request)
	if err != nil {
		return nil, true, err
	}
	late := &bot.Reply{Text: t.Words.T("form.late"), Private: true, Quote: t.Inbound.Message}
	if !reply.Empty() {
		reply.Text = late.Text + "\n" + reply.Text
		return reply, true, nil
	}
	return late, true, nil
}

// liveLine is a line of the person whose lines go out. A word to a colleague and
// what looks like a command stay inside; the latter is asked about.
func (r *Router) liveLine(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if !relay.Live(t.Request) {
		return nil, false, nil
	}
	if len(t.Inbound.Named) > 0 {
		return nil, false, nil
	}
	if key, err := r.doubt(ctx, t); err != nil || key != "" {
		if err != nil {
			return nil, true, err
		}
		reply, err := relay.Draft(ctx, t.Request, t.Customer, t.text, key)
		return reply, true, err
	}
	reply, err := relay.Write(ctx, t.Request, t.Customer, t.text)
	return reply, true, err
}

// plainNote keeps a line with the customer's record. Where its author mistyped the
// word that sends it, he is asked each time, not once.
func (r *Router) plainNote(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.text == "" && len(t.Inbound.Files) == 0 {
		return nil, true, nil
	}
	if text, ok := r.mistypedReply(t.text); ok && len(t.Inbound.Files) == 0 {
		reply, err := relay.Draft(ctx, t.Request, t.Customer, text, "relay.draft.plain")
		return reply, true, err
	}
	reply, err := relay.Note(ctx, t.Request)
	return reply, true, err
}

// forCustomer says whether a line says that it is for the customer.
func (r *Router) forCustomer(text string) bool {
	_, way := relay.Spoken(r.words(), text)
	return way == relay.Out
}

// words speak whatever language: for what people type in any of them.
func (r *Router) words() *locale.Words { return r.catalog.Words(locale.Fallback) }
