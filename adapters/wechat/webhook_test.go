package wechat_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wechat"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/bot"
)

func call(a *wechat.Adapter, inbox bot.Inbox, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	a.Webhook(inbox).ServeHTTP(w, r)
	return w
}

func TestTheAddressIsTriedOut(t *testing.T) {
	s := newServer(t)
	house := adaptertest.NewHouse()
	a := open(t, config(s), house)
	w := call(a, house, s.Knock("<script>echo</script>", adaptertest.Clock()))
	if w.Code != http.StatusOK || w.Body.String() != "<script>echo</script>" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
	for name, r := range map[string]*http.Request{
		"old":      s.Knock("x", adaptertest.Clock().Add(-11*60e9)),
		"forged":   httptest.NewRequest(http.MethodGet, "/hook?echostr=x&timestamp=1784984700&nonce=1&signature=abc", nil),
		"no words": s.Knock("", adaptertest.Clock()),
	} {
		if w := call(a, house, r); w.Code != http.StatusForbidden || w.Body.Len() > 0 {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
	}
	if w := call(a, house, httptest.NewRequest(http.MethodPut, "/hook", nil)); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", w.Code)
	}
}

func TestSuccessComesAfterTheCommit(t *testing.T) {
	s := newServer(t)
	house := adaptertest.NewHouse()
	a := open(t, config(s), house)
	for name, body := range map[string][]byte{"text": s.Text(zhang, "hello"), "not for us": s.Event(zhang, "LOCATION", "x"), "unreadable": []byte("?")} {
		if w := call(a, house, s.Request(body, adaptertest.Clock())); w.Body.String() != "success" {
			t.Errorf("%s: %q", name, w.Body)
		}
	}
	house.Away(true)
	if w := call(a, house, s.Request(s.Text(zhang, "hello"), adaptertest.Clock())); w.Body.Len() != 0 || w.Code != http.StatusServiceUnavailable {
		t.Errorf("away: %d %q", w.Code, w.Body)
	}
}

func TestThePlainModeIsForAccountsWithoutAKey(t *testing.T) {
	s := newServer(t)
	house := adaptertest.NewHouse()
	c := config(s)
	c.AESKey = ""
	a := open(t, c, house)
	if w := call(a, house, s.Plain(s.Text(zhang, "hello"), adaptertest.Clock())); w.Body.String() != "success" || len(house.Received()) != 1 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	for name, edit := range map[string]func(*http.Request){
		"unsigned": spoil("signature", ""), "forged": spoil("signature", "abc"), "another time": spoil("timestamp", "1785000001"),
	} {
		r := s.Plain(s.Text(zhang, "hello"), adaptertest.Clock())
		if edit(r); call(a, house, r).Code != http.StatusForbidden {
			t.Errorf("%s came in", name)
		}
	}
	if w := call(a, house, s.Plain(s.Text(zhang, "x"), adaptertest.Clock().Add(-11*60e9))); w.Code != http.StatusForbidden {
		t.Errorf("old: %d", w.Code)
	}
}

// outcome keeps what an adapter says became of an answer.
type outcome struct {
	n   int
	err error
}

func passive(s *wechattest.Server) wechat.Config {
	c := config(s)
	c.Passive, c.Templates = true, wechat.Notices{}
	return c
}

// answering is a house that has an answer to every event.
func answering(text string) (*adaptertest.House, *outcome, *[]string) {
	house, done, asked := adaptertest.NewHouse(), &outcome{}, &[]string{}
	house.Answers(func(_ context.Context, event string) (*bot.Answer, error) {
		*asked = append(*asked, event)
		if text == "" {
			return nil, nil //nolint:nilnil // no answer
		}
		return &bot.Answer{
			Outgoing: post(zhang, bot.Text(text)),
			Done:     func(err error) { done.n, done.err = done.n+1, err },
		}, nil
	})
	return house, done, asked
}

func TestPassiveAnswers(t *testing.T) {
	s := newServer(t)
	for name, sealed := range map[string]bool{"sealed": true, "plain": false} {
		t.Run(name, func(t *testing.T) {
			c := passive(s)
			request := s.Request
			if !sealed {
				c.AESKey, request = "", s.Plain
			}
			house, done, asked := answering("**28万** 一吨]]>，[看这里](https://example.com)")
			a := open(t, c, house)
			body := s.Text(zhang, "多少钱")
			w := call(a, house, request(body, adaptertest.Clock()))
			got, err := s.Open(w.Body.Bytes(), sealed)
			if err != nil {
				t.Fatalf("%v: %q", err, w.Body)
			}
			want := wechattest.Reply{
				To: zhang, From: s.Name, Time: adaptertest.Clock().Unix(), Type: "text",
				Content: `28万 一吨]]>，<a href="https://example.com">看这里</a>`,
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if done.n != 1 || done.err != nil {
				t.Errorf("done %d times with %v", done.n, done.err)
			}
			// It comes again, to whichever replica, for our answer got lost.
			again := call(open(t, c, house), house, request(body, adaptertest.Clock()))
			if got, err := s.Open(again.Body.Bytes(), sealed); err != nil || got != want {
				t.Errorf("again it got %+v, %v", got, err)
			}
			if done.n != 1 || len(*asked) != 1 || len(house.Received()) != 2 {
				t.Errorf("asked for %v, done %d times", *asked, done.n)
			}
		})
	}
}

func TestNothingIsSaidWhereThereIsNoAnswer(t *testing.T) {
	s := newServer(t)
	house, done, asked := answering("")
	a := open(t, passive(s), house)
	if w := call(a, house, s.Request(s.Text(zhang, "hello"), adaptertest.Clock())); w.Body.String() != "success" {
		t.Errorf("%q", w.Body)
	}
	if w := call(a, house, s.Request(s.Event(zhang, "unsubscribe", ""), adaptertest.Clock())); w.Body.String() != "success" || len(*asked) != 1 {
		t.Errorf("somebody who left was answered: %q", w.Body)
	}
	house.Answers(func(context.Context, string) (*bot.Answer, error) { return nil, errors.New("the database is away") })
	if w := call(a, house, s.Request(s.Text(zhang, "hello"), adaptertest.Clock())); w.Body.String() != "success" || w.Code != http.StatusOK {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if done.n != 0 {
		t.Error("nothing was done")
	}
}

func TestAnAnswerThatNobodyWaitsForIsNotLost(t *testing.T) {
	s := newServer(t)
	house, done, _ := answering("too late")
	a := open(t, passive(s), house)
	ctx, cancel := context.WithCancel(t.Context())
	inbox := gone{house, cancel}
	w := httptest.NewRecorder()
	a.Webhook(inbox).ServeHTTP(w, s.Request(s.Text(zhang, "hello"), adaptertest.Clock()).WithContext(ctx))
	if done.n != 1 || done.err == nil {
		t.Errorf("done %d times with %v; want an error", done.n, done.err)
	}
	if keys := house.Keys(); slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, "answer/") }) {
		t.Errorf("it is remembered as given: %v", keys)
	}
}

// gone is an inbox during whose wait the platform hangs up.
type gone struct {
	*adaptertest.House
	hangUp func()
}

// Await hangs up.
func (g gone) Await(ctx context.Context, event string) (*bot.Answer, error) {
	g.hangUp()
	return g.House.Await(ctx, event)
}

func TestAPassiveAccountCannotWriteByItself(t *testing.T) {
	s := newServer(t)
	a := open(t, passive(s), adaptertest.NewHouse())
	if _, err := a.Send(t.Context(), post(zhang, bot.Text("hello"))); bot.FailureOf(err).Class != bot.WindowClosed {
		t.Errorf("%v", err)
	}
	f := a.Features()
	if f.Hold <= 0 || len(f.Credits) != 0 || f.Files || f.Can(bot.OpTyping) || len(s.Calls()) != 0 {
		t.Errorf("%+v, %v", f, s.Calls())
	}
}
