package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack/slacktest"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// patience is how long a test waits for something that must happen.
const patience = 30 * time.Second

// running is a crmbot serve between a fake Telegram and a fake Slack.
type running struct {
	t        *testing.T
	telegram *telegramtest.Server
	slack    *slacktest.Server
	world    string // "http://127.0.0.1:…"
	admin    string
	database string
	config   string
	store    *storage.DB // a look at its database
	log      *syncBuffer // what it logs
	stop     func() int  // asks it to stop and returns the exit code
}

// runServe starts crmbot serve as main does, on a database of its own, with
// more lines in the config.
func runServe(t *testing.T, database string, more ...string) *running {
	t.Helper()
	r := &running{t: t, telegram: telegramtest.New(), slack: slacktest.New(), database: database, log: &syncBuffer{}}
	t.Cleanup(r.telegram.Close)
	t.Cleanup(r.slack.Close)
	t.Setenv("TELEGRAM_TOKEN", r.telegram.Token)
	t.Setenv("TELEGRAM_SECRET", r.telegram.Secret)
	t.Setenv("SLACK_BOT_TOKEN", r.slack.BotToken)
	t.Setenv("SLACK_SIGNING_SECRET", r.slack.SigningSecret)
	config := filepath.Join(t.TempDir(), "crmbot.yaml")
	r.config = config
	text := fmt.Sprintf(`
company: Sweetroot
language: en
timezone: Asia/Shanghai
database: %q
listen: 127.0.0.1:0
admin_listen: 127.0.0.1:0
public_url: https://bot.example.com
%s
users:
  - {handle: li.wei, name: 李伟, role: manager, team: East, identities: ["slack:team/U0LIWEI"]}
  - {handle: wang.fang, name: 王芳, role: sales, team: East, identities: ["slack:team/U0WANG"]}
  - {handle: zhao.min, name: 赵敏, role: service}
adapters:
  - platform: telegram
    install: support
    token: ${TELEGRAM_TOKEN}
    mode: webhook
    secret_token: ${TELEGRAM_SECRET}
    api_url: %s
    rate: off
  - platform: slack
    install: team
    mode: http
    bot_token: ${SLACK_BOT_TOKEN}
    signing_secret: ${SLACK_SIGNING_SECRET}
    api_url: %s
    rate: off
`, database, strings.Join(more, "\n"), r.telegram.URL, r.slack.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.fill(database)

	ctx, cancel := context.WithCancel(t.Context())
	out, said := newLineWatch(), make(chan int, 1)
	go func() { said <- run(ctx, []string{"serve", "--config", config}, nil, out, r.log) }()
	r.stop = sync.OnceValue(func() int {
		cancel()
		return <-said
	})
	t.Cleanup(func() {
		r.stop()
		if t.Failed() {
			t.Logf("stderr of serve:\n%s", r.log.String())
		}
	})
	select {
	case line := <-out.first:
		addresses := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindAllString(line, 2)
		if len(addresses) != 2 {
			t.Fatalf("serve greets with %q", line)
		}
		r.world, r.admin = addresses[0], addresses[1]
	case code := <-said:
		said <- code
		t.Fatalf("serve ended with %d: %s", code, r.log.String())
	case <-time.After(patience):
		t.Fatal("serve does not say where it listens")
	}
	return r
}

// fill puts two articles into the database before the house opens.
func (r *running) fill(database string) {
	r.t.Helper()
	ctx := r.t.Context()
	store, err := storage.Open(ctx, database, storage.Options{Migrate: true})
	if err != nil {
		r.t.Fatal(err)
	}
	r.store = store
	r.t.Cleanup(func() { _ = store.Close() })
	services := crm.NewServices(store, now, defaultConfig().settings())
	for _, a := range []crm.Article{
		{Slug: "moq", Language: "en", Title: "What is the minimum order?", Phrasings: []string{"how little can I order"}, Body: "One pallet, which is 1 t."},
		{Slug: "moq", Language: "zh-CN", Title: "起订量是多少？", Phrasings: []string{"最少买多少"}, Body: "一托盘，即1吨起订。"},
	} {
		a.Status = crm.ArticlePublished
		if _, _, err := services.Articles.Put(ctx, crm.System(), &a); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *running) telegramHook() string { return r.world + "/hook/telegram/support" }
func (r *running) slackHook() string    { return r.world + "/hook/slack/team" }

// customer says something on Telegram and waits for an answer with the words.
func (r *running) customer(update []byte, want string) string {
	r.t.Helper()
	before := len(r.telegram.Calls("sendMessage"))
	if code, err := telegramtest.Post(r.telegramHook(), r.telegram.Secret, update); err != nil || code != http.StatusOK {
		r.t.Fatalf("the webhook answers %d %v", code, err)
	}
	found := ""
	r.telegram.Until(patience, func() bool {
		for _, c := range r.telegram.Calls("sendMessage")[before:] {
			if strings.Contains(c.Params["text"], want) {
				found = c.Params["text"]
			}
		}
		return found != ""
	})
	if found == "" {
		r.t.Fatalf("after %s the customer reads %v, want %q", update, texts(r.telegram.Calls("sendMessage")[before:]), want)
	}
	return found
}

// staff types /crm … on Slack and waits for an answer with the words.
func (r *running) staff(user, line, want string) string {
	r.t.Helper()
	before := len(r.slack.Calls())
	if code, body, err := r.slack.Post(r.slackHook(), r.slack.Slash(user, "/crm "+line)); err != nil || code != http.StatusOK {
		r.t.Fatalf("the webhook answers %d %q %v", code, body, err)
	}
	found := ""
	r.slack.Until(patience, func() bool {
		for _, c := range r.slack.Calls()[before:] {
			if all := c.Params["text"] + c.Params["blocks"]; strings.Contains(all, want) {
				found = all
			}
		}
		return found != ""
	})
	if found == "" {
		r.t.Fatalf("after %q %s reads %v, want %q", line, user, texts(r.slack.Calls()[before:]), want)
	}
	return found
}

func TestTheFirstClosedLoop(t *testing.T) {
	for name, language := range loops {
		t.Run(name, func(t *testing.T) {
			storagetest.Addresses(t, func(t *testing.T, dsn string) {
				r := runServe(t, dsn)
				r.play(language)
				if code := r.stop(); code != exitFine {
					t.Errorf("serve ends with %d", code)
				}
			})
		})
	}
}

var loops = map[string]loop{
	"en": {
		ask: "What is the minimum order?", answer: "One pallet",
		price: "how much is maltose syrup?", amount: "how much do you need", much: "20 t", number: "number", company: "company", skip: "skip", noted: "will contact you",
		complain: "complaint: the bags were torn", reference: "TIC-", order: "order", owner: "李伟",
	},
	"zh": {
		ask: "起订量是多少", answer: "1吨起订",
		price: "麦芽糖浆多少钱", amount: "数量", much: "20吨", number: "电话", company: "公司", skip: "跳过", noted: "已登记",
		complain: "投诉：到货破袋", reference: "受理编号", order: "订单", owner: "李伟",
	},
}

// loop is what is said in one language, and what must be in the answers.
type loop struct {
	ask, answer, price, amount, much, number, company, skip, noted, complain, reference, order, owner string
}

// play is a customer's question, wish and complaint, a salesperson's note and
// a manager's look at the pipeline.
func (r *running) play(l loop) {
	t, ana := r.t, telegramtest.Person{ID: 777, Name: "Ana"}
	t.Helper()
	r.customer(r.telegram.Text(ana, l.ask), l.answer)
	r.customer(r.telegram.Text(ana, l.price), l.amount)
	r.customer(r.telegram.Text(ana, l.much), l.number)
	r.customer(r.telegram.Contact(ana, "13800000000"), l.company)
	r.customer(r.telegram.Text(ana, l.skip), l.noted)
	r.customer(r.telegram.Text(ana, l.complain), l.order)
	r.customer(r.telegram.Text(ana, l.skip), l.reference)

	leads, total, err := r.store.Leads(t.Context(), crm.LeadFilter{Scope: crm.Everything()})
	if err != nil || total != 1 || leads[0].ContactID == 0 || !strings.Contains(leads[0].Need, "20") || leads[0].Phone != "+8613800000000" {
		t.Fatalf("the leads are %+v, %v", leads, err)
	}
	tickets, total, err := r.store.Tickets(t.Context(), crm.TicketFilter{Scope: crm.Everything()})
	if err != nil || total != 1 || tickets[0].Kind != crm.TicketComplaint {
		t.Fatalf("the tickets are %+v, %v", tickets, err)
	}

	contact := leads[0].ContactID.String()
	r.staff("U0WANG", "note "+contact+": called, wants a sample", "wants a sample")
	if card := r.staff("U0WANG", contact, "wants a sample"); !strings.Contains(card, "Ana") {
		t.Errorf("the card reads %s", card)
	}
	r.staff("U0LIWEI", "deal new Rongshi 280k close=12-20", "280,000")
	r.staff("U0WANG", "deal new Rongshi 120k close=12-21", "120,000")
	if sums := r.staff("U0LIWEI", "pipeline by owner", "400,000"); !strings.Contains(sums, l.owner) || !strings.Contains(sums, "王芳") {
		t.Errorf("the pipeline reads %s", sums)
	}
}

func TestEveryRecordedPayloadIsTaken(t *testing.T) {
	folder := os.Getenv("CRMBOT_FIXTURES")
	if folder == "" {
		folder = "../../../shared/fixtures"
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no recorded payloads: set CRMBOT_FIXTURES to their folder")
	}
	r := runServe(t, storagetest.SQLite(t))
	for _, path := range files(t, filepath.Join(folder, "telegram", "*.json")) {
		if code, err := telegramtest.Post(r.telegramHook(), r.telegram.Secret, read(t, path)); err != nil || code != http.StatusOK {
			t.Errorf("%s: %d %v", path, code, err)
		}
	}
	for _, path := range files(t, filepath.Join(folder, "slack", "*.json")) {
		body := read(t, path)
		if !bytes.Contains(body, []byte(`"event_callback"`)) {
			body = slacktest.Form(body)
		}
		if code, answer, err := r.slack.Post(r.slackHook(), body); err != nil || code != http.StatusOK {
			t.Errorf("%s: %d %q %v", path, code, answer, err)
		}
	}
	// The house still works, and nothing was given up on the way.
	r.customer(r.telegram.Text(telegramtest.Person{ID: 778, Name: "Bo"}, "What is the minimum order?"), "One pallet")
	b, err := r.store.Backlog(t.Context(), now())
	if err != nil || b.DeadInbox != 0 {
		t.Errorf("backlog %+v %v", b, err)
	}
}

func TestBadRequestsGetTheirStatus(t *testing.T) {
	r := runServe(t, storagetest.SQLite(t))
	good := r.telegram.Text(telegramtest.Person{ID: 779, Name: "Cy"}, "hello")
	huge := bytes.Repeat([]byte("x"), 1<<20+1)
	for _, c := range []struct {
		name, secret string
		body         []byte
		want         int
	}{
		{"without the secret", "", good, http.StatusUnauthorized},
		{"with a wrong secret", "guess", good, http.StatusUnauthorized},
		{"too large", r.telegram.Secret, huge, http.StatusRequestEntityTooLarge},
		{"cut off", r.telegram.Secret, good[:len(good)/2], http.StatusOK},
		{"not UTF-8", r.telegram.Secret, []byte("{\"update_id\":1,\"message\":{\"text\":\"\xff\xfe\"}}"), http.StatusOK},
		{"empty", r.telegram.Secret, nil, http.StatusOK},
	} {
		if code, err := telegramtest.Post(r.telegramHook(), c.secret, c.body); err != nil || code != c.want {
			t.Errorf("%s: %d %v, want %d", c.name, code, err, c.want)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.slackHook(), strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = slacktest.Sign(r.slack.SigningSecret, time.Now().Add(-time.Hour), []byte("{}"))
	if code, _ := fetch(t, req); code != http.StatusUnauthorized && code != http.StatusForbidden {
		t.Errorf("a stale request gets %d", code)
	}
}

func TestMetricsCountWhatHappened(t *testing.T) {
	r := runServe(t, storagetest.SQLite(t))
	question := r.telegram.Text(telegramtest.Person{ID: 777, Name: "Al"}, "What is the minimum order?")
	r.customer(question, "One pallet")
	for _, c := range []struct {
		secret string
		body   []byte
	}{{r.telegram.Secret, question}, {"guess", question}, {r.telegram.Secret, []byte("nonsense")}} {
		if _, err := telegramtest.Post(r.telegramHook(), c.secret, c.body); err != nil {
			t.Fatal(err)
		}
	}
	const of = `{install="support",platform="telegram"`
	var body string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.admin+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, body = fetch(t, req); strings.Contains(body, "crmbot_answer_seconds_count"+of+"} 1\n") {
			break
		}
	}
	for _, want := range []string{
		"crmbot_received_total" + of + "} 1", "crmbot_duplicates_total" + of + "} 1", "crmbot_handled_total" + of + "} 1",
		"crmbot_dropped_total" + of + `,reason="refused"} 1`, "crmbot_dropped_total" + of + `,reason="unreadable"} 1`,
		"crmbot_answer_seconds_count" + of + "} 1", `crmbot_received_total{install="team",platform="slack"} 0`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("/metrics does not say %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func fetch(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(found), err)
	}
	return found
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// texts is what calls said.
func texts(calls []adaptertest.Call) []string {
	out := make([]string, len(calls))
	for i, c := range calls {
		out[i] = c.Method + ": " + c.Params["text"]
	}
	return out
}

// lineWatch hands on the first line that is written to it.
type lineWatch struct {
	mu    sync.Mutex
	have  strings.Builder
	done  bool
	first chan string
}

func newLineWatch() *lineWatch { return &lineWatch{first: make(chan string, 1)} }

func (w *lineWatch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.have.Write(p)
	if line, _, ok := strings.Cut(w.have.String(), "\n"); ok && !w.done {
		w.done = true
		w.first <- line
	}
	return len(p), nil
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
