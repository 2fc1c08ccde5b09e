package webchat

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"crmbot/bot"
)

// listMost is the longest list of threads, seenFor how long is remembered what
// somebody has seen of them.
const (
	listMost = 100
	seenFor  = 90 * 24 * time.Hour
)

// thread is a line of the list as the page draws it.
type thread struct {
	Topic    bot.TopicID `json:"topic"`
	Title    string      `json:"title"`
	Ref      string      `json:"ref,omitempty"`
	Platform string      `json:"platform,omitempty"`
	Last     string      `json:"last,omitempty"`
	Mine     bool        `json:"mine,omitempty"`
	Assignee string      `json:"assignee,omitempty"`
	Status   string      `json:"status,omitempty"`
	Waits    time.Time   `json:"waits,omitzero"`
	At       time.Time   `json:"at,omitzero"`
	Unread   bool        `json:"unread,omitempty"`
}

// list sends the threads that somebody may see, if they are others than those
// that were sent last. Whoever does not work here is told so.
func (s *socket) list(ctx context.Context) error {
	if !s.cfg.Staff {
		return nil
	}
	found, err := s.host.Threads(ctx, s.sender.ID, listMost)
	switch {
	case bot.Forbidden(err):
		return s.listed(ctx, answer{Type: "stranger"})
	case err != nil:
		s.host.Logger().Warn("threads not read", "error", err)
		return nil
	}
	seen, err := s.marks(ctx, found)
	if err != nil {
		s.host.Logger().Warn("threads not read", "error", err)
		return nil
	}
	all := make([]thread, len(found))
	for i, t := range found {
		all[i] = thread{t.Topic, t.Title, t.Ref, t.Platform, t.Last, t.Mine, t.Assignee, string(t.Status), t.Waits, t.At, t.LastID > seen[t.Topic]}
	}
	return s.listed(ctx, answer{Type: "threads", Threads: &all})
}

func (s *socket) listed(ctx context.Context, a answer) error {
	raw, err := json.Marshal(a)
	if err != nil || bytes.Equal(raw, s.shownList) {
		return err
	}
	s.shownList = raw
	return s.write(ctx, a)
}

// marks is the last entry that somebody has seen of each thread. For whoever
// looks for the first time only what waits is new.
func (s *socket) marks(ctx context.Context, found []bot.ThreadEntry) (map[bot.TopicID]int64, error) {
	marks, err := s.readMarks(ctx)
	if err != nil || marks != nil {
		return marks, err
	}
	marks = map[bot.TopicID]int64{}
	for _, t := range found {
		if t.Waits.IsZero() {
			marks[t.Topic] = t.LastID
		}
	}
	return marks, s.keepMarks(ctx, marks)
}

func (s *socket) marksKey() string { return "seen " + string(s.sender.ID) }

func (s *socket) readMarks(ctx context.Context) (marks map[bot.TopicID]int64, err error) {
	raw, err := s.host.Value(ctx, s.marksKey())
	if err != nil || raw == "" {
		return nil, err
	}
	return marks, json.Unmarshal([]byte(raw), &marks)
}

func (s *socket) keepMarks(ctx context.Context, marks map[bot.TopicID]int64) error {
	raw, err := json.Marshal(marks)
	if err != nil {
		return err
	}
	return s.host.SetValue(ctx, s.marksKey(), string(raw), seenFor)
}

// mark keeps that somebody has seen a thread up to an entry. Beyond what a list
// can hold the oldest are forgotten.
func (s *socket) mark(ctx context.Context, topic bot.TopicID, upTo int64) error {
	marks, err := s.readMarks(ctx)
	if err != nil || marks[topic] >= upTo {
		return err
	}
	if marks == nil {
		marks = map[bot.TopicID]int64{}
	}
	marks[topic] = upTo
	for len(marks) > 2*listMost {
		oldest := topic
		for t, n := range marks {
			if n < marks[oldest] {
				oldest = t
			}
		}
		delete(marks, oldest)
	}
	return s.keepMarks(ctx, marks)
}
