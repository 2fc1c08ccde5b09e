package storage_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// overheard keeps what a database was asked.
type overheard struct {
	mu      sync.Mutex
	queries []string
}

func (o *overheard) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (o *overheard) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if strings.HasPrefix(e.Query, "SELECT") || strings.HasPrefix(e.Query, "WITH") {
		o.queries = append(o.queries, e.Query)
	}
}

// TestQuestionsAreFoundByTheirIndexes asks the databases how they would read.
func TestQuestionsAreFoundByTheirIndexes(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		var all []*crm.Question
		for i := range 2000 {
			q := &crm.Question{
				Key: fmt.Sprint(i), ConversationID: crm.ConversationID(i % 100), Band: crm.BandAnswered,
				ClusterID: crm.QuestionID(i % 500), Asked: storagetest.Clock().Add(time.Duration(i) * time.Minute),
			}
			if i%20 == 0 {
				q.Band = crm.BandHandedOff
			}
			all = append(all, q)
		}
		if err := db.CreateQuestions(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Root().ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
		ear := &overheard{}
		db.Root().AddQueryHook(ear) //nolint:staticcheck // it listens to what db itself asks, not to what a copy does
		since := storagetest.Clock().Add(1900 * time.Minute)
		list := func(f crm.QuestionFilter) func() error {
			return func() error { _, _, err := db.Questions(t.Context(), f); return err }
		}
		for _, c := range []struct {
			index string
			do    func() error
		}{
			{"questions_key", func() error { _, err := db.QuestionByKey(t.Context(), "7"); return err }},
			{"questions_conversation", list(crm.QuestionFilter{Conversation: 7})},
			{"questions_cluster", list(crm.QuestionFilter{Cluster: 7})},
			{"questions_missed", list(crm.QuestionFilter{Missed: true})},
			{"questions_fresh", list(crm.QuestionFilter{Missed: true, Unclustered: true})},
			{"questions_when", list(crm.QuestionFilter{Since: since})},
			{"questions_missed", func() error { _, _, err := db.Misses(t.Context(), since, crm.Page{}); return err }},
			{"questions_when", func() error { _, err := db.QuestionFigures(t.Context(), since, since.Add(time.Hour)); return err }},
		} {
			ear.queries = nil
			if err := c.do(); err != nil {
				t.Fatal(err)
			}
			plan := ""
			for _, q := range ear.queries {
				plan += explained(t, db, q)
			}
			if !strings.Contains(plan, c.index) || strings.Contains(plan, "Seq Scan on questions") || strings.Contains(plan, "SCAN q\n") {
				t.Errorf("%s is not used:\n%s", c.index, plan)
			}
		}
	})
}

func explained(t *testing.T, db *storage.DB, query string) string {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if db.Postgres() {
		explain = "EXPLAIN "
	}
	rows, err := db.Root().QueryContext(t.Context(), explain+query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var out strings.Builder
	for rows.Next() {
		var a, b, c int
		var line string
		to := []any{&line}
		if !db.Postgres() {
			to = []any{&a, &b, &c, &line}
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		out.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
