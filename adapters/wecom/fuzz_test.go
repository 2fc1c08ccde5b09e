package wecom_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

// FuzzMessage reads anything as an entry of sync_msg: it becomes a whole
// Inbound or nothing with a reason.
func FuzzMessage(f *testing.F) {
	s := wecomtest.New()
	f.Cleanup(s.Close)
	for _, body := range inbound(s) {
		f.Add(body)
	}
	for body := range notForUs() {
		f.Add([]byte(body))
	}
	a := open(f, config(s), adaptertest.NewHouse())
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, reason := wecom.Inbound(a, shop, raw)
		if (in == nil) != (reason != "") {
			t.Fatalf("%+v, %q", in, reason)
		}
		if in == nil {
			return
		}
		if in.EventID == "" || in.Address.Chat == "" || in.Sender.ID == "" || in.Kind == "" || in.V != bot.InboundVersion {
			t.Errorf("incomplete: %+v", in)
		}
		kept, err := json.Marshal(in)
		if err != nil || !utf8.Valid(kept) || strings.Contains(string(kept), `\u0000`) {
			t.Errorf("cannot be kept: %s, %v", kept, err)
		}
	})
}

// FuzzCallback brings anything in with a right signature.
func FuzzCallback(f *testing.F) {
	s := wecomtest.New()
	f.Cleanup(s.Close)
	f.Add("<xml><Event>kf_msg_or_event</Event><Token>t</Token><OpenKfId>wkSHOP</OpenKfId></xml>")
	f.Add("<xml><Event>kf_msg_or_event</Event><OpenKfId>../x y</OpenKfId></xml>")
	f.Add("")
	a := open(f, config(s), adaptertest.NewHouse())
	f.Fuzz(func(t *testing.T, xml string) {
		w := &answer{}
		a.Webhook(nil).ServeHTTP(w, s.Request(hook, xml, adaptertest.Clock()))
		if w.status != http.StatusOK || w.body.String() != "success" {
			t.Errorf("%d %q", w.status, w.body.String())
		}
	})
}

// TestPublishedVector opens what Tencent has published, at the time it was
// signed: nobody on this project made it.
func TestPublishedVector(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(adaptertest.Fixtures(t, "wechat")), "wechat-vectors.json"))
	if err != nil {
		t.Skip(err)
	}
	type signed struct {
		Timestamp, Nonce, Echostr, Plaintext, Encrypt string
		Signature                                     string `json:"msg_signature"`
	}
	var file struct {
		Wecom struct {
			Token   string
			AESKey  string `json:"encoding_aes_key"`
			CorpID  string `json:"corp_id"`
			Verify  signed `json:"verify_url"`
			Message signed
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	v := file.Wecom
	house := later{adaptertest.NewHouse(), time.Unix(1409659700, 0)}
	a := open(t, wecom.Config{Install: "kf", CorpID: v.CorpID, Secret: "x", Token: v.Token, AESKey: v.AESKey}, house)
	request := func(method string, q signed, body string) *answer {
		query := url.Values{"msg_signature": {q.Signature}, "timestamp": {q.Timestamp}, "nonce": {q.Nonce}}
		if q.Echostr != "" {
			query.Set("echostr", q.Echostr)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, hook+"?"+query.Encode(), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		w := &answer{}
		a.Webhook(nil).ServeHTTP(w, r)
		return w
	}
	if w := request(http.MethodGet, v.Verify, ""); w.status != http.StatusOK || w.body.String() != v.Verify.Plaintext {
		t.Errorf("the address is tried out: %d %q, want %q", w.status, w.body.String(), v.Verify.Plaintext)
	}
	body := "<xml><ToUserName>" + v.CorpID + "</ToUserName><Encrypt>" + v.Message.Encrypt + "</Encrypt></xml>"
	if w := request(http.MethodPost, v.Message, body); w.status != http.StatusOK || w.body.String() != "success" {
		t.Errorf("a message: %d %q", w.status, w.body.String())
	}
	if c := house.Counts(); len(c) != 1 || c[0].Reason != "not_for_us" || !strings.Contains(string(c[0].Raw), "hello") {
		t.Errorf("counted %v", c)
	}
}
