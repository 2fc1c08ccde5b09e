package storage

import (
	"context"

	"crmbot/bot"
)

// Conclude implements bot.InboxStore.
func (d *DB) Conclude(ctx context.Context, c *bot.Conclusion) error {
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		if d.dialect == postgres {
			return tx.conclude(ctx, c)
		}
		if err := tx.CreateMessages(ctx, c.Messages); err != nil {
			return err
		}
		for i, row := range c.Outbox {
			if at := c.Of[i]; at >= 0 {
				row.Message = c.Messages[at].ID
			}
		}
		if err := tx.AddOutbox(ctx, c.Outbox); err != nil {
			return err
		}
		if err := tx.CreateButtons(ctx, c.Buttons); err != nil {
			return err
		}
		if err := tx.SaveSessions(ctx, c.Sessions); err != nil {
			return err
		}
		if err := tx.CreateQuestions(ctx, c.Questions); err != nil {
			return err
		}
		if err := tx.Spoke(ctx, c.In, c.Out, c.At); err != nil {
			return err
		}
		return tx.FinishInbound(ctx, c.Done)
	})
}
