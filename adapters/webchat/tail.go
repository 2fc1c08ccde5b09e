package webchat

import (
	"context"
	"time"

	"crmbot/bot"
)

// history is what was said at an address after an entry, or the end of it if
// that is a lot.
func (s *socket) history(ctx context.Context, at bot.Address, after int64) ([]bot.Entry, error) {
	var said []bot.Entry
	for {
		more, err := s.host.Transcript(ctx, at, after)
		if err != nil || len(more) == 0 {
			return said, err
		}
		after = more[len(more)-1].ID
		said = append(said, more...)
		said = said[max(0, len(said)-backlogMax):]
	}
}

// backlog shows what was said after an entry. A database that is away is no
// reason to hang up: tail goes on.
func (s *socket) backlog(ctx context.Context, after int64) error {
	s.last.Store(after)
	said, err := s.history(ctx, s.at, after)
	if err != nil {
		s.host.Logger().Warn("transcript not read", "error", err)
		return nil
	}
	s.known = s.known || len(said) > 0
	return s.show(ctx, said)
}

// tail shows what is new until the socket ends: when it is told to look, and
// every few seconds besides. It also pings, so that a browser that went away
// without a word is noticed.
func (s *socket) tail(ctx context.Context, news <-chan struct{}) error {
	look, ping := time.NewTicker(readEvery), time.NewTicker(pingEvery)
	defer look.Stop()
	defer ping.Stop()
	var desk <-chan struct{}
	if s.cfg.Staff {
		desk = s.host.Watch(ctx, s.desk(""))
	}
	defer s.turnAway()
	s.listOld = true
	for {
		rest, err := s.all(ctx)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, ok := <-news:
			if s.listOld = true; !ok { // it may have told who this is
				news = nil
			}
		case _, ok := <-desk:
			if s.listOld = true; !ok {
				desk = nil
			}
		case <-s.threadNews():
		case <-s.stirred:
			s.listOld = true
		case <-rest:
		case <-look.C:
			s.listOld = s.listOld || time.Since(s.listedAt) >= listBesides
		case <-ping.C:
			if err := s.ping(ctx); err != nil {
				return err
			}
		}
	}
}

// all shows all that is new. rest says when the list may be read that was not
// read now.
func (s *socket) all(ctx context.Context) (rest <-chan time.Time, err error) {
	if err := s.update(ctx); err != nil {
		return nil, err
	}
	if !s.cfg.Staff {
		return nil, nil
	}
	if err := s.turn(ctx); err != nil {
		return nil, err
	}
	if err := s.updateThread(ctx); err != nil {
		return nil, err
	}
	if !s.listOld {
		return nil, nil
	}
	if left := listEvery - time.Since(s.listedAt); left > 0 {
		return time.After(left), nil
	}
	s.listedAt, s.listOld = time.Now(), false
	return nil, s.list(ctx)
}

// update shows all that is new in the direct chat.
func (s *socket) update(ctx context.Context) error {
	for {
		more, err := s.host.Transcript(ctx, s.at, s.last.Load())
		if err != nil {
			s.host.Logger().Warn("transcript not read", "error", err)
			return nil
		}
		if len(more) == 0 {
			return nil
		}
		if err := s.show(ctx, more); err != nil {
			return err
		}
	}
}

func (s *socket) show(ctx context.Context, said []bot.Entry) error {
	for _, e := range said {
		if e.For == "" || e.For == s.sender.ID {
			if err := s.write(ctx, answer{Type: "entry", entry: s.draw(e, "")}); err != nil {
				return err
			}
		}
		s.last.Store(e.ID)
	}
	return nil
}

func (s *socket) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return s.conn.Ping(ctx)
}

// shown keeps the proof that the page has shown everything up to an entry
// that was sent to it.
func (s *socket) shown(ctx context.Context, upTo int64) error {
	if upTo <= s.seen || upTo > s.last.Load() {
		return nil
	}
	if err := s.host.Delivered(ctx, s.at, upTo); err != nil {
		s.host.Logger().Warn("delivery not kept", "error", err)
		return nil
	}
	s.seen = upTo
	return nil
}
