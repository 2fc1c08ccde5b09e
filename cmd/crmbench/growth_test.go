//go:build linux

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/driver/pgdriver"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// young is enough for what reads a whole table, or all of a conversation, to be
// told from what reads some of it.
var young = size{contacts: 10_000, messages: 30_000, long: 6_000, days: 100}

// enough is how many rows a step of a statement may read: what is read of many
// is bounded by pages of 500, and by 1,000 where something is removed.
const enough = 1000

// overheard keeps what a database is asked.
type overheard struct {
	mu      sync.Mutex
	queries []string
}

func (o *overheard) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (o *overheard) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !strings.HasPrefix(e.Query, "BEGIN") && !strings.HasPrefix(e.Query, "COMMIT") && !strings.Contains(e.Query, "SAVEPOINT") {
		o.queries = append(o.queries, e.Query)
	}
}

func (o *overheard) during(t *testing.T, do func() error) []string {
	t.Helper()
	o.mu.Lock()
	o.queries = nil
	o.mu.Unlock()
	if err := do(); err != nil && crm.CodeOf(err) != crm.CodeNotFound {
		t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.queries
}

// asked is what is asked of a database often, or by everybody.
func asked(ctx context.Context, db *storage.DB) map[string]func() error {
	now := time.Now().UTC()
	boss := crm.Everything()
	mine := crm.Scope{Reach: crm.Own, User: 3, Team: 1}
	some := crm.Page{Limit: 10}
	list := func(_ any, _ int, err error) error { return err }
	find := func(text string, scope crm.Scope) func() error {
		return func() error {
			_, err := db.Search(ctx, crm.Search{Text: text, Limit: 10, Scopes: map[crm.Kind]crm.Scope{crm.KindContact: scope, crm.KindLead: scope}})
			return err
		}
	}
	all := map[string]func() error{
		"who": func() error {
			_, err := db.Identities(ctx, []crm.IdentityKey{{Platform: "telegram", Install: "support", Sender: "1000"}, {Platform: "telegram", Install: "support", Sender: "1001"}})
			return err
		},
		"where": func() error {
			_, err := db.Conversations(ctx, []crm.ConversationKey{{Platform: "telegram", Install: "support", Chat: "1000"}, {Platform: "telegram", Install: "support", Chat: "1001"}})
			return err
		},
		"people": func() error { _, err := db.ContactsByID(ctx, []crm.ContactID{1, 2, 3}); return err },
		"sessions": func() error {
			_, err := db.Sessions(ctx, []bot.SessionKey{{Conversation: 3, Sender: "10000003"}})
			return err
		},
		"buttons": func() error { _, err := db.Buttons(ctx, []string{"A0", "A1"}); return err },
		"spoke":   func() error { return db.Spoke(ctx, []crm.ConversationID{1, 2}, []crm.ConversationID{1}, now) },
		"work": func() error {
			_, err := db.WorkShards(ctx, now, 100, func(context.Context, bot.Store, []*bot.InboxRow) error { return nil })
			return err
		},
		"claim": func() error {
			_, err := db.ClaimOutbox(ctx, bot.Claim{Owner: "me", Platform: "telegram", Install: "support", Now: now, Limit: 40})
			return err
		},
		"settle": func() error {
			return db.SettleOutbox(ctx, "me", []bot.Settlement{{Row: &bot.OutboxRow{ID: 1, Message: 2}, State: crm.DeliveryAccepted, Native: "5", At: now}})
		},
		"jobs":           func() error { _, err := db.ClaimJobs(ctx, now, 1, time.Minute); return err },
		"latest":         func() error { _, err := db.Messages(ctx, 1, 0, -20); return err },
		"what is new":    func() error { _, err := db.Messages(ctx, 1, 100, 200); return err },
		"latest of some": func() error { _, err := db.LatestMessages(ctx, []crm.ConversationID{1, 2, 3}, 20); return err },
		"timeline":       func() error { _, err := db.Timeline(ctx, 1, 20); return err },
		"by its id":      func() error { _, err := db.MessageByNative(ctx, 1, "1000000001"); return err },
		"by its label":   func() error { _, err := db.MessageByLabel(ctx, 1, "r:1"); return err },
		"parts":          func() error { _, err := db.Parts(ctx, []crm.MessageID{2, 4}); return err },
		"files":          func() error { _, err := db.MediaOf(ctx, []crm.MessageID{2, 4}); return err },
		"delivered":      func() error { return db.Delivered(ctx, 1, 1000, now) },
		"of a contact":   func() error { _, err := db.ConversationsOf(ctx, 1, 0); return err },
		"of a user":      func() error { _, err := db.IdentitiesOf(ctx, 0, 1); return err },
		"with a person": func() error {
			return list(db.ConversationList(ctx, crm.ConversationFilter{Scope: boss, Statuses: []crm.ConversationStatus{crm.ConversationWaiting, crm.ConversationHandedOff}}))
		},
		"somebody's": func() error { return list(db.ConversationList(ctx, crm.ConversationFilter{Scope: boss, Assignee: 3})) },
		"live":       func() error { return list(db.ConversationList(ctx, crm.ConversationFilter{Scope: boss, Live: true})) },
		"my contacts": func() error {
			return list(db.Contacts(ctx, crm.ContactFilter{Scope: mine, Owner: 3, Page: crm.Page{Limit: 10, Uncounted: true}}))
		},
		"my leads": func() error {
			return list(db.Leads(ctx, crm.LeadFilter{Scope: mine, Owner: 3, Open: true, Page: some}))
		},
		"his leads": func() error { return list(db.Leads(ctx, crm.LeadFilter{Scope: boss, Contact: 5, Page: some})) },
		"my deals": func() error {
			return list(db.Opportunities(ctx, crm.OpportunityFilter{Scope: mine, Owner: 3, Open: true, Page: some}))
		},
		"his deals": func() error {
			return list(db.Opportunities(ctx, crm.OpportunityFilter{Scope: boss, Contact: 20, Page: some}))
		},
		"my plans": func() error {
			return list(db.Activities(ctx, crm.ActivityFilter{Scope: mine, Owner: 3, Open: true, DueBefore: now, Page: some}))
		},
		"his notes": func() error { return list(db.Activities(ctx, crm.ActivityFilter{Scope: boss, Contact: 5, Page: some})) },
		"due":       func() error { _, err := db.DueActivities(ctx, now, 100); return err },
		"my tickets": func() error {
			return list(db.Tickets(ctx, crm.TicketFilter{Scope: mine, Owner: 3, Open: true, Page: some}))
		},
		"his tickets": func() error { return list(db.Tickets(ctx, crm.TicketFilter{Scope: boss, Contact: 10, Page: some})) },
		"his history": func() error {
			return list(db.Events(ctx, crm.EventFilter{Subject: crm.Ref{Kind: crm.KindContact, ID: 5}, Page: some}))
		},
		"undo": func() error { _, err := db.LastAct(ctx, 3, now.Add(-time.Hour)); return err },
		"held": func() error {
			return list(db.Releases(ctx, crm.ReleaseFilter{Conversation: 1, States: []crm.ReleaseState{crm.ReleaseHeld}, Page: some}))
		},
		"released": func() error {
			return list(db.Releases(ctx, crm.ReleaseFilter{Conversation: 1, States: []crm.ReleaseState{crm.ReleaseSent}, Page: crm.Page{Limit: 1, Uncounted: true}}))
		},
		"opening threads": func() error {
			return list(db.Threads(ctx, crm.ThreadFilter{States: []crm.ThreadState{crm.ThreadOpening}}))
		},
		"its threads": func() error { return list(db.Threads(ctx, crm.ThreadFilter{Conversation: 5})) },
		"surveys":     func() error { return list(db.Surveys(ctx, crm.SurveyFilter{Contact: 50})) },
		"by key":      func() error { _, err := db.QuestionByKey(ctx, "x"); return err },
		"missed": func() error {
			return list(db.Questions(ctx, crm.QuestionFilter{Missed: true, Unclustered: true, Since: now.AddDate(0, 0, -60), Page: some}))
		},
		"unsure": func() error {
			return list(db.Questions(ctx, crm.QuestionFilter{Band: crm.BandSuggested, Open: true, Unclustered: true, Since: now.AddDate(0, 0, -60), Page: some}))
		},
		"groups": func() error {
			return list(db.Questions(ctx, crm.QuestionFilter{Leading: true, Since: now.AddDate(0, 0, -60), Page: some}))
		},
		"asked there": func() error {
			return list(db.Questions(ctx, crm.QuestionFilter{Conversation: 1, Since: now.Add(-time.Hour), Page: crm.Page{Limit: 1, Uncounted: true}}))
		},
		"figures":   func() error { _, err := db.QuestionFigures(ctx, now.Add(-24*time.Hour), now); return err },
		"misses":    func() error { return list(db.Misses(ctx, now.AddDate(0, 0, -7), some)) },
		"found":     find("王伟", mine),
		"not found": find("zzz", boss),
		"expire":    func() error { _, err := db.ExpireOutbox(ctx, now); return err },
		"prune":     func() error { _, err := db.Prune(ctx, now.AddDate(0, 0, -107)); return err },
		"forget":    func() error { _, err := db.PruneQuestions(ctx, now.AddDate(0, 0, -107)); return err },
	}
	return all
}

// TestNothingReadsAllThereIs fills databases as the growth run does and asks them
// how they read: no statement that is asked often may read a whole table, or all
// of a long conversation, to answer.
func TestNothingReadsAllThereIs(t *testing.T) {
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		ear := &overheard{}
		db, err := storage.Open(t.Context(), dsn, storage.Options{Migrate: true, Hook: ear})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		raw, err := sql.Open("sqlite", dsn)
		if db.Postgres() {
			raw, err = sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(dsn))), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		if err := young.fill(t.Context(), raw, db.Postgres(), io.Discard); err != nil {
			t.Fatal(err)
		}
		raw.SetMaxOpenConns(1)
		for name, do := range asked(t.Context(), db) {
			for _, q := range ear.during(t, do) {
				if db.Postgres() {
					reads(t, raw, name, q)
				} else {
					plans(t, raw, name, q)
				}
			}
		}
	})
}

// small are tables that stay so, or of which there is little at a time.
var small = regexp.MustCompile(`^(users|teams|articles|shards|replicas|leases|holds|jobs|knowledge_\w+|added|up|family|y|v|oldest|\w*subquery\w*|_count_wrapper|found|n)$`)

// node is a step of a plan of Postgres.
type node struct {
	Kind      string  `json:"Node Type"`
	Table     string  `json:"Relation Name"`
	Rows      float64 `json:"Actual Rows"`
	Loops     float64 `json:"Actual Loops"`
	Filtered  float64 `json:"Rows Removed by Filter"`
	Rechecked float64 `json:"Rows Removed by Index Recheck"`
	Plans     []node  `json:"Plans"`
}

// reads runs a statement once more, undoes it, and looks at how many rows each
// step of it read. A scan of a whole table is forbidden to Postgres, so that it
// is done only where there is no other way.
func reads(t *testing.T, raw *sql.DB, name, query string) {
	t.Helper()
	if strings.HasPrefix(query, "INSERT") || strings.Contains(query, `"added"`) {
		return // writes one row after the other
	}
	tx, err := raw.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var text string
	_, err = tx.ExecContext(t.Context(), "SET LOCAL enable_seqscan = off")
	if err == nil {
		err = tx.QueryRowContext(t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) "+query).Scan(&text)
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, query)
	}
	var top []struct{ Plan node }
	if err := json.Unmarshal([]byte(text), &top); err != nil {
		t.Fatal(err)
	}
	var look func(n node)
	look = func(n node) {
		if read := (n.Rows + n.Filtered + n.Rechecked) * n.Loops; read > enough || n.Kind == "Seq Scan" && !small.MatchString(n.Table) {
			t.Errorf("%s: %s of %s reads %.0f rows:\n%s", name, n.Kind, n.Table, read, query)
		}
		for _, x := range n.Plans {
			look(x)
		}
	}
	look(top[0].Plan)
}

// plans looks at how SQLite would read: not row by row through a table, nor
// through the whole of an index that leaves nothing out.
func plans(t *testing.T, raw *sql.DB, name, query string) {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c int
		var line string
		if err := rows.Scan(&a, &b, &c, &line); err != nil {
			t.Fatal(err)
		}
		rest, scan := strings.CutPrefix(line, "SCAN ")
		if !scan {
			continue
		}
		table, how, _ := strings.Cut(rest, " ")
		if name == "prune" && table == "inbox" && how == "" { // in its order, and no further than some
			continue
		}
		if full := regexp.MustCompile(`"?(\w+)"?\s+AS\s+"?` + regexp.QuoteMeta(table) + `"?\b`).FindStringSubmatch(query); full != nil && small.MatchString(full[1]) {
			continue
		}
		if small.MatchString(table) || strings.Contains(rest, "VIRTUAL TABLE") || strings.HasPrefix(rest, "CONSTANT ROW") || strings.Contains(rest, "-ROW VALUES") {
			continue
		}
		if index, ok := strings.CutPrefix(how, "USING INDEX "); ok && partial[index] {
			continue
		}
		if index, ok := strings.CutPrefix(how, "USING COVERING INDEX "); ok && partial[index] {
			continue
		}
		t.Errorf("%s: %s\n%s", name, line, query)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// partial are indexes of few rows by what they say: reading one whole is no harm.
var partial = map[string]bool{
	"conversations_status": true, "conversations_live": true, "outbox_waiting": true, "outbox_line": true, "outbox_failed": true, "inbox_line": true,
	"jobs_parked": true, "jobs_due": true, "questions_missed": true, "questions_fresh": true, "questions_leading": true,
}
