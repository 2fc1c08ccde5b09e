package weixin_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/weixin"
)

// vectors are what Tencent published.
type vectors struct {
	Account struct {
		Token     string   `json:"token"`
		Key       string   `json:"encoding_aes_key"`
		AppID     string   `json:"app_id"`
		Time      string   `json:"timestamp"`
		Nonce     string   `json:"nonce"`
		Signature string   `json:"msg_signature"`
		Encrypt   string   `json:"encrypt"`
		Contains  []string `json:"plaintext_contains"`
	} `json:"official_account"`
	Corp struct {
		Token  string `json:"token"`
		Key    string `json:"encoding_aes_key"`
		CorpID string `json:"corp_id"`
		Verify struct {
			Time      string `json:"timestamp"`
			Nonce     string `json:"nonce"`
			Signature string `json:"msg_signature"`
			Echo      string `json:"echostr"`
			Plain     string `json:"plaintext"`
		} `json:"verify_url"`
		Message struct {
			Time      string   `json:"timestamp"`
			Nonce     string   `json:"nonce"`
			Signature string   `json:"msg_signature"`
			Encrypt   string   `json:"encrypt"`
			Contains  []string `json:"plaintext_contains"`
		} `json:"message"`
	} `json:"wecom"`
}

func published(t testing.TB) vectors {
	t.Helper()
	tt, ok := t.(*testing.T)
	if !ok {
		t.Fatal("not a test")
	}
	raw, err := os.ReadFile(adaptertest.Fixtures(tt, "wechat-vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func at(seconds int64) func() time.Time { return func() time.Time { return time.Unix(seconds, 0) } }

func envelope(encrypt string) []byte {
	return []byte("<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[" + encrypt + "]]></Encrypt></xml>")
}

func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

func TestPublishedVectors(t *testing.T) {
	v := published(t)
	a := v.Account
	door := weixin.Door{Token: a.Token, AESKey: a.Key, Receiver: a.AppID, Now: at(1409735700)}
	got, err := door.Open(query("timestamp", a.Time, "nonce", a.Nonce, "msg_signature", a.Signature, "encrypt_type", "aes"), envelope(a.Encrypt))
	contains(t, got, err, a.Contains)

	m := v.Corp.Message
	corp := weixin.Door{Token: v.Corp.Token, AESKey: v.Corp.Key, Receiver: v.Corp.CorpID, Corp: true, Now: at(1409659800)}
	got, err = corp.Open(query("timestamp", m.Time, "nonce", m.Nonce, "msg_signature", m.Signature), envelope(m.Encrypt))
	contains(t, got, err, m.Contains)

	e := v.Corp.Verify
	echo, err := corp.Echo(query("timestamp", e.Time, "nonce", e.Nonce, "msg_signature", e.Signature, "echostr", e.Echo))
	if err != nil || echo != e.Plain {
		t.Errorf("echo %q, %v; want %q", echo, err, e.Plain)
	}
	corp.Now = at(1409659589 + 601)
	if _, err = corp.Echo(query("timestamp", e.Time, "nonce", e.Nonce, "msg_signature", e.Signature, "echostr", e.Echo)); !errors.Is(err, weixin.ErrRefused) {
		t.Errorf("an old check: %v", err)
	}
}

func contains(t *testing.T, got []byte, err error, parts []string) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	for _, part := range parts {
		if !strings.Contains(string(got), part) {
			t.Errorf("%q is not in %q", part, got)
		}
	}
}

const (
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	appID  = "wx0123456789abcdef"
)

func testDoor() weixin.Door {
	return weixin.Door{Token: "spamtest", AESKey: aesKey, Receiver: appID, Now: at(1_800_000_000)}
}

// sealed is an authentic request of a moment to a receiver.
func sealed(t testing.TB, door weixin.Door, stamp, receiver, text string) (url.Values, string) {
	t.Helper()
	raw, err := util.EncryptMsg([]byte("1234567890123456"), []byte(text), receiver, door.AESKey)
	if err != nil {
		t.Fatal(err)
	}
	sign := util.Signature(door.Token, stamp, "7", string(raw))
	return query("timestamp", stamp, "nonce", "7", "msg_signature", sign, "encrypt_type", "aes",
		"signature", util.Signature(door.Token, stamp, "7")), string(raw)
}

func TestForgeriesStayOutside(t *testing.T) {
	door := testDoor()
	const stamp = "1800000000"
	text := "<xml><MsgType>text</MsgType></xml>"
	q, sealedText := sealed(t, door, stamp, appID, text)
	if got, err := door.Open(q, envelope(sealedText)); err != nil || string(got) != text {
		t.Fatalf("an authentic request: %q, %v", got, err)
	}
	flipped := []byte(sealedText)
	flipped[40] ^= 1
	with := func(pairs ...string) url.Values {
		spoiled := query(pairs...)
		for k, v := range q {
			if !spoiled.Has(k) {
				spoiled[k] = v
			}
		}
		return spoiled
	}
	other, otherText := sealed(t, door, stamp, "wx-of-another", text)
	old, oldText := sealed(t, door, "1799999399", appID, text)
	early, earlyText := sealed(t, door, "1800000601", appID, text)
	wordy, wordyText := sealed(t, door, "yesterday", appID, text)
	short := util.Signature(door.Token, stamp, "7", "AAAA")
	for name, c := range map[string]struct {
		q    url.Values
		body []byte
	}{
		"downgraded":       {with("encrypt_type", "raw"), []byte(text)},
		"mode not named":   {with("encrypt_type", ""), envelope(sealedText)},
		"plain body":       {q, []byte(text)},
		"unsigned":         {with("msg_signature", ""), envelope(sealedText)},
		"wrong signature":  {with("msg_signature", strings.Repeat("0", 40)), envelope(sealedText)},
		"capital letters":  {with("msg_signature", strings.ToUpper(q.Get("msg_signature"))), envelope(sealedText)},
		"plain signature":  {with("msg_signature", q.Get("signature")), envelope(sealedText)},
		"another nonce":    {with("nonce", "8"), envelope(sealedText)},
		"bit flipped":      {q, envelope(string(flipped))},
		"truncated":        {q, envelope(sealedText[:len(sealedText)/2])},
		"cut body":         {q, envelope(sealedText)[:60]},
		"nothing":          {q, nil},
		"nothing asked":    {nil, envelope(sealedText)},
		"not base64":       {with("msg_signature", util.Signature(door.Token, stamp, "7", "%%")), envelope("%%")},
		"too short":        {with("msg_signature", short), envelope("AAAA")},
		"for another":      {other, envelope(otherText)},
		"old":              {old, envelope(oldText)},
		"early":            {early, envelope(earlyText)},
		"without a moment": {wordy, envelope(wordyText)},
	} {
		if got, err := door.Open(c.q, c.body); !errors.Is(err, weixin.ErrRefused) || got != nil {
			t.Errorf("%s: %q, %v; want it refused", name, got, err)
		}
	}
}

func TestPlainDoor(t *testing.T) {
	door := testDoor()
	door.AESKey = ""
	q := query("timestamp", "1800000000", "nonce", "7", "signature", util.Signature("spamtest", "1800000000", "7"), "echostr", "hey")
	if got, err := door.Open(q, []byte("<xml/>")); err != nil || string(got) != "<xml/>" {
		t.Errorf("%q, %v", got, err)
	}
	if echo, err := door.Echo(q); err != nil || echo != "hey" {
		t.Errorf("echo %q, %v", echo, err)
	}
	q.Set("signature", "no")
	if _, err := door.Open(q, []byte("<xml/>")); !errors.Is(err, weixin.ErrRefused) {
		t.Errorf("forged: %v", err)
	}
	if _, err := door.Echo(q); !errors.Is(err, weixin.ErrRefused) {
		t.Errorf("forged check: %v", err)
	}
	if got, err := door.Seal([]byte("<xml/>")); err != nil || string(got) != "<xml/>" {
		t.Errorf("sealed %q, %v", got, err)
	}
}

func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		door weixin.Door
		want string
	}{
		"good":      {testDoor(), ""},
		"plain":     {weixin.Door{Token: "abc"}, ""},
		"no token":  {weixin.Door{AESKey: aesKey}, "token: missing"},
		"bad token": {weixin.Door{Token: "a b c geheim", AESKey: aesKey}, "token: "},
		"bad key":   {weixin.Door{Token: "abc", AESKey: "geheim"}, "encoding_aes_key: "},
		"corp":      {weixin.Door{Token: "abc", Corp: true}, "encoding_aes_key: missing"},
	} {
		err := c.door.Validate()
		if (err == nil) != (c.want == "") || err != nil && (!strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "geheim")) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// FuzzOpen makes sure that nothing but what the platform sealed comes in, and
// that what we seal can be opened.
func FuzzOpen(f *testing.F) {
	door := testDoor()
	q, text := sealed(f, door, "1800000000", appID, "<xml/>")
	f.Add(q.Encode(), envelope(text))
	f.Add("timestamp=1800000000&nonce=7&encrypt_type=aes&msg_signature=x", []byte("<xml><Encrypt>a</Encrypt></xml>"))
	f.Add("", []byte("<xml><xml><xml>"))
	f.Fuzz(func(t *testing.T, raw string, body []byte) {
		q, _ := url.ParseQuery(raw)
		if got, err := door.Open(q, body); err == nil && string(got) != "<xml/>" {
			t.Errorf("%q came in", got)
		}
		if len(body) == 0 {
			return
		}
		reply, err := door.Seal(body)
		if err != nil {
			t.Fatal(err)
		}
		if got := unseal(t, door, reply); string(got) != string(body) {
			t.Errorf("sealed %q, opened %q", body, got)
		}
	})
}
