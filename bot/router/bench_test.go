package router_test

import (
	"context"
	"encoding/csv"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/bot/commands"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/relay"
	"crmbot/bot/router"
	"crmbot/bot/teach"
	"crmbot/cmd/crmbot/articles"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// sampleFolder is where the sample company is, seen from here.
var sampleFolder = filepath.Join("..", "..", "cmd", "crmbot", "sample")

// desk is a router over the articles of the sample company, and a customer who
// writes to it.
type desk struct {
	router   *router.Router
	catalog  *locale.Catalog
	company  *bot.Company
	articles []*crm.Article
	settings crm.Settings
	contact  *crm.Contact
	identity *crm.Identity
	talk     *crm.Conversation
}

func newDesk(t testing.TB) (*desk, *storage.DB) {
	t.Helper()
	db, ctx := storagetest.New(t), context.Background()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{
		catalog: catalog,
		company: &bot.Company{
			Name: "Bench", Language: "en", Zone: time.UTC, Currency: "CNY", Country: "CN", DayEnds: 18, Stages: crm.DefaultStages(),
		},
		contact: &crm.Contact{Name: "Ana", Language: "en"},
	}
	d.settings = crm.Settings{Stages: d.company.Stages, Zone: d.company.Zone, Currency: "CNY", Country: "CN"}
	if d.articles, err = articles.Read(os.DirFS(filepath.Join(sampleFolder, "articles"))); err != nil {
		t.Fatal(err)
	}
	for _, a := range d.articles {
		fine(t, db.CreateArticle(ctx, a))
	}
	matcher := knowledge.New(knowledge.Options{Articles: db, Words: knowledge.WordsOf(catalog)})
	fine(t, matcher.Refresh(ctx))
	d.router, err = router.New(router.Options{
		Commands:  slices.Concat(commands.All(), customer.All(), relay.Commands(), handoff.Commands(), teach.Commands(matcher)),
		Knowledge: matcher, Catalog: catalog, Company: d.company, Logger: slog.New(slog.DiscardHandler),
	})
	fine(t, err)
	fine(t, db.CreateContacts(ctx, d.contact))
	d.identity = &crm.Identity{Platform: "desk", Install: "shop", Sender: "ana", Name: "Ana", ContactID: d.contact.ID}
	fine(t, db.CreateIdentities(ctx, []*crm.Identity{d.identity}))
	d.talk = &crm.Conversation{
		Platform: "desk", Install: "shop", Chat: "ana", Direct: true, Audience: crm.AudienceCustomers,
		ContactID: d.contact.ID, Language: "en", Status: crm.ConversationOpen,
	}
	fine(t, db.CreateConversations(ctx, []*crm.Conversation{d.talk}))
	return d, db
}

func fine(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// request is a line of the customer's, over a store.
func (d *desk) request(store bot.Store, services *crm.Services, text string) *bot.Request {
	contact, identity, talk := *d.contact, *d.identity, *d.talk
	return &bot.Request{
		Inbound: &bot.Inbound{
			Kind: bot.KindText, Direct: true, Text: text, EventID: "event", At: bottest.Start(),
			Address: bot.Address{Platform: "desk", Install: "shop", Chat: "ana"}, Sender: bot.Sender{ID: "ana", Name: "Ana"},
		},
		Conversation: &talk, Identity: &identity, Contact: &contact,
		Actor: crm.Actor{Kind: crm.AuthorContact, Contact: contact.ID}, Session: &bot.Session{},
		CRM: services, Store: store, Words: d.catalog.Words("en"), WordsIn: d.catalog.Words, Company: d.company,
		Features: bot.Features{Ops: []bot.Op{bot.OpPost, bot.OpEdit}, Buttons: 30}, Now: bottest.Start(), EventID: "event",
	}
}

// asked are the titles and phrasings of the articles, paraphrased what people
// type of whom nobody wrote it down.
func (d *desk) asked() []string {
	var out []string
	for _, a := range d.articles {
		out = append(append(out, a.Title), a.Phrasings...)
	}
	return out
}

func paraphrased(t testing.TB) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(sampleFolder, "testdata", "questions.csv"))
	fine(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	fine(t, err)
	var out []string
	for _, row := range rows[1:] {
		out = append(out, row[0])
	}
	return out
}

var (
	prices   = []string{"How much is maltose syrup?", "麦芽糖浆多少钱"}
	troubles = []string{"The bags arrived torn", "到货包装破了"}
	misses   = []string{"Is there parking at your factory?", "你们厂里能停大车吗？"}
)

// day is what customers write in a day: of ten messages seven are what an article
// is asked by, one asks for a price, one reports trouble, one is about something
// that nobody wrote down.
func (d *desk) day() []string {
	asked := d.asked()
	out := make([]string, 0, 10*len(asked))
	for i := range 10 * len(asked) {
		switch kind := i % 10; kind {
		case 7:
			out = append(out, prices[i/10%2])
		case 8:
			out = append(out, troubles[i/10%2])
		case 9:
			out = append(out, misses[i/10%2])
		default:
			out = append(out, asked[i%len(asked)])
		}
	}
	return out
}

// BenchmarkHandle is a customer's message from the worker's call to the reply.
func BenchmarkHandle(b *testing.B) {
	d, db := newDesk(b)
	for _, load := range []struct {
		name  string
		texts []string
	}{
		{"mix", d.day()},
		{"article", d.asked()},
		{"paraphrase", paraphrased(b)},
		{"price", prices},
		{"trouble", troubles},
		{"miss", misses},
	} {
		b.Run(load.name, func(b *testing.B) {
			ctx, stop := context.WithTimeout(context.Background(), time.Minute)
			defer stop()
			err := db.Transact(ctx, func(ctx context.Context, store bot.Store) error {
				services := crm.NewServices(store, bottest.Start, d.settings)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if _, err := d.router.Handle(ctx, d.request(store, services, load.texts[i%len(load.texts)])); err != nil {
						return err
					}
				}
				return nil
			})
			fine(b, err)
		})
	}
}
