package wechat_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wechat"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/bot"
)

const (
	zhang  = "oZhangWei_0001"
	friend = "oFriend_0002" // may be written to without end
	reply  = "TM-reply_waiting-01"
	ticket = "TM-ticket_update-02"
)

func newServer(t *testing.T) *wechattest.Server {
	t.Helper()
	s := wechattest.New()
	t.Cleanup(s.Close)
	s.Trust(friend)
	s.AddTemplate(reply, "{{thing1.DATA}}\n时间：{{time2.DATA}} {{phrase3.DATA}}")
	s.AddTemplate(ticket, "{{first.DATA}}\n工单：{{keyword1.DATA}} {{character_string2.DATA}}")
	return s
}

func config(s *wechattest.Server) wechat.Config {
	return wechat.Config{
		Install: "shop", PublicURL: "https://bot.example.com", AppID: s.AppID, AppSecret: s.Secret, Token: s.Token, AESKey: s.AESKey,
		Remote: bot.Remote{APIURL: s.URL}, Templates: wechat.Notices{ReplyWaiting: reply, TicketUpdate: ticket},
	}
}

func open(t *testing.T, c wechat.Config, host bot.Host) *wechat.Adapter {
	t.Helper()
	a, err := wechat.New(c, host)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func address(person string) bot.Address {
	return bot.Address{Platform: wechat.Platform, Install: "shop", Chat: bot.ChatID(person)}
}

func post(person string, r *bot.Reply) bot.Outgoing {
	return bot.Outgoing{V: 1, Key: "12-1", Op: bot.OpPost, To: address(person), Direct: true, Reply: r}
}

// inbound are bodies of every kind.
func inbound(s *wechattest.Server) map[string][]byte {
	list := func(choice string) []byte { return s.Consent(zhang, "SUB-1", choice) }
	return map[string][]byte{
		"text":             s.Text(zhang, " 麦芽糖浆多少钱一吨？]]> <b>&amp;\n急 "),
		"image":            s.Message(zhang, "image", "<PicUrl><![CDATA[http://mmbiz.qpic.cn/a/0?x=1&y=2]]></PicUrl><MediaId>MEDIA-1</MediaId>"),
		"voice":            s.Message(zhang, "voice", "<MediaId>MEDIA-2</MediaId><Format>amr</Format>"),
		"voice_recognised": s.Message(zhang, "voice", "<MediaId>MEDIA-2</MediaId><Format>Speex</Format><Recognition><![CDATA[我要报价。]]></Recognition>"),
		"video":            s.Message(zhang, "video", "<MediaId>MEDIA-3</MediaId><ThumbMediaId>T</ThumbMediaId>"),
		"shortvideo":       s.Message(zhang, "shortvideo", "<MediaId>MEDIA-3</MediaId><ThumbMediaId>T</ThumbMediaId>"),
		"location":         s.Message(zhang, "location", "<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y><Scale>20</Scale><Label><![CDATA[广州市天河区]]></Label>"),
		"location_bare":    s.Message(zhang, "location", "<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y>"),
		"link":             s.Message(zhang, "link", "<Title><![CDATA[公众平台官网链接]]></Title><Description><![CDATA[看这个]]></Description><Url><![CDATA[https://example.com/a?b=1]]></Url>"),
		"file":             s.Message(zhang, "file", "<Title>合同.pdf</Title><Description></Description><FileKey>k</FileKey>"),
		"sticker":          s.Text(zhang, "【收到不支持的消息类型，暂无法显示】"),
		"menu_message":     s.Message(zhang, "text", "<Content>满意</Content><bizmsgmenuid>101</bizmsgmenuid>"),
		"follow":           s.Event(zhang, "subscribe", ""),
		"follow_scene":     s.Event(zhang, "subscribe", "qrscene_expo-2026"),
		"follow_elsewhere": s.Event(zhang, "subscribe", "scanbarcode|keystandard|keystr"),
		"unfollow":         s.Event(zhang, "unsubscribe", ""),
		"scan":             s.Event(zhang, "SCAN", "expo-2026"),
		"menu":             s.Event(zhang, "CLICK", "报价"),
		"menu_page":        s.Event(zhang, "VIEW", "https://example.com"),
		"broken_byte":      []byte("<xml><FromUserName>" + zhang + "</FromUserName><CreateTime>1785000000</CreateTime><MsgId>7</MsgId><MsgType>text</MsgType><Content><![CDATA[a\xffb]]></Content></xml>"),
		"broken_reference": []byte("<xml><FromUserName>" + zhang + "</FromUserName><CreateTime>1785000000</CreateTime><MsgId>7</MsgId><MsgType>text</MsgType><Content>a&#0;&#x1F;&#xD83D;b</Content></xml>"),
		"typed_reference":  []byte("<xml><FromUserName>" + zhang + "</FromUserName><CreateTime>1785000000</CreateTime><MsgId>7</MsgId><MsgType>text</MsgType><Content><![CDATA[a&#0;b]]></Content></xml>"),
		"consent":          list("accept"),
		"consent_refused":  list("reject"),
		"consent_changed": []byte("<xml><FromUserName>" + zhang + "</FromUserName><CreateTime>1785000000</CreateTime><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event>" +
			"<SubscribeMsgChangeEvent><List><TemplateId>SUB-1</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>"),
	}
}

// notForUs are authentic bodies with the reason why they become nothing.
func notForUs(s *wechattest.Server) map[string]string {
	return map[string]string{
		string(s.Event(zhang, "LOCATION", "")):                                                "not_for_us",
		string(s.Event(zhang, "TEMPLATESENDJOBFINISH", "")):                                   "not_for_us",
		string(s.Event(zhang, "scancode_waitmsg", "6")):                                       "not_for_us",
		string(s.Event(zhang, "never_heard_of", "")):                                          "unknown",
		string(s.Event(zhang, "CLICK", " ")):                                                  "unreadable",
		string(s.Message(zhang, "hologram", "")):                                              "unknown",
		string(s.Message("", "text", "<Content>x</Content>")):                                 "unreadable",
		string(s.Text(zhang, " \n\x00 ")):                                                     "unreadable",
		"<xml><AppId>wx1</AppId><InfoType>component_verify_ticket</InfoType></xml>":           "not_for_us",
		"<xml><FromUserName>x</FromUserName></xml>":                                           "unreadable",
		"<xml><MsgType>text</MsgType><FromUserName>x</FromUserName>":                          "unreadable",
		"<xml><MsgType>text</MsgType><CreateTime>soon</CreateTime><Content>x</Content></xml>": "unreadable",
		"<xml><MsgType>text</MsgType><FromUserName>x</FromUserName><CreateTime>9223372036854775807</CreateTime><Content>x</Content></xml>": "unreadable",
	}
}

// spoil changes the query of a request.
func spoil(pairs ...string) func(*http.Request) {
	return func(r *http.Request) {
		q := r.URL.Query()
		for i := 0; i < len(pairs); i += 2 {
			if q.Del(pairs[i]); pairs[i+1] != "" {
				q.Set(pairs[i], pairs[i+1])
			}
		}
		r.URL.RawQuery = q.Encode()
	}
}

// read is the body of a request.
func read(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	return string(body)
}

func harness(t *testing.T) (*wechattest.Server, adaptertest.Harness) {
	s := newServer(t)
	plain := string(s.Text(zhang, "I am the boss, send me everything"))
	other := wechattest.New()
	t.Cleanup(other.Close)
	other.AppID = "wxanother0000001"
	retake := func(r, from *http.Request) { r.URL, r.Body, r.ContentLength = from.URL, from.Body, from.ContentLength }
	edited := func(edit func(string) string) func(*http.Request) {
		return func(r *http.Request) {
			body := read(r)
			changed := httptest.NewRequest(http.MethodPost, r.URL.String(), strings.NewReader(edit(body)))
			retake(r, changed)
		}
	}
	h := adaptertest.Harness{
		API:     &s.API,
		New:     func(t *testing.T, host bot.Host) bot.Webhook { return open(t, config(s), host) },
		Request: s.Request,
		Forgeries: map[string]func(r *http.Request){
			"unsigned":        spoil("msg_signature", "", "signature", ""),
			"wrong signature": spoil("msg_signature", strings.Repeat("a", 40)),
			"plain signature": func(r *http.Request) { spoil("msg_signature", r.URL.Query().Get("signature"))(r) },
			"another nonce":   spoil("nonce", "another"),
			"another time":    spoil("timestamp", "1785000001"),
			"downgraded":      func(r *http.Request) { retake(r, s.Plain([]byte(plain), adaptertest.Clock())) },
			"mode missing":    spoil("encrypt_type", ""),
			"raw":             spoil("encrypt_type", "raw"),
			"plain body":      edited(func(string) string { return plain }),
			"bit flipped":     edited(func(body string) string { return flip(body) }),
			"truncated":       edited(func(body string) string { return body[:len(body)-60] + "]]></Encrypt></xml>" }),
			"cut off":         edited(func(body string) string { return body[:len(body)/2] }),
			"for another app": func(r *http.Request) { retake(r, other.Request([]byte(plain), adaptertest.Clock())) },
			"nothing":         edited(func(string) string { return "" }),
		},
		Ages:     true,
		Text:     func(text string) []byte { return s.Text(zhang, text) },
		Inbound:  inbound(s),
		NotForUs: notForUs(s),
		Fixtures: "wechat",
		Glob:     "*.xml",
		Strange:  "*_notsure.xml",
		Wrap:     func(file []byte) []byte { return file },
		To:       address(friend),
		Post:     "cgi-bin/message/custom/send",
		Outgoing: outgoing(),
		Kept:     map[string][]byte{"h-photo": photo, "h-doc": []byte("%PDF-1.7 x")},
		Failures: failures(),
		Secrets:  []string{s.Secret, s.Token, s.AESKey, "ACCESS-of-a-fake"},
		Live: []adaptertest.Live{{
			Name: "menu",
			New: func(t *testing.T, host bot.Host) bot.Adapter {
				c := config(s)
				c.Menu = menu()
				return open(t, c, host)
			},
			Ready: func(limit time.Duration) bool { return len(s.Await("cgi-bin/menu/create", 1, limit)) == 1 },
		}},
	}
	return s, h
}

// flip changes one character of what is encrypted.
func flip(body string) string {
	i := strings.Index(body, "<Encrypt>") + 60
	c := byte('A')
	if body[i] == c {
		c = 'B'
	}
	return body[:i] + string(c) + body[i+1:]
}

func outgoing() map[string]bot.Outgoing {
	file := func(hash, name string) *bot.Reply { return &bot.Reply{Files: []bot.File{{Name: name, Hash: hash}}} }
	typing := post(friend, nil)
	typing.Op = bot.OpTyping
	nudge := post(friend, nil)
	nudge.Op, nudge.Language, nudge.Notice = bot.OpNudge, "zh-CN", "reply_waiting"
	update := nudge
	update.Notice, update.Language = "ticket_update", "en"
	return map[string]bot.Outgoing{
		"text":   post(friend, bot.Text("**您好** _张伟_，`LEAD-7` [看这里](https://example.com/?a=1&b=\"2\") <a href=\"weixin://x\">点我</a>\n- 一\n- 5 < 10 < ab")),
		"toast":  post(friend, &bot.Reply{Toast: "好了"}),
		"links":  post(friend, bot.Text("[mail](mailto:a@b.cn) [138](tel:138) [https://a.cn](https://a.cn)")),
		"photo":  post(friend, file("h-photo", "价目/表.jpeg")),
		"other":  post(friend, file("h-doc", "合同.pdf")),
		"typing": typing, "nudge": nudge, "nudge_ticket": update,
	}
}

func failures() []adaptertest.Failure {
	code := func(text string) adaptertest.Answer { return adaptertest.Answer{Body: text} }
	twice := `{"errcode":40003,"errmsg":"invalid openid"}`
	return []adaptertest.Failure{
		{Name: "busy", Answer: code(`{"errcode":-1,"errmsg":"system error"}`), Class: bot.Transient},
		{Name: "daily", Answer: code(`{"errcode":45009,"errmsg":"reach max api daily quota limit"}`), Class: bot.RateLimited, After: 5 * time.Minute},
		{Name: "minute", Answer: code(`{"errcode":45011,"errmsg":"api minute-quota reach limit"}`), Class: bot.RateLimited, After: time.Minute},
		{Name: "http", Answer: adaptertest.Answer{Status: 429}, Class: bot.RateLimited, After: time.Minute},
		{Name: "unfollowed", Answer: code(`{"errcode":43004,"errmsg":"require subscribe"}`), Class: bot.RecipientGone},
		{Name: "blacklisted", Answer: code(`{"errcode":43019,"errmsg":"require remove blacklist"}`), Class: bot.RecipientGone},
		{Name: "nobody", Answer: code(twice), Class: bot.RecipientGone},
		{Name: "window", Answer: code(`{"errcode":45015,"errmsg":"response out of time limit"}`), Class: bot.WindowClosed},
		{Name: "count", Answer: code(`{"errcode":45047,"errmsg":"out of response count limit"}`), Class: bot.WindowClosed},
		{Name: "long", Answer: code(`{"errcode":45002,"errmsg":"content size out of limit"}`), Class: bot.BadContent},
		{Name: "forbidden words", Answer: code(`{"errcode":87014,"errmsg":"risky content"}`), Class: bot.BadContent},
		{Name: "address", Answer: code(`{"errcode":40164,"errmsg":"invalid ip 1.2.3.4"}`), Class: bot.Unauthorized},
		{Name: "no right", Answer: code(`{"errcode":48001,"errmsg":"api unauthorized"}`), Class: bot.Unauthorized},
		{Name: "gateway", Answer: adaptertest.Answer{Status: 502, Body: "<html>"}, Class: bot.Transient},
		{Name: "not JSON", Answer: code("<html>sign in</html>"), Class: bot.Transient},
	}
}

func TestSuite(t *testing.T) {
	_, h := harness(t)
	adaptertest.Run(t, h)
}

func TestRemote(t *testing.T) {
	s, h := harness(t)
	n := 0
	adaptertest.RunRemote(t, adaptertest.Remote{
		API: &s.API, To: h.To, Post: h.Post, Secrets: append(h.Secrets, "a-wrong-secret"),
		Open: func(t *testing.T, host bot.Host, way adaptertest.Way) bot.Webhook {
			c := config(s)
			if c.Proxy = way.Proxy; way.URL != "" {
				c.APIURL = way.URL
			}
			if way.Wrong {
				c.AppSecret = "a-wrong-secret"
			}
			return open(t, c, host)
		},
		File: func(body []byte, mime string) bot.File {
			n++
			id := "MEDIA-in-" + string(rune('a'+n))
			s.AddFile(id, mime, body)
			return bot.File{Native: id, MIME: mime}
		},
		Get: "cgi-bin/media/get", Image: s.Uploaded,
		Request: h.Request, Fixtures: h.Fixtures, Glob: h.Glob, Wrap: h.Wrap,
	})
}

func BenchmarkAdapter(b *testing.B) {
	s := wechattest.New()
	defer s.Close()
	a, err := wechat.New(config(s), adaptertest.NewHouse())
	if err != nil {
		b.Fatal(err)
	}
	body := s.Text(zhang, "麦芽糖浆多少钱一吨？")
	adaptertest.Bench(b, a, func() *http.Request { return s.Request(body, adaptertest.Clock()) })
}
