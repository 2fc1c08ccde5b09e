package adapters_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/pipeline"
	"crmbot/bot/relay"
	"crmbot/bot/router"
	"crmbot/bot/teach"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// town is a whole bot: the real adapters in front of stand-ins of their
// platforms, the real router and pipeline, and a real database, with a fixed
// clock.
type town struct {
	t       *testing.T
	store   *storage.DB
	line    *pipeline.Pipeline
	catalog *locale.Catalog
	words   *locale.Words

	settings crm.Settings

	mu   sync.Mutex
	came int // events that reached the inbox
	news chan struct{}
}

// door is an install of the town.
type door struct {
	platform bot.Platform
	install  bot.Install
	audience crm.Audience
	open     func(host bot.Host) bot.Adapter
	threads  bot.ChatID // where customers are answered, "" for nowhere at this install
}

// morning is when everything begins: a Thursday, 10:00 in Shanghai.
func morning() time.Time { return time.Date(2026, 11, 19, 2, 0, 0, 0, time.UTC) }

// colleague works in the town. seats are his chats: platform, install, sender.
type colleague struct {
	crm.NewUser
	seats []crm.IdentityKey
}

func townsfolk() []colleague {
	seats := func(slack, telegram string) []crm.IdentityKey {
		return []crm.IdentityKey{
			{Platform: "slack", Install: "team", Sender: slack},
			{Platform: "telegram", Install: "desk", Sender: telegram},
		}
	}
	return []colleague{
		{crm.NewUser{Handle: "li.wei", Name: "李伟", Role: crm.RoleManager, Team: "East"}, seats("ULIWEI", "701")},
		{crm.NewUser{Handle: "wang.fang", Name: "王芳", Role: crm.RoleSales, Team: "East"}, seats("UWANGFANG", "702")},
		{crm.NewUser{Handle: "he.min", Name: "何敏", Role: crm.RoleService}, seats("UHEMIN", "703")},
	}
}

// shelf is the knowledge base.
var shelf = []crm.Article{
	{
		Slug: "shelf-life", Language: "en", Title: "How long does maltose syrup keep?", Tags: []string{"maltose", "storage"},
		Phrasings: []string{"shelf life of maltose syrup"}, Body: "Maltose syrup keeps **18 months** unopened at 10 to 30 °C.",
	},
	{
		Slug: "shelf-life", Language: "zh-CN", Title: "麦芽糖浆保质期多久？", Tags: []string{"麦芽糖浆", "储存"},
		Phrasings: []string{"麦芽糖浆能放多久"}, Body: "麦芽糖浆未开封可保存**18个月**，储存温度10到30℃。",
	},
	{
		Slug: "returns", Language: "en", Title: "What is your refund policy?", Tags: []string{"return", "refund"},
		Phrasings: []string{"refund policy"}, Body: "Unopened goods can be returned within 7 days. Damaged goods are replaced.",
	},
	{
		Slug: "returns", Language: "zh-CN", Title: "退货政策是什么？", Tags: []string{"退货", "退款"},
		Phrasings: []string{"可以退货吗"}, Body: "未开封产品7天内可退，破损产品免费补发。",
	},
}

func company(t *testing.T, language string) *bot.Company {
	t.Helper()
	c := &bot.Company{
		Name: "Jingu Foods", Language: language, Zone: must(time.LoadLocation("Asia/Shanghai"))(t), Currency: "CNY", Country: "CN",
		Stages: crm.DefaultStages(), DayEnds: 18, Hold: pause, Survey: true, Started: morning(),
		Sources: []bot.Source{
			{Name: "website", Words: []string{"website", "官网"}},
			{Name: "exhibition", Words: []string{"exhibition", "fair", "展会"}},
			{Name: "baidu", Words: []string{"baidu", "百度"}},
		},
	}
	if language == "zh-CN" {
		c.Name = "金谷食品"
	}
	return c
}

// newTown opens a town whose company speaks a language.
func newTown(t *testing.T, language string, doors ...door) *town {
	t.Helper()
	w := &town{t: t, news: make(chan struct{}, 1)}
	w.store = storagetest.Open(t, storagetest.SQLite(t), w.now)
	w.catalog = must(locale.Load())(t)
	w.words = w.catalog.Words(language)
	house := company(t, language)
	for _, d := range doors {
		if d.threads != "" {
			house.Threads = append(house.Threads, bot.ThreadPlace{Platform: d.platform, Install: d.install, Chat: d.threads})
		}
	}
	settings := crm.Settings{
		Stages: house.Stages, Zone: house.Zone, Currency: house.Currency, Country: house.Country, Hours: house.Hours, Rules: house.Rules,
	}
	log := slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	matcher := knowledge.New(knowledge.Options{Articles: w.store, Words: knowledge.WordsOf(w.catalog)})
	handler := must(router.New(router.Options{
		Commands:  slices.Concat(commands.All(), customer.All(), relay.Commands(), handoff.Commands(), teach.Commands(matcher)),
		Knowledge: matcher, Catalog: w.catalog, Company: house, Logger: log,
	}))(t)
	installs := make([]pipeline.Install, len(doors))
	for i, d := range doors {
		installs[i] = pipeline.Install{Platform: d.platform, Install: d.install, Audience: d.audience}
	}
	w.settings = settings
	w.seed(settings)
	w.line = pipeline.New(pipeline.Options{
		Store: w.store, Handler: handler.Handle, Consult: handler.Consult, Adapters: installs, Company: house, Catalog: w.catalog,
		Settings: settings, Now: morning, Logger: log, ConsultFor: patience,
	})
	for _, d := range doors {
		w.line.Attach(d.platform, d.install, d.open(w.line.Host(d.platform, d.install)))
	}
	w.settle()
	return w
}

func (w *town) now() time.Time {
	if w.line == nil {
		return morning()
	}
	return w.line.Now()
}

// seed puts people and articles into the empty database.
func (w *town) seed(settings crm.Settings) {
	w.t.Helper()
	ctx := w.t.Context()
	services := crm.NewServices(w.store, morning, settings)
	for _, p := range townsfolk() {
		must(services.Users.Seed(ctx, p.NewUser, p.seats))(w.t)
		for _, id := range must(w.store.Identities(ctx, p.seats))(w.t) {
			must(w.store.UpdateIdentity(ctx, id.ID, func(i *crm.Identity) error {
				i.Chat = i.Sender
				return nil
			}))(w.t)
		}
	}
	for _, a := range shelf {
		a.Status = crm.ArticlePublished
		if _, _, err := services.Articles.Put(ctx, crm.System(), &a); err != nil {
			w.t.Fatal(err)
		}
	}
}

// settle lets everything happen that is due.
func (w *town) settle() {
	w.t.Helper()
	if err := w.line.Settle(w.t.Context()); err != nil {
		w.t.Fatalf("settle: %v", err)
	}
}

// inbox is the inbox of an install; the town knows what comes in by it.
func (w *town) inbox(platform bot.Platform, install bot.Install) bot.Inbox {
	return listening{w.line.Inbox(platform, install), w}
}

// events is how many events came so far.
func (w *town) events() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.came
}

// arrived waits for the nth event.
func (w *town) arrived(n int) {
	w.t.Helper()
	deadline := time.After(patience)
	for {
		came := w.events()
		if came >= n {
			return
		}
		select {
		case <-w.news:
		case <-deadline:
			w.t.Fatalf("%d events of %d arrived", came, n)
		}
	}
}

// listening is an inbox that says when something came. However slow the machine
// is, it gives up no request.
type listening struct {
	bot.Inbox
	w *town
}

// Receive implements bot.Inbox.
func (l listening) Receive(ctx context.Context, in bot.Inbound) error {
	err := l.Inbox.Receive(context.WithoutCancel(ctx), in)
	if err == nil {
		l.w.mu.Lock()
		l.w.came++
		l.w.mu.Unlock()
		select {
		case l.w.news <- struct{}{}:
		default:
		}
	}
	return err
}

// Consult implements bot.Inbox.
func (l listening) Consult(ctx context.Context, in bot.Inbound) (*bot.Reply, error) {
	return l.Inbox.Consult(context.WithoutCancel(ctx), in)
}

// background lets an adapter run until the test ends.
func (w *town) background(a bot.Adapter, inbox bot.Inbox) {
	w.t.Helper()
	ctx, cancel := contextOf(w.t)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, inbox) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
}

// logWriter writes into the test's log.
type logWriter struct{ t testing.TB }

// Write implements io.Writer.
func (l logWriter) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// everything is all that was sent in calls, whatever they do.
func everything(calls []adaptertest.Call) string {
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintln(&b, c.Method, slices.Sorted(maps.Values(c.Params)))
		for _, f := range c.Files {
			fmt.Fprintf(&b, "%s %s\n", f.Name, f.Body)
		}
	}
	return b.String()
}

// fresh are the calls of an API since the last time.
type fresh struct {
	api  *adaptertest.API
	seen int
}

func (f *fresh) calls() []adaptertest.Call {
	all := f.api.Calls()
	out := all[f.seen:]
	f.seen = len(all)
	return out
}
