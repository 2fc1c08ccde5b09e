package adapters_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"crmbot/adapters/wechat"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
	"crmbot/crm"
)

// numbers are what a person types where there are no buttons: by label, of the
// latest list.
type typing map[string]string

var choice = regexp.MustCompile(`(?m)^(\d+)\. (.*)$`)

// hears learns the numbers of a text. What was asked before is over.
func (n typing) hears(text string) {
	clear(n)
	for _, m := range choice.FindAllStringSubmatch(text, -1) {
		n[m[2]] = m[1]
	}
}

// number is what is typed for a label: the word itself where there is no list,
// as in a form.
func (n typing) number(label string) string {
	_, bare, _ := strings.Cut(label, " ") // "2 Not content" is the second of a list
	return first(n[label], n[bare], label)
}

// wechatScreen is a follower of an Official Account. One that is passive
// answers within the request only.
type wechatScreen struct {
	t       *testing.T
	w       *town
	server  *wechattest.Server
	hook    http.Handler
	calls   fresh
	keys    typing
	passive bool
	answers []shown         // within requests
	said    strings.Builder // all of them
}

const follower = "oAnaGreenFarm_0001"

func newWechat(t *testing.T, passive bool) (*wechatScreen, door) {
	t.Helper()
	s := wechattest.New()
	t.Cleanup(s.Close)
	p := &wechatScreen{t: t, server: s, calls: fresh{api: &s.API}, keys: typing{}, passive: passive}
	return p, door{platform: "wechat", install: "shop", audience: crm.AudienceCustomers, open: func(host bot.Host) bot.Adapter {
		c := wechat.Config{Install: "shop", PublicURL: "https://bot.example.com", AppID: s.AppID, AppSecret: s.Secret, Token: s.Token, AESKey: s.AESKey}
		c.APIURL, c.Passive = s.URL, passive
		return must(wechat.New(c, host))(t)
	}}
}

func (p *wechatScreen) sit(w *town, a bot.Adapter) {
	p.w = w
	p.server.SetClock(w.now)
	hook, _ := a.(bot.Webhook)
	p.hook = hook.Webhook(w.inbox("wechat", "shop"))
}

func (p *wechatScreen) bring(body []byte) {
	p.t.Helper()
	answer := httptest.NewRecorder()
	request := p.server.Request(body, p.w.now())
	if p.passive {
		before, answered := p.w.events(), make(chan struct{})
		go func() {
			defer close(answered)
			p.hook.ServeHTTP(answer, request)
		}()
		p.w.arrived(before + 1)
		p.w.settle()
		<-answered
		p.answered(answer)
		return
	}
	p.hook.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK || answer.Body.String() != "success" {
		p.t.Fatalf("status %d, %s", answer.Code, answer.Body)
	}
}

// answered reads what was said within a request.
func (p *wechatScreen) answered(answer *httptest.ResponseRecorder) {
	p.t.Helper()
	if answer.Code != http.StatusOK {
		p.t.Fatalf("status %d", answer.Code)
	}
	if answer.Body.String() == "success" {
		return
	}
	r := must(p.server.Open(answer.Body.Bytes(), true))(p.t)
	p.keys.hears(r.Content)
	p.said.WriteString(r.Content)
	p.answers = append(p.answers, shown{what: "answer to the request", text: r.Content, plain: r.Content})
}

func (p *wechatScreen) enter(scene string) {
	p.bring(p.server.Event(follower, "subscribe", "qrscene_"+scene))
}
func (p *wechatScreen) say(text string)     { p.bring(p.server.Text(follower, text)) }
func (p *wechatScreen) press(label string)  { p.say(p.keys.number(label)) }
func (p *wechatScreen) phone(number string) { p.say(number) }

func (p *wechatScreen) photo(name string) {
	p.server.AddFile(name, "image/png", onePixel)
	p.bring(p.server.Message(follower, "image", "<PicUrl>"+p.server.Host+"/pic</PicUrl><MediaId>"+name+"</MediaId>"))
}

func (p *wechatScreen) shown() []shown {
	all := p.answers
	p.answers = nil
	for _, c := range p.calls.calls() {
		x := shown{what: strings.TrimPrefix(c.Method, "cgi-bin/message/")}
		switch {
		case c.Method == "cgi-bin/message/custom/typing":
			x.beside = true
		case !strings.HasPrefix(c.Method, "cgi-bin/message/"):
			continue
		}
		if x.text = content(c.Params["text"]); c.Params["msgtype"] == "image" {
			x.text = aPicture
		}
		x.plain = x.text
		p.keys.hears(x.text)
		all = append(all, x)
	}
	return all
}

// reached is all that the platform was ever sent, and what it was answered.
func (p *wechatScreen) reached() string { return everything(p.server.Calls()) + p.said.String() }

// content is the text of a message.
func content(raw string) string {
	var text struct {
		Content string `json:"content"`
	}
	_ = json.Unmarshal([]byte(raw), &text) // a picture has none
	return text.Content
}

// wecomScreen is a customer of a company's WeChat customer service.
type wecomScreen struct {
	t      *testing.T
	w      *town
	server *wecomtest.Server
	hook   http.Handler
	calls  fresh
	keys   typing
}

var caller = wecomtest.Person{ID: "wmANA0001", Name: "Ana"}

const desk = "wkSHOP"

func newWecom(t *testing.T) (*wecomScreen, door) {
	t.Helper()
	s := wecomtest.New()
	t.Cleanup(s.Close)
	p := &wecomScreen{t: t, server: s, calls: fresh{api: &s.API}, keys: typing{}}
	return p, door{platform: "wecom", install: "kf", audience: crm.AudienceCustomers, open: func(host bot.Host) bot.Adapter {
		c := wecom.Config{Install: "kf", PublicURL: "https://bot.example.com", CorpID: s.CorpID, Secret: s.Secret, Token: s.Token, AESKey: s.AESKey}
		c.APIURL = s.URL
		return must(wecom.New(c, host))(t)
	}}
}

func (p *wecomScreen) sit(w *town, a bot.Adapter) {
	p.w = w
	p.server.Now = w.now
	inbox := w.inbox("wecom", "kf")
	hook, _ := a.(bot.Webhook)
	p.hook = hook.Webhook(inbox)
	w.background(a, inbox)
	p.server.Await("kf/sync_msg", 1, patience)
}

// bring says that a message is there, and waits until it was fetched.
func (p *wecomScreen) bring(message json.RawMessage) {
	p.t.Helper()
	before := p.w.events()
	p.server.Arrive(desk, message)
	answer := httptest.NewRecorder()
	if p.hook.ServeHTTP(answer, p.server.Callback("/hook/wecom/kf", desk, p.w.now())); answer.Code != http.StatusOK {
		p.t.Fatalf("status %d", answer.Code)
	}
	p.w.arrived(before + 1)
}

func (p *wecomScreen) enter(scene string)  { p.bring(p.server.Enter(caller, desk, scene, "")) }
func (p *wecomScreen) say(text string)     { p.bring(p.server.Text(caller, desk, text)) }
func (p *wecomScreen) press(label string)  { p.say(p.keys.number(label)) }
func (p *wecomScreen) phone(number string) { p.say(number) }

func (p *wecomScreen) photo(name string) {
	p.server.AddFile(name, onePixel)
	p.bring(p.server.Message(caller, desk, "image", map[string]any{"media_id": name}))
}

func (p *wecomScreen) shown() []shown {
	var all []shown
	for _, c := range p.calls.calls() {
		if !strings.HasPrefix(c.Method, "kf/send_msg") {
			continue
		}
		x := shown{what: c.Method, text: content(c.Params["text"])}
		x.plain = x.text
		p.keys.hears(x.text)
		all = append(all, x)
	}
	return all
}
