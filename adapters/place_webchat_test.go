package adapters_test

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// webPlace is the page of colleagues, each at one of his own.
type webPlace struct {
	t      *testing.T
	w      *town
	lang   string
	pages  map[string]*webPage
	order  []string
	thread bot.TopicID
}

// webPage is a page at which somebody is signed in.
type webPage struct {
	*webScreen
	read  int64 // the last entry of the thread that was shown
	drawn drawn
}

func newWebPlace(t *testing.T, language string) (place, door) {
	t.Helper()
	p := &webPlace{t: t, lang: language, pages: map[string]*webPage{}, order: []string{"wang.fang", "li.wei"}}
	return p, door{
		platform: "webchat", install: "office", audience: crm.AudienceStaff, threads: webchat.Desk, open: func(host bot.Host) bot.Adapter {
			return must(webchat.New(webchat.Config{Install: "office", Staff: true}, host))(t)
		},
	}
}

// sit signs everybody in with a one-time code.
func (p *webPlace) sit(w *town, a bot.Adapter) {
	p.w = w
	first := &webScreen{t: p.t, install: "office"}
	first.sit(w, a)
	for _, who := range p.order {
		page := &webPage{webScreen: &webScreen{t: p.t, w: w, install: "office", url: first.url, lang: p.lang, keys: map[string]pressed{}}, drawn: drawn{}}
		p.pages[who] = page
		page.dial("")
		head, _, _ := strings.Cut(page.token, ".")
		_, sender, _ := strings.Cut(string(must(base64.RawURLEncoding.DecodeString(head))(p.t)), " ")
		page.at = bot.Address{Platform: "webchat", Install: "office", Chat: bot.ChatID(sender)}
		page.say(w.linking(who))
		w.settle()
		page.shown()
	}
}

// linking is what a colleague says so that a platform knows him: the word for
// it, and a one-time code.
func (w *town) linking(who string) string {
	w.t.Helper()
	user := must(w.store.UserByHandle(w.t.Context(), who))(w.t)
	code := must(crm.NewServices(w.store, w.now, w.settings).Users.NewCode(w.t.Context(), crm.System(), user.ID))(w.t)
	return w.words.List("command.link")[0] + " " + code
}

func (p *webPlace) write(who, as, text string) {
	p.pages[who].bring(map[string]any{"type": "message", "topic": p.thread, "as": as, "text": text})
}

func (p *webPlace) note(who, text string)   { p.write(who, "note", text) }
func (p *webPlace) reply(who, text string)  { p.write(who, "customer", text) }
func (p *webPlace) answer(who, text string) { p.reply(who, text) }

func (p *webPlace) send(who, photo, text string) {
	p.pages[who].upload(url.Values{"topic": {string(p.thread)}, "as": {"customer"}, "name": {photo}, "text": {text}})
}

func (p *webPlace) press(who, label string) {
	p.t.Helper()
	k, ok := p.pages[who].keys[label]
	if !ok {
		p.t.Fatalf("no button %q", label)
	}
	p.pages[who].bring(map[string]any{"type": "action", "topic": p.thread, "action": k.data, "on": k.message})
}

func (p *webPlace) shown() []shown {
	p.t.Helper()
	var all []shown
	if p.find(); p.thread != "" {
		all = p.pages[p.order[0]].inThread(p.order[0], p.thread)
	}
	for _, who := range p.order {
		for _, x := range p.pages[who].shown() {
			x.who = who
			all = append(all, x)
		}
	}
	return all
}

// find finds the thread, and waits until it is on the list.
func (p *webPlace) find() {
	if p.thread != "" {
		return
	}
	for id := crm.ConversationID(1); ; id++ {
		c, err := p.w.store.Conversation(p.t.Context(), id)
		if err != nil {
			return
		}
		if c.Install == "office" && c.Topic != "" {
			p.thread = bot.TopicID(c.Topic)
			break
		}
	}
	for {
		for _, x := range p.pages[p.order[0]].hear("threads").Threads {
			if x.Topic == p.thread {
				return
			}
		}
	}
}

// inThread is what is new in the thread: the card as it is now, in the end if it
// has changed, whenever that was.
func (p *webPage) inThread(who string, topic bot.TopicID) []shown {
	p.t.Helper()
	p.send(map[string]any{"type": "watch", "topic": topic, "after": p.read})
	var all []shown
	var card webEntry
	for e := p.next(); e.Topic != topic || e.Type != "opened"; e = p.next() {
		switch {
		case e.Topic != topic:
		case e.Type == "card":
			card = e
		case e.Type == "entry" && e.Entry > p.read:
			p.read = e.Entry
			if x, ok := p.entry(who, e); ok {
				all = append(all, x)
			}
		}
	}
	x := p.see(card)
	if x.who = cardIs; len(p.drawn[cardIs]) == 0 {
		p.drawn.first(cardIs, x.text+"\n"+labels(x.options))
		return append([]shown{x}, all...)
	}
	if p.drawn.change(&x, cardIs); x.text != "" {
		all = append(all, x)
	}
	return all
}

// entry is a line of the thread. What colleagues wrote here is none that we are
// told.
func (p *webPage) entry(who string, e webEntry) (shown, bool) {
	if e.From == "person" && e.Replace == 0 && len(e.Buttons) == 0 && e.As != "" || e.From == "me" {
		return shown{}, false
	}
	x := p.see(e)
	if x.who = theThread; e.Private {
		x.who = who + alone
	}
	if e.Name != "" || e.As != "" {
		space := " "
		if strings.HasPrefix(x.text, aPicture) {
			space = "\n"
		}
		x.text = first(e.Name, e.From) + ":" + space + x.text
		x.plain = webPlain.Replace(x.text)
	}
	if e.Replace != 0 {
		p.drawn.change(&x, strconv.FormatInt(e.Replace, 10))
	} else {
		p.drawn.first(strconv.FormatInt(e.Entry, 10), x.text+"\n"+labels(x.options))
	}
	return x, true
}
