// Package bottest is a whole bot for tests: the real router, pipeline and
// commands on a real database, with a fixed clock and made-up platforms:
// with buttons and without, with forms, with few rights to write. Whoever is there is in a small company of
// its own.
//
// Golden plays the conversations of a folder and compares the transcripts.
package bottest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/pipeline"
	"crmbot/bot/relay"
	"crmbot/bot/router"
	"crmbot/bot/script"
	"crmbot/bot/teach"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// Start is when every conversation begins: a Thursday, 10:00 in Shanghai.
func Start() time.Time { return time.Date(2026, 11, 19, 2, 0, 0, 0, time.UTC) }

// platforms are the made-up ones.
var platforms = []bot.Platform{"desk", "plain", "office", "floor", "window", "counter"}

// House is a bot with everything in it.
type House struct {
	t        testing.TB
	Store    *storage.DB
	Pipeline *pipeline.Pipeline
	Router   *router.Router
	Catalog  *locale.Catalog
	Company  *bot.Company
	Matcher  *knowledge.Matcher
	known    int64 // version of the knowledge base that the Matcher has read
	rooms    map[bot.Platform]*room
	installs []pipeline.Install
	events   int
	code     string                   // the last link code that was shown
	spoke    map[spoken]bot.MessageID // who said last what, where
}

// spoken is a speaker at an address.
type spoken struct {
	at bot.Address
	by bot.SenderID
}

// New opens a house on a fresh SQLite whose company speaks the language, with
// people and articles in it.
func New(t testing.TB, language string) *House {
	t.Helper()
	return On(t, storagetest.SQLite(t), language)
}

// On opens a house on the database of an address, which must be empty.
func On(t testing.TB, dsn, language string) *House {
	t.Helper()
	h := &House{t: t, rooms: map[bot.Platform]*room{}, spoke: map[spoken]bot.MessageID{}}
	h.Store = storagetest.Open(t, dsn, h.now)
	h.open(language)
	h.settle(context.Background())
	return h
}

// now is the house's clock.
func (h *House) now() time.Time {
	if h.Pipeline == nil {
		return Start()
	}
	return h.Pipeline.Now()
}

func (h *House) open(language string) {
	h.t.Helper()
	var err error
	if h.Catalog, err = locale.Load(); err != nil {
		h.t.Fatal(err)
	}
	h.Company = company(language)
	h.seed(h.settings())
	h.build()
}

func (h *House) settings() crm.Settings {
	c := h.Company
	return crm.Settings{Stages: c.Stages, Zone: c.Zone, Currency: c.Currency, Country: c.Country, Hours: c.Hours, Rules: c.Rules}
}

// build puts the parts together.
func (h *House) build() {
	h.t.Helper()
	var err error
	h.Matcher = knowledge.New(knowledge.Options{
		Articles: h.Store, Index: h.Store, Questions: h.Store, Values: h.Store, Words: knowledge.WordsOf(h.Catalog),
		Wrong: h.Company.Knowledge.Wrong, Now: h.now, Log: logger(h.t),
	})
	h.Router, err = router.New(router.Options{
		Commands: slices.Concat(
			commands.All(), customer.All(), relay.Commands(), handoff.Commands(), teach.Commands(h.Matcher),
		),
		Knowledge: h.Matcher,
		Catalog:   h.Catalog, Company: h.Company, Logger: logger(h.t),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.known = 0
	h.installs = nil
	for _, platform := range platforms {
		if platform != "window" && platform != "counter" {
			h.installs = append(h.installs, pipeline.Install{Platform: platform, Install: "team", Audience: crm.AudienceStaff})
		}
		if platform != "office" {
			h.installs = append(h.installs, pipeline.Install{Platform: platform, Install: "shop", Audience: crm.AudienceCustomers})
		}
	}
	for i, in := range h.installs {
		r := h.rooms[in.Platform]
		if r == nil {
			r = &room{platform: in.Platform, away: map[bot.ChatID]string{}}
			h.rooms[in.Platform] = r
		}
		h.installs[i].Adapter = r
	}
	h.Serve(h.Router.Handle)
	for _, in := range h.installs {
		h.rooms[in.Platform].file = h.Pipeline.Host(in.Platform, in.Install).File
	}
}

// Serve puts another handler in the place of the router.
func (h *House) Serve(handler bot.Handler) { h.Pipeline = pipeline.New(h.options(handler)) }

func (h *House) options(handler bot.Handler) pipeline.Options {
	return pipeline.Options{
		Store: h.Store, Handler: handler, Adapters: h.installs, Company: h.Company,
		Catalog: h.Catalog, Settings: h.settings(), Now: Start, Logger: logger(h.t), Consult: h.Router.Consult,
		Jobs: h.jobs(), Periods: teach.Periods(),
	}
}

// Restart is what a new process does: everything is built anew over the same
// database. The clock goes on where it was.
func (h *House) Restart() {
	h.t.Helper()
	ahead := h.Pipeline.Now().Sub(Start())
	c := *h.Company
	c.Started, h.Company = h.Pipeline.Now(), &c
	h.build()
	h.Pipeline.Advance(ahead)
}

// Logger is the house's own: warnings go to the test's log.
func (h *House) Logger() *slog.Logger { return logger(h.t) }

// logger writes warnings into the test's log.
func logger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

type testWriter struct{ t testing.TB }

// Write implements io.Writer.
func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func (h *House) settle(ctx context.Context) {
	h.t.Helper()
	if err := h.Pipeline.Settle(ctx); err != nil {
		h.t.Fatalf("settle: %v", err)
	}
}

// Do implements script.Stage.
func (h *House) Do(ctx context.Context, line script.Line) ([]script.Said, error) {
	if err := h.study(ctx); err != nil {
		return nil, err
	}
	switch {
	case line.Wait > 0:
		h.Pipeline.Advance(line.Wait)
	case line.Turn != "":
		if err := h.befall(ctx, line); err != nil {
			return nil, err
		}
	default:
		in, form, err := h.inbound(line)
		if err != nil {
			return nil, err
		}
		if form {
			if said, done, err := h.consult(ctx, line, &in); done || err != nil {
				return said, err
			}
		}
		if err := h.Pipeline.Inbox(in.Address.Platform, in.Address.Install).Receive(ctx, in); err != nil {
			return nil, err
		}
		if line.More {
			return nil, nil
		}
	}
	if err := h.Pipeline.Settle(ctx); err != nil {
		return nil, err
	}
	return h.said(), nil
}

// Say plays one line, "li.wei> pipeline", and returns what everybody was shown
// as a transcript.
func (h *House) Say(text string) string {
	h.t.Helper()
	lines, err := script.Parse(strings.NewReader(text))
	if err != nil {
		h.t.Fatal(err)
	}
	var b strings.Builder
	if err := script.Play(context.Background(), lines, h, &b); err != nil {
		h.t.Fatal(err)
	}
	return b.String()
}

// inbound makes an event of a line.
func (h *House) inbound(line script.Line) (in bot.Inbound, form bool, err error) {
	h.events++
	now := h.Pipeline.Now()
	s := line.Speaker
	in = bot.Inbound{
		V: bot.InboundVersion, EventID: fmt.Sprintf("event-%d", h.events), Seq: int64(h.events), Kind: bot.KindText,
		Address: h.address(s), Direct: s.Group == "", Message: bot.MessageID(fmt.Sprintf("in-%d", h.events)),
		Sender: bot.Sender{ID: bot.SenderID(s.Name), Name: nameOf(s), Chat: bot.ChatID(s.Name)}, Text: line.Text, At: now,
	}
	if s.Group != "" {
		h.inGroup(&in, line.Text)
	}
	h.rooms[in.Address.Platform].back(in.Address.Chat)
	if line.Event != "edit" && line.Event != "delete" && line.Press == "" {
		defer func() { h.spoke[spoken{in.Address, in.Sender.ID}] = in.Message }()
	}
	in.Text = strings.ReplaceAll(in.Text, masked, h.code)
	switch {
	case line.Press != "":
		button, target := h.rooms[in.Address.Platform].button(in.Address, line.Press)
		if button.Action == "" {
			return in, false, fmt.Errorf("no button %q was shown to %s", line.Press, s)
		}
		in.Kind, in.Text, in.Action, in.Target, in.Turn = bot.KindAction, "", button.Action, target, in.EventID
		return in, button.Form, nil
	case line.Event == "open", line.Event == "fill", line.Event == "search":
		return in, true, h.formEvent(&in, line)
	case line.Event != "":
		return in, false, h.happen(&in, line)
	}
	return in, false, nil
}

func (h *House) happen(in *bot.Inbound, line script.Line) error {
	in.Text = ""
	switch line.Event {
	case "follow":
		in.Kind, in.Scene = bot.KindFollow, line.Text
	case "scan":
		in.Kind, in.Scene = bot.KindScan, line.Text
	case "contact":
		in.Kind, in.Values = bot.KindContact, map[string]string{"phone": line.Text, "name": nameOf(line.Speaker)}
	case "photo":
		name, caption, _ := strings.Cut(line.Text, " | ")
		in.Kind, in.Text = bot.KindMedia, caption
		in.Files = []bot.File{{Name: name, MIME: "image/jpeg", Size: 1000, Native: name}}
	case "edit", "delete":
		in.Kind, in.Text = bot.KindDelete, ""
		if line.Event == "edit" {
			in.Kind, in.Text = bot.KindEdit, line.Text
		}
		in.Target, in.Message = h.spoke[spoken{in.Address, in.Sender.ID}], ""
	case "sticker":
		in.Kind = bot.KindMedia
	case "home":
		in.Kind = bot.KindHome
	case "menu":
		in.Kind, in.Action = bot.KindMenu, line.Text
	case "entry":
		in.Kind, in.Text = bot.KindMenu, line.Text
	case "consent":
		in.Kind, in.Values = bot.KindConsent, map[string]string{"notices": line.Text}
	case "desk":
		state, said, _ := strings.Cut(line.Text, " ")
		by, text, _ := strings.Cut(said, ": ")
		in.Kind, in.Text, in.Values = bot.KindDesk, text, map[string]string{"state": state, "by": by}
		h.rooms[in.Address.Platform].desk(in.Address.Chat, state)
	case "blocked":
		in.Kind = bot.KindBlocked
		h.rooms[in.Address.Platform].desk(in.Address.Chat, "blocked")
	case "unknown":
		in.Kind = bot.Kind(line.Text)
	case "action":
		in.Kind, in.Action, in.Turn = bot.KindAction, line.Text, in.EventID
	default:
		return fmt.Errorf("no event %q", line.Event)
	}
	return nil
}

// inGroup reads what is said where others read along.
func (h *House) inGroup(in *bot.Inbound, text string) {
	first, rest, _ := strings.Cut(text+" ", " ")
	switch rest = strings.TrimSpace(rest); first {
	case "@":
		in.Text, in.Mention = rest, true
	case "/":
		in.Text, in.Aside = rest, true
	case "^":
		in.Text, in.ReplyTo = rest, h.rooms[in.Address.Platform].latest(in.Address)
	}
	for _, word := range strings.Fields(in.Text) {
		if handle, named := strings.CutPrefix(word, "@"); named && seeded(handle) {
			in.Named = append(in.Named, bot.SenderID(handle))
		}
	}
}

// address is where somebody speaks: of a group where customers are answered,
// there.
func (h *House) address(s script.Speaker) bot.Address {
	a := bot.Address{Platform: "desk", Install: "team", Chat: bot.ChatID(s.Name)}
	if s.Customer || s.Place == "shop" {
		a.Install = "shop"
	}
	if s.Place != "" && s.Place != "shop" {
		a.Platform = bot.Platform(s.Place)
	}
	if s.Group == "" {
		return a
	}
	a.Chat = bot.ChatID("#" + s.Group)
	if s.Thread > 0 {
		a.Topic = bot.TopicID(strconv.Itoa(s.Thread))
	}
	for _, place := range h.Company.Threads {
		if place.Chat == a.Chat && s.Place == "" {
			a.Platform, a.Install = place.Platform, place.Install
		}
	}
	return a
}

// nameOf is what the platform calls a speaker: "ana" is Ana. It tells nothing
// of a guest.
func nameOf(s script.Speaker) string {
	if s.Name == "" || strings.HasPrefix(s.Name, "guest") {
		return ""
	}
	return strings.ToUpper(s.Name[:1]) + s.Name[1:]
}
