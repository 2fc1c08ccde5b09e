package wecom_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

const patience = 20 * time.Second

// call brings a callback to an adapter's webhook.
func call(s *wecomtest.Server, a *wecom.Adapter, account string) {
	a.Webhook(nil).ServeHTTP(discard{}, s.Callback(hook, account, adaptertest.Clock()))
}

// texts are what an account's customers are known to have said, in order, each
// once.
func texts(house *adaptertest.House, account string) []string {
	var out []string
	seen := map[string]bool{}
	for _, in := range house.Received() {
		if !seen[in.EventID] && len(in.Address.Chat) > len(account) && string(in.Address.Chat[:len(account)]) == account {
			seen[in.EventID] = true
			out = append(out, in.Text)
		}
	}
	return out
}

func say(s *wecomtest.Server, account string, from, to int) {
	for i := from; i <= to; i++ {
		s.Arrive(account, s.Text(ana, account, fmt.Sprint(i)))
	}
}

func numbers(from, to int) (out []string) {
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// fragile is a house whose database goes away after so many messages.
type fragile struct {
	*adaptertest.House
	mu   sync.Mutex
	left int
}

func (f *fragile) Receive(ctx context.Context, in bot.Inbound) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left == 0 {
		return context.DeadlineExceeded
	}
	f.left--
	return f.House.Receive(ctx, in)
}

// TestKilledBetweenPages stops at every message of three pages: what was on a
// page that was not finished comes again, what was on a finished one does not.
func TestKilledBetweenPages(t *testing.T) {
	const page, all = 4, 10
	for stop := range all + 1 {
		s := start(t)
		s.Page = page
		say(s, shop, 1, all)
		house := adaptertest.NewHouse()
		a := open(t, config(s), house)
		call(s, a, shop)
		err := wecom.Fetch(t.Context(), a, &fragile{House: house, left: stop})
		if (err == nil) != (stop == all) {
			t.Errorf("stopped after %d: %v", stop, err)
		}
		before := len(house.Received())
		next := open(t, config(s), house) // the process that comes after it
		if err := wecom.Fetch(t.Context(), next, house); err != nil {
			t.Errorf("stopped after %d: %v", stop, err)
		}
		same(t, fmt.Sprint("stopped after ", stop), texts(house, shop), numbers(1, all))
		again := len(house.Received()) - all
		if want := stop % page; stop < all && again != want {
			t.Errorf("stopped after %d of %d: %d came again, want %d (%d before)", stop, all, again, want, before)
		}
	}
}

// TestOrder checks that the order of the queue holds over pages and pulls,
// though WeCom tells whole seconds only.
func TestOrder(t *testing.T) {
	s := start(t)
	s.Page = 3
	house := adaptertest.NewHouse()
	a := open(t, config(s), house)
	for i := range 4 {
		say(s, shop, 5*i+1, 5*i+5)
		call(s, a, shop)
		if err := wecom.Fetch(t.Context(), a, house); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "texts", texts(house, shop), numbers(1, 20))
	last := int64(0)
	for _, in := range house.Received() {
		if in.Seq <= last {
			t.Errorf("%s: seq %d after %d", in.Text, in.Seq, last)
		}
		last = in.Seq
	}
	cursor, err := house.Value(t.Context(), "place/"+shop)
	var place struct{ Cursor string }
	if json.Unmarshal([]byte(cursor), &place) != nil || err != nil || !s.Fetched(shop, place.Cursor) {
		t.Errorf("the place is %s, %v", cursor, err)
	}
}

// TestTokens checks how the token of a callback is used: while it is fresh,
// and not when WeCom has forgotten it.
func TestTokens(t *testing.T) {
	for name, c := range map[string]struct {
		age   time.Duration
		calls int
		token bool
	}{
		"fresh": {0, 1, true}, "old": {11 * time.Minute, 1, false}, "nearly_old": {9 * time.Minute, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			say(s, shop, 1, 1)
			house := adaptertest.NewHouse()
			a := open(t, config(s), house)
			if err := wecom.Fetch(t.Context(), a, house); err != nil { // the very first start
				t.Fatal(err)
			}
			call(s, a, shop)
			late := adaptertest.Clock().Add(c.age)
			s.Now = func() time.Time { return late }
			if err := wecom.Fetch(t.Context(), open(t, config(s), later{house, late}), house); err != nil {
				t.Fatal(err)
			}
			calls := s.Calls("kf/sync_msg")
			if len(calls) != c.calls || (calls[0].Params["token"] != "") != c.token {
				t.Errorf("calls: %v", calls)
			}
			same(t, "texts", texts(house, shop), numbers(1, 1))
		})
	}
	t.Run("refused", func(t *testing.T) {
		s := start(t)
		say(s, shop, 1, 1)
		house := adaptertest.NewHouse()
		a := open(t, config(s), house)
		call(s, a, shop)
		s.Force("kf/sync_msg", says(95007, "invalid msg token"))
		if err := wecom.Fetch(t.Context(), a, house); err != nil {
			t.Fatal(err)
		}
		calls := s.Calls("kf/sync_msg")
		if len(calls) != 2 || calls[0].Params["token"] == "" || calls[1].Params["token"] != "" {
			t.Errorf("calls: %v", calls)
		}
		same(t, "texts", texts(house, shop), numbers(1, 1))
	})
}

// later is a house at another moment.
type later struct {
	*adaptertest.House
	now time.Time
}

func (l later) Now() time.Time { return l.now }

// TestLostPlace checks that a cursor WeCom does not know, or one that nobody
// can read, means from the beginning.
func TestLostPlace(t *testing.T) {
	for _, kept := range []string{`{"cursor":"of another life"}`, `{{{`} {
		s := start(t)
		say(s, shop, 1, 2)
		house := adaptertest.NewHouse()
		a := open(t, config(s), house)
		if err := house.SetValue(t.Context(), "place/"+shop, kept, 0); err != nil {
			t.Fatal(err)
		}
		call(s, a, shop)
		if err := wecom.Fetch(t.Context(), a, house); err != nil {
			t.Fatal(err)
		}
		same(t, kept, texts(house, shop), numbers(1, 2))
	}
}

// TestStuck checks that WeCom saying "more" for ever is not listened to.
func TestStuck(t *testing.T) {
	s := start(t)
	house := adaptertest.NewHouse()
	a := open(t, config(s), house)
	call(s, a, shop)
	s.Force("kf/sync_msg", adaptertest.Answer{Body: `{"errcode":0,"has_more":1,"next_cursor":"","msg_list":[]}`})
	if err := wecom.Fetch(t.Context(), a, house); err == nil {
		t.Error("it goes on and on")
	}
	s.Force("kf/sync_msg",
		adaptertest.Answer{Body: `{"errcode":0,"has_more":1,"next_cursor":"c1","msg_list":[]}`},
		adaptertest.Answer{Body: `{"errcode":0,"has_more":0,"next_cursor":"c2","msg_list":[]}`})
	if err := wecom.Fetch(t.Context(), a, house); err != nil {
		t.Errorf("an empty page is not the end: %v", err)
	}
}

// TestAccounts checks which accounts are listened to.
func TestAccounts(t *testing.T) {
	s := start(t)
	s.AddAccount("wkHELP", "Help")
	say(s, shop, 1, 2)
	say(s, "wkHELP", 3, 4)
	for name, c := range map[string]struct {
		accounts   []string
		shop, help []string
	}{
		"all": {nil, numbers(1, 2), numbers(3, 4)}, "one": {[]string{"wkHELP"}, nil, numbers(3, 4)},
	} {
		t.Run(name, func(t *testing.T) {
			house := adaptertest.NewHouse()
			conf := config(s)
			conf.Accounts = c.accounts
			a := open(t, conf, house)
			call(s, a, shop)
			call(s, a, "wkHELP")
			if err := wecom.Fetch(t.Context(), a, house); err != nil {
				t.Fatal(err)
			}
			same(t, "shop", texts(house, shop), c.shop)
			same(t, "help", texts(house, "wkHELP"), c.help)
			if counts := house.Counts(); len(c.accounts) == 1 && (len(counts) != 1 || counts[0].Reason != "not_for_us") {
				t.Errorf("counted %v", counts)
			}
		})
	}
}

// noFiles is a house that cannot open its files right now.
type noFiles struct{ *adaptertest.House }

func (noFiles) File(context.Context, string) (io.ReadCloser, error) {
	return nil, context.DeadlineExceeded
}
