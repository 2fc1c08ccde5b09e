package storage

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
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

// shared is one of several buttons that are kept in one row, as its JSON.
type shared struct {
	Number string `json:"n"`
	Action string `json:"a"`
	Label  string `json:"l,omitempty"`
}

// CreateButtons implements bot.ButtonStore. Those that share their random
// letters are one row: nearly every answer has some buttons, and few are pressed.
func (d *DB) CreateButtons(ctx context.Context, buttons []*bot.KeptButton) error {
	rows, err := buttonRows(buttons)
	if err != nil || len(rows) == 0 {
		return err
	}
	return put(ctx, d, rows, "")
}

func buttonRows(buttons []*bot.KeptButton) ([]*buttonRow, error) {
	var rows []*buttonRow
	together := map[string][]shared{}
	of := map[string]*buttonRow{}
	for _, b := range buttons {
		id, number, several := strings.Cut(b.ID, ".")
		if several {
			together[id] = append(together[id], shared{number, b.Action, b.Label})
		}
		if of[id] != nil {
			continue
		}
		r := &buttonRow{
			ID: id, ConversationID: b.Conversation, Reader: b.For, Action: b.Action, Label: b.Label,
			UsedBy: b.UsedBy, UsedAt: millis(b.UsedAt), Expires: millis(b.Expires),
		}
		if b.Once {
			r.Once = 1
		}
		rows, of[id] = append(rows, r), r
	}
	for id, list := range together {
		raw, err := json.Marshal(list)
		if err != nil {
			return nil, crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
		}
		of[id].Action, of[id].Label = string(raw), ""
	}
	return rows, nil
}

// Buttons implements bot.ButtonStore.
func (d *DB) Buttons(ctx context.Context, ids []string) (map[string]*bot.KeptButton, error) {
	found := make(map[string]*bot.KeptButton, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	of := map[string][]string{} // numbers by letters, "" for a button of its own
	for _, id := range ids {
		letters, number, _ := strings.Cut(id, ".")
		of[letters] = append(of[letters], number)
	}
	var rows []*buttonRow
	if err := d.db.NewSelect().Model(&rows).Where("id IN (?)", bun.List(slices.Sorted(maps.Keys(of)))).Scan(ctx); err != nil {
		return nil, fault(err)
	}
	for _, r := range rows {
		for _, number := range of[r.ID] {
			if b := r.button(number); b != nil {
				found[b.ID] = b
			}
		}
	}
	return found, nil
}

// button is the button of a number in its row, nil if there is none.
func (r *buttonRow) button(number string) *bot.KeptButton {
	b := &bot.KeptButton{
		ID: r.ID, Conversation: r.ConversationID, For: r.Reader, Action: r.Action, Label: r.Label,
		Once: r.Once == 1, UsedBy: r.UsedBy, UsedAt: moment(r.UsedAt), Expires: moment(r.Expires),
	}
	var list []shared
	if json.Unmarshal([]byte(r.Action), &list) != nil && number == "" {
		return b // a command line is no JSON
	}
	for _, one := range list {
		if one.Number == number {
			b.ID, b.Action, b.Label = r.ID+"."+number, one.Action, one.Label
			return b
		}
	}
	return nil
}

// UseButton implements bot.ButtonStore.
func (d *DB) UseButton(ctx context.Context, id string, by bot.SenderID, at time.Time) (bool, error) {
	res, err := d.db.NewUpdate().Table("buttons").Set("used_by = ?", by).Set("used_at = ?", millis(at)).
		Where("id = ?", id).Where("used_at = 0").Exec(ctx)
	n, err := affected(res, err)
	return n == 1, err
}
