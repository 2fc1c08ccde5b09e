package knowledge

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"crmbot/crm"
)

// Articles is what the matcher reads. crm.ArticleStore is one.
type Articles interface {
	Articles(ctx context.Context, f crm.ArticleFilter) ([]*crm.Article, int, error)
	KnowledgeVersion(ctx context.Context) (int64, error)
}

// Indexes keep what was computed. bot.IndexStore is one.
type Indexes interface {
	Index(ctx context.Context, name string) ([]byte, error)
	SaveIndex(ctx context.Context, name string, data []byte) error
	Vectors(ctx context.Context, model string, texts []string) (map[string][]float32, error)
}

// Figures say what became of the questions. crm.QuestionStore is one.
type Figures interface {
	QuestionFigures(ctx context.Context, from, to time.Time) (crm.QuestionFigures, error)
}

// Values hold the stamp of the vectors. bot.ValueStore is one.
type Values interface {
	Value(ctx context.Context, key string) (string, error)
}

// VectorsStamp is the key of the value that changes whenever vectors were
// saved.
const VectorsStamp = "knowledge.vectors"

// Options are what a Matcher works with. Only Articles is needed.
type Options struct {
	Articles Articles
	Words    Words
	// Index keeps the index from one start to the next, nil for nowhere.
	Index Indexes
	// Questions tell how many questions have no article, nil for nobody.
	Questions Figures
	// Wrong is the share of the answers that may be wrong, between 0 and 1; 0 is
	// DefaultWrong.
	Wrong float64
	// Share is how many of the questions have no article as long as Questions
	// cannot tell, between 0 and 1; 0 is DefaultShare.
	Share float64
	// Model is the bot.Embedder's, "" for none. Values says when it has made new
	// vectors.
	Model  string
	Values Values
	Now    func() time.Time // nil is a clock that stands still
	Log    *slog.Logger     // nil for none
}

const (
	// DefaultWrong is the share of the answers that may be wrong where nobody says
	// otherwise.
	DefaultWrong = 0.10
	// DefaultShare is the share of the questions that have no article as long as
	// nothing is known of them.
	DefaultShare = 0.3
)

// Matcher is a Finder over an index in memory.
type Matcher struct {
	Options
	speech  speech
	current atomic.Pointer[state]
	loading sync.Mutex
	ready   chan struct{} // closed once there is a state
	seen    share
	kept    atomic.Pointer[string] // the fingerprint of what is kept
}

// New makes a Matcher. It reads nothing yet: Refresh does, or the first Find.
func New(o Options) *Matcher {
	if o.Wrong <= 0 || o.Wrong >= 1 {
		o.Wrong = DefaultWrong
	}
	if o.Share <= 0 || o.Share >= 1 {
		o.Share = DefaultShare
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Matcher{Options: o, speech: o.Words.ready(), ready: make(chan struct{})}
}

// Find answers from the index as it is. Only the first call may have to read.
func (m *Matcher) Find(ctx context.Context, q Question) (Answer, error) {
	x, err := m.first(ctx)
	if err != nil {
		return Answer{}, err
	}
	return x.find(q), nil
}

// first is the state that answers. Where there is none yet and nobody else
// reads the articles already, it reads them, and writes nothing: a question
// may be asked inside a transaction.
func (m *Matcher) first(ctx context.Context) (*state, error) {
	if x := m.current.Load(); x != nil {
		return x, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if m.loading.TryLock() {
			defer m.loading.Unlock()
			x, err := m.load(ctx)
			if err != nil {
				return nil, err
			}
			return m.learn(x), nil
		}
		select {
		case <-m.ready:
			return m.current.Load(), nil
		case <-ctx.Done():
			return nil, crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(ctx.Err())
		case <-time.After(again): // who was reading may have failed
		}
	}
}

// again is how soon somebody who waits for the first index tries himself.
const again = 50 * time.Millisecond

// patience is how long the first question waits for the first index.
const patience = 10 * time.Second

// Load reads the articles, and the index that was kept of them: enough to
// answer. What is still to be learned it leaves to Run. Returns what the store
// returns.
func (m *Matcher) Load(ctx context.Context) error {
	m.loading.Lock()
	defer m.loading.Unlock()
	_, err := m.load(ctx)
	return err
}

// Refresh builds a new index if the articles changed since the last one, or
// what is known about the questions did. The old one answers until then, and
// the new one at once, but no better than a guess until it has found out how
// far it can be believed. Returns what the store returns. It must not be called
// inside a transaction: it keeps the index.
func (m *Matcher) Refresh(ctx context.Context) error {
	m.loading.Lock()
	defer m.loading.Unlock()
	x, err := m.load(ctx)
	if err != nil {
		return err
	}
	m.keep(ctx, m.learn(x))
	return nil
}

// Run refreshes every interval until ctx ends: that is how a change made by
// any process arrives. Failures are logged and tried again.
func (m *Matcher) Run(ctx context.Context, interval time.Duration, log *slog.Logger) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var learning sync.WaitGroup
	defer learning.Wait()
	busy := make(chan struct{}, 1)
	for {
		m.loading.Lock()
		x, err := m.load(ctx)
		m.loading.Unlock()
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "knowledge: refresh", "error", err)
		}
		if err == nil && !x.settled() {
			select {
			case busy <- struct{}{}: // one at a time, and of what is newest by then
				learning.Go(func() {
					defer func() { <-busy }()
					m.keep(ctx, m.learn(x))
					debug.FreeOSMemory() // learning takes more than what the process lives on
				})
			default:
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
