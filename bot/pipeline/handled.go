package pipeline

import (
	"maps"
	"sync"
	"time"

	"crmbot/crm"
)

// Handled is how long one kind of answer took the handler.
type Handled struct {
	// Did is what the handler says it did: a command's name, or the step that
	// answered. Names are those of the program, never what somebody typed.
	Did string
	Latency
}

// Done is what became of the jobs of one kind.
type Done struct {
	Kind    string // "other" for one that nobody here knows
	Ok      int64
	Again   map[crm.Code]int64 // tries that failed and follow another, by code
	Parked  int64              // given up
	Latency                    // of every try
}

// moments are the bounds of the time a handler takes, in seconds: it reads and
// writes a database, and never waits for anybody.
var moments = [...]float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1}

// ledger counts what was done, by name. The zero value is empty.
type ledger struct {
	mu      sync.Mutex
	handled map[string]*brief
	jobs    map[string]*Done
	times   map[string]*timing // of jobs
}

// brief is a timing with the bounds of moments.
type brief struct {
	in  [len(moments) + 1]uint64
	sum float64
}

func (b *brief) add(d time.Duration) {
	i, s := 0, d.Seconds()
	for i < len(moments) && s > moments[i] {
		i++
	}
	b.in[i]++
	b.sum += s
}

func (b *brief) latency() Latency { return latencyOf(moments[:], b.in[:], b.sum) }

// took notes one call of the handler.
func (l *ledger) took(did string, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.handled[did]
	if known == nil {
		if l.handled == nil {
			l.handled = map[string]*brief{}
		}
		known = &brief{}
		l.handled[did] = known
	}
	known.add(took)
}

// job notes one try of a job.
func (l *ledger) job(kind string, took time.Duration, err error, parked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	done := l.jobs[kind]
	if done == nil {
		if l.jobs == nil {
			l.jobs, l.times = map[string]*Done{}, map[string]*timing{}
		}
		done = &Done{Kind: kind, Again: map[crm.Code]int64{}}
		l.jobs[kind], l.times[kind] = done, &timing{}
	}
	l.times[kind].add(took)
	switch {
	case err == nil:
		done.Ok++
	case parked:
		done.Parked++
	default:
		done.Again[crm.CodeOf(err)]++
	}
}

// Handled are the times of the handler since the start, by what it did, in no
// order.
func (p *Pipeline) Handled() []Handled {
	p.ledger.mu.Lock()
	defer p.ledger.mu.Unlock()
	all := make([]Handled, 0, len(p.ledger.handled))
	for did, b := range p.ledger.handled {
		all = append(all, Handled{Did: did, Latency: b.latency()})
	}
	return all
}

// JobsDone is what became of jobs since the start, by kind, in no order.
func (p *Pipeline) JobsDone() []Done {
	p.ledger.mu.Lock()
	defer p.ledger.mu.Unlock()
	all := make([]Done, 0, len(p.ledger.jobs))
	for kind, done := range p.ledger.jobs {
		one := *done
		one.Again, one.Latency = maps.Clone(done.Again), p.ledger.times[kind].latency()
		all = append(all, one)
	}
	return all
}

// known is the kind of a job as it is counted: kinds come from the database.
func (p *Pipeline) known(kind string) string {
	if p.opt.Jobs[kind] == nil && own[kind] == nil {
		return "other"
	}
	return kind
}
