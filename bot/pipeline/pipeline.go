package pipeline

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// Handler answers one event.
type Handler = bot.Handler

// Install is one adapter with its address and who writes there.
type Install struct {
	Adapter  bot.Adapter // may be set later with Attach, because an adapter wants its Host first
	Platform bot.Platform
	Install  bot.Install
	Audience crm.Audience // crm.AudienceCustomers or crm.AudienceStaff
	// Rates are what the config says instead of the adapter's own; nil for none.
	Rates *bot.Rates
}

// Options is what a Pipeline needs. Store and Handler are required.
type Options struct {
	Store    bot.Store
	Handler  Handler
	Adapters []Install
	Company  *bot.Company
	Catalog  *locale.Catalog
	Settings crm.Settings
	Now      func() time.Time // nil is the machine's clock
	Logger   *slog.Logger     // nil is silence
	Jobs     map[string]JobFunc
	// Periods are the kinds of Jobs that come back by themselves, and how often.
	Periods map[string]time.Duration
	// Consult answers what an adapter asks within a request, see
	// bot.Inbox.Consult. It only reads. nil has nothing to show.
	Consult Handler

	Workers int           // shards handled at once; 0 is 2
	Batch   int           // most events of one transaction; 0 is 128
	Slots   int           // operations under way for each install; 0 is 128
	Poll    time.Duration // how long to sleep when nothing wakes us; 0 is 200 ms
	SendFor time.Duration // longest time of one Send; 0 is 30 s
	Drain   time.Duration // longest time for what is under way at the end; 0 is 4 s
	// ConsultFor is the longest that a request waits for Consult; 0 is 1.5 s.
	ConsultFor time.Duration
}

// Pipeline is the way of every message of one process.
type Pipeline struct {
	opt      Options
	store    bot.Store
	log      *slog.Logger
	owner    string // this process, among those that share the database
	installs map[address]*install
	order    []*install // as in Options
	clock    clock
	settled  *group[bot.Settlement]
	values   *group[bot.KeptValue] // that adapters set
	asked    *group[wanted]        // and read
	counts   counts
	ledger   ledger
	watchers watchers

	work     *counted
	job      bell
	single   *worker   // of Settle
	beaten   time.Time // last by Settle
	mu       sync.Mutex
	closing  bool
	ready    error
	replicas int
	back     time.Duration // how far the clock was set back; of beats alone
	turns    int           // how often the queues are still to be moved by it
}

// address is one install of one platform.
type address struct {
	platform bot.Platform
	install  bot.Install
}

type install struct {
	Install
	rate     *limits
	bell     bell
	received *group[*bot.InboxRow]
	leases   leases
	pulse    pulse
	tally    tally
	life     life
	sender   atomic.Pointer[sender] // of Run
}

// New builds a Pipeline. Nothing happens before Run or Settle, but Receive
// works at once.
func New(o Options) *Pipeline {
	defaults(&o)
	o.Company = introduced(o.Company)
	p := &Pipeline{
		opt: o, store: o.Store, log: o.Logger, owner: rand.Text(), installs: map[address]*install{},
		clock: clock{now: o.Now}, work: &counted{bell: newBell()}, job: newBell(), replicas: 1,
	}
	if o.Company.Started.IsZero() {
		o.Company.Started = p.Now()
	}
	p.settled = newGroup(flushMost, waitingMost, p.flushSettled)
	p.values = newGroup(flushMost, waitingMost, p.flushValues)
	p.asked = newGroup(flushMost, waitingMost, p.flushAsked)
	for _, i := range o.Adapters {
		known := &install{Install: i, rate: newLimits(), bell: newBell()}
		known.received = newGroup(flushMost, waitingMost, func(rows []*bot.InboxRow) []error { return p.flush(known, rows) })
		p.installs[address{i.Platform, i.Install}] = known
		p.order = append(p.order, known)
		p.introduce(i.Platform, i.Install, i.Adapter)
	}
	return p
}

func defaults(o *Options) {
	o.Workers = or(o.Workers, 2)
	o.Batch = or(o.Batch, 128)
	o.Slots = or(o.Slots, 128)
	o.Poll = or(o.Poll, 200*time.Millisecond)
	o.SendFor = or(o.SendFor, 30*time.Second)
	o.ConsultFor = or(o.ConsultFor, 1500*time.Millisecond)
	o.Drain = or(o.Drain, 4*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Company == nil {
		o.Company = &bot.Company{}
	}
	if o.Company.Zone == nil {
		c := *o.Company
		c.Zone = time.UTC
		o.Company = &c
	}
}

func or[T int | time.Duration](v, standard T) T {
	if v == 0 {
		return standard
	}
	return v
}

// Attach gives an install its adapter. Before Run, Settle and the first event.
func (p *Pipeline) Attach(platform bot.Platform, name bot.Install, a bot.Adapter) {
	p.installs[address{platform, name}].Adapter = a
	p.introduce(platform, name, a)
}

// Now is the clock of the pipeline: UTC, whole microseconds.
func (p *Pipeline) Now() time.Time { return p.clock.Now() }

// Advance moves the clock of this pipeline forward, for tests and scripts.
func (p *Pipeline) Advance(d time.Duration) { p.clock.Advance(d) }

// longer is the next pause of somebody who found nothing to do. What happens in
// this process rings a bell, and so do other processes as far as they can.
func (p *Pipeline) longer(idle time.Duration) time.Duration {
	return min(idle+p.opt.Poll/4, 5*p.opt.Poll)
}

// bell wakes one who sleeps. Ringing twice is ringing once.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// counted is a bell for several, who each can see whether it rang while they were
// busy and another one heard it.
type counted struct {
	bell
	rung atomic.Int64
}

func (c *counted) ring() {
	c.rung.Add(1)
	c.bell.ring()
}

// wait sleeps until the bell rings or d has passed. It is false once ctx ended.
func (b bell) wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-b:
	case <-t.C:
	}
	return ctx.Err() == nil
}
