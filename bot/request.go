package bot

import (
	"time"

	"crmbot/bot/locale"
	"crmbot/crm"
)

// Request is one event with everything that is known about it, ready to be
// handled. The worker makes it, the router fills in Args, handlers read it and
// ask for effects through its methods.
type Request struct {
	Inbound      *Inbound // may be replaced by another, never changed
	Conversation *crm.Conversation
	Identity     *crm.Identity
	Contact      *crm.Contact // of somebody outside; nil for a User
	User         *crm.User    // of somebody who works here; nil for a Contact
	Actor        crm.Actor
	Session      *Session
	Args         Args
	// Thread is set where colleagues speak about a customer's conversation; the
	// Conversation is the place then, and Customer the customer's.
	Thread   *crm.Thread
	Customer *crm.Conversation
	CRM      *crm.Services // over the store of this event
	Store    Store         // bound to the transaction of this event
	Words    *locale.Words // in the person's language
	// WordsIn are the words in another language, for what others read.
	WordsIn  func(language string) *locale.Words
	Company  *Company
	Features Features  // of the platform it came from
	Now      time.Time // in the company's zone
	EventID  string    // names the event in logs and in what follows from it
	// Courtesy says that a customer said nothing but thanks, okay or goodbye: he
	// waits for no answer.
	Courtesy bool

	effects Effects
	did     string
}

// Effects is what is to happen beside the Reply, all in the transaction of the
// event or not at all.
type Effects struct {
	Posts    []Post
	Tells    []Tell
	Inbounds []Delayed
	Jobs     []*Job
	Asked    []*crm.Question
}

// Post is a Reply into the request's own conversation, besides the answer.
type Post struct {
	Reply    *Reply
	Op       Op       // OpPost if ""
	For      SenderID // OpEphemeral and OpHome
	Audience crm.Audience
	Notice   string // what OpNudge says if this cannot be sent: see Outgoing.Notice
	// Failed is a command line of the conversation's own, run there if this can
	// never be sent; " why=" with Failure.Why or the Class is added to it, or
	// "unsupported" where the platform has no such operation.
	Failed string
	// Done is a command line of the conversation's own, run there once the
	// platform took this: " id=" with the native id and " topic=" are added.
	Done string
	// Label names the message within its conversation ([a-z0-9:.-], at most 60).
	// A later Post with OpEdit or OpDelete and the same Label changes it, wherever
	// it is by then; if it was never sent, an OpEdit becomes a new message.
	Label string
	// Target is the native id that OpEdit and OpDelete are about, instead of a
	// Label.
	Target MessageID
	// Stays are words that do not grow stale, as people's do not.
	Stays bool
	// Notify are colleagues whom the platform is to call by name.
	Notify []crm.UserID
	// Release is whose words these are and who let them go. Package bot/relay
	// alone sets it; nothing else of a person ever goes to a customer.
	Release *Release
	// After is how long it waits before it is sent, so that what follows goes with
	// it.
	After time.Duration
	// Thread is where a colleague wrote this, for Message.ThreadID.
	Thread crm.ThreadID
}

// Release lets a person's words go to a customer.
type Release struct {
	ID crm.ReleaseID // 0 for OpEdit and OpDelete of what is out already
	By crm.UserID    // who let them go, and whose words they are
	// Name is what the customer is told he is called, "" where that is known.
	Name string
}

// Tell is a notice to somebody who works here, in his own chat. Line is a
// command line of the notices ("notice.lead.new LEAD-7"), so that it is worded
// in the reader's language and from the state at that moment.
type Tell struct {
	User crm.UserID
	Line string
}

// Delayed is an event for this or another conversation, handled in its own
// order at or after At; zero is at once.
type Delayed struct {
	Inbound Inbound
	At      time.Time
}

// Post adds a message to the request's own conversation.
func (r *Request) Post(p Post) { r.effects.Posts = append(r.effects.Posts, p) }

// Tell adds a notice to a User. User 0 is nobody.
func (r *Request) Tell(user crm.UserID, line string) {
	if user != 0 {
		r.effects.Tells = append(r.effects.Tells, Tell{User: user, Line: line})
	}
}

// Deliver adds an event for a conversation.
func (r *Request) Deliver(in Inbound, at time.Time) {
	r.effects.Inbounds = append(r.effects.Inbounds, Delayed{Inbound: in, At: at})
}

// Enqueue adds a job.
func (r *Request) Enqueue(j *Job) { r.effects.Jobs = append(r.effects.Jobs, j) }

// Ask logs a question and what the bot did with it, with the batch. Key,
// conversation, contact and moment are filled in where they are empty; the Key
// is the event's id.
func (r *Request) Ask(q *crm.Question) { r.effects.Asked = append(r.effects.Asked, q) }

// Effects returns what was asked for so far. For the worker.
func (r *Request) Effects() Effects { return r.effects }

// Reset forgets the effects, for another try. For the worker and the router.
func (r *Request) Reset() { r.effects = Effects{} }

// Restore puts back effects that Effects returned before.
func (r *Request) Restore(e Effects) { r.effects = e }

// Did notes what is done about the event, by a name that the program has for it:
// a command's, or that of the step that answers. The first name stands. It is
// for the engineer's figures.
func (r *Request) Did(name string) {
	if r.did == "" {
		r.did = name
	}
}

// What is the name that Did was given, "" for none.
func (r *Request) What() string { return r.did }

// Staff says whether the person works here.
func (r *Request) Staff() bool { return r.User != nil }
