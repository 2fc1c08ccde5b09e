package pipeline_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// TestMain runs the tests, or is one of the processes that a test kills.
func TestMain(m *testing.M) {
	if part := os.Getenv("CRMBOT_TEST_PART"); part != "" {
		if err := child(part); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if f := flag.Lookup("rapid.seed"); f.Value.String() == f.DefValue { // one seed, unless another is named
		if err := flag.Set(f.Name, "1"); err != nil {
			panic(err) // the flag has another type: a programmer's mistake
		}
	}
	os.Exit(m.Run())
}

// child is a process with a pipeline. Its part says where it stops dead, to be
// killed there: "handle" in the middle of a batch, "send" with every slot
// between sending and writing that down, "receive" nowhere, while events are
// acknowledged one after the other; "work" goes on to the end.
func child(part string) error {
	ctx := context.Background()
	db, err := storage.Open(ctx, os.Getenv("CRMBOT_TEST_DSN"), storage.Options{})
	if err != nil {
		return err
	}
	sent, err := os.OpenFile(os.Getenv("CRMBOT_TEST_SENT"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	var handled, sending atomic.Int64
	a := newAdapter(pigeon)
	a.answer = func(out bot.Outgoing) (bot.Sent, error) {
		if _, err := fmt.Fprintln(sent, out.Key); err != nil {
			return bot.Sent{}, err
		}
		if n := sending.Add(1); part == "send" && n > crashAfter {
			if n == crashAfter+crashSlots {
				fmt.Println("here")
			}
			select {}
		}
		return bot.Sent{ID: bot.MessageID(out.Key)}, nil
	}
	scarcely(a, part, sent)
	p := pipeline.New(pipeline.Options{
		Store: db, Slots: crashSlots, Logger: quiet, Batch: 32,
		Adapters: []pipeline.Install{{Adapter: a, Platform: pigeon, Install: main, Audience: crm.AudienceCustomers}},
		Handler: func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if err := r.Store.CreateLead(ctx, &crm.Lead{Name: r.EventID, Status: crm.LeadNew}); err != nil {
				return nil, err
			}
			r.Ask(&crm.Question{Text: r.EventID, Band: crm.BandHandedOff})
			if part == "handle" && handled.Add(1) == crashAfter {
				fmt.Println("here")
				select {}
			}
			return bot.Text("did " + r.EventID), nil
		},
	})
	if part == "receive" {
		var all sync.WaitGroup
		for w := range 8 {
			all.Go(func() {
				for i := 0; ; i++ {
					in := says(pigeon, fmt.Sprint("who", w), "hello")
					in.EventID = fmt.Sprintf("r%d-%d", w, i)
					if p.Inbox(pigeon, main).Receive(ctx, in) == nil {
						fmt.Println(in.EventID)
					}
				}
			})
		}
		all.Wait()
	}
	if part == "await" {
		go holdAnswer(ctx, p)
	}
	return p.Run(ctx)
}

// scarcely makes the platform of a child one with rights to write, that stops
// dead in Send at "pay", or one that is answered within requests.
func scarcely(a *adapter, part string, sent *os.File) {
	switch part {
	case "pay", "payall":
		a.features = scarce()
		a.answer = func(out bot.Outgoing) (bot.Sent, error) {
			if _, err := fmt.Fprintln(sent, out.Key); err != nil {
				return bot.Sent{}, err
			}
			if part == "pay" {
				fmt.Println("here")
				select {}
			}
			return bot.Sent{ID: "1"}, nil
		}
	case "await":
		passive(a)
	}
}

// holdAnswer takes the answer to an event and never hands it over.
func holdAnswer(ctx context.Context, p *pipeline.Pipeline) {
	in := says(pigeon, "ana", "hello")
	in.EventID = "awaited"
	for {
		if p.Inbox(pigeon, main).Receive(ctx, in) != nil {
			continue
		}
		if a, err := p.Inbox(pigeon, main).Await(ctx, in.EventID); err == nil && a != nil {
			fmt.Println("here")
			return
		}
	}
}

const (
	crashAfter = 100
	crashSlots = 8
	crashAll   = 600
)

// process is a child that can be killed.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func start(t testing.TB, part, dsn, sent string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "CRMBOT_TEST_PART="+part, "CRMBOT_TEST_DSN="+dsn, "CRMBOT_TEST_SENT="+sent)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, bufio.NewScanner(out)}
	t.Cleanup(p.kill)
	return p
}

// kill is kill -9.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill() // it may have ended
		_ = p.cmd.Wait()
	}
}

// here waits until the process says that it stands where it is to be killed.
func (p *process) here(t testing.TB) {
	t.Helper()
	if !p.lines.Scan() || p.lines.Text() != "here" {
		t.Fatalf("the process said %q", p.lines.Text())
	}
}

// fill puts events of many chats into the inbox.
func fill(t testing.TB, db *storage.DB, n int) []string {
	t.Helper()
	var rows []*bot.InboxRow
	var ids []string
	for i := range n {
		in := says(pigeon, fmt.Sprint("chat", i%50), strconv.Itoa(i))
		in.EventID = fmt.Sprintf("c%d", i)
		ids = append(ids, in.EventID)
		rows = append(rows, rowOf(in, time.Now()))
	}
	for lot := range slices.Chunk(rows, 256) {
		if _, err := db.AddInbound(t.Context(), lot); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(ids)
	return ids
}

// settled waits until nothing is left to do.
func settled(t testing.TB, db *storage.DB) {
	t.Helper()
	eventually(t, "all done", func() bool {
		b, err := db.Backlog(t.Context(), time.Now())
		return err == nil && b.Inbox == 0 && b.Outbox == 0
	})
}

func checkLeads(t testing.TB, db *storage.DB, ids []string) {
	t.Helper()
	var names []string
	for offset := 0; offset < len(ids)+500; offset += 500 {
		leads, _, err := db.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything(), Page: crm.Page{Limit: 500, Offset: offset}})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range leads {
			names = append(names, l.Name)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, ids) {
		t.Errorf("%d leads for %d events: something was lost or done twice", len(names), len(ids))
	}
	if f, err := db.QuestionFigures(t.Context(), time.Time{}, time.Now().Add(time.Hour)); err != nil || f.Asked != len(ids) {
		t.Errorf("%d questions for %d events, %v", f.Asked, len(ids), err)
	}
}

func TestKillingAWorkerInTheMiddleOfABatchLosesNothingAndDoesNothingTwice(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		ids := fill(t, db, crashAll)
		sent := filepath.Join(t.TempDir(), "sent")
		first := start(t, "handle", dsn, sent)
		if db.Postgres() {
			start(t, "work", dsn, sent) // two at once
		}
		first.here(t)
		first.kill()
		if !db.Postgres() {
			start(t, "work", dsn, sent) // the next start
		}
		settled(t, db)
		checkLeads(t, db, ids)
	})
}

func TestKillingASenderLeavesAtMostOneInDoubtForEachSlot(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		ids := fill(t, db, crashAll)
		sent := filepath.Join(t.TempDir(), "sent")
		first := start(t, "send", dsn, sent)
		first.here(t)
		first.kill()
		start(t, "work", dsn, sent)
		settled(t, db)
		checkLeads(t, db, ids)
		data, err := os.ReadFile(sent)
		if err != nil {
			t.Fatal(err)
		}
		times := map[string]int{}
		for key := range strings.FieldsSeq(string(data)) {
			times[key]++
		}
		twice := 0
		for key, n := range times {
			if n > 2 {
				t.Errorf("%s was sent %d times", key, n)
			}
			if n == 2 {
				twice++
			}
		}
		if len(times) != crashAll || twice > crashSlots {
			t.Errorf("%d of %d were sent, %d of them twice; there are %d slots", len(times), crashAll, twice, crashSlots)
		}
	})
}

func TestKillingWhoReceivesLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		db := storagetest.Open(t, dsn, nil)
		p := start(t, "receive", dsn, filepath.Join(t.TempDir(), "sent"))
		var acknowledged []string
		for p.lines.Scan() {
			acknowledged = append(acknowledged, p.lines.Text())
			if len(acknowledged) == 300 {
				if err := p.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		d := &diary{do: func(_ context.Context, r *bot.Request) (*bot.Reply, error) { return bot.Text(r.EventID), nil }}
		h := newHouse(t, db, d.handle)
		h.settle(t)
		there := map[string]bool{}
		for _, o := range h.pigeon.ops() {
			there[o.Reply.Text] = true
		}
		for _, id := range acknowledged {
			if !there[id] {
				t.Errorf("%s was acknowledged and is lost", id)
			}
		}
	})
}
