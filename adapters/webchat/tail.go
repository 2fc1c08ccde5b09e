package webchat

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"crmbot/bot"
)

// history is what was said at an address after an entry, or the end of it if
// that is a lot.
func (s *socket) history(ctx context.Context, at bot.Address, after int64) ([]bot.Entry, error) {
	var said []bot.Entry
	for {
		more, err := s.transcript(ctx, at, after)
		if err != nil || len(more) == 0 {
			return said, err
		}
		after = more[len(more)-1].ID
		said = append(said, more...)
		said = said[max(0, len(said)-backlogMax):]
	}
}

// transcript reads what was said at an address after an entry. It waits for its
// turn: when thousands come back at once, messages must still be kept.
func (s *socket) transcript(ctx context.Context, at bot.Address, after int64) ([]bot.Entry, error) {
	select {
	case s.reads <- struct{}{}:
		defer func() { <-s.reads }()
		return s.host.Transcript(ctx, at, after)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// backlog shows what was said after an entry. A database that is away is no
// reason to hang up: tail goes on.
func (s *socket) backlog(ctx context.Context, after int64) error {
	s.last.Store(after)
	if s.fresh {
		return nil
	}
	said, err := s.history(ctx, s.at, after)
	if err != nil {
		s.missed(ctx, err)
		return nil
	}
	s.known = s.known || len(said) > 0
	return s.show(ctx, said)
}

// missed notes that the transcript could not be read.
func (s *socket) missed(ctx context.Context, err error) {
	s.behind = true
	if ctx.Err() == nil && s.told.passes("transcript", s.host.Now()) {
		s.host.Logger().Warn("transcript not read", "error", err)
	}
}

// tail shows what is new until the socket ends, when it is told to look; where
// colleagues work, every few seconds besides. It also pings, so that a browser
// that went away without a word is noticed.
func (s *socket) tail(ctx context.Context, news <-chan struct{}) error {
	var pings sync.WaitGroup
	defer pings.Wait()
	beat := time.NewTimer(pingEvery/2 + rand.N(pingEvery/2)) // not all at once, after all came at once
	defer beat.Stop()
	if s.cfg.Staff {
		return s.tailDesk(ctx, news, beat, &pings)
	}
	for {
		var again <-chan time.Time
		if s.behind {
			again = time.After(againSoon + rand.N(againSoon))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-beat.C:
			s.pulse(ctx, beat, &pings)
			continue
		case <-news:
		case <-again:
		}
		if err := apart(func() error { return s.update(ctx) }); err != nil {
			return err
		}
	}
}

// tailDesk is tail where colleagues work: the list and the thread that is looked
// at besides.
func (s *socket) tailDesk(ctx context.Context, news <-chan struct{}, beat *time.Timer, pings *sync.WaitGroup) error {
	look := time.NewTicker(readEvery)
	defer look.Stop()
	desk := s.host.Watch(ctx, s.desk(""))
	defer s.turnAway()
	s.listOld = true
	for {
		var rest <-chan time.Time
		if err := apart(func() (err error) {
			rest, err = s.all(ctx)
			return err
		}); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-news: // it may have told who this is
			s.listOld = true
		case <-desk:
			s.listOld = true
		case <-s.threadNews():
		case <-s.stirred:
			s.listOld = true
		case <-rest:
		case <-look.C:
			s.listOld = s.listOld || time.Since(s.listedAt) >= listBesides
		case <-beat.C:
			s.pulse(ctx, beat, pings)
		}
	}
}

// pulse pings, and holds nothing up meanwhile.
func (s *socket) pulse(ctx context.Context, beat *time.Timer, pings *sync.WaitGroup) {
	beat.Reset(pingEvery)
	pings.Go(func() {
		if s.ping(ctx) != nil {
			_ = s.conn.CloseNow() // nobody is there: ends read
		}
	})
}

// all shows all that is new. rest says when the list may be read that was not
// read now.
func (s *socket) all(ctx context.Context) (rest <-chan time.Time, err error) {
	if err := s.update(ctx); err != nil {
		return nil, err
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

// enough is so many entries that there may be more behind them.
const enough = 50

// update shows all that is new in the direct chat.
func (s *socket) update(ctx context.Context) error {
	for {
		more, err := s.transcript(ctx, s.at, s.last.Load())
		if err != nil {
			s.missed(ctx, err)
			return nil
		}
		s.behind = false
		if err := s.show(ctx, more); err != nil || len(more) < enough {
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
