package pipeline_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/uptrace/bun/driver/pgdriver"

	"crmbot/bot"
	"crmbot/storage/storagetest"
	"time"
)

func TestExplain(t *testing.T) {
	dsn := storagetest.Postgres(t)
	db := storagetest.Open(t, dsn, nil)
	b := &testing.B{}
	b.N = 20000
	preload(b, db, 20000)
	h := newHouse(t, db, echo)
	raw := sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(dsn)))
	raw.SetMaxOpenConns(1)
	raw.Exec("load 'auto_explain'")
	show := func(q string) {
		rows, err := raw.Query("EXPLAIN (ANALYZE, BUFFERS) " + q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var s string
			rows.Scan(&s)
			fmt.Println(s)
		}
		fmt.Println("----")
	}
	at := time.Now().UnixMilli() + 100000
	ready := fmt.Sprintf(`i.status = 0 AND i.place <= %d AND i.due <= %d AND (i.waits = 0 OR NOT EXISTS (
	SELECT 1 FROM inbox AS b WHERE b.chat = i.chat AND b.status = 0 AND b.attempts > 0 AND b.due > %d
	AND (b.place < i.place OR b.place = i.place AND b.id < i.id)))`, at, at, at)
	shard := `SELECT s.id, (SELECT i.place FROM inbox AS i WHERE i.shard = s.id AND ` + ready + ` ORDER BY i.place, i.id LIMIT 1) AS oldest FROM shards AS s ORDER BY oldest NULLS LAST LIMIT 1 FOR UPDATE OF s SKIP LOCKED`
	show(shard)
	show(`SELECT i.* FROM inbox AS i WHERE i.shard = 5 AND ` + ready + ` ORDER BY i.place, i.id LIMIT 128`)
	if err := h.WorkOff(context.Background()); err != nil {
		t.Fatal(err)
	}
	show(shard)
	db.Beat(context.Background(), "me")
	claim := fmt.Sprintf(`SELECT o.id FROM outbox AS o WHERE o.platform='pigeon' AND o.install='main' AND o.status=0 AND o.due <= %d
	AND (o.owner = '' OR o.owner NOT IN (SELECT id FROM replicas AS r WHERE r.beat > (extract(epoch from clock_timestamp()) * 1000)::bigint - 5000))
	AND NOT EXISTS (SELECT 1 FROM holds AS h WHERE h.platform = 'x' AND h.install = 'y' AND h.until > 0)
	AND CASE WHEN EXISTS (SELECT 1 FROM outbox AS p WHERE p.conversation_id = o.conversation_id AND p.status = 0 AND p.id < o.id) THEN FALSE ELSE TRUE END
	ORDER BY o.id LIMIT 128 FOR UPDATE SKIP LOCKED`, at)
	show(claim)
	for range 60 {
		rows, err := db.ClaimOutbox(context.Background(), bot.Claim{Owner: "me", Platform: pigeon, Install: main, Now: time.Now().Add(time.Hour), Limit: 128})
		if err != nil {
			t.Fatal(err)
		}
		var ss []bot.Settlement
		for _, r := range rows {
			ss = append(ss, bot.Settlement{Row: r, State: "accepted"})
		}
		if err := db.SettleOutbox(context.Background(), "me", ss); err != nil {
			t.Fatal(err)
		}
	}
	show(claim)
	raw.Exec("analyze")
	show(claim)
	show("UPDATE outbox AS o SET owner='x' WHERE o.id IN ("+claim+") RETURNING *")
}
