package bot

import (
	"context"
	"time"

	"crmbot/crm"
)

// Handler does what a command says and returns the answer. It never sends.
// An error with a crm code is told to the person in his language; any other
// error is a fault of ours. Everything it wrote is undone when it fails.
type Handler func(ctx context.Context, r *Request) (*Reply, error)

// Command is one thing that people can ask for, as data: its words, help,
// permission and form all come from this value. The words are in the locale
// files under command.<Name>; in the Action of a button the Name itself always
// works as the command's words ("lead.convert LEAD-1").
type Command struct {
	Name    string       // "lead.convert"; the key of its words
	For     crm.Audience // AudienceStaff or AudienceCustomers; "" for everybody
	Roles   []crm.Role   // who may; nil is everybody of the audience
	Subject crm.Kind     // the noun it is about, so that "LEAD-1 convert" works; "" for none
	// Subjects, in place of Subject, is for a command about a record of any of
	// several kinds ("note LEAD-1: …", "history OPP-1"). With Subject or
	// Subjects the record is required, given by reference or name, asked for
	// first (ask.<Name>.subject) and found in Args.Subject.
	Subjects []crm.Kind
	Args     []Arg
	// Alone, if set, makes a reference of Subject followed by nothing but a
	// value of this type mean this command: "OPP-1 280k", "线索1 A".
	Alone ArgType
	// Idle runs the command with what is known when the person left its form
	// without an end, if all that is Required is there.
	Idle bool
	// Confirm shows what was understood and asks before Run.
	Confirm bool
	// Query says that it answers with records and changes nothing. Where others
	// read along such an answer is for the asker alone, with a button that
	// shares it: records hold what customers trust us with, and never go to
	// everybody by themselves. What changes something is told where it was
	// asked for, by the record's name and no more.
	Query bool
	// Hidden keeps it out of help: it is reached by buttons or intents.
	Hidden bool
	Run    Handler
}

// ArgType says what an argument looks like.
type ArgType string

// The types of argument, with the type that Args holds for them.
const (
	ArgRef      ArgType = "ref"      // crm.Ref, of one of Kinds; a name is resolved by search
	ArgUser     ArgType = "user"     // crm.UserID; by handle or name
	ArgWord     ArgType = "word"     // string: one word or a quoted text
	ArgText     ArgType = "text"     // string: the rest of the line
	ArgMoney    ArgType = "money"    // crm.Money
	ArgMoment   ArgType = "moment"   // time.Time
	ArgDay      ArgType = "day"      // string "2026-12-20"
	ArgPhone    ArgType = "phone"    // string as crm.NormalPhone writes it
	ArgStage    ArgType = "stage"    // string: key of a stage
	ArgSource   ArgType = "source"   // string: name of a source
	ArgIntent   ArgType = "intent"   // crm.Intent
	ArgChoice   ArgType = "choice"   // string: one of Choices, by its words in the locale
	ArgLanguage ArgType = "language" // string "en", "zh-CN"
	ArgPeriod   ArgType = "period"   // Period
	ArgTeam     ArgType = "team"     // string: the name of a team
)

// Need says what happens when an argument is missing.
type Need int

// The needs.
const (
	Optional Need = iota // nothing
	Asked                // asked for once, may be skipped
	Required             // asked for until it is given or the person cancels
)

// Arg is one argument of a command. On a command line it is given as
// name=value, by its position, or by its shape (a phone, an amount, a date).
// The words for its name are the list arg.<name> in the locale files, in any
// language ("电话=…", and before a shape without = as well: "预计12月20日");
// its label is field.<name>; its question is
// ask.<command>.<name> or ask.<name>; the words of a choice are the list
// <name>.<choice>, the first of them the one to show.
type Arg struct {
	Name  string
	Type  ArgType
	Need  Need
	Kinds []crm.Kind // ArgRef
	// Fresh, of an ArgRef, lets a name stand that nobody has yet: Args then
	// holds that name as a string, and the handler makes the record. "+Name"
	// says that a new one is meant whoever is called so.
	Fresh   bool
	Choices []string // ArgChoice
	// Keyed arguments are given as name=value only, never by position or shape.
	Keyed bool
	// Ours arguments are for lines of ours: nobody is shown or asked for them.
	Ours bool
	// Known fills the argument in from what is known already: it is not asked
	// for then. May be nil; "" is not known, " " is known to be nothing. Args
	// holds the arguments before this one.
	Known func(r *Request) string
	// Now is what the record holds in place of the argument, to begin with where a
	// form is filled in: it is never taken for an answer. May be nil. Args holds the
	// Subject.
	Now func(ctx context.Context, r *Request) string
	// Read, if set, looks at what a customer typed as the answer to the
	// question before it is resolved. May be nil.
	Read func(r *Request, typed string) Reading
}

// Reading is what an answer says. The zero Reading leaves it as it was typed.
type Reading struct {
	Values    map[string]string // by argument, in place of the answer
	Skip      bool              // the person would rather not answer
	Wrong     string            // key of the sentence that says why it is no answer
	Otherwise bool              // Values count only if the answer is none as it was typed
}

// Period is a span of calendar days of the company's zone, both inclusive.
type Period struct {
	From, To string    // "2026-10-01"; "" is no bound
	FromAt   time.Time // the same as moments; ToAt is exclusive
	ToAt     time.Time
	Label    string // as people read it: "2026 Q4"
}

// Args are the arguments of a command, resolved and checked. Values have the
// Go type that the ArgType names.
type Args struct {
	Subject crm.Ref // the record the command is about
	Text    string  // everything after the command's words, as typed
	Values  map[string]any
}

// Has says whether an argument was given.
func (a Args) Has(name string) bool { _, ok := a.Values[name]; return ok }

// String is an argument of a type that holds a string, "" if missing.
func (a Args) String(name string) string { s, _ := a.Values[name].(string); return s }

// Ref is an ArgRef, the zero Ref if missing.
func (a Args) Ref(name string) crm.Ref { v, _ := a.Values[name].(crm.Ref); return v }

// User is an ArgUser, 0 if missing.
func (a Args) User(name string) crm.UserID { v, _ := a.Values[name].(crm.UserID); return v }

// Money is an ArgMoney.
func (a Args) Money(name string) crm.Money { v, _ := a.Values[name].(crm.Money); return v }

// Time is an ArgMoment, zero if missing.
func (a Args) Time(name string) time.Time { v, _ := a.Values[name].(time.Time); return v }

// Intent is an ArgIntent.
func (a Args) Intent(name string) crm.Intent { v, _ := a.Values[name].(crm.Intent); return v }

// Period is an ArgPeriod.
func (a Args) Period(name string) Period { v, _ := a.Values[name].(Period); return v }
