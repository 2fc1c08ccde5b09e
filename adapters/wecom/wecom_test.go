package wecom_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

const (
	shop = "wkSHOP"
	hook = "/hook/wecom/kf"
)

var ana = wecomtest.Person{ID: "wmANA0001", Name: "Ana 安娜"}

func config(s *wecomtest.Server) wecom.Config {
	return wecom.Config{
		Install: "kf", PublicURL: "https://bot.example.com/", CorpID: s.CorpID, Secret: s.Secret,
		Token: s.Token, AESKey: s.AESKey, Remote: bot.Remote{APIURL: s.URL},
	}
}

func open(t testing.TB, c wecom.Config, host bot.Host) *wecom.Adapter {
	t.Helper()
	a, err := wecom.New(c, host)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func start(t testing.TB) *wecomtest.Server {
	t.Helper()
	s := wecomtest.New()
	t.Cleanup(s.Close)
	return s
}

func address(p wecomtest.Person) bot.Address {
	return bot.Address{Platform: wecom.Platform, Install: "kf", Chat: bot.ChatID(shop + "/" + p.ID)}
}

// spoken is a server to which Ana has written.
func spoken(t testing.TB) *wecomtest.Server {
	s := start(t)
	s.Spoke(ana, shop)
	return s
}

// announce is a request that says that a body has arrived; XML is a request of
// its own.
func announce(s *wecomtest.Server, body []byte, at time.Time) *http.Request {
	if strings.HasPrefix(string(bytes.TrimSpace(body)), "<") {
		return s.Request(hook, string(body), at)
	}
	s.Empty(shop)
	s.Arrive(shop, body)
	r := s.Callback(hook, shop, at)
	if over := len(body) - bot.BodyLimit; over > 0 {
		raw, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(append(raw, bytes.Repeat([]byte(" "), bot.BodyLimit)...)))
	}
	return r
}

func pull(t *testing.T, a bot.Webhook, inbox bot.Inbox) {
	t.Helper()
	if err := wecom.Fetch(t.Context(), a.(*wecom.Adapter), inbox); err != nil { //nolint:forcetypeassert // ours
		t.Log("pull:", err)
	}
}

func TestAdapter(t *testing.T) {
	s, at := start(t), adaptertest.Clock()
	talk := spoken(t)
	var live *wecom.Adapter
	var inbox bot.Inbox
	adaptertest.Run(t, adaptertest.Harness{
		API:        &talk.API,
		Pull:       pull,
		Repeatable: true,
		Ages:       true,
		New: func(t *testing.T, host bot.Host) bot.Webhook {
			talk.SetSession(shop, ana.ID, wecomtest.StateNew, "")
			talk.Spoke(ana, shop)
			return open(t, config(talk), host)
		},
		Request:   func(body []byte, at time.Time) *http.Request { return announce(talk, body, at) },
		Forgeries: forgeries(talk),
		Text:      func(text string) []byte { at = at.Add(time.Second); return timed(talk.Text(ana, shop, text), at) },
		Inbound:   inbound(talk),
		NotForUs:  notForUs(),
		Fixtures:  "wechat",
		Glob:      "*.xml",
		Wrap:      func(file []byte) []byte { return file },
		To:        address(ana),
		Post:      "kf/send_msg",
		Outgoing:  outgoing(),
		Kept:      map[string][]byte{"photo": photo, "list": []byte("a,b\n1,2\n")},
		Failures:  failures(),
		Secrets:   []string{talk.Secret, talk.Token, talk.AESKey, "access-token_"},
		Live: []adaptertest.Live{{
			Name: "pulling",
			New: func(t *testing.T, host bot.Host) bot.Adapter {
				live = open(t, config(s), host)
				inbox = host.(bot.Inbox) //nolint:forcetypeassert // a House
				return live
			},
			Ready: func(d time.Duration) bool { return len(s.Await("kf/sync_msg", 1, d)) == 1 },
			Deliver: func(body []byte) {
				s.Arrive(shop, body)
				live.Webhook(inbox).ServeHTTP(discard{}, s.Callback(hook, shop, adaptertest.Clock()))
			},
		}},
	})
}

// BenchmarkCallback is how long WeCom waits for its "success".
func BenchmarkCallback(b *testing.B) {
	s := start(b)
	hook := open(b, config(s), adaptertest.NewHouse()).Webhook(nil)
	for b.Loop() {
		hook.ServeHTTP(discard{}, s.Callback("/hook", shop, adaptertest.Clock()))
	}
}

// BenchmarkPull fetches a page of a thousand messages and takes it in.
func BenchmarkPull(b *testing.B) {
	s := start(b)
	say(s, shop, 1, 1000)
	for b.Loop() {
		house := adaptertest.NewHouse()
		a := open(b, config(s), house)
		call(s, a, shop)
		if err := wecom.Fetch(b.Context(), a, house); err != nil || len(house.Received()) != 1000 {
			b.Fatal(len(house.Received()), err)
		}
	}
}

// discard is somebody who does not read the answer.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// timed is a message of another moment.
func timed(raw json.RawMessage, at time.Time) []byte {
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(err)
	}
	m["send_time"] = at.Unix()
	out, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return out
}

var photo = append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 100)...)

func forgeries(s *wecomtest.Server) map[string]func(*http.Request) {
	set := func(key, value string) func(*http.Request) {
		return func(r *http.Request) {
			q := r.URL.Query()
			q.Set(key, value)
			r.URL.RawQuery = q.Encode()
		}
	}
	body := func(text string) func(*http.Request) {
		return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(text)) }
	}
	other := func(change func(*wecomtest.Server)) func(*http.Request) {
		return func(r *http.Request) {
			thief := &wecomtest.Server{CorpID: s.CorpID, Token: s.Token, AESKey: s.AESKey}
			change(thief)
			forged := thief.Request(hook, "<xml><Event>kf_msg_or_event</Event><Token>t</Token><OpenKfId>wkSHOP</OpenKfId></xml>", adaptertest.Clock())
			r.URL, r.Body = forged.URL, forged.Body
		}
	}
	return map[string]func(*http.Request){
		"no_signature":    set("msg_signature", ""),
		"wrong_signature": set("msg_signature", strings.Repeat("0", 40)),
		"upper_case":      func(r *http.Request) { set("msg_signature", strings.ToUpper(r.URL.Query().Get("msg_signature")))(r) },
		"other_nonce":     set("nonce", "1"),
		"later":           set("timestamp", fmt.Sprint(adaptertest.Clock().Unix()+1)),
		"no_time":         set("timestamp", ""),
		"no_query":        func(r *http.Request) { r.URL.RawQuery = "" },
		"plain_signature": func(r *http.Request) {
			q := s.Sign("", adaptertest.Clock())
			q.Set("signature", q.Get("msg_signature"))
			q.Del("msg_signature")
			r.URL.RawQuery = q.Encode()
		},
		"not_encrypted":     body("<xml><Event>kf_msg_or_event</Event><Token>t</Token><OpenKfId>wkSHOP</OpenKfId></xml>"),
		"other_envelope":    body("<xml><Encrypt>" + s.Encrypt("<xml><Event>kf_msg_or_event</Event></xml>") + "</Encrypt></xml>"),
		"truncated":         func(r *http.Request) { raw, _ := io.ReadAll(r.Body); body(string(raw[:len(raw)/2]))(r) },
		"nothing":           body(""),
		"other_token":       other(func(s *wecomtest.Server) { s.Token = "guessed" }),
		"other_key":         other(func(s *wecomtest.Server) { s.AESKey = strings.Repeat("A", 43) }),
		"for_another_corp":  other(func(s *wecomtest.Server) { s.CorpID = "ww0000000000000000" }),
		"echo_of_a_guesser": func(r *http.Request) { r.Method = http.MethodGet; set("echostr", "AAAA")(r) },
	}
}

func inbound(s *wecomtest.Server) map[string][]byte {
	media := func(kind, id string) []byte { return s.Message(ana, shop, kind, map[string]any{"media_id": id}) }
	return map[string][]byte{
		"text":     s.Text(ana, shop, "麦芽糖浆多少钱?"),
		"menu":     s.Message(ana, shop, "text", map[string]any{"content": "转人工", "menu_id": "101"}),
		"image":    media("image", "img-1"),
		"voice":    media("voice", "voice-1"),
		"video":    media("video", "video-1"),
		"file":     media("file", "file-1"),
		"location": s.Message(ana, shop, "location", map[string]any{"latitude": 31.2304, "longitude": 121.4737, "name": "人民广场", "address": "上海市黄浦区"}),
		"link":     s.Message(ana, shop, "link", map[string]any{"title": "糖浆", "desc": "报价", "url": "https://example.com/?a=1&b=2", "pic_url": "https://p"}),
		"card":     s.Message(ana, shop, "business_card", map[string]any{"userid": "li.wei"}),
		"program":  s.Message(ana, shop, "miniprogram", map[string]any{"title": "下单", "appid": "wx1", "pagepath": "a.html", "thumb_media_id": "t"}),
		"channels": s.Message(ana, shop, "channels", map[string]any{"sub_type": 1, "nickname": "甜根", "title": "新品"}),
		"product":  s.Message(ana, shop, "channels_shop_product", map[string]any{"product_id": "1", "title": "糖浆 20kg", "sales_price": "12800", "shop_nickname": "甜根"}),
		"order":    s.Message(ana, shop, "channels_shop_order", map[string]any{"order_id": "3704612354559743232", "product_titles": "糖浆", "price_wording": "￥128", "state": "待发货"}),
		"merged": s.Message(ana, shop, "merged_msg", map[string]any{"title": "聊天记录", "item": []any{
			map[string]any{"send_time": 1, "msgtype": "text", "sender_name": "Bo", "msg_content": `{"text":{"content":"20 t"}}`},
			map[string]any{"send_time": 2, "msgtype": "x", "sender_name": "Bo", "msg_content": `{`},
		}}),
		"enter":        s.Enter(ana, shop, "expo-2026", ""),
		"enter_param":  s.Event(ana, shop, "enter_session", map[string]any{"scene": "crm", "scene_param": "%E5%B1%95%E4%BC%9A-2026", "welcome_code": "code-x"}),
		"enter_again":  s.Event(ana, shop, "enter_session", map[string]any{"scene": 123}),
		"taken":        s.Event(ana, shop, "session_status_change", map[string]any{"change_type": 1, "new_servicer_userid": "zhangsan", "msg_code": "c"}),
		"handed":       s.Event(ana, shop, "session_status_change", map[string]any{"change_type": 2, "old_servicer_userid": "zhangsan", "new_servicer_userid": "lisi"}),
		"ended":        s.Event(ana, shop, "session_status_change", map[string]any{"change_type": 3, "old_servicer_userid": "lisi", "msg_code": "c"}),
		"recalled":     s.Event(ana, shop, "user_recall_msg", map[string]any{"recall_msgid": "msgid1"}),
		"refuses":      s.Event(ana, shop, "msg_send_fail", map[string]any{"fail_msgid": "x", "fail_type": 10}),
		"servicer":     s.Servicer(ana, shop, "zhangsan", "text", map[string]any{"content": "我来处理"}),
		"servicer_img": s.Servicer(ana, shop, "zhangsan", "image", map[string]any{"media_id": "img-2"}),
	}
}

func notForUs() map[string]string {
	event := func(fields string) string {
		return `{"msgid":"m1","send_time":1784984700,"origin":4,"msgtype":"event","event":{"open_kfid":"wkSHOP","external_userid":"wmANA0001",` + fields + `}}`
	}
	said := func(fields string) string {
		return `{"msgid":"m1","open_kfid":"wkSHOP","external_userid":"wmANA0001","send_time":1784984700,"origin":3,` + fields + `}`
	}
	return map[string]string{
		event(`"event_type":"msg_send_fail","fail_msgid":"x","fail_type":6`):                                                     "not_for_us",
		event(`"event_type":"servicer_status_change","status":1,"servicer_userid":"z"`):                                          "not_for_us",
		event(`"event_type":"servicer_recall_msg","recall_msgid":"x","servicer_userid":"z"`):                                     "not_for_us",
		event(`"event_type":"reject_customer_msg_switch_change","reject_switch":1`):                                              "not_for_us",
		event(`"event_type":"user_recall_msg"`):                                                                                  "unreadable",
		event(`"event_type":"session_status_change","change_type":9`):                                                            "unknown",
		event(`"event_type":"never_heard_of"`):                                                                                   "unknown",
		said(`"msgtype":"text","text":{"content":" "}`):                                                                          "not_for_us",
		said(`"msgtype":"meeting","meeting":{}`):                                                                                 "not_for_us",
		said(`"msgtype":"hologram","hologram":{}`):                                                                               "unknown",
		`{"msgid":"m1","origin":3,"send_time":1784984700,"msgtype":"text","text":{"content":"who?"}}`:                            "unreadable",
		`{"msgid":"m1","open_kfid":"wkSHOP","external_userid":"u","send_time":1784984700,"origin":7,"msgtype":"text","text":{}}`: "unknown",
		`{"msgid":7}`: "unreadable",
		`{"msgid":"old","open_kfid":"wkSHOP","external_userid":"u","send_time":1784900000,"origin":3,"msgtype":"text","text":{"content":"yesterday"}}`: "not_for_us",
		`<xml><MsgType>event</MsgType><Event>change_contact</Event></xml>`:                                                                             "not_for_us",
		`<xml><Event>`: "unreadable",
	}
}

func outgoing() map[string]bot.Outgoing {
	to := address(ana)
	return map[string]bot.Outgoing{
		"text":  {Key: "41-1", Op: bot.OpPost, To: to, Direct: true, Reply: bot.Text("**糖浆** <&> _20 t_ [price list](https://e.com/?q=1&x=2)\n- one\n- `two` 😀")},
		"toast": {Key: "41-2", Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Toast: "Done ✓"}},
		"photo": {Key: "41-3", Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Files: []bot.File{{Name: "报价.png", MIME: "image/png", Hash: "photo"}}}},
		"file":  {Key: "41-4", Op: bot.OpPost, To: to, Direct: true, Reply: &bot.Reply{Files: []bot.File{{Name: `..\x/价"目.csv`, Hash: "list"}}}},
	}
}

func says(code int, text string) adaptertest.Answer {
	return adaptertest.Answer{Body: fmt.Sprintf(`{"errcode":%d,"errmsg":"%s, hint: [1], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=%d"}`, code, text, code)}
}

func failures() []adaptertest.Failure {
	return []adaptertest.Failure{
		{Name: "busy", Answer: says(-1, "system busy"), Class: bot.Transient},
		{Name: "count", Answer: says(95001, "out of response count limit"), Class: bot.WindowClosed},
		{Name: "time", Answer: says(95002, "out of response time limit"), Class: bot.WindowClosed},
		{Name: "customers", Answer: says(95003, "limit"), Class: bot.WindowClosed},
		{Name: "customer", Answer: says(40096, "invalid external userid"), Class: bot.RecipientGone},
		{Name: "account", Answer: says(95000, "invalid open_kfid"), Class: bot.RecipientGone},
		{Name: "account_gone", Answer: says(95004, "open_kfid not exist"), Class: bot.RecipientGone},
		{Name: "calls", Answer: says(45009, "reach max api daily quota limit"), Class: bot.RateLimited, After: 5 * time.Minute},
		{Name: "at_once", Answer: says(45033, "api concurrent out of limit"), Class: bot.RateLimited, After: time.Second},
		{Name: "too_long", Answer: says(45002, "content size out of limit"), Class: bot.BadContent},
		{Name: "parameter", Answer: says(40058, "invalid Request Parameter"), Class: bot.BadContent},
		{Name: "address", Answer: says(60020, "not allow to access from your ip"), Class: bot.Unauthorized},
		{Name: "right", Answer: says(48002, "api forbidden"), Class: bot.Unauthorized},
		{Name: "never_heard_of", Answer: says(95099, "who knows"), Class: bot.BadContent},
		{Name: "nobody", Answer: says(95014, "user is not servicer"), Class: bot.BadContent},
		{Name: "off", Answer: says(95017, "api not open"), Class: bot.Unauthorized},
		{Name: "banned", Answer: says(40201, "banned"), Class: bot.Unauthorized},
		{Name: "gateway", Answer: adaptertest.Answer{Status: 502, Body: "<html>Bad Gateway</html>"}, Class: bot.Transient},
		{Name: "page", Answer: adaptertest.Answer{Body: "<html>no</html>"}, Class: bot.Transient},
	}
}
