package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
	"crmbot/crm"
)

type buttonRow struct {
	bun.BaseModel  `bun:"table:buttons,alias:b"`
	ID             string `bun:",pk"`
	ConversationID crm.ConversationID
	Reader         bot.SenderID
	Action         string
	Label          string
	Once           int
	UsedBy         bot.SenderID
	UsedAt         int64
	Expires        int64
}

// CreateButtons implements bot.ButtonStore.
func (d *DB) CreateButtons(ctx context.Context, buttons []*bot.KeptButton) error {
	if len(buttons) == 0 {
		return nil
	}
	rows := make([]*buttonRow, len(buttons))
	for i, b := range buttons {
		rows[i] = &buttonRow{
			ID: b.ID, ConversationID: b.Conversation, Reader: b.For, Action: b.Action, Label: b.Label,
			UsedBy: b.UsedBy, UsedAt: millis(b.UsedAt), Expires: millis(b.Expires),
		}
		if b.Once {
			rows[i].Once = 1
		}
	}
	_, err := d.db.NewInsert().Model(&rows).Exec(ctx)
	return fault(err)
}

// Buttons implements bot.ButtonStore.
func (d *DB) Buttons(ctx context.Context, ids []string) (map[string]*bot.KeptButton, error) {
	found := make(map[string]*bot.KeptButton, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []*buttonRow
	if err := d.db.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fault(err)
	}
	for _, r := range rows {
		found[r.ID] = &bot.KeptButton{
			ID: r.ID, Conversation: r.ConversationID, For: r.Reader, Action: r.Action, Label: r.Label,
			Once: r.Once == 1, UsedBy: r.UsedBy, UsedAt: moment(r.UsedAt), Expires: moment(r.Expires),
		}
	}
	return found, nil
}

// UseButton implements bot.ButtonStore.
func (d *DB) UseButton(ctx context.Context, id string, by bot.SenderID, at time.Time) (bool, error) {
	res, err := d.db.NewUpdate().Table("buttons").Set("used_by = ?", by).Set("used_at = ?", millis(at)).
		Where("id = ?", id).Where("used_at = 0").Exec(ctx)
	n, err := affected(res, err)
	return n == 1, err
}

// PruneButtons implements bot.ButtonStore.
func (d *DB) PruneButtons(ctx context.Context, before time.Time) (int, error) {
	res, err := d.db.NewDelete().Table("buttons").Where("expires < ?", millis(before)).Exec(ctx)
	return affected(res, err)
}
