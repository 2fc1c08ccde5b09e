package router

import (
	"context"
	"time"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// The longest that is read as a command or kept as an answer. What is longer
// is refused with a word, not cut in silence.
const (
	longestText = 4000 // runes
	mostTokens  = 300
)

// turn is one event on its way down the steps.
type turn struct {
	*bot.Request
	text    string // what was said, trimmed
	said    *customer.Said
	normal  string // the same as customers' phrases are compared
	core    string // of a customer: the same without what is only polite
	speech  *customer.Phrases
	quiet   bool // said in a group, not to us: only the answer to our own question counts
	through bool // said in a thread, and not for the thread: it goes on down the steps
	silent  bool // a person is in charge: the bot says nothing
	joined  bool // text and files are a whole burst

	lookup *lookup // the last text that was looked up
	wishes []wished
	key    string // of the question that this event asked, or that is answered now

	answering bool // this is the answer to the open form

	aside   bool  // what is answered is for the asker alone
	picking bool  // the answer is a list of records to pick from
	ran     *call // the command that was obeyed last

	pressed *pressed // the button that was pressed, nil for none that is kept
}

func (r *Router) turn(ctx context.Context, req *bot.Request) *turn {
	t := r.reading(req)
	r.learnLanguage(ctx, t)
	return t
}

// reading is an event that changes nothing by being read.
func (r *Router) reading(req *bot.Request) *turn {
	t := &turn{Request: req, speech: r.phrases, aside: req.Inbound.Aside || req.Inbound.Kind == bot.KindForm}
	t.say(req.Inbound.Text)
	return t
}

// say sets the words that the steps look at.
func (t *turn) say(text string) {
	t.said = t.speech.Hear(text)
	t.text = t.said.Text
	t.normal, t.core = "", ""
	if utf8.RuneCountInString(t.text) <= longestText {
		t.normal = t.said.Normal
		if !t.Staff() {
			t.core = t.said.Core
		}
	}
}

// refuse turns away what nobody types by hand.
func (r *Router) refuse(t *turn) (*bot.Reply, bool) {
	if utf8.RuneCountInString(t.text) <= longestText || t.Thread != nil && !t.addressed() {
		return nil, false
	}
	if !t.addressed() {
		return nil, true
	}
	return bot.Text(t.Words.T("error.long", "max", longestText)), true
}

// addressed says whether something was said to us, rather than in our hearing.
// In a thread a quoted line of ours is not a word to us: it may be the customer's.
func (t *turn) addressed() bool {
	in := t.Inbound
	return in.Direct || in.Aside || in.Mention && (t.Thread == nil || !in.Quoted)
}

// learnLanguage remembers the language of a customer's first words, and speaks
// it from then on. Somebody who works here may write in either, until he
// chooses one.
func (r *Router) learnLanguage(ctx context.Context, t *turn) {
	if t.Inbound.Kind != bot.KindText || t.text == "" {
		return
	}
	lang, ok := locale.Of(t.text)
	if !ok {
		return
	}
	switch {
	case t.Contact != nil && t.Contact.Language == "":
		c, err := t.Store.UpdateContact(ctx, t.Contact.ID, func(c *crm.Contact) error { c.Language = lang; return nil })
		if err != nil {
			r.log.WarnContext(ctx, "router: language", "event", t.Inbound.Origin(), "error", err)
			return
		}
		t.Contact = c
	case t.User != nil && t.User.Language == "":
		// He chose none: each line is answered in the language it is written in,
		// and what belongs to a form in the form's.
		if f := t.Session.Form; f != nil && f.Lang != "" {
			lang = f.Lang
		}
	default:
		return
	}
	t.Words = r.catalog.Words(lang)
}

// later sends ourselves a line about this person here, after a while.
func (t *turn) later(line string, after time.Duration) {
	in := t.Inbound
	t.Deliver(bot.Inbound{
		V: bot.InboundVersion, Kind: bot.KindSystem, Address: in.Address, Direct: in.Direct, Sender: in.Sender,
		Mention: in.Mention, Action: line, At: t.Now.UTC(),
	}, t.Now.UTC().Add(after))
}

// language is what the person reads.
func (t *turn) language() string { return t.Words.Lang() }

// value keeps something small about the person for a while.
func (t *turn) value(key string) string { return t.Session.Values[key] }

func (t *turn) setValue(key, value string) {
	if t.Session.Values == nil {
		t.Session.Values = map[string]string{}
	}
	if value == "" {
		delete(t.Session.Values, key)
	} else {
		t.Session.Values[key] = value
	}
	t.Session.Changed()
}

// since says whether a moment kept under key lies within d, and keeps now.
func (t *turn) since(key string, d time.Duration) bool {
	at, err := time.Parse(time.RFC3339, t.value(key))
	t.setValue(key, t.Now.UTC().Format(time.RFC3339))
	return err == nil && t.Now.Sub(at) < d
}
