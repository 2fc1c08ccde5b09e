package storage

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"crmbot/bot"
	"crmbot/crm"
)

// Depth is how much of one queue, or of one part of it, waits.
type Depth struct {
	Due    int       // may be handled now; counted up to the most that was asked for
	Later  int       // its time has not come; counted likewise
	Oldest time.Time // since when the oldest that is due waits; zero if none is
}

// Place is one install of one platform.
type Place struct {
	Platform bot.Platform
	Install  bot.Install
}

// Gauges are how full the queues are.
type Gauges struct {
	Shards   [bot.Shards]Depth // of the inbox
	Outbox   map[Place]Depth   // of the installs that were asked for
	Jobs     Depth
	Dead     Dead
	Held     map[Place]time.Time // installs that nothing is sent to, and until when
	Replicas int                 // processes that share the database and are alive
	// Talks are customers' conversations with a person wanted or in charge, and
	// Threads those of colleagues; counted as the rest is. Waits is since when the
	// customer waits who has waited longest, zero if none does.
	Talks   map[crm.ConversationStatus]int
	Waits   time.Time
	Threads map[crm.ThreadState]int
}

// Dead are the rows that were given up, each counted up to the most that was
// asked for.
type Dead struct{ Inbox, Outbox, Jobs int }

// Gauges reads how full the queues are, and costs the same however full they
// are: of the inbox and of each install's outbox no more than about most rows
// are counted (10,000 take a few milliseconds), of what else there is fewer.
// CodeUnavailable.
func (d *DB) Gauges(ctx context.Context, now time.Time, most int, installs []Place) (*Gauges, error) {
	g := &Gauges{Outbox: make(map[Place]Depth, len(installs))}
	for _, read := range []func() error{
		func() error { return d.inboxGauges(ctx, g, now, most) },
		func() error { return d.outboxGauges(ctx, g, now, most, installs) },
		func() error { return d.otherGauges(ctx, g, now, most) },
		func() (err error) { g.Held, err = d.Held(ctx, now); return err },
		func() error { return d.talkGauges(ctx, g, most) },
	} {
		if err := read(); err != nil {
			return nil, fault(err)
		}
	}
	return g, nil
}

// bounded is how many rows a table has that meet a condition, counted along an
// index and no further than most.
const bounded = "(SELECT count(*) FROM (SELECT 1 FROM ? WHERE ? ORDER BY ? LIMIT ?) AS counted)"

func counted(table, where, along string, most int, args ...any) schema.QueryWithArgs {
	return bun.SafeQuery(bounded, bun.Safe(table), bun.SafeQuery(where, args...), bun.Safe(along), most)
}

// inboxGauges counts as the index of the inbox lets it: on SQLite along the line
// as a whole, elsewhere shard by shard, each so far that all of them come to most,
// and where that did not show the end of some, those as far as all may.
func (d *DB) inboxGauges(ctx context.Context, g *Gauges, now time.Time, most int) error {
	if d.dialect == sqlite {
		return d.lineGauges(ctx, g, now, most)
	}
	shards := make([]int, bot.Shards)
	for i := range shards {
		shards[i] = i
	}
	for len(shards) > 0 {
		each := max(most/len(shards), 1)
		if err := d.shardGauges(ctx, g, now, each, shards); err != nil {
			return err
		}
		full := slices.DeleteFunc(slices.Clone(shards), func(i int) bool { return max(g.Shards[i].Due, g.Shards[i].Later) < each })
		if len(full) == len(shards) {
			return nil
		}
		shards = full
	}
	return nil
}

// lineGauges looks at the first most rows that are due, and that are not.
func (d *DB) lineGauges(ctx context.Context, g *Gauges, now time.Time, most int) error {
	for _, where := range []string{"place <= ?", "place > ?"} {
		var rows []struct {
			Shard, N int
			Oldest   int64
		}
		first := d.db.NewSelect().TableExpr("inbox").Column("shard", "place").Where("status = 0").Where(where, millis(now)).
			OrderExpr("place").Limit(int64(most))
		err := d.db.NewSelect().TableExpr("(?) AS first", first).Column("shard").
			ColumnExpr("count(*) AS n").ColumnExpr("min(place) AS oldest").Group("shard").Scan(ctx, &rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if depth := &g.Shards[r.Shard]; where == "place > ?" {
				depth.Later = r.N
			} else {
				depth.Due, depth.Oldest = r.N, moment(r.Oldest)
			}
		}
	}
	return nil
}

func (d *DB) shardGauges(ctx context.Context, g *Gauges, now time.Time, most int, shards []int) error {
	at := millis(now)
	var rows []struct {
		ID, Due, Later int
		Oldest         *int64
	}
	err := d.db.NewSelect().TableExpr("shards AS s").ColumnExpr("s.id").
		ColumnExpr("? AS due", counted("inbox AS i", "i.shard = s.id AND i.status = 0 AND i.place <= ?", "i.place", most, at)).
		ColumnExpr("? AS later", counted("inbox AS i", "i.shard = s.id AND i.status = 0 AND i.place > ?", "i.place", most, at)).
		ColumnExpr("(SELECT i.place FROM inbox AS i WHERE i.shard = s.id AND i.status = 0 AND i.place <= ? ORDER BY i.place LIMIT 1) AS oldest", at).
		Where("s.id IN (?)", bun.List(shards)).Scan(ctx, &rows)
	for _, r := range rows {
		depth := Depth{Due: r.Due, Later: r.Later}
		if r.Oldest != nil {
			depth.Oldest = moment(*r.Oldest)
		}
		g.Shards[r.ID] = depth
	}
	return err
}

// outboxGauges looks at the first rows of each line: whoever has waited longest
// is among them.
func (d *DB) outboxGauges(ctx context.Context, g *Gauges, now time.Time, most int, installs []Place) error {
	at := millis(now)
	for _, p := range installs {
		var all, due int
		var oldest *int64
		first := d.db.NewSelect().TableExpr("outbox AS o").Column("o.due", "o.created").
			Where("o.platform = ?", p.Platform).Where("o.install = ?", p.Install).Where("o.status = 0").
			OrderExpr("o.id").Limit(int64(most))
		err := d.db.NewSelect().TableExpr("(?) AS first", first).ColumnExpr("count(*)").
			ColumnExpr("count(CASE WHEN due <= ? THEN 1 END)", at).
			ColumnExpr("min(CASE WHEN due <= ? THEN created END)", at).Scan(ctx, &all, &due, &oldest)
		if err != nil {
			return err
		}
		depth := Depth{Due: due, Later: all - due}
		if oldest != nil {
			depth.Oldest = moment(*oldest)
		}
		g.Outbox[p] = depth
	}
	return nil
}

func (d *DB) otherGauges(ctx context.Context, g *Gauges, now time.Time, most int) error {
	at := millis(now)
	var oldest *int64
	err := d.db.NewSelect().
		ColumnExpr("?", counted("jobs", "status = 0 AND run_at <= ?", "run_at", most, at)).
		ColumnExpr("?", counted("jobs", "status = 0 AND run_at > ?", "run_at", most, at)).
		ColumnExpr("(SELECT min(run_at) FROM jobs WHERE status = 0 AND run_at <= ?)", at).
		ColumnExpr("?", counted("inbox", "status = 2", "id", most)).
		ColumnExpr("?", counted("outbox", "status = 2", "created", most)).
		ColumnExpr("?", counted("jobs", "status = 2", "id", most)).
		ColumnExpr("(SELECT count(*) FROM replicas WHERE beat > "+d.clockMillis()+" - ?)", deadAfter.Milliseconds()).
		Scan(ctx, &g.Jobs.Due, &g.Jobs.Later, &oldest, &g.Dead.Inbox, &g.Dead.Outbox, &g.Dead.Jobs, &g.Replicas)
	if oldest != nil {
		g.Jobs.Oldest = moment(*oldest)
	}
	return err
}

// Held are the installs that nothing is sent to for now, and until when.
// CodeUnavailable.
func (d *DB) Held(ctx context.Context, now time.Time) (map[Place]time.Time, error) {
	var held []struct {
		Platform bot.Platform
		Install  bot.Install
		Until    int64
	}
	err := d.db.NewSelect().TableExpr("holds").Column("platform", "install", "until").Where("until > ?", millis(now)).Scan(ctx, &held)
	all := make(map[Place]time.Time, len(held))
	for _, h := range held {
		all[Place{h.Platform, h.Install}] = moment(h.Until)
	}
	return all, fault(err)
}

func (d *DB) talkGauges(ctx context.Context, g *Gauges, most int) error {
	g.Talks, g.Threads = map[crm.ConversationStatus]int{}, map[crm.ThreadState]int{}
	for _, status := range []crm.ConversationStatus{crm.ConversationWaiting, crm.ConversationHandedOff} {
		talk := d.db.NewSelect().Model((*conversationRow)(nil)).ColumnExpr("v.waits_since AS since").Where(withPerson).
			Where("v.status = ?", status).Where("v.audience = ? AND v.user_id IS NULL", crm.AudienceCustomers).
			OrderExpr("v.waits_since").Limit(int64(most))
		n := 0
		if err := d.db.NewSelect().TableExpr("(?) AS first", talk).ColumnExpr("count(*)").Scan(ctx, &n); err != nil {
			return err
		}
		g.Talks[status] = n
		var first []*conversationRow
		err := d.db.NewSelect().Model(&first).Column("waits_since").Where(withPerson).
			Where("v.status = ?", status).Where("v.audience = ? AND v.user_id IS NULL", crm.AudienceCustomers).
			Where("v.waits_since IS NOT NULL").OrderExpr("v.waits_since").Limit(1).Scan(ctx)
		if err != nil {
			return err
		}
		if len(first) > 0 && (g.Waits.IsZero() || first[0].WaitsSince.Before(g.Waits)) {
			g.Waits = first[0].WaitsSince
		}
	}
	for _, state := range []crm.ThreadState{crm.ThreadOpening, crm.ThreadOpen, crm.ThreadClosed, crm.ThreadLost} {
		n := 0
		if err := d.db.NewSelect().ColumnExpr("?", counted("threads", "state = ?", "state", most, state)).Scan(ctx, &n); err != nil {
			return err
		}
		g.Threads[state] = n
	}
	return nil
}

// Pools are the figures of the connections to the database, by the name of the
// pool: "all" of Postgres, "writer" and "readers" of SQLite.
func (d *DB) Pools() map[string]sql.DBStats {
	if d.dialect == postgres {
		return map[string]sql.DBStats{"all": d.root.DB.Stats()}
	}
	pools := map[string]sql.DBStats{"writer": d.root.DB.Stats()}
	if d.readers != nil {
		pools["readers"] = d.readers.Stats()
	}
	return pools
}
