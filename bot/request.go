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
	Inbound      *Inbound
	Conversation *crm.Conversation
	Identity     *crm.Identity
	Contact      *crm.Contact // of somebody outside; nil for a User
	User         *crm.User    // of somebody who works here; nil for a Contact
	Actor        crm.Actor
	Session      *Session
	Args         Args
	CRM          *crm.Services // over the store of this event
	Store        Store         // bound to the transaction of this event
	Words        *locale.Words // in the person's language
	Company      *Company
	Features     Features  // of the platform it came from
	Now          time.Time // in the company's zone
	EventID      string    // names the event in logs and in what follows from it

	effects Effects
}

// Effects is what is to happen beside the Reply, all in the transaction of the
// event or not at all.
type Effects struct {
	Posts    []Post
	Tells    []Tell
	Inbounds []Delayed
	Jobs     []*Job
}

// Post is a Reply into the request's own conversation, besides the answer.
type Post struct {
	Reply    *Reply
	Op       Op       // OpPost if ""
	For      SenderID // OpEphemeral and OpHome
	Audience crm.Audience
	Notice   string // what OpNudge says if this cannot be sent: see Outgoing.Notice
	// Failed is a command line of the conversation's own, run there if this can
	// never be sent; why is added to it. For OpTransfer only.
	Failed string
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

// Effects returns what was asked for so far. For the worker.
func (r *Request) Effects() Effects { return r.effects }

// Reset forgets the effects, for another try. For the worker and the router.
func (r *Request) Reset() { r.effects = Effects{} }

// Restore puts back effects that Effects returned before.
func (r *Request) Restore(e Effects) { r.effects = e }

// Staff says whether the person works here.
func (r *Request) Staff() bool { return r.User != nil }
