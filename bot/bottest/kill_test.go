package bottest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

const killSlots = 4 // operations under way at once for each platform

// TestProcess is one of the processes that a test kills: a house that works with
// a clock that runs. Its part says where it stops dead: "office" and "desk" with
// the platform's answer in its hand and nothing written down; "work" nowhere.
func TestProcess(t *testing.T) {
	part := os.Getenv("CRMBOT_TEST_PART")
	if part == "" {
		t.Skip("a process that a test starts")
	}
	began, err := time.Parse(time.RFC3339Nano, os.Getenv("CRMBOT_TEST_BEGAN"))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return Start().Add(time.Since(began)) }
	h := &House{t: t, rooms: map[bot.Platform]*room{}, spoke: map[spoken]bot.MessageID{}}
	h.Store = storagetest.Open(t, os.Getenv("CRMBOT_TEST_DSN"), now)
	if h.Catalog, err = locale.Load(); err != nil {
		t.Fatal(err)
	}
	h.Company = company("en")
	h.Company.Threads = []bot.ThreadPlace{{Platform: "office", Install: "team", Chat: "#support"}}
	h.Company.Hold = time.Second
	h.build()
	sent, err := os.OpenFile(os.Getenv("CRMBOT_TEST_SENT"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	var stuck atomic.Int64
	for i, in := range h.installs {
		h.installs[i].Adapter = &taped{room: h.rooms[in.Platform], sent: sent, part: part, stuck: &stuck}
	}
	opt := h.options(h.Router.Handle)
	opt.Now, opt.Slots = now, killSlots
	if err := pipeline.New(opt).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// taped is a platform that takes everything and writes it on a tape.
type taped struct {
	*room
	sent  *os.File
	part  string
	stuck *atomic.Int64
}

// Send implements bot.Adapter.
func (a *taped) Send(_ context.Context, out bot.Outgoing) (bot.Sent, error) {
	text := ""
	if out.Reply != nil {
		text = strings.ReplaceAll(out.Reply.Text, "\n", " ")
		if len(out.Reply.Cards) > 0 {
			text = "card " + out.Reply.Cards[0].Title
		}
	}
	if _, err := fmt.Fprintf(a.sent, "%s|%s|%s|%s|%s|%s\n", a.platform, out.To.Chat, out.To.Topic, out.Op, out.Key, text); err != nil {
		return bot.Sent{}, err
	}
	if a.part == string(a.platform) && strings.Contains(text, "zz") {
		if n := a.stuck.Add(1); n == killSlots || a.part == "desk" {
			fmt.Println("here")
		}
		select {}
	}
	return bot.Sent{ID: bot.MessageID(out.Key), Topic: bot.TopicID(out.Key)}, nil
}

// process is another process on the database of a test.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func begin(t *testing.T, part, dsn, sent string, began time.Time) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run", "^TestProcess$")
	cmd.Env = append(os.Environ(), "CRMBOT_TEST_PART="+part, "CRMBOT_TEST_DSN="+dsn, "CRMBOT_TEST_SENT="+sent,
		"CRMBOT_TEST_BEGAN="+began.Format(time.RFC3339Nano))
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
func (p *process) here(t *testing.T) {
	t.Helper()
	for p.lines.Scan() {
		if p.lines.Text() == "here" {
			return
		}
	}
	t.Fatal("the process ended")
}

// tape is what platforms took, a line each: platform, chat, topic, operation,
// key, text.
func tape(t *testing.T, file string) [][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		out = append(out, strings.SplitN(strings.TrimRight(line, "\n"), "|", 6))
	}
	return out
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(90 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("never: %s", what)
		}
	}
}

// What was acknowledged of customers' words is in their threads, in order and
// once, though the process is killed while it shows them: at most one line for
// each slot, which the platform had taken and nobody noted, is there twice.
func TestKillingWhoShowsTheThreads(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		h, sent, began := On(t, dsn, "en"), filepath.Join(t.TempDir(), "sent"), time.Now()
		h.Threads("office:team#support")
		want := map[string][]string{}
		for i := range 8 {
			who := fmt.Sprintf("cust%c", 'a'+i)
			h.Say("customer:" + who + ">> human")
			for n := range 5 {
				word := fmt.Sprintf("%s%dzz", who, n)
				want[who] = append(want[who], word)
				h.Say("customer:" + who + ">> the parcel " + word)
			}
		}
		first := begin(t, "office", dsn, sent, began)
		first.here(t)
		first.kill()
		begin(t, "work", dsn, sent, began)
		have := func() (map[string][]string, int) { return inThreads(tape(t, sent)) }
		eventually(t, "everything is shown", func() bool {
			shown, _ := have()
			n := 0
			for _, words := range shown {
				n += len(words)
			}
			return n >= 8*5
		})
		shown, twice := have()
		for who, words := range want {
			if !slices.Equal(shown[who], words) {
				t.Errorf("of %s is shown %v", who, shown[who])
			}
		}
		if twice > killSlots {
			t.Errorf("%d lines are there twice; there are %d slots", twice, killSlots)
		}
	})
}

// inThreads are the customers' words on a tape, of each, and how many a second
// time.
func inThreads(all [][]string) (shown map[string][]string, twice int) {
	shown, seen := map[string][]string{}, map[string]bool{}
	for _, line := range all {
		if line[0] != "office" || line[3] != string(bot.OpPost) {
			continue
		}
		for _, word := range strings.Fields(line[5]) {
			who, _, ok := strings.Cut(word, "zz")
			switch {
			case !ok:
			case seen[word]:
				twice++
			default:
				seen[word] = true
				who = who[:len("custa")]
				shown[who] = append(shown[who], word)
			}
		}
	}
	return shown, twice
}

// Words that are held go out exactly once, though the process is killed between
// "to Ana in 10 s" and their release.
func TestKillingWhoHoldsWords(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		h, sent, began := called(t, dsn)
		h.Say("wang.fang#support/1>> r: here it is zz")
		first := begin(t, "work", dsn, sent, began)
		eventually(t, "they are held", func() bool { return h.release(t) != nil })
		first.kill()
		begin(t, "work", dsn, sent, began)
		eventually(t, "they are sent", func() bool { return h.release(t).Delivery == crm.DeliveryAccepted })
		if keys := keysRead(tape(t, sent)); len(keys) != 1 {
			t.Errorf("she reads it under %v", keys)
		}
	})
}

// Words that the platform took, and of which the process could not make a note,
// are the one in doubt of their slot: they are tried once more under the same key,
// by which a platform knows them, and then told as sent.
func TestKillingWhoSendsWords(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		h, sent, began := called(t, dsn)
		h.Say("wang.fang#support/1>> r: here it is zz")
		first := begin(t, "desk", dsn, sent, began)
		first.here(t)
		first.kill()
		begin(t, "work", dsn, sent, began)
		eventually(t, "she is told", func() bool {
			return slices.ContainsFunc(tape(t, sent), func(line []string) bool {
				return line[0] == "office" && strings.Contains(line[5], "Sent to Ana")
			})
		})
		if rel := h.release(t); rel.Delivery != crm.DeliveryAccepted {
			t.Errorf("they are %s", rel.Delivery)
		}
		if keys := keysRead(tape(t, sent)); len(keys) > 2 || keys[0] != keys[len(keys)-1] {
			t.Errorf("she reads it under %v", keys)
		}
	})
}

// called is a house in which ana has called for somebody.
func called(t *testing.T, dsn string) (*House, string, time.Time) {
	t.Helper()
	h := On(t, dsn, "en")
	h.Threads("office:team#support")
	h.Say("customer:ana> human")
	return h, filepath.Join(t.TempDir(), "sent"), time.Now()
}

// release is the only one that there is, nil for none.
func (h *House) release(t *testing.T) *crm.Release {
	t.Helper()
	all, _, err := h.Store.Releases(t.Context(), crm.ReleaseFilter{Page: crm.Page{Limit: 2}})
	if err != nil || len(all) > 1 {
		t.Fatalf("%d releases: %v", len(all), err)
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// keysRead are the keys under which the platform took the words for ana.
func keysRead(all [][]string) []string {
	var keys []string
	for _, line := range all {
		if line[0] == "desk" && line[1] == "ana" && strings.Contains(line[5], "here it is zz") {
			keys = append(keys, line[4])
		}
	}
	return keys
}
