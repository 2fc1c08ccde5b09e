package adapters_test

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // what the platform signs with
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/wechat/wechattest"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/adapters/weixin"
)

// The account of the verifiers.
const (
	theirToken = "spamtest"
	theirKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	theirApp   = "wx2c2769f8efd9abc2"
)

// envelope is what is encrypted on its way.
type envelope struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }

func sha(words ...string) string {
	slices.Sort(words)
	sum := sha1.Sum([]byte(strings.Join(words, ""))) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// TestCryptoWithWeixins has two implementations that nobody here wrote decrypt
// what we encrypt, sign what we sign, and encrypt what we then decrypt.
func TestCryptoWithWeixins(t *testing.T) {
	dir := verifiers(t)
	now := time.Unix(1785000000, 0)
	door := weixin.Door{Token: theirToken, AESKey: theirKey, Receiver: theirApp, Now: func() time.Time { return now }}
	for _, message := range []string{"<xml>你好 from Go</xml>", "x", strings.Repeat("长", 5000), "]]><a>&amp;\x00"} {
		var e envelope
		if err := xml.Unmarshal(must(door.Seal([]byte(message)))(t), &e); err != nil {
			t.Fatal(err)
		}
		if want := sha(theirToken, e.TimeStamp, e.Nonce, e.Encrypt); e.MsgSignature != want {
			t.Errorf("signed %s, want %s", e.MsgSignature, want)
		}
		cmd := exec.CommandContext(t.Context(), "node", "--no-deprecation", "wechat-cross.js", e.Encrypt)
		cmd.Dir = dir
		var theirs struct{ WcDec, WcID, WecomDec, WcEnc, WecomEnc, WcSig, WecomSig string }
		if err := json.Unmarshal(must(cmd.Output())(t), &theirs); err != nil {
			t.Fatal(err)
		}
		if theirs.WcDec != message || theirs.WecomDec != message || theirs.WcID != theirApp {
			t.Errorf("they read %.40q and %.40q for %s, want %.40q", theirs.WcDec, theirs.WecomDec, theirs.WcID, message)
		}
		if want := sha(theirToken, "1", "2", e.Encrypt); theirs.WcSig != want || theirs.WecomSig != want {
			t.Errorf("they sign %s and %s, we %s", theirs.WcSig, theirs.WecomSig, want)
		}
		for who, sealed := range map[string]string{"wechat-crypto": theirs.WcEnc, "@wecom/crypto": theirs.WecomEnc} {
			body := []byte("<xml><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>")
			stamp := strconv.FormatInt(now.Unix(), 10)
			q := url.Values{"encrypt_type": {"aes"}, "timestamp": {stamp}, "nonce": {"n"}, "msg_signature": {sha(theirToken, stamp, "n", sealed)}}
			opened, err := door.Open(q, body)
			if err != nil || string(opened) != "<xml>你好 from node</xml>" {
				t.Errorf("%s: we read %q, %v", who, opened, err)
			}
		}
	}
}

// TestNodeWechatAcceptsOurWechat has npm's wechat take in what our stand-in of
// WeChat sends, and reads its encrypted answers with the stand-in and with the
// adapters' own door.
func TestNodeWechatAcceptsOurWechat(t *testing.T) {
	vacant(t, 9300)
	s := wechattest.New()
	t.Cleanup(s.Close)
	s.Token, s.AESKey, s.AppID = theirToken, theirKey, theirApp
	p := launch(t, nil, "--no-deprecation", "wechat-consumer.js")
	p.says("up")
	send := func(r *http.Request) (int, string) {
		t.Helper()
		r.RequestURI, r.URL.Scheme, r.URL.Host, r.Host = "", "http", "127.0.0.1:9300", ""
		resp := must(http.DefaultClient.Do(r))(t)
		defer resp.Body.Close() //nolint:errcheck // only read from
		return resp.StatusCode, string(must(io.ReadAll(resp.Body))(t))
	}
	at := time.Now()
	if status, said := send(s.Knock("echo-42", at)); status != 200 || said != "echo-42" {
		t.Errorf("the echo: %d %s", status, said)
	}
	status, said := send(s.Request(s.Text(follower, "麦芽糖浆 &amp; <b>"), at))
	if status != 200 {
		t.Fatalf("status %d: %s", status, said)
	}
	p.says(`"Content":"麦芽糖浆 &amp; <b>"`, `"FromUserName":"`+follower+`"`)
	if r, err := s.Open([]byte(said), true); err != nil || r.Content != "echo 麦芽糖浆 &amp; <b>" || r.To != follower {
		t.Errorf("our stand-in reads %+v, %v", r, err)
	}
	if message := opened(t, said); !strings.Contains(message, "echo 麦芽糖浆") {
		t.Errorf("our door reads %s", message)
	}
	if status, said := send(s.Request(s.Text(follower, "quiet"), at)); status != 200 || said != "" {
		t.Errorf("an empty answer: %d %q", status, said)
	}
	if status, _ := send(s.Request(s.Event(follower, "subscribe", "qrscene_fair"), at)); status != 200 {
		t.Errorf("an event: %d", status)
	}
	p.says(`"Event":"subscribe","EventKey":"qrscene_fair"`)
	if status, said := send(s.Plain(s.Text(follower, "plain words"), at)); status != 200 || !strings.Contains(said, "echo plain words") {
		t.Errorf("the plain mode: %d %s", status, said)
	}
	s.Token = "anothertoken"
	if status, _ := send(s.Knock("echo-42", at)); status != http.StatusUnauthorized {
		t.Errorf("an echo signed with another token: %d", status)
	}
	if status, _ := send(s.Request(s.Text(follower, "forged"), at)); status != http.StatusUnauthorized {
		t.Errorf("a message signed with another token: %d", status)
	}
	if out, _ := p.said(); strings.Contains(out, "forged") {
		t.Error("the forged message was taken")
	}
}

// opened reads an encrypted answer with the adapters' door. The consumer gives
// its time in milliseconds.
func opened(t *testing.T, answer string) string {
	t.Helper()
	var e envelope
	if err := xml.Unmarshal([]byte(answer), &e); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	stamp := must(strconv.ParseInt(e.TimeStamp, 10, 64))(t)
	door := weixin.Door{Token: theirToken, AESKey: theirKey, Receiver: theirApp, Now: func() time.Time { return time.Unix(stamp, 0) }}
	q := url.Values{"encrypt_type": {"aes"}, "timestamp": {e.TimeStamp}, "nonce": {e.Nonce}, "msg_signature": {e.MsgSignature}}
	return string(must(door.Open(q, []byte(answer)))(t))
}

// TestWecomCryptoReadsOurCallbacks has @wecom/crypto read and check what our
// stand-in of WeCom sends.
func TestWecomCryptoReadsOurCallbacks(t *testing.T) {
	dir := verifiers(t)
	s := wecomtest.New()
	t.Cleanup(s.Close)
	at := time.Unix(1785000000, 0)
	for name, r := range map[string]*http.Request{
		"callback": s.Callback("/hook", desk, at), "verification": s.Verify("/hook", "echo-42", at),
	} {
		q := r.URL.Query()
		sealed := q.Get("echostr")
		if r.Body != nil {
			var e envelope
			if err := xml.NewDecoder(r.Body).Decode(&e); err != nil {
				t.Fatal(err)
			}
			sealed = e.Encrypt
		}
		cmd := exec.CommandContext(t.Context(), "node", verifier(t, "wecom-callback.mjs"), s.Token, s.AESKey, q.Get("timestamp"), q.Get("nonce"), sealed)
		cmd.Env = append(cmd.Environ(), "CRMBOT_VERIFIERS="+dir)
		var theirs struct{ Message, ID, Signature string }
		if err := json.Unmarshal(bytes.TrimSpace(must(cmd.Output())(t)), &theirs); err != nil {
			t.Fatal(err)
		}
		if theirs.ID != s.CorpID || theirs.Signature != q.Get("msg_signature") {
			t.Errorf("%s: for %s, signed %s; want %s", name, theirs.ID, theirs.Signature, fmt.Sprint(s.CorpID, " ", q.Get("msg_signature")))
		}
		if !strings.Contains(theirs.Message, map[string]string{"callback": desk, "verification": "echo-42"}[name]) {
			t.Errorf("%s: they read %q", name, theirs.Message)
		}
	}
}
