package pipeline

import (
	"maps"
	"sync"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Stats are the figures of one install since the start.
type Stats struct {
	Platform  bot.Platform
	Install   bot.Install
	Received  int64               // events that were new
	Duplicate int64               // events that were delivered again
	Dropped   map[string]int64    // what never became an event, by the reason of bot.Counter
	Handled   int64               // events handled by a worker
	Parked    int64               // events given up
	Sent      int64               // operations that the platform took
	Failed    map[bot.Class]int64 // operations that it did not take, by class; "expired" and "window_closed" without a call too
	Again     map[bot.Class]int64 // of these, operations that are tried once more
	GivenUp   map[bot.Class]int64 // of these, operations that never are
	Repeated  map[crm.Code]int64  // events that failed and are tried once more, by code
	Send      Latency             // of one call of the platform
	Answer    Latency             // from a person's event in the inbox to its answer being taken
}

// Latency is a histogram in seconds.
type Latency struct {
	Buckets map[float64]uint64 // how many were not longer than that
	Sum     float64
	Count   uint64
}

// Stats returns the figures of every install, in the order of the config.
func (p *Pipeline) Stats() []Stats {
	out := make([]Stats, len(p.order))
	for i, at := range p.order {
		out[i] = at.tally.stats()
		out[i].Platform, out[i].Install = at.Platform, at.Install.Install
	}
	return out
}

// seconds are the bounds of every histogram.
var seconds = [...]float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// tally counts what happens at one install.
type tally struct {
	mu           sync.Mutex
	n            Stats
	send, answer timing
}

// timing counts how many took how long; the last of in is beyond all bounds.
type timing struct {
	in  [len(seconds) + 1]uint64
	sum float64
}

func (t *timing) add(d time.Duration) {
	i := 0
	for i < len(seconds) && d.Seconds() > seconds[i] {
		i++
	}
	t.in[i]++
	t.sum += d.Seconds()
}

func (t *timing) latency() Latency {
	return latencyOf(seconds[:], t.in[:], t.sum)
}

// latencyOf adds up how many are within each bound. The last of in is beyond
// all of them.
func latencyOf(bounds []float64, in []uint64, sum float64) Latency {
	l := Latency{Buckets: make(map[float64]uint64, len(bounds)), Sum: sum}
	for i, n := range in {
		l.Count += n
		if i < len(bounds) {
			l.Buckets[bounds[i]] = l.Count
		}
	}
	return l
}

func (t *tally) stats() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.n
	s.Dropped, s.Failed = maps.Clone(t.n.Dropped), maps.Clone(t.n.Failed)
	s.Again, s.GivenUp, s.Repeated = maps.Clone(t.n.Again), maps.Clone(t.n.GivenUp), maps.Clone(t.n.Repeated)
	s.Send, s.Answer = t.send.latency(), t.answer.latency()
	return s
}

// count changes the figures.
func (t *tally) count(change func(*Stats)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.n)
}

func (t *tally) dropped(reason string)  { t.count(func(s *Stats) { more(&s.Dropped, reason) }) }
func (t *tally) failed(class bot.Class) { t.count(func(s *Stats) { more(&s.Failed, class) }) }
func (t *tally) repeated(code crm.Code) { t.count(func(s *Stats) { more(&s.Repeated, code) }) }

// more counts one more of a kind.
func more[K comparable](of *map[K]int64, kind K) {
	if *of == nil {
		*of = map[K]int64{}
	}
	(*of)[kind]++
}

// missed notes that an operation was not taken: whether there is another try.
func (t *tally) missed(s bot.Settlement) {
	switch {
	case s.Class == "":
	case s.State == crm.DeliveryQueued:
		t.count(func(n *Stats) { more(&n.Again, s.Class) })
	case s.State != crm.DeliveryAccepted:
		t.count(func(n *Stats) { more(&n.GivenUp, s.Class) })
	}
}

// called notes one call of the platform.
func (t *tally) called(took time.Duration, err error) {
	t.mu.Lock()
	t.send.add(took)
	t.mu.Unlock()
	if err != nil {
		t.failed(bot.FailureOf(err).Class)
	}
}

// sent notes an operation that the platform took.
func (t *tally) sent(out bot.Outgoing, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n.Sent++
	if !out.Asked.IsZero() {
		t.answer.add(max(at.Sub(out.Asked), 0))
	}
}

// arrived notes what the inbox took in.
func (p *Pipeline) arrived(at *install, fresh, again int) {
	p.counts.add("received", int64(fresh))
	p.counts.add("received_again", int64(again))
	at.tally.count(func(s *Stats) {
		s.Received += int64(fresh)
		s.Duplicate += int64(again)
	})
}
