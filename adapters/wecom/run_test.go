package wecom_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

// running is an adapter at work.
type running struct {
	*wecom.Adapter
	stop func()
}

// run starts an adapter; stop ends it and waits for that.
func run(t *testing.T, c wecom.Config, house *adaptertest.House) running {
	t.Helper()
	a := open(t, c, house)
	wecom.Hasten(a)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, house) }()
	stop := func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	return running{a, stop}
}

// TestMissed checks that what came in while nobody ran is fetched at the start,
// without any callback, and that a restart fetches nothing twice.
func TestMissed(t *testing.T) {
	s := start(t)
	s.AddAccount("wkHELP", "Help")
	say(s, shop, 1, 3)
	say(s, "wkHELP", 4, 5)
	house := adaptertest.NewHouse()
	a := run(t, config(s), house)
	if !house.Wait(5, patience) {
		t.Fatalf("received %v; log: %s", house.Received(), house.Log())
	}
	a.stop()
	before := len(s.Calls("kf/sync_msg"))
	a = run(t, config(s), house)
	s.Await("kf/sync_msg", before+2, patience)
	a.stop()
	if n := len(house.Received()); n != 5 {
		t.Errorf("received %d of 5; log: %s", n, house.Log())
	}
	same(t, "shop", texts(house, shop), numbers(1, 3))
	same(t, "help", texts(house, "wkHELP"), numbers(4, 5))
}

// TestReplicas runs two replicas on one house. A callback that one gets is
// pulled by whoever has the lease, and by that one alone; when it ends the
// other takes over.
func TestReplicas(t *testing.T) {
	s := start(t)
	house := adaptertest.NewHouse()
	first := run(t, config(s), house)
	if len(s.Await("kf/sync_msg", 1, patience)) != 1 {
		t.Fatal("not at work")
	}
	second := open(t, config(s), house)
	wecom.Hasten(second)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- second.Run(ctx, house) }()

	say(s, shop, 1, 2)
	call(s, first.Adapter, shop)
	if !house.Wait(2, patience) {
		t.Fatalf("its own callback: received %v", texts(house, shop))
	}
	say(s, shop, 3, 4)
	call(s, second, shop) // it notes it down, the first one pulls
	if !house.Wait(2, patience) {
		t.Fatalf("the other's callback: received %v; log: %s", texts(house, shop), house.Log())
	}
	first.stop()
	say(s, shop, 5, 6)
	call(s, second, shop)
	if !house.Wait(2, patience) {
		t.Fatalf("after the change: received %v; log: %s", texts(house, shop), house.Log())
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	same(t, "texts", texts(house, shop), numbers(1, 6))
	if n := len(house.Received()); n != 6 {
		t.Errorf("received %d, want 6", n)
	}
}

// TestTwoCompanies runs two companies' adapters side by side in one process:
// each keeps to its own API, token and customers.
func TestTwoCompanies(t *testing.T) {
	const each = 20
	var stops []func()
	servers, houses := []*wecomtest.Server{start(t), start(t)}, []*adaptertest.House{adaptertest.NewHouse(), adaptertest.NewHouse()}
	servers[1].CorpID, servers[1].Secret = "ww1111111111111111", "another-S3cret"
	done := make(chan struct{}, 2)
	for i, s := range servers {
		a := run(t, config(s), houses[i])
		stops = append(stops, a.stop)
		go func() {
			defer func() { done <- struct{}{} }()
			for n := range each {
				s.Arrive(shop, s.Text(ana, shop, fmt.Sprintf("%d of %d", n, i)))
				call(s, a.Adapter, shop)
				out := bot.Outgoing{Key: fmt.Sprint(i, n), Op: bot.OpPost, To: address(ana), Reply: bot.Text(fmt.Sprintf("answer %d of %d", n, i))}
				if _, err := a.Send(t.Context(), out); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	<-done
	<-done
	for i, s := range servers {
		if !houses[i].Wait(each, patience) {
			t.Errorf("company %d: received %d of %d", i, len(houses[i].Received()), each)
		}
		for _, text := range texts(houses[i], shop) {
			if !strings.HasSuffix(text, fmt.Sprint(" of ", i)) {
				t.Errorf("company %d got %q", i, text)
			}
		}
		sent := s.Messages()
		if len(sent) != each {
			t.Errorf("company %d sent %d of %d", i, len(sent), each)
		}
		for _, m := range sent {
			if !strings.HasSuffix(m.Text, fmt.Sprint(" of ", i)) {
				t.Errorf("company %d sent %q", i, m.Text)
			}
		}
		stops[i]()
	}
}

// TestTrouble checks that Run outlives an API that is away, a database that is
// away and a worn-out access token.
func TestTrouble(t *testing.T) {
	s := start(t)
	house := adaptertest.NewHouse()
	s.Force("kf/account/list", adaptertest.Answer{Status: 502})
	s.Force("kf/sync_msg", adaptertest.Answer{Cut: true}, says(-1, "system busy"), says(60020, "not allow to access from your ip"))
	say(s, shop, 1, 2)
	a := run(t, config(s), house)
	defer a.stop()
	call(s, a.Adapter, shop) // names the account that the list did not
	if !house.Wait(2, patience) {
		t.Fatalf("received %v; log: %s", texts(house, shop), house.Log())
	}
	if !strings.Contains(house.Log(), "127.0.0.1") && !strings.Contains(house.Log(), "203.0.113.7") {
		t.Errorf("nobody says which address to let in: %s", house.Log())
	}
	s.Forget()
	house.Away(true)
	say(s, shop, 3, 4)
	call(s, a.Adapter, shop)
	before := len(s.Calls("kf/sync_msg"))
	s.Await("kf/sync_msg", before+1, patience)
	house.Away(false)
	if !house.Wait(2, patience) {
		t.Fatalf("received %v; log: %s", texts(house, shop), house.Log())
	}
	same(t, "texts", texts(house, shop), numbers(1, 4))
}

// TestNewAccount checks that an account that is new is looked after at its
// first callback.
func TestNewAccount(t *testing.T) {
	s := start(t)
	house := adaptertest.NewHouse()
	a := run(t, config(s), house)
	defer a.stop()
	s.Await("kf/sync_msg", 1, patience)
	s.AddAccount("wkNEW", "New")
	say(s, "wkNEW", 1, 2)
	call(s, a.Adapter, "wkNEW")
	if !house.Wait(2, patience) {
		t.Fatalf("received %v; log: %s", texts(house, "wkNEW"), house.Log())
	}
	if accounts, err := house.Value(t.Context(), "accounts"); accounts != "wkNEW" || err != nil {
		t.Errorf("remembered %q, %v", accounts, err)
	}
}

// TestCallback checks the answers that WeCom gets.
func TestCallback(t *testing.T) {
	s := start(t)
	house := adaptertest.NewHouse()
	a := open(t, config(s), house)
	get := func(r *http.Request) (int, string) {
		w := &answer{}
		a.Webhook(house).ServeHTTP(w, r)
		return w.status, w.body.String()
	}
	now := adaptertest.Clock()
	if status, body := get(s.Callback(hook, shop, now)); status != http.StatusOK || body != "success" {
		t.Errorf("a callback: %d %q", status, body)
	}
	if status, body := get(s.Verify(hook, "1616140317555161061", now)); status != http.StatusOK || body != "1616140317555161061" {
		t.Errorf("the address is tried out: %d %q", status, body)
	}
	if status, body := get(s.Verify(hook, "x", now.Add(-time.Hour))); status != http.StatusForbidden || body != "" {
		t.Errorf("tried out an hour ago: %d %q", status, body)
	}
	r := s.Callback(hook, shop, now)
	r.Method = http.MethodPut
	if status, _ := get(r); status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", status)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the house cannot keep anything in time
	if status, _ := get(s.Callback(hook, shop, now).WithContext(ctx)); status != http.StatusServiceUnavailable {
		t.Errorf("not noted down: %d", status)
	}
}

// answer keeps what a handler answers.
type answer struct {
	status int
	body   strings.Builder
}

func (a *answer) Header() http.Header    { return http.Header{} }
func (a *answer) WriteHeader(status int) { a.status = status }
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.body.Write(b)
}
