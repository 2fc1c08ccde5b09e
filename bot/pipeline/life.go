package pipeline

import (
	"sync"

	"crmbot/bot"
)

// Life is whether the adapter of an install is at work.
type Life struct {
	Platform bot.Platform
	Install  bot.Install
	Running  bool  // its Run was called and has not returned
	Err      error // what its last Run ended with, nil while it runs
}

// life is what is known of the adapter of an install.
type life struct {
	mu      sync.Mutex
	running bool
	err     error
}

func (l *life) began() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running, l.err = true, nil
}

func (l *life) ended(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running, l.err = false, err
}

// Lives say which adapters are at work, in the order of the config.
func (p *Pipeline) Lives() []Life {
	all := make([]Life, len(p.order))
	for i, at := range p.order {
		at.life.mu.Lock()
		all[i] = Life{Platform: at.Platform, Install: at.Install.Install, Running: at.life.running, Err: at.life.err}
		at.life.mu.Unlock()
	}
	return all
}

// Closing says whether the pipeline takes nothing in any more.
func (p *Pipeline) Closing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing
}

// Beating is the error of the last sign of life to the other replicas, nil for
// one that was heard.
func (p *Pipeline) Beating() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready
}
