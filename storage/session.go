package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

type sessionRow struct {
	bun.BaseModel  `bun:"table:sessions,alias:s"`
	ConversationID crm.ConversationID `bun:",pk"`
	Sender         bot.SenderID       `bun:",pk"`
	State          string
	Updated        int64
}

// Sessions implements bot.SessionStore. Those that are not there are missing
// from the map.
func (d *DB) Sessions(ctx context.Context, keys []bot.SessionKey) (map[bot.SessionKey]*bot.Session, error) {
	found := make(map[bot.SessionKey]*bot.Session, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var conversations []crm.ConversationID
	var senders []bot.SenderID
	asked := map[bot.SessionKey]bool{}
	for _, k := range keys {
		conversations, senders, asked[k] = append(conversations, k.Conversation), append(senders, k.Sender), true
	}
	var rows []*sessionRow
	var err error
	if d.dialect == postgres {
		err = d.collect(ctx, &rows, d.hot.sessions, integers(conversations), texts(senders, func(s bot.SenderID) string { return string(s) }))
	} else {
		err = d.collect(ctx, &rows, liteSessions, mapped(keys, func(k bot.SessionKey) [2]any {
			return [2]any{k.Conversation, clean(string(k.Sender))}
		}))
	}
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		key := bot.SessionKey{Conversation: r.ConversationID, Sender: r.Sender}
		if !asked[key] {
			continue
		}
		s := &bot.Session{}
		if err := json.Unmarshal([]byte(r.State), s); err != nil {
			return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
		}
		s.Conversation, s.Sender = r.ConversationID, r.Sender
		found[key] = s
	}
	return found, nil
}

// SaveSessions implements bot.SessionStore. When is kept to the day, for what is
// forgotten after some: its index stays as it is with most messages.
func (d *DB) SaveSessions(ctx context.Context, sessions []*bot.Session) error {
	rows, err := d.sessionRows(sessions)
	if err != nil || len(rows) == 0 {
		return err
	}
	return put(ctx, d, rows, "CONFLICT (conversation_id, sender) DO UPDATE SET state = excluded.state, updated = excluded.updated")
}

// sessionRows are the rows of sessions, in one order everywhere.
func (d *DB) sessionRows(sessions []*bot.Session) ([]*sessionRow, error) {
	rows, now := make([]*sessionRow, len(sessions)), millis(d.now().Truncate(24*time.Hour))
	for i, s := range sessions {
		state, err := json.Marshal(s)
		if err != nil {
			return nil, crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
		}
		rows[i] = &sessionRow{ConversationID: s.Conversation, Sender: s.Sender, State: string(state), Updated: now}
	}
	slices.SortFunc(rows, func(a, b *sessionRow) int {
		return cmp.Or(cmp.Compare(a.ConversationID, b.ConversationID), cmp.Compare(a.Sender, b.Sender))
	})
	return rows, nil
}
