package adapters_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/adapters/wechat"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

// gate is where a platform's requests come in.
type gate struct {
	open func(t *testing.T, host *adaptertest.House) http.Handler
	// real is an authentic request of a moment.
	real func(at time.Time) *http.Request
}

// now is the moment of every request; the others are out of step with it.
func now() time.Time { return adaptertest.Clock() }

// TestRefused is the list of what is not let in, on every platform: the status
// that is answered, and that nothing of it reaches the inbox. What is authentic
// as far as the platform lets us know, and unreadable, is answered 200 so that
// it does not come again; nothing of it reaches the inbox either.
func TestRefused(t *testing.T) {
	g := gates(t)
	other := wechattest.New()
	t.Cleanup(other.Close)
	other.AppID = "wxanother0000001"
	elsewhere := wecomtest.New()
	t.Cleanup(elsewhere.Close)
	elsewhere.CorpID = "wwanother00000001"
	wechatServer := wechattest.New()
	t.Cleanup(wechatServer.Close)
	company := wecomtest.New()
	t.Cleanup(company.Close)
	plain := func(r *http.Request) *http.Request {
		return wechatServer.Plain(wechatServer.Text(follower, "I am the boss"), now())
	}
	const secret = "X-Telegram-Bot-Api-Secret-Token"
	for _, c := range []struct {
		platform, what string
		at             time.Duration // out of step
		spoil          func(r *http.Request) *http.Request
		want           int
	}{
		{"slack", "authentic", 0, same, 200},
		{"slack", "unsigned", 0, without("X-Slack-Signature"), 401},
		{"slack", "without a time", 0, without("X-Slack-Request-Timestamp"), 401},
		{"slack", "signed with another secret", 0, signed("another"), 401},
		{"slack", "signed with an empty secret", 0, signed(""), 401},
		{"slack", "forged: another body", 0, body(`{"type":"event_callback","event_id":"Ev1"}`), 401},
		{"slack", "forged: another time", 0, header("X-Slack-Request-Timestamp", "1784984701"), 401},
		{"slack", "truncated", 0, half, 401},
		{"slack", "truncated signature", 0, header("X-Slack-Signature", "v0=a2114d57"), 401},
		{"slack", "downgraded: no version", 0, header("X-Slack-Signature", "v0="), 401},
		{"slack", "stale", -6 * time.Minute, same, 401},
		{"slack", "early", 6 * time.Minute, same, 401},
		{"slack", "oversized", 0, huge, 413},
		{"slack", "not a POST", 0, method(http.MethodGet), 405},

		{"telegram", "authentic", 0, same, 200},
		{"telegram", "without a secret", 0, without(secret), 401},
		{"telegram", "with an empty secret", 0, header(secret, ""), 401},
		{"telegram", "with the secret of another bot", 0, header(secret, "an0ther_secret_token"), 401},
		{"telegram", "with half the secret", 0, header(secret, "s3cret_for"), 401},
		{"telegram", "with the secret in the address", 0, func(r *http.Request) *http.Request {
			r.URL.RawQuery = "secret_token=" + r.Header.Get(secret)
			r.Header.Del(secret)
			return r
		}, 401},
		{"telegram", "truncated", 0, half, 200},
		{"telegram", "oversized", 0, huge, 413},
		{"telegram", "not a POST", 0, method(http.MethodGet), 405},

		{"wechat, plain", "authentic", 0, same, 200},
		{"wechat, plain", "unsigned", 0, query("signature", ""), 403},
		{"wechat, plain", "signed with another token", 0, query("signature", strings.Repeat("a", 40)), 403},
		{"wechat, plain", "forged: another time", 0, query("timestamp", "1784984701"), 403},
		{"wechat, plain", "forged: another nonce", 0, query("nonce", "other"), 403},
		{"wechat, plain", "stale", -11 * time.Minute, same, 403},
		{"wechat, plain", "early", 11 * time.Minute, same, 403},
		{"wechat, plain", "truncated", 0, half, 200},
		{"wechat, plain", "oversized", 0, huge, 413},
		{"wechat, plain", "an echo, unsigned", 0, func(*http.Request) *http.Request {
			return query("signature", "")(wechatServer.Knock("echo-42", now()))
		}, 403},
		{"wechat, plain", "an echo, stale", 0, func(*http.Request) *http.Request {
			return wechatServer.Knock("echo-42", now().Add(-11*time.Minute))
		}, 403},

		{"wechat, encrypted", "authentic", 0, same, 200},
		{"wechat, encrypted", "unsigned", 0, query("msg_signature", ""), 403},
		{"wechat, encrypted", "signed with another token", 0, query("msg_signature", strings.Repeat("a", 40)), 403},
		{"wechat, encrypted", "downgraded: plain body, plain signature", 0, plain, 403},
		{"wechat, encrypted", "downgraded: plain body, its own signature", 0, body("<xml><MsgType>text</MsgType></xml>"), 403},
		{"wechat, encrypted", "downgraded: mode missing", 0, query("encrypt_type", ""), 403},
		{"wechat, encrypted", "downgraded: mode raw", 0, query("encrypt_type", "raw"), 403},
		{"wechat, encrypted", "forged: signature of the plain mode", 0, func(r *http.Request) *http.Request {
			return query("msg_signature", r.URL.Query().Get("signature"))(r)
		}, 403},
		{"wechat, encrypted", "for another app", 0, func(*http.Request) *http.Request {
			return other.Request(other.Text(follower, "I am the boss"), now())
		}, 403},
		{"wechat, encrypted", "truncated", 0, half, 403},
		{"wechat, encrypted", "stale", -11 * time.Minute, same, 403},
		{"wechat, encrypted", "early", 11 * time.Minute, same, 403},
		{"wechat, encrypted", "oversized", 0, huge, 413},

		{"wecom", "authentic", 0, same, 200},
		{"wecom", "unsigned", 0, query("msg_signature", ""), 403},
		{"wecom", "signed with another token", 0, query("msg_signature", strings.Repeat("a", 40)), 403},
		{"wecom", "downgraded: plain body", 0, body("<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event></xml>"), 403},
		{"wecom", "for another company", 0, func(*http.Request) *http.Request { return elsewhere.Callback("/hook", desk, now()) }, 403},
		{"wecom", "truncated", 0, half, 403},
		{"wecom", "stale", -11 * time.Minute, same, 403},
		{"wecom", "early", 11 * time.Minute, same, 403},
		{"wecom", "oversized", 0, huge, 413},
		{"wecom", "an echo, unsigned", 0, func(*http.Request) *http.Request {
			return query("msg_signature", "")(company.Verify("/hook", "echo-42", now()))
		}, 403},
		{"wecom", "an echo, stale", 0, func(*http.Request) *http.Request {
			return company.Verify("/hook", "echo-42", now().Add(-11*time.Minute))
		}, 403},
		{"wecom", "an echo for another company", 0, func(*http.Request) *http.Request {
			return elsewhere.Verify("/hook", "echo-42", now())
		}, 403},
	} {
		t.Run(c.platform+"/"+c.what, func(t *testing.T) {
			house := adaptertest.NewHouse()
			answer := httptest.NewRecorder()
			g[c.platform].open(t, house).ServeHTTP(answer, c.spoil(g[c.platform].real(now().Add(c.at))))
			if answer.Code != c.want {
				t.Errorf("status %d, want %d", answer.Code, c.want)
			}
			if strings.Contains(answer.Body.String(), "echo-42") {
				t.Errorf("it was echoed: %s", answer.Body)
			}
			refused := 0
			for _, counted := range house.Counts() {
				if counted.Reason == "refused" {
					refused++
				}
			}
			switch received := len(house.Received()); {
			case c.what == "authentic":
				if received+len(pulls(house)) == 0 {
					t.Error("the authentic one did not come in either: this list proves nothing")
				}
			case received != 0 || len(pulls(house)) != 0:
				t.Errorf("it came in: %+v", house.Received())
			case refused == 0 && (c.want == 401 || c.want == 403):
				t.Error("it was not counted as refused")
			}
		})
	}
}

// pulls says whether WeCom's news were noted down.
func pulls(house *adaptertest.House) []string {
	var noted []string
	for _, key := range house.Keys() {
		if strings.HasPrefix(key, "news") {
			noted = append(noted, key)
		}
	}
	return noted
}

func gates(t *testing.T) map[string]gate {
	t.Helper()
	tg, sl, wx, wc := telegramtest.New(), slacktest.New(), wechattest.New(), wecomtest.New()
	for _, stop := range []func(){tg.Close, sl.Close, wx.Close, wc.Close} {
		t.Cleanup(stop)
	}
	official := func(key string) func(*testing.T, *adaptertest.House) http.Handler {
		return func(t *testing.T, house *adaptertest.House) http.Handler {
			c := wechat.Config{Install: "shop", AppID: wx.AppID, AppSecret: wx.Secret, Token: wx.Token, AESKey: key}
			c.APIURL = wx.URL
			return must(wechat.New(c, house))(t).Webhook(house)
		}
	}
	return map[string]gate{
		"slack": {
			open: func(t *testing.T, house *adaptertest.House) http.Handler {
				c := slack.Config{Install: "team", Mode: "http", BotToken: sl.BotToken, SigningSecret: sl.SigningSecret}
				c.APIURL = sl.URL
				return must(slack.New(c, house))(t).Webhook(house)
			},
			real: func(at time.Time) *http.Request {
				text := sl.Text("U1", "hello")
				r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(text))
				r.Header = slacktest.Sign(sl.SigningSecret, at, text)
				return r
			},
		},
		"telegram": {
			open: func(t *testing.T, house *adaptertest.House) http.Handler {
				c := telegram.Config{Install: "support", Token: tg.Token, Mode: "webhook", SecretToken: tg.Secret, PublicURL: "https://bot.example.com"}
				c.APIURL = tg.URL
				return must(telegram.New(c, house))(t).Webhook(house)
			},
			real: func(time.Time) *http.Request {
				r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(tg.Text(ana, "hello")))
				r.Header.Set("X-Telegram-Bot-Api-Secret-Token", tg.Secret)
				return r
			},
		},
		"wechat, plain": {
			open: official(""),
			real: func(at time.Time) *http.Request { return wx.Plain(wx.Text(follower, "hello"), at) },
		},
		"wechat, encrypted": {
			open: official(wx.AESKey),
			real: func(at time.Time) *http.Request { return wx.Request(wx.Text(follower, "hello"), at) },
		},
		"wecom": {
			open: func(t *testing.T, house *adaptertest.House) http.Handler {
				c := wecom.Config{Install: "kf", CorpID: wc.CorpID, Secret: wc.Secret, Token: wc.Token, AESKey: wc.AESKey}
				c.APIURL = wc.URL
				return must(wecom.New(c, house))(t).Webhook(house)
			},
			real: func(at time.Time) *http.Request { return wc.Callback("/hook", desk, at) },
		},
	}
}

// What can be done to a request.

func same(r *http.Request) *http.Request { return r }

func header(name, value string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		r.Header.Set(name, value)
		return r
	}
}

func without(name string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		r.Header.Del(name)
		return r
	}
}

func query(name, value string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		q := r.URL.Query()
		if q.Del(name); value != "" {
			q.Set(name, value)
		}
		r.URL.RawQuery = q.Encode()
		return r
	}
}

func method(name string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		r.Method = name
		return r
	}
}

func body(text string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		return r
	}
}

func half(r *http.Request) *http.Request {
	raw, _ := io.ReadAll(r.Body)
	return body(string(raw[:len(raw)/2]))(r)
}

func huge(r *http.Request) *http.Request {
	raw, _ := io.ReadAll(r.Body)
	return body(string(raw) + strings.Repeat(" ", bot.BodyLimit))(r)
}

func signed(secret string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		raw, _ := io.ReadAll(r.Body)
		r.Header = slacktest.Sign(secret, now(), raw)
		return body(string(raw))(r)
	}
}
