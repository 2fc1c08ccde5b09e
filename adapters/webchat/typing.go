package webchat

import (
	"context"
	"sync"

	"crmbot/bot"
)

// rooms are the open sockets of this process, by chat. They serve nothing but
// the dots that say that somebody is writing: whoever looks at another replica
// misses the dots and no word.
type rooms struct {
	mu   sync.Mutex
	open map[bot.ChatID]map[*socket]bool
}

// enter makes a socket known and returns how it is forgotten.
func (r *rooms) enter(s *socket) func() {
	chat := s.at.Chat
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open == nil {
		r.open = map[bot.ChatID]map[*socket]bool{}
	}
	if r.open[chat] == nil {
		r.open[chat] = map[*socket]bool{}
	}
	r.open[chat][s] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.open[chat], s)
		if len(r.open[chat]) == 0 {
			delete(r.open, chat)
		}
	}
}

// typing shows the dots on every page of a chat. A page that does not take
// them at once does without.
func (r *rooms) typing(ctx context.Context, chat bot.ChatID) {
	r.mu.Lock()
	var all []*socket
	for s := range r.open[chat] {
		all = append(all, s)
	}
	r.mu.Unlock()
	for _, s := range all {
		go func() { _ = s.write(context.WithoutCancel(ctx), answer{Type: "typing"}) }()
	}
}
