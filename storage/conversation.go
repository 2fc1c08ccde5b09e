package storage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// conversationRow gives crm.Conversation its table.
type conversationRow struct {
	bun.BaseModel `bun:"table:conversations,alias:v"`
	crm.Conversation
}

func (r *conversationRow) head() head[crm.ConversationID] {
	return head[crm.ConversationID]{id: &r.ID, created: &r.Created, updated: &r.Updated}
}

func (r *conversationRow) conversation() *crm.Conversation { return &r.Conversation }

func (r *conversationRow) key() crm.ConversationKey { return keyOf(&r.Conversation) }

func keyOf(c *crm.Conversation) crm.ConversationKey {
	return crm.ConversationKey{Platform: c.Platform, Install: c.Install, Chat: c.Chat, Topic: c.Topic}
}

// addressRow leads from a key to its conversation. Several may lead to one.
type addressRow struct {
	bun.BaseModel  `bun:"table:addresses,alias:w"`
	Platform       string `bun:",pk"`
	Install        string `bun:",pk"`
	Chat           string `bun:",pk"`
	Topic          string `bun:",pk"`
	ConversationID crm.ConversationID
	Created        time.Time
}

func byKey(a, b crm.ConversationKey) int {
	return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Install, b.Install),
		cmp.Compare(a.Chat, b.Chat), cmp.Compare(a.Topic, b.Topic))
}

// Conversations implements crm.ConversationStore.
func (d *DB) Conversations(ctx context.Context, keys []crm.ConversationKey) (map[crm.ConversationKey]*crm.Conversation, error) {
	found := map[crm.ConversationKey]*crm.Conversation{}
	if len(keys) == 0 {
		return found, nil
	}
	var rows []struct {
		AtPlatform, AtInstall, AtChat, AtTopic string
		crm.Conversation
	}
	var err error
	if d.dialect == postgres {
		err = d.collect(ctx, &rows, d.hot.addresses, texts(keys, func(k crm.ConversationKey) string { return k.Platform }),
			texts(keys, func(k crm.ConversationKey) string { return k.Install }),
			texts(keys, func(k crm.ConversationKey) string { return k.Chat }),
			texts(keys, func(k crm.ConversationKey) string { return k.Topic }))
	} else {
		err = d.collect(ctx, &rows, liteAddresses, mapped(keys, func(k crm.ConversationKey) [4]string {
			return [4]string{clean(k.Platform), clean(k.Install), clean(k.Chat), clean(k.Topic)}
		}))
	}
	byID := map[crm.ConversationID]*crm.Conversation{}
	for i := range rows {
		c := &rows[i].Conversation
		if same := byID[c.ID]; same != nil { // two addresses, one conversation
			c = same
		}
		byID[c.ID] = c
		found[crm.ConversationKey{Platform: rows[i].AtPlatform, Install: rows[i].AtInstall, Chat: rows[i].AtChat, Topic: rows[i].AtTopic}] = c
	}
	return found, fault(err)
}

// CreateConversations implements crm.ConversationStore, all at once. The
// address decides who was first; a conversation without one is taken back.
func (d *DB) CreateConversations(ctx context.Context, c []*crm.Conversation) error {
	if len(c) == 0 {
		return nil
	}
	var rows []*conversationRow
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		rows = rows[:0]
		taken := map[crm.ConversationKey]bool{}
		for _, x := range c {
			if !taken[keyOf(x)] {
				rows = append(rows, &conversationRow{Conversation: *x})
			}
			taken[keyOf(x)] = true
		}
		slices.SortFunc(rows, func(a, b *conversationRow) int { return byKey(a.key(), b.key()) })
		if err := create(ctx, tx, rows...); err != nil {
			return err
		}
		return tx.address(ctx, rows)
	})
	if err != nil {
		return err
	}
	made := map[crm.ConversationKey]*conversationRow{}
	for _, r := range rows {
		made[r.key()] = r
	}
	for _, x := range c {
		x.ID = 0
		if r := made[keyOf(x)]; r != nil && r.ID != 0 {
			*x = r.Conversation
			delete(made, keyOf(x))
		}
	}
	return nil
}

// address gives each new conversation its address. One whose address is taken
// is deleted and gets ID 0.
func (d *DB) address(ctx context.Context, rows []*conversationRow) error {
	addresses := make([]*addressRow, len(rows))
	for i, r := range rows {
		addresses[i] = &addressRow{
			Platform: r.Platform, Install: r.Install, Chat: r.Chat, Topic: r.Topic,
			ConversationID: r.ID, Created: r.Created,
		}
	}
	made, err := d.addAddresses(ctx, addresses)
	if err != nil || len(made) == len(rows) {
		return err
	}
	var late []crm.ConversationID
	for _, r := range rows {
		if !slices.Contains(made, r.ID) {
			late = append(late, r.ID)
			r.ID = 0
		}
	}
	_, err = d.db.NewDelete().Model((*conversationRow)(nil)).Where("id IN (?)", bun.List(late)).Exec(ctx)
	return fault(err)
}

// addAddresses adds those that lead nowhere yet, and returns the conversations
// that they lead to.
func (d *DB) addAddresses(ctx context.Context, rows []*addressRow) (made []crm.ConversationID, err error) {
	const on = "CONFLICT (platform, install, chat, topic) DO NOTHING"
	if d.dialect == postgres {
		err := d.db.NewInsert().Model(&rows).On(on).Returning("conversation_id").Scan(ctx, &made)
		return made, fault(err)
	}
	for _, row := range rows {
		n, err := insert(ctx, d, []*addressRow{row}, on)
		if err != nil {
			return nil, err
		}
		if n == 1 {
			made = append(made, row.ConversationID)
		}
	}
	return made, nil
}

// Conversation implements crm.ConversationStore.
func (d *DB) Conversation(ctx context.Context, id crm.ConversationID) (*crm.Conversation, error) {
	row, err := read[conversationRow](ctx, d, crm.KindConversation, id)
	return given(row, (*conversationRow).conversation, err)
}

// ConversationsOf implements crm.ConversationStore: those of the contact, with
// those of contacts merged into it, and those of the user.
func (d *DB) ConversationsOf(ctx context.Context, contact crm.ContactID, user crm.UserID) ([]*crm.Conversation, error) {
	var rows []*conversationRow
	err := theirs(d.db.NewSelect().Model(&rows), contact, user).Scan(ctx)
	return each(rows, (*conversationRow).conversation), fault(err)
}

// UpdateConversation implements crm.ConversationStore.
func (d *DB) UpdateConversation(ctx context.Context, id crm.ConversationID, change func(*crm.Conversation) error) (*crm.Conversation, error) {
	row, err := update(ctx, d, crm.KindConversation, id, func(r *conversationRow) error { return change(&r.Conversation) })
	return given(row, (*conversationRow).conversation, err)
}

// MoveConversation implements crm.ConversationStore. An address that led
// elsewhere leads here now.
func (d *DB) MoveConversation(ctx context.Context, id crm.ConversationID, to crm.ConversationKey) error {
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		if _, err := tx.Conversation(ctx, id); err != nil {
			return err
		}
		row := &addressRow{
			Platform: to.Platform, Install: to.Install, Chat: to.Chat, Topic: to.Topic,
			ConversationID: id, Created: tx.now(),
		}
		_, err := tx.db.NewInsert().Model(row).
			On("CONFLICT (platform, install, chat, topic) DO UPDATE").
			Set("conversation_id = EXCLUDED.conversation_id").Exec(ctx)
		return fault(err)
	})
}

// ConversationList implements crm.ConversationStore: those that wait longest
// first, then those in which the customer spoke last.
func (d *DB) ConversationList(ctx context.Context, f crm.ConversationFilter) ([]*crm.Conversation, int, error) {
	var rows []*conversationRow
	q := d.db.NewSelect().Model(&rows).
		Where("v.audience = ? AND v.user_id IS NULL", crm.AudienceCustomers).
		OrderExpr("v.waits_since ASC NULLS LAST, v.last_in_at DESC NULLS LAST, v.id DESC")
	if len(f.Statuses) > 0 {
		q = q.Where("v.status IN (?)", bun.List(f.Statuses))
		if !slices.Contains(f.Statuses, crm.ConversationOpen) && !slices.Contains(f.Statuses, crm.ConversationClosed) {
			q = q.Where(withPerson)
		}
	}
	if f.Assignee != 0 {
		q = q.Where("v.assignee_id = ?", f.Assignee).Where(withPerson)
	}
	if f.Live {
		q = q.Where("v.live_id IS NOT NULL")
	}
	if f.IDs != nil {
		q = q.Where("v.id IN (?)", bun.List(f.IDs))
	}
	if f.Threaded {
		q = q.Where("EXISTS (SELECT 1 FROM threads AS h WHERE h.conversation_id = v.id AND h.state <> ?)", crm.ThreadLost)
	}
	n, err := list(ctx, talked(q, f.Scope), &rows, f.Page)
	return each(rows, (*conversationRow).conversation), n, err
}

// talked keeps the conversations that s sees. It says in SQL what crm.Scope.Talks
// says in Go.
func talked(q *bun.SelectQuery, s crm.Scope) *bun.SelectQuery {
	switch s.Reach {
	case crm.All:
		return q
	case crm.OfTeam, crm.Own:
	default:
		return q.Where("1 = 0")
	}
	return q.
		Join("LEFT JOIN users AS u ON u.id = v.assignee_id").
		Join("LEFT JOIN ("+roots+") AS y ON y.id = v.contact_id").
		Join("LEFT JOIN contacts AS c ON c.id = COALESCE(y.root, v.contact_id)").
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where("v.status = ?", crm.ConversationWaiting)
			q = q.WhereOr("v.assignee_id IS NULL AND c.owner_id IS NULL AND c.team_id IS NULL")
			if s.User != 0 {
				q = q.WhereOr("v.assignee_id = ?", s.User).WhereOr("c.owner_id = ?", s.User)
			}
			if s.Reach == crm.OfTeam && s.Team != 0 {
				q = q.WhereOr("u.team_id = ?", s.Team).WhereOr("c.team_id = ?", s.Team)
			}
			return q
		})
}

// withPerson is what the index of those conversations says, word for word:
// SQLite finds it by that.
const withPerson = "v.status IN ('waiting', 'handed_off')"

// roots are the contacts that were merged, each with the one it is now.
const roots = `WITH RECURSIVE up (id, root) AS (
	SELECT p.id, p.merged_into FROM contacts AS p WHERE p.merged_into IS NOT NULL
	UNION SELECT up.id, p.merged_into FROM up JOIN contacts AS p ON p.id = up.root WHERE p.merged_into IS NOT NULL
) SELECT up.id, up.root FROM up JOIN contacts AS p ON p.id = up.root WHERE p.merged_into IS NULL`
