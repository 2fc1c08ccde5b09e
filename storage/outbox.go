package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

// outboxRow is a bot.OutboxRow in its table.
type outboxRow struct {
	bun.BaseModel  `bun:"table:outbox,alias:o"`
	ID             int64 `bun:",pk,autoincrement,identity"`
	ConversationID crm.ConversationID
	MessageID      crm.MessageID
	Position       int
	Platform       bot.Platform
	Install        bot.Install
	Audience       crm.Audience
	Author         crm.AuthorKind
	ReleasedBy     crm.UserID `bun:",nullzero"`
	Payload        string
	Created        int64
	Due            int64
	Expires        int64
	Status         int
	Attempts       int
	Plain          int
	Owner          string
	Cause          string
}

// headOfLine is true of a row o of the outbox that is the first of its
// conversation. It is a CASE so that Postgres looks at one row after the other
// until it has enough; a bare NOT EXISTS becomes a join of the whole backlog
// as soon as there are statistics.
const headOfLine = `CASE WHEN EXISTS (SELECT 1 FROM outbox AS p
	WHERE p.conversation_id = o.conversation_id AND p.status = 0 AND p.id < o.id) THEN FALSE ELSE TRUE END`

// AddOutbox implements bot.OutboxStore.
func (d *DB) AddOutbox(ctx context.Context, rows []*bot.OutboxRow) error {
	if len(rows) == 0 {
		return nil
	}
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		models, parts := make([]*outboxRow, len(rows)), make([]*outcome, 0, len(rows))
		for i, r := range rows {
			m, err := tx.outboxModel(r)
			if err != nil {
				return err
			}
			models[i] = m
			if r.Message != 0 {
				parts = append(parts, &outcome{
					MessageID: r.Message, Position: r.Position, State: crm.DeliveryQueued, Updated: moment(m.Created),
				})
			}
		}
		if len(parts) > 0 {
			if err := put(ctx, tx, parts, ""); err != nil {
				return err
			}
		}
		return tx.lend(ctx, rows, models)
	})
}

// lend inserts rows, leased to their owners as far as nothing waits before them.
func (d *DB) lend(ctx context.Context, rows []*bot.OutboxRow, models []*outboxRow) error {
	lent := map[crm.ConversationID]*bot.OutboxRow{}
	for _, r := range rows {
		if r.Owner != "" {
			lent[r.Conversation] = r
		}
	}
	if err := d.obstacles(ctx, lent, models[0].Created); err != nil {
		return err
	}
	for i, r := range rows {
		models[i].Owner = r.Owner
	}
	if d.dialect == sqlite {
		_, err := insert(ctx, d, models, "")
		for i, m := range models {
			if m.Owner != "" {
				rows[i].ID = m.ID
			}
		}
		return err
	}
	var added []*outboxRow
	if err := d.db.NewInsert().Model(&models).ExcludeColumn("id").Returning("id, conversation_id, owner").Scan(ctx, &added); err != nil {
		return fault(err)
	}
	for _, m := range added {
		if m.Owner != "" {
			lent[m.ConversationID].ID = m.ID
		}
	}
	return nil
}

// obstacles clears the owners of rows, by their conversations, that have to wait
// for others or for the end of a hold.
func (d *DB) obstacles(ctx context.Context, lent map[crm.ConversationID]*bot.OutboxRow, now int64) error {
	if len(lent) == 0 {
		return nil
	}
	var found []obstacle
	if err := d.findObstacles(ctx, &found, slices.Sorted(maps.Keys(lent)), now); err != nil {
		return err
	}
	for _, x := range found {
		for id, r := range lent {
			to := r.Outgoing.To
			if id == x.Conversation || x.Conversation == 0 && to.Platform == x.Platform && to.Install == x.Install {
				r.Owner = ""
			}
		}
	}
	return nil
}

// obstacle is a conversation in which something waits, or an install that is held.
type obstacle struct {
	Conversation crm.ConversationID
	Platform     bot.Platform
	Install      bot.Install
}

func (d *DB) findObstacles(ctx context.Context, found *[]obstacle, ids []crm.ConversationID, now int64) error {
	if d.dialect == sqlite {
		return d.collect(ctx, found, liteObstacles, array(ids), now)
	}
	held := d.db.NewSelect().TableExpr("holds AS h").ColumnExpr("0, h.platform, h.install").Where("h.until > ?", now)
	err := d.db.NewSelect().TableExpr("outbox AS o").ColumnExpr("o.conversation_id AS conversation, '' AS platform, '' AS install").
		Where("o.status = 0").Where("o.conversation_id IN (?)", bun.List(ids)).
		UnionAll(held).Scan(ctx, found)
	return fault(err)
}

func (d *DB) outboxModel(r *bot.OutboxRow) (*outboxRow, error) {
	payload, err := json.Marshal(r.Outgoing)
	if err != nil {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
	}
	created := r.Created
	if created.IsZero() {
		created = d.now()
	}
	m := &outboxRow{
		ConversationID: r.Conversation, MessageID: r.Message, Position: r.Position,
		Platform: r.Outgoing.To.Platform, Install: r.Outgoing.To.Install,
		Audience: r.Audience, Author: r.Author, ReleasedBy: r.ReleasedBy,
		Payload: string(payload), Created: millis(created), Expires: millis(r.Outgoing.ExpiresAt),
	}
	m.Due = max(m.Created, millis(r.DueAt))
	if r.Plain {
		m.Plain = 1
	}
	return m, nil
}

func (m *outboxRow) row() (*bot.OutboxRow, error) {
	r := &bot.OutboxRow{
		ID: m.ID, Conversation: m.ConversationID, Message: m.MessageID, Position: m.Position,
		Audience: m.Audience, Author: m.Author, ReleasedBy: m.ReleasedBy, Attempts: m.Attempts,
		DueAt: moment(m.Due), Created: moment(m.Created), Plain: m.Plain == 1,
		Waits: m.Cause == forPerson,
	}
	if err := json.Unmarshal([]byte(m.Payload), &r.Outgoing); err != nil {
		return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	return r, nil
}

// ClaimOutbox implements bot.OutboxStore. A head of its line stays in the
// table until it is settled, so nothing of its conversation can overtake it,
// however many claim at once.
func (d *DB) ClaimOutbox(ctx context.Context, c bot.Claim) ([]*bot.OutboxRow, error) {
	if d.dialect == sqlite { // the only writer is not taken for nothing
		n, err := d.claimable(c).Count(ctx)
		if err != nil || n == 0 {
			return nil, fault(err)
		}
	}
	var models []*outboxRow
	among := "o.id IN (?)"
	if d.dialect == postgres {
		among = "o.id = ANY (ARRAY(?))" // which is looked for once; IN may become a join that asks again for each row
	}
	err := d.db.NewUpdate().Model((*outboxRow)(nil)).Set("owner = ?", c.Owner).
		Where(among, d.lockFree(d.claimable(c))).Returning("*").Scan(ctx, &models)
	if err != nil {
		return nil, fault(err)
	}
	slices.SortFunc(models, func(a, b *outboxRow) int { return cmp.Compare(a.ID, b.ID) })
	rows := make([]*bot.OutboxRow, len(models))
	for i, m := range models {
		if rows[i], err = m.row(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (d *DB) claimable(c bot.Claim) *bun.SelectQuery {
	now, lost := millis(c.Now), bun.SafeQuery("FALSE")
	if c.Lost {
		lost = bun.SafeQuery("o.owner = ? AND o.id NOT IN (?)", c.Owner, bun.List(append([]int64{0}, c.Held...)))
	}
	return d.db.NewSelect().TableExpr("outbox AS o").ColumnExpr("o.id").
		Where("o.platform = ?", c.Platform).Where("o.install = ?", c.Install).
		Where("o.status = 0").Where("o.due <= ?", now).
		Where("(o.owner = '' OR ? OR ?)", lost, d.silent(c.Owner)).
		Where("NOT EXISTS (SELECT 1 FROM holds AS h WHERE h.platform = ? AND h.install = ? AND h.until > ?)", c.Platform, c.Install, now).
		Where(headOfLine).
		OrderExpr("o.id").Limit(int64(c.Limit))
}

// Hold implements bot.OutboxStore.
func (d *DB) Hold(ctx context.Context, platform bot.Platform, install bot.Install, until time.Time) error {
	_, err := d.db.NewRaw(`INSERT INTO holds (platform, install, until) VALUES (?, ?, ?)
		ON CONFLICT (platform, install) DO UPDATE SET until = excluded.until WHERE holds.until < excluded.until`,
		platform, install, millis(until)).Exec(ctx)
	return fault(err)
}

// ExpireOutbox implements bot.OutboxStore.
func (d *DB) ExpireOutbox(ctx context.Context, now time.Time) (int, error) {
	n := 0
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		var gone []*outboxRow
		err := tx.db.NewUpdate().Model((*outboxRow)(nil)).Set("status = ?", parked).Set("cause = 'expired'").
			Where("status = 0").Where("owner = ''").Where("expires > 0").Where("expires < ?", millis(now)).
			Returning("message_id, position").Scan(ctx, &gone)
		if err != nil {
			return fault(err)
		}
		n = len(gone)
		outcomes := make([]outcome, 0, n)
		for _, m := range gone {
			outcomes = append(outcomes, outcome{
				MessageID: m.MessageID, Position: m.Position, State: crm.DeliveryFailed, Error: "expired", Updated: now,
			})
		}
		return tx.outcomes(ctx, outcomes)
	})
	return n, err
}
