package storage

import (
	"context"

	"crmbot/crm"
)

// Said implements bot.ReplicaStore. A SQLite file has no other process.
func (d *DB) Said(ctx context.Context, after crm.MessageID) (at []crm.ConversationKey, newest crm.MessageID, err error) {
	if d.dialect == sqlite {
		return nil, 0, nil
	}
	if err := d.db.NewSelect().TableExpr("messages").ColumnExpr("COALESCE(max(id), 0)").Scan(ctx, &newest); err != nil {
		return nil, 0, fault(err)
	}
	if after < 0 || newest <= after {
		return nil, newest, nil
	}
	err = d.db.NewSelect().Distinct().TableExpr("messages AS m").Join("JOIN addresses AS w ON w.conversation_id = m.conversation_id").
		ColumnExpr("w.platform, w.install, w.chat, w.topic").Where("m.id > ?", after).Scan(ctx, &at)
	return at, newest, fault(err)
}
