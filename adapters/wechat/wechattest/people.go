package wechattest

import "time"

// person is somebody who follows the account.
type person struct {
	gone    bool
	trusted bool
	rights  []right
	typed   time.Time // when we last showed that we write
	said    []string
}

// right is what somebody's doing gave us.
type right struct {
	left  int
	long  time.Duration
	until time.Time
}

func (s *Server) person(id string) *person {
	p := s.people[id]
	if p == nil {
		p = &person{}
		s.people[id] = p
	}
	return p
}

// Trust lets somebody be written to without end.
func (s *Server) Trust(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.person(id).trusted = true
}

// grant gives the right that a message or an event gives. A new one takes the
// place of what is left of an older one of its length.
func (s *Server) grant(id string, n int, long time.Duration) {
	p := s.person(id)
	now := s.now()
	kept := p.rights[:0]
	for _, r := range p.rights {
		if r.until.After(now) && r.long != long {
			kept = append(kept, r)
		}
	}
	p.rights = append(kept, right{n, long, now.Add(long)})
}

// Left is how many messages somebody may still be sent.
func (s *Server) Left(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.person(id).rights {
		if r.until.After(s.now()) {
			n += r.left
		}
	}
	return n
}

// spend takes one right. code is 0, or why there is none.
func (s *Server) spend(id string) (code int, says string) {
	p := s.person(id)
	switch {
	case p.gone:
		return 43004, "require subscribe rid: 1"
	case p.trusted:
		return 0, ""
	}
	open := false
	var first *right
	for i := range p.rights {
		r := &p.rights[i]
		if !r.until.After(s.now()) {
			continue
		}
		open = true
		if r.left > 0 && (first == nil || r.until.Before(first.until)) {
			first = r
		}
	}
	switch {
	case !open:
		return 45015, "response out of time limit or subscription is canceled rid: 1"
	case first == nil:
		return 45047, "out of response count limit rid: 1"
	}
	first.left--
	return 0, ""
}

// Said is what somebody was sent by the customer-service API, in order.
func (s *Server) Said(id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.person(id).said...)
}

// Agree lets somebody be told by a subscription's template once.
func (s *Server) Agree(id, template string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agreed[id+" "+template]++
}
