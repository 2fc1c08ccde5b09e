package webchat

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"crmbot/bot"
)

// topicMax is the longest name of a thread, in bytes.
const topicMax = 100

// view is the thread that a page looks at.
type view struct {
	topic bot.TopicID
	at    bot.Address
	last  atomic.Int64 // the last entry sent
	seen  int64        // the last one shown, for the reader of frames alone
	card  string       // as it was sent last
	news  <-chan struct{}
	leave context.CancelFunc
}

// wish is the thread that a page wants to look at, "" for none, and the last
// entry of it that it has.
type wish struct {
	topic bot.TopicID
	after int64
}

// wants keeps what the page wants to look at: the tail turns there.
func (s *socket) wants(f frame) {
	s.wish.Store(&wish{f.Topic, max(f.After, 0)})
	s.stir()
}

// stir wakes the tail.
func (s *socket) stir() {
	select {
	case s.stirred <- struct{}{}:
	default:
	}
}

// turn opens the thread that is wanted, if that has changed: its card and all
// that was said, then "opened". Whoever may not see it is told that it is gone.
func (s *socket) turn(ctx context.Context) error {
	w := s.wish.Swap(nil)
	if w == nil {
		return nil
	}
	s.turnAway()
	if w.topic == "" {
		return nil
	}
	ok, err := s.sees(ctx, s.sender.ID, w.topic)
	if err != nil {
		s.host.Logger().Warn("thread not read", "error", err)
		s.wish.CompareAndSwap(nil, w) // the next look tries again
		return nil
	}
	if !ok {
		return s.write(ctx, answer{Type: "gone", Topic: w.topic})
	}
	v := &view{topic: w.topic, at: s.desk(w.topic)}
	watch, leave := context.WithCancel(ctx)
	v.news, v.leave = s.host.Watch(watch, v.at), leave
	said, err := s.history(ctx, v.at, w.after)
	if err != nil {
		leave()
		s.host.Logger().Warn("thread not read", "error", err)
		s.wish.CompareAndSwap(nil, w)
		return nil
	}
	v.last.Store(w.after)
	s.view.Store(v)
	if err := s.showCard(ctx, v); err != nil {
		return err
	}
	if err := s.showThread(ctx, v, said); err != nil {
		return err
	}
	return s.write(ctx, answer{Type: "opened", Topic: v.topic})
}

// turnAway leaves the thread that is looked at.
func (s *socket) turnAway() {
	if v := s.view.Swap(nil); v != nil {
		v.leave()
	}
}

// updateThread shows all that is new in the thread that is looked at, if its
// reader still may see it.
func (s *socket) updateThread(ctx context.Context) error {
	v := s.view.Load()
	if v == nil {
		return nil
	}
	for {
		more, err := s.host.Transcript(ctx, v.at, v.last.Load())
		if err != nil {
			s.host.Logger().Warn("thread not read", "error", err)
			return nil
		}
		ok, err := s.sees(ctx, s.sender.ID, v.topic)
		if err != nil {
			s.host.Logger().Warn("thread not read", "error", err)
			return nil
		}
		if !ok {
			s.turnAway()
			return s.write(ctx, answer{Type: "gone", Topic: v.topic})
		}
		if err := s.showCard(ctx, v); err != nil || len(more) == 0 {
			return err
		}
		if err := s.showThread(ctx, v, more); err != nil {
			return err
		}
	}
}

// showThread sends entries of a thread: not those that are for somebody else, and
// no presses, because what they did is said.
func (s *socket) showThread(ctx context.Context, v *view, said []bot.Entry) error {
	for _, e := range said {
		if (e.For == "" || e.For == s.sender.ID) && e.Kind != bot.KindAction {
			if err := s.write(ctx, s.drawThread(v.topic, e)); err != nil {
				return err
			}
		}
		v.last.Store(e.ID)
	}
	return nil
}

// showCard sends the card of a thread if it has changed.
func (s *socket) showCard(ctx context.Context, v *view) error {
	h, err := s.head(ctx, v.topic)
	if err != nil {
		s.host.Logger().Warn("card not read", "error", err)
		return nil
	}
	if h.Reply == nil {
		return nil
	}
	drawn := &entry{From: "bot"}
	drawn.reply(h.Reply)
	raw, err := json.Marshal(drawn)
	if err != nil || string(raw) == v.card {
		return err
	}
	v.card = string(raw)
	return s.write(ctx, answer{Type: "card", Topic: v.topic, entry: drawn})
}

// shownThread keeps that somebody has seen a thread up to an entry that was
// sent to him.
func (s *socket) shownThread(ctx context.Context, f frame) error {
	v := s.view.Load()
	if v == nil || v.topic != f.Topic || f.UpTo <= v.seen || f.UpTo > v.last.Load() {
		return nil
	}
	if err := s.mark(ctx, v.topic, f.UpTo); err != nil {
		s.host.Logger().Warn("sight not kept", "error", err)
		return nil
	}
	v.seen = f.UpTo
	s.stir()
	return nil
}

// news of the thread that is looked at; nil never says anything.
func (s *socket) threadNews() <-chan struct{} {
	if v := s.view.Load(); v != nil {
		return v.news
	}
	return nil
}
