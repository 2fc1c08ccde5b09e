package webchat

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"crmbot/bot"
)

// rooms are the open sockets of this process: how many there are, whose, and
// from where. By chat they serve nothing but the dots that say that somebody is
// writing: whoever looks at another replica misses the dots and no word.
type rooms struct {
	mu     sync.Mutex
	closed bool                     // nobody is let in any more
	open   int                      // sockets and uploads
	from   map[string]int           // of them, by the network they come from
	all    map[*socket]bool         // sockets, from the handshake on
	chats  map[bot.ChatID][]*socket // those who said who they are
	gone   sync.WaitGroup           // that they have ended
}

func newRooms() rooms {
	return rooms{from: map[string]int{}, all: map[*socket]bool{}, chats: map[bot.ChatID][]*socket{}}
}

// let counts a socket or an upload from a network in. It is false when there are
// too many, of all or from there, or when everything is about to end. Whoever was
// let in must leave.
func (r *rooms) let(from string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.open >= socketsMax || from != "" && r.from[from] >= fromMax {
		return false
	}
	r.open++
	if from != "" {
		r.from[from]++
	}
	r.gone.Add(1)
	return true
}

// leave counts out what let counted in.
func (r *rooms) leave(from string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	if from != "" {
		if r.from[from]--; r.from[from] == 0 {
			delete(r.from, from)
		}
	}
	r.gone.Done()
}

// count is how many sockets and uploads there are.
func (r *rooms) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open
}

// add makes an open socket known. It is false when everything is about to end.
func (r *rooms) add(s *socket) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.all[s] = true
	}
	return !r.closed
}

// enter makes known whose chat a socket shows. It is false if he has as many
// pages open as anybody may.
func (r *rooms) enter(s *socket) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	chat := s.at.Chat
	if len(r.chats[chat]) >= pagesMax {
		return false
	}
	r.chats[chat] = append(r.chats[chat], s)
	return true
}

// drop forgets a socket.
func (r *rooms) drop(s *socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, s)
	chat := s.at.Chat
	if i := slices.Index(r.chats[chat], s); i >= 0 {
		r.chats[chat] = slices.Delete(r.chats[chat], i, i+1)
	}
	if len(r.chats[chat]) == 0 {
		delete(r.chats, chat)
	}
}

// close lets nobody in any more and says good-bye to all, who have ended when it
// returns.
func (r *rooms) close() {
	r.mu.Lock()
	r.closed = true
	all := r.all
	r.all = map[*socket]bool{}
	r.mu.Unlock()
	for s := range all {
		s.hangUp()
		go func() { _ = s.conn.Close(websocket.StatusGoingAway, "") }() // ends the socket, which we wait for
	}
	r.gone.Wait()
}

// hangUp gives a connection a last moment: whoever does not say good-bye by then
// is gone.
func (s *socket) hangUp() { _ = s.line.SetDeadline(time.Now().Add(byeWithin)) }

// typing shows the dots on every page of a chat. A page that does not take
// them at once does without.
func (r *rooms) typing(ctx context.Context, chat bot.ChatID) {
	r.mu.Lock()
	all := slices.Clone(r.chats[chat])
	r.mu.Unlock()
	for _, s := range all {
		go func() { _ = s.write(context.WithoutCancel(ctx), answer{Type: "typing"}) }()
	}
}
