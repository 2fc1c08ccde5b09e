package commands_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/customer"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/router"
	"crmbot/bot/script"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// world is a small company with a router in front of a real database. What is
// typed here takes the way that everything takes.
type world struct {
	t       *testing.T
	store   *storage.DB
	router  *router.Router
	catalog *locale.Catalog
	company *bot.Company
	set     crm.Settings
	now     time.Time
	people  map[string]*person
	told    []bot.Tell // what nobody has read yet
	events  int
}

// person is somebody who works here, in his own chat.
type person struct {
	user         *crm.User
	identity     *crm.Identity
	conversation *crm.Conversation
	session      *bot.Session
	reply        *bot.Reply // the last one
}

// nobody answers no question.
type nobody struct{}

func (nobody) Find(context.Context, knowledge.Question) (knowledge.Answer, error) {
	return knowledge.Answer{}, nil
}

// newWorld has an admin (boss), a manager (mei), two salespeople (li.wei and
// chen.jie) who read English and Chinese, and somebody in service (ana).
func newWorld(t *testing.T) *world {
	t.Helper()
	zone := time.FixedZone("CST", 8*3600)
	w := &world{
		t: t, people: map[string]*person{}, now: time.Date(2026, 11, 24, 14, 2, 0, 0, zone), // a Tuesday
	}
	w.store = storagetest.Open(t, storagetest.SQLite(t), func() time.Time { return w.now.UTC() })
	catalog, err := locale.Load()
	w.must(err)
	w.catalog = catalog
	w.set = crm.Settings{Stages: crm.DefaultStages(), Zone: zone, Currency: "CNY", Country: "CN"}
	w.company = &bot.Company{
		Name: "Rongshi", Language: "en", Zone: zone, Currency: "CNY", Country: "CN", Stages: w.set.Stages, DayEnds: 18,
		Sources: []bot.Source{{Name: "baidu", Words: []string{"百度", "baidu"}}, {Name: "fair", Words: []string{"展会"}}},
	}
	w.router, err = router.New(router.Options{
		Commands: append(commands.All(), customer.All()...), Knowledge: nobody{}, Catalog: catalog,
		Company: w.company, Logger: slog.New(slog.DiscardHandler),
	})
	w.must(err)
	w.hire("boss", "老板", crm.RoleAdmin, "", "en")
	w.hire("mei", "梅经理", crm.RoleManager, "East", "zh-CN")
	w.hire("li.wei", "李伟", crm.RoleSales, "East", "en")
	w.hire("chen.jie", "陈杰", crm.RoleSales, "East", "zh-CN")
	w.hire("ana", "Ana", crm.RoleService, "East", "en")
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) services() *crm.Services {
	return crm.NewServices(w.store, func() time.Time { return w.now.UTC() }, w.set)
}

func (w *world) hire(handle, name string, role crm.Role, team, lang string) {
	w.t.Helper()
	ctx := context.Background()
	key := crm.IdentityKey{Platform: "test", Install: "staff", Sender: handle}
	u, err := w.services().Users.Seed(ctx, crm.NewUser{Name: name, Handle: handle, Role: role, Team: team}, []crm.IdentityKey{key})
	w.must(err)
	w.must(w.services().Users.SetLanguage(ctx, u.Actor(), lang))
	ids, err := w.store.Identities(ctx, []crm.IdentityKey{key})
	w.must(err)
	c := &crm.Conversation{Platform: "test", Install: "staff", Chat: handle, Direct: true, Audience: crm.AudienceStaff, UserID: u.ID}
	w.must(w.store.CreateConversations(ctx, []*crm.Conversation{c}))
	w.people[handle] = &person{
		user: u, identity: ids[0], conversation: c,
		session: &bot.Session{Conversation: c.ID, Sender: bot.SenderID(handle)},
	}
}

// say types a line and returns the answer as a transcript shows it.
func (w *world) say(handle, line string) string {
	w.t.Helper()
	return w.handle(handle, bot.Inbound{Kind: bot.KindText, Text: line})
}

// press presses the button of the person's last reply whose label begins so.
func (w *world) press(handle, label string) string {
	w.t.Helper()
	return w.pressOn(handle, w.people[handle].reply, label)
}

// pressOn presses a button of any reply.
func (w *world) pressOn(handle string, reply *bot.Reply, label string) string {
	w.t.Helper()
	for _, b := range buttonsOf(reply) {
		if strings.HasPrefix(b.Label, label) {
			return w.handle(handle, bot.Inbound{Kind: bot.KindAction, Action: b.Action})
		}
	}
	w.t.Fatalf("%s has no button %q:\n%s", handle, label, shown(reply))
	return ""
}

// notices lets everybody read what he was told, in order.
func (w *world) notices() string {
	w.t.Helper()
	var out strings.Builder
	for len(w.told) > 0 {
		tell := w.told[0]
		w.told = w.told[1:]
		for handle, p := range w.people {
			if p.user.ID == tell.User {
				if text := w.handle(handle, bot.Inbound{Kind: bot.KindSystem, Action: tell.Line}); text != "" {
					fmt.Fprintf(&out, "%s:\n%s", handle, text)
				}
			}
		}
	}
	return out.String()
}

func (w *world) handle(handle string, in bot.Inbound) string {
	w.t.Helper()
	p := w.people[handle]
	w.events++
	in.EventID = fmt.Sprintf("e%d", w.events)
	in.Address = bot.Address{Platform: "test", Install: "staff", Chat: bot.ChatID(handle)}
	in.Sender, in.Direct, in.At = bot.Sender{ID: bot.SenderID(handle)}, true, w.now
	var reply *bot.Reply
	var told []bot.Tell
	err := w.store.InTx(context.Background(), func(ctx context.Context, s crm.Store) error {
		store := s.(bot.Store)
		user, err := store.User(ctx, p.user.ID)
		if err != nil {
			return err
		}
		p.user = user
		r := &bot.Request{
			Inbound: &in, Conversation: p.conversation, Identity: p.identity, User: user, Actor: user.Actor(),
			Session: p.session, CRM: crm.NewServices(store, func() time.Time { return w.now.UTC() }, w.set), Store: store,
			Words: w.catalog.Words(user.Language), Company: w.company, Features: bot.Features{Buttons: 10, Cards: true},
			Now: w.now, EventID: in.EventID,
		}
		if reply, err = w.router.Handle(ctx, r); err != nil {
			return err
		}
		told = r.Effects().Tells
		return w.keepButtons(ctx, store, p, reply)
	})
	if err != nil {
		w.t.Fatalf("%s> %s%s: %v", handle, in.Text, in.Action, err)
	}
	w.told = append(w.told, told...)
	if !reply.Empty() {
		p.reply = reply
	}
	return shown(reply)
}

// keepButtons does what the pipeline does before a reply leaves.
func (w *world) keepButtons(ctx context.Context, store bot.Store, p *person, reply *bot.Reply) error {
	var kept []*bot.KeptButton
	for _, b := range buttonsOf(reply) {
		id := fmt.Sprintf("%d-%d", w.events, len(kept))
		kept = append(kept, &bot.KeptButton{
			ID: id, Conversation: p.conversation.ID, Action: b.Action, Label: b.Label, Once: b.Once, Expires: w.now.AddDate(0, 1, 0).UTC(),
		})
		b.Action = "b:" + id
	}
	if len(kept) == 0 {
		return nil
	}
	return store.CreateButtons(ctx, kept)
}

func buttonsOf(reply *bot.Reply) []*bot.Button {
	var all []*bot.Button
	if reply == nil {
		return nil
	}
	for i := range reply.Buttons {
		all = append(all, &reply.Buttons[i])
	}
	for c := range reply.Cards {
		for i := range reply.Cards[c].Buttons {
			all = append(all, &reply.Cards[c].Buttons[i])
		}
	}
	return all
}

func shown(reply *bot.Reply) string {
	if reply.Empty() {
		return ""
	}
	return script.Render(script.Said{Reply: reply})
}

// talk is a conversation: lines of "who> text", where [label] presses.
func (w *world) talk(lines ...string) string {
	w.t.Helper()
	last := ""
	for _, line := range lines {
		who, text, _ := strings.Cut(line, "> ")
		if label, ok := strings.CutPrefix(text, "["); ok {
			last = w.press(who, strings.TrimSuffix(label, "]"))
		} else {
			last = w.say(who, text)
		}
	}
	return last
}
