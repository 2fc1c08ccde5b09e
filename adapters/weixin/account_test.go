package weixin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/config"
	wxctx "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/customerservice"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
	workconfig "github.com/silenceper/wechat/v2/work/config"
	"github.com/silenceper/wechat/v2/work/kf"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/weixin"
	"crmbot/bot"
)

const secret = "the-secret-of-the-account"

// platform is a little stand-in of the API.
type platform struct {
	adaptertest.API
	mu     sync.Mutex
	issued int
	good   map[string]bool
	sticky bool // gives out the same token until forced
}

func newPlatform(t *testing.T) *platform {
	p := &platform{good: map[string]bool{}}
	p.Start(func(r *http.Request) (string, string, bool) {
		return strings.Trim(r.URL.Path, "/"), r.URL.Query().Get("access_token"), true
	}, p.answer, http.NotFound)
	t.Cleanup(p.Close)
	return p
}

func (p *platform) answer(w http.ResponseWriter, _ *http.Request, c adaptertest.Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch strings.TrimPrefix(c.Method, "relay/") {
	case "cgi-bin/stable_token", "cgi-bin/gettoken":
		if !p.sticky || p.issued == 0 || c.Params["force_refresh"] == "true" {
			p.issued++
		}
		token := fmt.Sprintf("TOKEN-%s-%d", p.Host[len(p.Host)-5:], p.issued)
		p.good[token] = true
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "expires_in": 7200})
	case "cgi-bin/media/get":
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "PNG")
	default:
		if !p.good[c.Token] {
			_, _ = io.WriteString(w, `{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest"}`)
			return
		}
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}
}

// forget makes every token invalid.
func (p *platform) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.good = map[string]bool{}
}

func open(t *testing.T, host bot.Host, api string) *weixin.Account {
	t.Helper()
	a, err := weixin.Open(weixin.Options{
		Host: host, APIURL: api, ID: appID, Secret: secret, Fetch: weixin.Stable,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func say(ctx context.Context, a *weixin.Account, text string) error {
	return a.Do(ctx, func(h weixin.Handle) error {
		return message.NewMessageManager(account(h)).Send(message.NewCustomerTextMessage("oPerson", text))
	})
}

func account(h weixin.Handle) *wxctx.Context {
	return &wxctx.Context{Config: &config.Config{AppID: appID}, AccessTokenHandle: h}
}

func TestTheTokenIsSharedAndRefreshedOnce(t *testing.T) {
	p, house := newPlatform(t), adaptertest.NewHouse()
	one, two := open(t, house, p.Host), open(t, house, p.Host)
	for _, a := range []*weixin.Account{one, two, one} {
		if err := say(t.Context(), a, "hello"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.Calls("cgi-bin/stable_token")); n != 1 {
		t.Errorf("two replicas asked for %d tokens", n)
	}
	p.forget()
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			if err := say(t.Context(), []*weixin.Account{one, two}[i%2], "again"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(p.Calls("cgi-bin/stable_token")); n != 2 {
		t.Errorf("%d tokens after one became invalid, want one more", n)
	}
	for _, c := range p.Calls("cgi-bin/stable_token") {
		if c.Params["force_refresh"] != "false" {
			t.Errorf("forced: %v", c.Params)
		}
	}
}

func TestATokenThatIsNoGoodIsForcedOnce(t *testing.T) {
	p, house := newPlatform(t), adaptertest.NewHouse()
	p.sticky = true
	a := open(t, house, p.Host)
	if err := say(t.Context(), a, "hello"); err != nil {
		t.Fatal(err)
	}
	p.forget()
	p.Force("cgi-bin/stable_token", adaptertest.Answer{Body: `{"access_token":"` + p.Calls("cgi-bin/message/custom/send")[0].Token + `","expires_in":7200}`})
	if err := say(t.Context(), a, "again"); err != nil {
		t.Fatal(err)
	}
	calls := p.Calls("cgi-bin/stable_token")
	if len(calls) != 3 || calls[2].Params["force_refresh"] != "true" {
		t.Errorf("%v", calls)
	}
	// From here on every token is refused: one new one a call, and no more.
	for i := range 3 {
		p.Force("cgi-bin/message/custom/send", adaptertest.Answer{Body: `{"errcode":42001}`}, adaptertest.Answer{Body: `{"errcode":42001}`})
		if err := say(t.Context(), a, "still"); weixin.CodeOf(err) != 42001 || weixin.Failure(err, false).Class != bot.Unauthorized {
			t.Errorf("%d: %v", i, err)
		}
	}
	forced := 0
	for _, c := range p.Calls("cgi-bin/stable_token") {
		if c.Params["force_refresh"] == "true" {
			forced++
		}
	}
	if forced != 1 {
		t.Errorf("forced %d times within five minutes", forced)
	}
}

func TestAccountsGoTheirOwnWay(t *testing.T) {
	house := adaptertest.NewHouse()
	one, two := newPlatform(t), newPlatform(t)
	a := open(t, house, one.Host)
	b := open(t, adaptertest.NewHouse(), two.Host+"/relay/")
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			if err := say(t.Context(), []*weixin.Account{a, b}[i%2], fmt.Sprint(i%2)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for i, calls := range [][]adaptertest.Call{one.Calls("cgi-bin/message/custom/send"), two.Calls("relay/cgi-bin/message/custom/send")} {
		if len(calls) != 10 {
			t.Errorf("%d calls came to %d", len(calls), i)
		}
		for _, c := range calls {
			if want := fmt.Sprintf(`{"content":"%d"}`, i); c.Params["text"] != want {
				t.Errorf("%s came to %d", c.Params["text"], i)
			}
		}
	}
}

func TestNobodyElseGoesOut(t *testing.T) {
	p := newPlatform(t)
	open(t, adaptertest.NewHouse(), p.Host)
	for _, address := range []string{p.Host + "/cgi-bin/user/info?access_token=stolen", p.Host, p.Host + "/?access_token=crmbot-h1"} {
		if _, err := util.HTTPGet(address); err == nil || !strings.Contains(err.Error(), "no account") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if n := len(p.Calls()); n != 0 {
		t.Errorf("%d calls came through", n)
	}
}

func TestErrorsOfEveryShapeHaveTheirCode(t *testing.T) {
	p := newPlatform(t)
	a := open(t, adaptertest.NewHouse(), p.Host)
	full := `{"errcode":45015,"errmsg":"response out of time limit hint: [x] rid: 1"}`
	for name, call := range map[string]struct {
		method string
		do     func(h weixin.Handle) error
	}{
		"a text": {"cgi-bin/message/custom/send", func(h weixin.Handle) error {
			return message.NewMessageManager(account(h)).Send(message.NewCustomerTextMessage("o", "x"))
		}},
		"a type": {"cgi-bin/message/custom/typing", func(h weixin.Handle) error {
			return customerservice.NewCustomerServiceManager(account(h)).SendTypingStatus("o", customerservice.Typing)
		}},
		"a lost one": {"cgi-bin/kf/sync_msg", func(h weixin.Handle) error {
			client, err := kf.NewClient(&workconfig.Config{CorpID: "ww1", Cache: h})
			if err != nil {
				return err
			}
			_, err = client.SyncMsg(kf.SyncMsgOptions{Cursor: "1"})
			return err
		}},
	} {
		p.Force(call.method, adaptertest.Answer{Body: full})
		err := a.Do(t.Context(), call.do)
		if weixin.CodeOf(err) != 45015 || weixin.Failure(err, false).Class != bot.WindowClosed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecretsStayInside(t *testing.T) {
	p := newPlatform(t)
	house := adaptertest.NewHouse()
	a := open(t, house, p.Host)
	if err := say(t.Context(), a, "hello"); err != nil {
		t.Fatal(err)
	}
	token := p.Calls("cgi-bin/message/custom/send")[0].Token
	quiet := func(err error) {
		t.Helper()
		if err == nil {
			t.Error("no error")
		}
		for _, s := range []string{secret, token} {
			if text := fmt.Sprint(err) + house.Log(); strings.Contains(text, s) {
				t.Errorf("it got out: %s", text)
			}
		}
	}
	for _, answer := range []adaptertest.Answer{
		{Cut: true},
		{Status: 502, Body: "bad gateway"},
		{Body: "no JSON"},
		{Status: 302, Header: map[string]string{"Location": "http://127.0.0.1:1/"}},
		{Body: `{"errcode":40003,"errmsg":"you said ` + token + ` and ` + secret + ` access_token=abc"}`},
	} {
		p.Force("cgi-bin/message/custom/send", answer)
		quiet(say(t.Context(), a, "x"))
	}
	fresh := open(t, adaptertest.NewHouse(), p.Host)
	p.Force("cgi-bin/stable_token", adaptertest.Answer{Cut: true}, adaptertest.Answer{Body: `{"errcode":40125,"errmsg":"invalid appsecret ` + secret + `"}`})
	quiet(say(t.Context(), fresh, "x"))
	quiet(say(t.Context(), fresh, "x"))
	gone, err := weixin.Open(weixin.Options{Host: house, APIURL: "http://127.0.0.1:1", ID: "ww1", Secret: secret, Fetch: weixin.Corp})
	if err != nil {
		t.Fatal(err)
	}
	house = adaptertest.NewHouse()
	other, _ := weixin.Open(weixin.Options{Host: house, APIURL: "http://127.0.0.1:1", ID: "ww1", Secret: secret, Fetch: weixin.Corp})
	quiet(say(t.Context(), gone, "x"))
	quiet(say(t.Context(), other, "x"))
}

func TestWhatIsInDoubt(t *testing.T) {
	p := newPlatform(t)
	a := open(t, adaptertest.NewHouse(), p.Host)
	if err := say(t.Context(), a, "hello"); err != nil {
		t.Fatal(err)
	}
	p.Force("cgi-bin/message/custom/send", adaptertest.Answer{Cut: true}, adaptertest.Answer{Cut: true})
	err := say(t.Context(), a, "x")
	if c := weixin.Failure(err, false).Class; c != bot.Ambiguous {
		t.Errorf("%v is %s", err, c)
	}
	if c := weixin.Failure(say(t.Context(), a, "x"), true).Class; c != bot.Transient {
		t.Errorf("what may be repeated is %s", c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := say(ctx, a, "x"); weixin.Failure(err, false).Class != bot.Transient || !errors.Is(err, context.Canceled) {
		t.Errorf("never sent: %v", err)
	}
	fresh := open(t, adaptertest.NewHouse(), p.Host)
	p.Force("cgi-bin/stable_token", adaptertest.Answer{Cut: true})
	if err := say(t.Context(), fresh, "x"); weixin.Failure(err, false).Class != bot.Transient {
		t.Errorf("no token, nothing sent: %v", err)
	}
}

func TestClasses(t *testing.T) {
	for code, want := range map[int]bot.Class{
		-1: bot.Transient, 45009: bot.RateLimited, 45011: bot.RateLimited, 43004: bot.RecipientGone, 43019: bot.RecipientGone,
		40003: bot.RecipientGone, 45015: bot.WindowClosed, 45047: bot.WindowClosed, 95001: bot.WindowClosed, 45002: bot.BadContent,
		40033: bot.BadContent, 87014: bot.BadContent, 40001: bot.Unauthorized, 40125: bot.Unauthorized, 40164: bot.Unauthorized,
		48001: bot.Unauthorized, 99999: bot.BadContent,
	} {
		f := weixin.Failure(fmt.Errorf("sending: %w", &weixin.Error{Code: code, Status: 200, Wrote: true}), false)
		if f.Class != want || (f.Class == bot.RateLimited) != (f.After > 0) {
			t.Errorf("%d is %s after %v, want %s", code, f.Class, f.After, want)
		}
	}
}

func TestFilesComeAsTheyAre(t *testing.T) {
	p := newPlatform(t)
	a := open(t, adaptertest.NewHouse(), p.Host)
	body, _, err := a.Get(t.Context(), "/cgi-bin/media/get", url.Values{"media_id": {"m"}})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(body)
	_ = body.Close()
	if string(got) != "PNG" {
		t.Errorf("%q", got)
	}
	p.Force("cgi-bin/media/get", adaptertest.Answer{Body: `{"errcode":40007,"errmsg":"invalid media_id"}`}, adaptertest.Answer{Body: `{"video_url":"` + p.Host + `/cgi-bin/media/get"}`})
	if _, _, err := a.Get(t.Context(), "/cgi-bin/media/get", nil); weixin.CodeOf(err) != 40007 {
		t.Errorf("%v", err)
	}
	body, note, err := a.Get(t.Context(), "/cgi-bin/media/get", nil)
	if err != nil || body != nil || !strings.Contains(string(note), "video_url") {
		t.Errorf("%s, %v", note, err)
	}
	if _, err := a.Fetch(t.Context(), "http://169.254.169.254/secrets"); err == nil {
		t.Error("went to an address of anybody's")
	}
	n := len(p.Calls("cgi-bin/stable_token"))
	if body, err = a.Fetch(t.Context(), p.Host+"/cgi-bin/media/get"); err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	calls := p.Calls("cgi-bin/media/get")
	if calls[len(calls)-1].Token != "" || len(p.Calls("cgi-bin/stable_token")) != n {
		t.Error("the token went along")
	}
}

func TestTheEnvironmentsProxyIsNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	p := newPlatform(t)
	proxy := newPlatform(t)
	a, err := weixin.Open(weixin.Options{
		Host: adaptertest.NewHouse(), APIURL: "http://platform.invalid", Proxy: proxy.Host, ID: appID, Secret: secret, Fetch: weixin.Stable,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := say(t.Context(), a, "through the proxy"); err != nil || len(proxy.Calls("cgi-bin/message/custom/send")) != 1 {
		t.Errorf("%v, calls %v", err, proxy.Calls())
	}
	if err := say(t.Context(), open(t, adaptertest.NewHouse(), p.Host), "straight"); err != nil {
		t.Error(err)
	}
	if _, err := weixin.Open(weixin.Options{Host: adaptertest.NewHouse(), APIURL: p.Host, Proxy: "gopher://geheim@x"}); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("%v", err)
	}
}

func TestTheTokenGrowsOld(t *testing.T) {
	p := newPlatform(t)
	house := &clocked{House: adaptertest.NewHouse(), now: adaptertest.Clock()}
	a := open(t, house, p.Host)
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {114 * time.Minute, 1}, {2 * time.Minute, 2}} {
		house.now = house.now.Add(c.after)
		if err := say(t.Context(), a, "hello"); err != nil {
			t.Fatal(err)
		}
		if n := len(p.Calls("cgi-bin/stable_token")); n != c.want {
			t.Errorf("after %v more: %d tokens, want %d", c.after, n, c.want)
		}
	}
}

// clocked is a House whose clock can be set.
type clocked struct {
	*adaptertest.House
	now time.Time
}

// Now is the clock.
func (c *clocked) Now() time.Time { return c.now }
