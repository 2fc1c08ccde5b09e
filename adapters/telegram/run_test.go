package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
)

const patience = 20 * time.Second

// start runs an adapter until the function it returns is called, which gives
// what Run gave.
func start(t *testing.T, a *telegram.Adapter, house *adaptertest.House) (stop func() error) {
	t.Helper()
	telegram.Hasten(a)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, house) }()
	return func() error {
		cancel()
		return <-done
	}
}

func newServer(t testing.TB) *telegramtest.Server {
	t.Helper()
	s := telegramtest.New()
	t.Cleanup(s.Close)
	return s
}

func TestPollingKeepsItsPlace(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	house.Away(true)
	stop := start(t, open(t, config(s), house), house)
	first := s.Text(ana, "keep me")
	s.Queue(first)
	if calls := s.Await("getUpdates", 3, patience); len(calls) < 3 || calls[2].Params["offset"] != "" {
		t.Fatalf("it went on without having kept the update: %v", calls)
	}
	house.Away(false)
	if !house.Wait(1, patience) || house.Received()[0].Text != "keep me" {
		t.Fatalf("received %v", house.Received())
	}
	if !s.Until(patience, func() bool { return s.Pending() == 0 }) {
		t.Error("the update was not confirmed")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	id := house.Received()[0].Seq
	saved, _ := house.Value(t.Context(), "offset/111111111")
	if saved != strconv.FormatInt(id+1, 10) {
		t.Errorf("saved the place %s after update %d", saved, id)
	}

	before := len(s.Calls("getUpdates"))
	stop = start(t, open(t, config(s), house), house)
	if calls := s.Await("getUpdates", before+1, patience); calls[len(calls)-1].Params["offset"] != saved {
		t.Errorf("a new run begins at %q, want %s", calls[len(calls)-1].Params["offset"], saved)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestPollingGoesOn(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.Force("getMe", adaptertest.Answer{Status: 502, Body: "<html>"}, adaptertest.Answer{Cut: true})
	s.Force("getUpdates", adaptertest.Answer{Status: 500, Body: "x"}, adaptertest.Answer{Body: `{"ok":true,"result":7}`},
		adaptertest.Answer{Status: 409, Body: `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}`})
	stop := start(t, open(t, config(s), house), house)
	var updates []json.RawMessage
	for i := range 150 {
		updates = append(updates, s.Text(telegramtest.Person{ID: int64(i % 3), Name: "P"}, strconv.Itoa(i)))
	}
	updates = append(updates, s.Update("message", "?"), s.Text(ana, "last"))
	updates[3] = json.RawMessage(`{"update_id":1004,"message":{"text":7}}`)
	s.Queue(updates...)
	if !house.Wait(150, patience) {
		t.Fatalf("received %d of 150; log: %s", len(house.Received()), house.Log())
	}
	last := map[string]int64{}
	for _, in := range house.Received() {
		if in.Seq <= last[string(in.Address.Chat)] {
			t.Errorf("chat %s: %d after %d", in.Address.Chat, in.Seq, last[string(in.Address.Chat)])
		}
		last[string(in.Address.Chat)] = in.Seq
	}
	if n := len(house.Counts()); n != 2 {
		t.Errorf("counted %d, want 2 unreadable", n)
	}
	_, _ = s.SetWebhook("https://elsewhere.example.com", "x")
	s.Queue(s.Text(ana, "after the webhook"))
	if !house.Wait(1, patience) {
		t.Errorf("a webhook of somebody else's stops it; log: %s", house.Log())
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestOnePollerPerToken(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	stopFirst := start(t, open(t, config(s), house), house)
	s.Await("getUpdates", 1, patience)
	stopSecond := start(t, open(t, config(s), house), house)
	s.Await("getMe", 2, patience)
	for i := range 5 {
		s.Queue(s.Text(ana, fmt.Sprint(i)))
		if !house.Wait(1, patience) {
			t.Fatal("nothing came")
		}
	}
	if err := stopFirst(); err != nil {
		t.Error(err)
	}
	s.Queue(s.Text(ana, "for the second"))
	if !house.Wait(1, patience) {
		t.Error("the second did not take over")
	}
	if err := stopSecond(); err != nil {
		t.Error(err)
	}
	if len(house.Received()) != 6 {
		t.Errorf("received %d, want 6", len(house.Received()))
	}
}

func TestRefusedToken(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	c := config(s)
	c.Token = "111111111:another-token"
	a := open(t, c, house)
	if err := a.Run(t.Context(), house); err == nil {
		t.Error("Run goes on with a token that is refused")
	}
	if found := a.Examine(t.Context()); len(found) != 1 || found[0].Level != bot.LevelBroken || found[0].Next == nil {
		t.Errorf("it finds %+v", found)
	}
}

func TestWebhookIsSet(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.Force("setWebhook", adaptertest.Answer{Status: 500, Body: "x"})
	stop := start(t, open(t, webhookConfig(s), house), house)
	calls := s.Await("setWebhook", 2, patience)
	if !s.Until(patience, func() bool { where, _ := s.Webhook(); return where != "" }) {
		t.Fatalf("no webhook: %v", calls)
	}
	where, secret := s.Webhook()
	if where != "https://bot.example.com/hook/telegram/support" || secret != s.Secret {
		t.Errorf("the webhook is %s with %s", where, secret)
	}
	if allowed := calls[1].Params["allowed_updates"]; allowed != `["message","edited_message","callback_query","my_chat_member","message_reaction"]` {
		t.Errorf("allowed_updates = %s", allowed)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestWebhookEndToEnd lets Telegram bring updates to the webhook that we set.
func TestWebhookEndToEnd(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	c := webhookConfig(s)
	front := http.NewServeMux()
	outside := httptest.NewServer(front)
	t.Cleanup(outside.Close)
	c.PublicURL = outside.URL
	a := open(t, c, house)
	front.Handle("/hook/telegram/support", a.Webhook(house))
	stop := start(t, a, house)
	if !s.Until(patience, func() bool { where, _ := s.Webhook(); return where != "" }) {
		t.Fatalf("no webhook; log: %s", house.Log())
	}
	update := s.Text(ana, "hello")
	for range 2 { // the answer got lost
		if status, err := s.Deliver(update); err != nil || status != http.StatusOK {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	house.Away(true)
	if status, err := s.Deliver(s.Text(ana, "later")); err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("status %d, %v; want to be asked again", status, err)
	}
	where, secret := s.Webhook()
	if status, err := telegramtest.Post(where, secret+"x", update); err != nil || status != http.StatusUnauthorized {
		t.Errorf("status %d, %v; want a refusal", status, err)
	}
	got := house.Received()
	if len(got) != 2 || got[0].EventID != got[1].EventID || got[0].Text != "hello" {
		t.Errorf("received %v", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	checkRequests(t, s.Calls(), "getMe", "getWebhookInfo", "setWebhook")
}

// TestWebhookComplaints reads what Telegram has to say about a webhook.
func TestWebhookComplaints(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	s.SetWebhook("https://bot.example.com/hook/telegram/support", "old")
	s.Fail("Connection timed out", 1784984664)
	// Somebody else sets it again at once.
	s.Force("setWebhook", adaptertest.Answer{Body: `{"ok":true,"result":true}`})
	if err := telegram.SetWebhook(open(t, webhookConfig(s), house), t.Context()); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"Connection timed out", "does not stand"} {
		if !strings.Contains(house.Log(), want) {
			t.Errorf("the log does not say %q: %s", want, house.Log())
		}
	}
}

// TestNobodyKnowsOurName brings an update while Telegram cannot say who we are:
// in a group nobody could tell who is meant.
func TestNobodyKnowsOurName(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	hook := open(t, webhookConfig(s), house).Webhook(house)
	post := func() int {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(s.Message(ana, map[string]any{"text": "/help@thebot", "chat": group(false)})))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		return w.Code
	}
	s.Force("getMe", adaptertest.Answer{Status: 502, Body: "x"})
	if status := post(); status != http.StatusServiceUnavailable || len(house.Received()) != 0 {
		t.Errorf("status %d, received %v", status, house.Received())
	}
	if status := post(); status != http.StatusOK || len(house.Received()) != 1 || !house.Received()[0].Mention {
		t.Errorf("status %d, received %v", status, house.Received())
	}
}

// TestWhatIsHereIsKept brings an update and hangs up.
func TestWhatIsHereIsKept(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	a := open(t, webhookConfig(s), house)
	if err := house.SetValue(t.Context(), "name/111111111", s.Username, 0); err != nil {
		t.Fatal(err)
	}
	telegram.Remember(a, t.Context())
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	r := httptest.NewRequestWithContext(gone, http.MethodPost, "/", bytes.NewReader(s.Text(ana, "later")))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
	w := httptest.NewRecorder()
	a.Webhook(house).ServeHTTP(w, r)
	if w.Code != http.StatusOK || len(house.Received()) != 1 {
		t.Errorf("status %d, received %v", w.Code, house.Received())
	}
}
