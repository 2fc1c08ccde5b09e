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
	for _, k := range keys {
		conversations, senders = append(conversations, k.Conversation), append(senders, k.Sender)
	}
	var rows []*sessionRow
	err := d.db.NewSelect().Model(&rows).Where("conversation_id IN (?)", bun.List(conversations)).
		Where("sender IN (?)", bun.List(senders)).Scan(ctx)
	if err != nil {
		return nil, fault(err)
	}
	for _, r := range rows {
		key := bot.SessionKey{Conversation: r.ConversationID, Sender: r.Sender}
		if !slices.Contains(keys, key) {
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
	if len(sessions) == 0 {
		return nil
	}
	rows, now := make([]*sessionRow, len(sessions)), millis(d.now().Truncate(24*time.Hour))
	for i, s := range sessions {
		state, err := json.Marshal(s)
		if err != nil {
			return crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
		}
		rows[i] = &sessionRow{ConversationID: s.Conversation, Sender: s.Sender, State: string(state), Updated: now}
	}
	slices.SortFunc(rows, func(a, b *sessionRow) int {
		return cmp.Or(cmp.Compare(a.ConversationID, b.ConversationID), cmp.Compare(a.Sender, b.Sender))
	})
	_, err := d.db.NewInsert().Model(&rows).On("CONFLICT (conversation_id, sender) DO UPDATE").
		Set("state = excluded.state").Set("updated = excluded.updated").Exec(ctx)
	return fault(err)
}
