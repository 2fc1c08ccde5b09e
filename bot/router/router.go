// Package router decides what an event means.
//
// Everything that is said goes down one staircase of ten steps; the first step
// that knows what to do with it answers. The steps stand in one table in this
// file, each has a file of its own, and the order is a promise: a wish for a
// person beats a half-filled form, a command beats a question, a question that
// the knowledge base surely answers beats a guess at what somebody wants.
//
// A command's words, help, permission and form all come from its bot.Command.
// What people type is split by package grammar, bound to arguments by name, by
// shape and by position, resolved (names by search, with a list to pick from),
// and what is missing is asked for, one question at a time. The half-filled
// form lives in the session, so that a restart does not forget it.
//
// A button holds a command line. Pressing it is typing that line, without the
// doubt: the line names its command and its arguments exactly, and permission
// is checked when it is pressed, not when it was shown.
//
// Where a platform has forms the same arguments are asked for all at once: a
// form is made of a command, checked field by field while its person waits
// (Consult, which only reads), and obeyed like a line when it is handed in.
//
// Where others read along, what holds records is for the asker alone, until he
// shares it.
//
// Customers have a few exact phrases and never the grammar of the staff.
package router

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// Options is what a Router needs. All fields are required.
type Options struct {
	Commands  []bot.Command // of the staff and of customers
	Knowledge knowledge.Finder
	Catalog   *locale.Catalog
	Company   *bot.Company
	Logger    *slog.Logger
}

// Router answers events. It is safe for concurrent use: it never changes
// after New.
type Router struct {
	commands   map[string]*bot.Command
	order      []*bot.Command // as they were given, for help
	phrases    *customer.Phrases
	exact      map[string]string // what customers type, normal, to a command
	calls      *grammar.Needles  // what everybody says who calls for a person
	means      map[string][]string
	languages  map[string]string // the names of languages, normal
	references []string          // the words for the number of a ticket, normal
	matcher    *grammar.Matcher
	arguments  map[string][]string // the words for an argument's name
	vocabulary []word              // the words that colleagues type
	marks      []word              // those that say where a line goes
	knowledge  knowledge.Finder
	goods      customer.Goods // nil if the knowledge does not tell
	catalog    *locale.Catalog
	company    *bot.Company
	log        *slog.Logger
}

// step is one stair: it answers, or says that the next one should try.
type step struct {
	name string
	try  func(*Router, context.Context, *turn) (reply *bot.Reply, done bool, err error)
}

// steps is the order in which an event is tried, written down once.
var steps = []step{
	{"button", (*Router).button},    // 1 a pressed button, or the number of one
	{"staff", (*Router).staffPlace}, // 2 where staff work: only what is addressed to us; in a thread see rules
	{"always", (*Router).always},    // 3 person, cancel, help, stop: whenever a customer says so
	{"person", (*Router).inCharge},  // 4 a person is in charge: we are silent
	{"command", (*Router).command},  // 5 a command of this audience
	{"form", (*Router).form},        // 6 the answer to what we asked
	{"article", (*Router).article},  // 7 a question that is surely answered
	{"intent", (*Router).intent},    // 8 a wish, if the whole message is one
	{"suggest", (*Router).suggest},  // 9 what comes near
	{"handoff", (*Router).handoff},  // 10 a person, when nothing does
}

// New builds a Router. It fails on a command that is there twice, has no Run,
// or asks for something without a question: faults of the program.
func New(o Options) (*Router, error) {
	r := &Router{
		commands: map[string]*bot.Command{}, exact: map[string]string{},
		arguments: map[string][]string{}, phrases: customer.Load(o.Catalog),
		knowledge: o.Knowledge, catalog: o.Catalog, company: o.Company, log: o.Logger,
	}
	r.goods, _ = o.Knowledge.(customer.Goods)
	for _, c := range append(append(own(r), o.Commands...), introduction()) {
		if err := r.add(c); err != nil {
			return nil, err
		}
	}
	nouns := map[crm.Kind][]string{}
	for _, kind := range kinds {
		nouns[kind] = o.Catalog.Every("noun." + string(kind))
	}
	r.matcher = grammar.NewMatcher(r.specs(), nouns)
	r.vocabulary, r.marks = r.typedWords(), r.markWords()
	r.listen()
	return r, nil
}

// kinds are the nouns people type.
var kinds = []crm.Kind{
	crm.KindLead, crm.KindContact, crm.KindAccount, crm.KindOpportunity,
	crm.KindTicket, crm.KindActivity, crm.KindArticle, crm.KindConversation,
}

func (r *Router) add(c bot.Command) error {
	if r.commands[c.Name] != nil {
		return fmt.Errorf("router: command %s is there twice", c.Name)
	}
	if c.Run == nil {
		return fmt.Errorf("router: command %s does nothing", c.Name)
	}
	for _, a := range fields(&c) {
		for _, lang := range r.catalog.Languages() {
			if key := askKey(r.catalog.Words(lang), c.Name, a.Name); !c.Hidden && a.Need != bot.Optional && !r.catalog.Words(lang).Has(key) {
				return fmt.Errorf("router: command %s asks for %s without a question in %s", c.Name, a.Name, lang)
			}
			if !c.Hidden && c.For != crm.AudienceCustomers && a.Need != bot.Optional && fieldLabel(r.catalog.Words(lang), c.Name, a.Name) == "" {
				return fmt.Errorf("router: command %s asks for %s without a label in %s", c.Name, a.Name, lang)
			}
		}
	}
	r.commands[c.Name] = &c
	r.order = append(r.order, &c)
	for _, a := range c.Args {
		r.arguments[a.Name] = append([]string{a.Name}, r.catalog.Every("arg."+a.Name)...)
	}
	if forCustomers(&c) {
		for _, phrase := range r.catalog.Every("command." + c.Name) {
			r.exact[r.phrases.Core(phrase)] = c.Name
		}
	}
	return nil
}

// forCustomers says whether a customer can type the bare words of a command:
// not those of a command for everybody that would then ask for more.
func forCustomers(c *bot.Command) bool {
	if c.For != "" {
		return c.For == crm.AudienceCustomers
	}
	return !c.Hidden && !slices.ContainsFunc(c.Args, func(a bot.Arg) bool { return a.Need != bot.Optional })
}

// specs is what staff can type.
func (r *Router) specs() []grammar.Spec {
	var out []grammar.Spec
	for _, c := range r.order {
		if c.For == crm.AudienceCustomers {
			continue
		}
		spec := grammar.Spec{
			Name: c.Name, Subject: c.Subject,
			Phrases: r.catalog.Every("command." + c.Name),
			After:   r.catalog.Every("command." + c.Name + ".after"),
		}
		if len(c.Subjects) > 0 {
			spec.Subject = c.Subjects[0]
		}
		if len(spec.Phrases)+len(spec.After) > 0 {
			out = append(out, spec)
		}
		for _, kind := range c.Subjects[min(1, len(c.Subjects)):] {
			out = append(out, grammar.Spec{Name: c.Name, Subject: kind, After: spec.After})
		}
	}
	return out
}

// Handle answers one event. What went wrong through the person's doing is told
// in his language; the errors it returns are faults of ours, logged already.
func (r *Router) Handle(ctx context.Context, req *bot.Request) (*bot.Reply, error) {
	t := r.turn(ctx, req)
	person := t.Conversation != nil && t.Conversation.Person()
	reply, err := r.handle(ctx, t)
	if err != nil {
		reply, err = r.worded(ctx, t, err)
		if reply != nil && (t.Thread != nil || !t.Staff() && t.Conversation.Audience == crm.AudienceStaff) {
			reply.Private = true // what went wrong is his business
		}
	}
	if err != nil {
		return nil, err
	}
	if err := r.took(ctx, t, person); err != nil {
		return nil, err
	}
	if reply, err = r.along(ctx, t, reply); err != nil {
		return nil, err
	}
	reply = r.place(t, reply)
	r.forgetChoices(t, reply)
	r.markForms(t, reply)
	return reply, r.seen(ctx, t, reply)
}

func (r *Router) handle(ctx context.Context, t *turn) (*bot.Reply, error) {
	if err := r.situate(ctx, t); err != nil {
		return nil, err
	}
	if quiet, err := r.hear(ctx, t); quiet || err != nil {
		return nil, err
	}
	switch t.Inbound.Kind {
	case bot.KindText, bot.KindMedia, bot.KindAction, bot.KindForm:
	case bot.KindMenu:
		if reply, done, err := r.entry(ctx, t); done || err != nil {
			t.Did("menu")
			return reply, err
		}
	default:
		reply, err := r.arrive(ctx, t)
		t.Did(arrival(t.Inbound))
		return reply, err
	}
	if reply, refused := r.refuse(t); refused {
		return reply, nil
	}
	for _, s := range steps {
		reply, done, err := s.try(r, ctx, t)
		if done || err != nil {
			t.Did(s.name)
			return reply, err
		}
	}
	return nil, nil
}

// worded makes a sentence of an error that is no fault of ours.
func (r *Router) worded(ctx context.Context, t *turn, err error) (*bot.Reply, error) {
	switch crm.CodeOf(err) {
	case crm.CodeInternal, crm.CodeUnavailable:
		r.log.ErrorContext(ctx, "router: "+string(t.Inbound.Kind), "event", t.Inbound.Origin(), "id", locale.FaultID(err), "error", err)
		return nil, err
	}
	var e *crm.Error
	if errors.As(err, &e) && e.Err != nil {
		r.log.InfoContext(ctx, "router: refused", "event", t.Inbound.Origin(), "key", e.Key, "error", e.Err)
	}
	if t.Inbound.Kind == bot.KindSystem { // nobody asked, so nobody is told
		r.log.InfoContext(ctx, "router: refused", "event", t.Inbound.Origin(), "line", bot.LineName(t.Inbound.Action), "error", err)
		return nil, nil
	}
	return bot.Text(t.Words.Error(err)), nil
}
