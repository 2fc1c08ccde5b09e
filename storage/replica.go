package storage

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/driver/pgdriver"
)

// deadAfter is how long a replica may be silent before others take its work.
const deadAfter = 5 * time.Second

// channel is the name of the notifications, as SQL: several companies may
// share a server.
const channel = "'crmbot ' || current_schema()"

// Beat implements bot.ReplicaStore.
func (d *DB) Beat(ctx context.Context, owner string) (int, error) {
	replicas, clock := 0, d.clockMillis()
	err := d.once(ctx, func(ctx context.Context, tx *DB) error {
		known, err := affected(tx.db.NewRaw("UPDATE replicas SET beat = "+clock+" WHERE id = ?", owner).Exec(ctx))
		if err != nil {
			return err
		}
		if known == 0 {
			if err := tx.join(ctx, owner); err != nil {
				return err
			}
		}
		return fault(tx.db.NewSelect().TableExpr("replicas").ColumnExpr("count(*)").
			Where("beat > "+clock+" - ?", deadAfter.Milliseconds()).Scan(ctx, &replicas))
	})
	d.witness.beat(owner, err)
	return replicas, err
}

// join writes a new replica down. A SQLite file belongs to one process: what
// others held there, they hold no more.
func (d *DB) join(ctx context.Context, owner string) error {
	old := []*bun.DeleteQuery{d.db.NewDelete().Table("replicas").Where("beat < "+d.clockMillis()+" - ?", (10 * deadAfter).Milliseconds())}
	if d.dialect == sqlite {
		old = []*bun.DeleteQuery{
			d.db.NewDelete().Table("replicas").Where("id <> ?", owner),
			d.db.NewDelete().Table("leases").Where("owner <> ?", owner),
		}
	}
	for _, q := range old {
		if _, err := q.Exec(ctx); err != nil {
			return fault(err)
		}
	}
	_, err := d.db.NewRaw("INSERT INTO replicas (id, beat) VALUES (?, "+d.clockMillis()+") ON CONFLICT (id) DO NOTHING", owner).Exec(ctx)
	return fault(err)
}

// ReleaseLeases implements bot.ReplicaStore.
func (d *DB) ReleaseLeases(ctx context.Context, owner string) error {
	d.witness.forget(owner)
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		for _, q := range []bun.Query{
			tx.db.NewUpdate().Table("outbox").Set("owner = ''").Where("owner = ?", owner).Where("status = 0"),
			tx.db.NewDelete().Table("leases").Where("owner = ?", owner),
			tx.db.NewDelete().Table("replicas").Where("id = ?", owner),
		} {
			var err error
			switch q := q.(type) {
			case *bun.UpdateQuery:
				_, err = q.Exec(ctx)
			case *bun.DeleteQuery:
				_, err = q.Exec(ctx)
			}
			if err != nil {
				return fault(err)
			}
		}
		return nil
	})
}

// payload is a notification of this process: its name, then the topics.
func (d *DB) payload(topics ...string) string {
	text := d.name
	for _, t := range topics {
		if len(text)+1+len(t) > 7900 { // the most that Postgres carries is 8000
			break
		}
		text += " " + t
	}
	return text
}

// Ring implements bot.ReplicaStore.
func (d *DB) Ring(ctx context.Context, topics ...string) error {
	if d.dialect == sqlite || len(topics) == 0 {
		return nil
	}
	var none string
	err := d.db.NewSelect().ColumnExpr("pg_notify(?, ?)::text", bun.Safe(channel), d.payload(topics...)).Scan(ctx, &none)
	return fault(err)
}

// Rings implements bot.ReplicaStore. A SQLite file has no other process.
func (d *DB) Rings(ctx context.Context, fn func(topic string)) error {
	if d.dialect == sqlite {
		<-ctx.Done()
		return nil
	}
	var name string
	if err := d.db.NewSelect().ColumnExpr("?", bun.Safe(channel)).Scan(ctx, &name); err != nil {
		return fault(err)
	}
	ln := pgdriver.NewListener(d.root)
	defer func() { _ = ln.Close() }()
	if err := ln.Listen(ctx, name); err != nil {
		return fault(err)
	}
	heard := ln.Channel()
	for {
		select {
		case <-ctx.Done():
			return nil
		case n, ok := <-heard:
			if !ok {
				return nil
			}
			from, topics, _ := strings.Cut(n.Payload, " ")
			if from == d.name {
				continue
			}
			for _, topic := range strings.Fields(topics) {
				fn(topic)
			}
		}
	}
}
