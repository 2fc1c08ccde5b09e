package webchat_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// world is a company with a few conversations, as the staff page meets it.
type world struct {
	*house
	*replica
	wang bot.TopicID
}

func newWorld(t *testing.T) *world {
	h := newHouse()
	h.now = time.Now() // browsers have a clock of their own
	r := newReplica(t, h, webchat.Config{Install: "office", Staff: true, Title: "Rongshi 融氏"})
	w := &world{house: h, replica: r}
	h.answer = w.hears
	w.wang = w.open("out-1", &bot.Reply{Cards: []bot.Card{{
		Title: "王芳 · Sunrise Bakery", Subtitle: "WeChat · 中文",
		Fields: []bot.Field{
			{Name: "Waits", Value: "3 min"},
			{Name: "Window", Value: "4 messages, until tomorrow 14:02"},
			{Name: "Level", Value: "A"},
			{Name: "Last order", Value: "20 t maltose syrup, 2026-10-02"},
			{Name: "Tickets", Value: "TKT-4 torn bags"},
			{Name: "Owner", Value: "Li Wei"},
		},
		Text: "Asked: “when does my order arrive?” The bot tried: delivery times.",
		Buttons: []bot.Button{
			{Label: "Take", Action: "b:take", Style: bot.StylePrimary},
			{Label: "Assign", Action: "b:assign", Form: true},
			{Label: "Reply", Action: "b:reply", Form: true, Write: true},
			{Label: "Ticket", Action: "b:ticket", Form: true},
			{Label: "Lead", Action: "b:lead", Form: true},
			{Label: "Plan", Action: "b:plan", Form: true},
			{Label: "Live", Action: "b:live"},
			{Label: "Close", Action: "b:close"},
			{Label: "Block", Action: "b:block", Style: bot.StyleDanger},
		},
	}}})
	w.says(w.wang, "王芳", bot.VoiceCustomer, "你好，我的订单什么时候到？")
	w.says(w.wang, "", bot.VoiceBot, "发货后 **3–5 天** 到。")
	w.says(w.wang, "王芳", bot.VoiceCustomer, "已经过了6天了，请找人帮我查一下，袋子上次还破了两个。")
	w.says(w.wang, "赵敏", bot.VoiceNote, "She called yesterday as well.")
	last := w.says(w.wang, "王芳", bot.VoiceCustomer, "在吗？")
	w.list(bot.ThreadEntry{
		Topic: w.wang, Title: "王芳 · Sunrise Bakery", Platform: "WeChat", Last: "在吗？", Status: crm.ConversationWaiting,
		Waits: h.now.Add(-3 * time.Minute), At: h.now, LastID: last,
	})
	for i, name := range []string{"Anna Lee", "张伟", "Kofi Mensah"} {
		topic := w.open(fmt.Sprintf("out-%d", i+2), &bot.Reply{Cards: []bot.Card{{Title: name}}})
		entry := bot.ThreadEntry{
			Topic: topic, Title: name, Platform: "Telegram", Last: "Thank you very much, that was the answer that I was looking for!",
			Status: crm.ConversationHandedOff, At: h.now.Add(-time.Duration(i+1) * time.Hour), LastID: w.says(topic, name, bot.VoiceCustomer, "Thank you"), Mine: i == 0,
		}
		if i == 1 {
			entry.Assignee = "赵敏"
		}
		if i == 2 {
			entry.Status, entry.At = crm.ConversationClosed, h.now.Add(-72*time.Hour)
			entry.Title, entry.Ref = "", "CON-15" // his name is not known
		}
		w.list(entry)
	}
	return w
}

func (w *world) open(key string, card *bot.Reply) bot.TopicID {
	sent, err := w.Send(context.Background(), bot.Outgoing{Key: key, Op: bot.OpThread, To: place(""), Reply: card})
	if err != nil {
		panic(err) // the house of the tests takes everything
	}
	return sent.Topic
}

// says shows somebody's words in a thread.
func (w *world) says(topic bot.TopicID, name string, role bot.VoiceRole, text string) int64 {
	e := out(text)
	e.Reply.Voice = &bot.Voice{Name: name, Role: role}
	return w.post(place(topic), e)
}

// hears is how the company answers what is said on the page.
func (w *world) hears(in bot.Inbound) *bot.Reply {
	switch {
	case in.Direct && (strings.HasPrefix(in.Text, "link ") || strings.HasPrefix(in.Text, "绑定 ")):
		if !strings.HasSuffix(in.Text, " 7F3K-9QXA") {
			return bot.Text("That code is wrong or too old. Ask for a new one.")
		}
		w.staff[in.Sender.ID] = true
		return bot.Text("Welcome, **Li Wei**.")
	case in.Kind == bot.KindText && in.Direct:
		return bot.Text("You have 3 leads.")
	case strings.HasPrefix(in.Text, "r:"):
		return &bot.Reply{Text: "To 王芳 in 10 s", Buttons: []bot.Button{{Label: "Stop", Action: "b:stop", Once: true}}}
	case in.Kind == bot.KindAction && in.Action == "b:stop":
		return &bot.Reply{Text: "Stopped before 王芳 saw it.", Replace: true}
	case in.Kind == bot.KindAction && in.Action == "b:plan":
		return &bot.Reply{Text: "When?", Asks: true}
	case in.Kind == bot.KindAction && in.Action == "b:lead":
		return bot.Text("LEAD-7 is open.")
	case in.Mention:
		return bot.Text("Planned: tomorrow 10:00.")
	}
	return nil
}

var (
	desktop = screen{width: 1280, height: 800}
	phone   = screen{width: 390, height: 780, phone: true}
)

// in is the last thing that came in.
func (w *world) in(kind bot.Kind) bot.Inbound {
	all := w.kept(kind)
	if len(all) == 0 {
		return bot.Inbound{}
	}
	return all[len(all)-1]
}

const wang = `#list button[data-topic]:not([data-topic=""])`

func TestStaffPageInARealBrowser(t *testing.T) {
	w := newWorld(t)
	p := startChromium(t).open(t, desktop, w.url+"?lang=en#code=7F3K-9QXA")

	// By the link: the code is gone from the address at once, and the list is there.
	p.until(`document.querySelectorAll('#list li').length === 5`)
	if at := p.is(`location.href`); strings.Contains(fmt.Sprint(at), "7F3K") {
		t.Errorf("the code stands in the address: %v", at)
	}
	p.until(`document.title.startsWith('(1) ')`) // somebody waits
	p.until(`document.querySelector('.log:not([hidden])').innerText.includes('Welcome, Li Wei')`)
	p.accessible()
	p.shot("1-signed-in")

	// A thread: its card, all that was said, and nothing new any more.
	p.press(wang)
	p.until(`document.querySelectorAll('.log:not([hidden]) .entry').length === 5 && document.querySelector('#drawn h2').innerText.includes('王芳')`)
	p.until(`!document.title.startsWith('(')`)
	p.accessible()
	p.shot("2-thread")

	// A note stays inside, and the button says so.
	if says := p.is(`document.getElementById('go').innerText`); says != "Keep as note" {
		t.Errorf("the button says %v", says)
	}
	p.write("#text", "Asked the warehouse, they look for it.")
	p.key("Enter", 13)
	p.until(`document.querySelector('.log:not([hidden]) .me.as-note:not(.busy)')`)
	if in := w.in(bot.KindText); in.Text != "note: Asked the warehouse, they look for it." || in.Mention || in.Address != place(w.wang) {
		t.Errorf("the note is %+v", in)
	}

	// It can be changed, and taken back, by its author.
	p.press(`.log:not([hidden]) .me.as-note .tools button`)
	p.until(`document.getElementById('go').innerText === 'Change it' && document.getElementById('ways').disabled`)
	p.write("#text", " Today.")
	p.key("Enter", 13)
	p.until(`document.querySelector('.log:not([hidden]) .me.as-note .bubble').innerText.endsWith('look for it. Today.') && !document.getElementById('ways').disabled`)
	if in := w.in(bot.KindEdit); in.Text != "note: Asked the warehouse, they look for it. Today." || in.Target == "" {
		t.Errorf("the change is %+v", in)
	}

	// Words to the customer: said so on the button, held, and stopped.
	p.is(`document.querySelector('#ways input[value=customer]').click()`)
	p.write("#text", "您好，我马上帮您查。")
	if says := p.is(`document.getElementById('go').innerText`); says != "Send to 王芳 · Sunrise Bakery" {
		t.Errorf("the button says %v", says)
	}
	p.shot("3-to-the-customer")
	p.press("#go")
	p.until(`document.querySelector('.log:not([hidden])').innerText.includes('To 王芳 in 10 s')`)
	if in := w.in(bot.KindText); in.Text != "r: 您好，我马上帮您查。" {
		t.Errorf("the words are %+v", in)
	}
	p.shot("4-held")
	p.press(`.log:not([hidden]) .entry:last-child .buttons button`)
	p.until(`document.querySelector('.log:not([hidden])').innerText.includes('Stopped before 王芳 saw it.')`)

	// Another conversation: a note again, and what was begun waits where it was.
	p.write("#text", "half a sente")
	p.press(`#list li:nth-child(3) button`)
	p.until(`document.querySelector('#ways input:checked').value === 'note' && document.getElementById('text').value === ''`)
	p.press(wang)
	p.until(`document.querySelector('#ways input:checked').value === 'note' && document.getElementById('text').value === 'half a sente'`)

	// Who begins with r: as elsewhere means the customer, and sees it.
	p.is(`document.getElementById('text').value = ''`)
	p.write("#text", "r: ")
	p.until(`document.querySelector('#ways input:checked').value === 'customer' && document.getElementById('text').value === ''`)
	p.key("Escape", 27)
	p.until(`document.querySelector('#ways input:checked').value === 'note'`)

	// The card's buttons: Reply is the field, what asks is answered to the bot, what
	// only does something changes nothing.
	p.is(`[...document.querySelectorAll('#drawn button')].find(b => b.innerText === 'Reply').click()`)
	p.until(`document.querySelector('#ways input:checked').value === 'customer'`)
	p.is(`[...document.querySelectorAll('#drawn button')].find(b => b.innerText === 'Lead').click()`)
	p.until(`document.querySelector('.log:not([hidden])').innerText.includes('LEAD-7 is open.')`)
	if way := p.is(`document.querySelector('#ways input:checked').value`); way != "customer" {
		t.Errorf("nothing was asked, and the field is for %v", way)
	}
	p.is(`[...document.querySelectorAll('#drawn button')].find(b => b.innerText === 'Plan').click()`)
	p.until(`document.querySelector('#ways input:checked').value === 'bot'`)
	if in := w.in(bot.KindAction); in.Action != "b:plan" || in.Message != "out-1" || len(w.kept(bot.KindAction)) != 3 {
		t.Errorf("pressed %+v", in)
	}
	p.write("#text", "tomorrow 10:00 call")
	p.key("Enter", 13)
	p.until(`document.querySelector('.log:not([hidden])').innerText.includes('Planned: tomorrow 10:00.')`)
	if in := w.in(bot.KindText); !in.Mention || in.Text != "tomorrow 10:00 call" {
		t.Errorf("the answer is %+v", in)
	}

	// Something new elsewhere is seen in list and title; the same page comes back
	// after a reload.
	topic := w.threads[2].Topic
	last := w.says(topic, "张伟", bot.VoiceCustomer, "还有一个问题")
	entry := w.threads[2]
	entry.Last, entry.LastID, entry.Waits = "还有一个问题", last, time.Now()
	w.list(entry)
	p.until(`document.title.startsWith('(1) ') && document.querySelectorAll('#list .unread').length === 1`)
	p.shot("5-news")
	p.do("Page.reload", nil)
	p.until(`document.getElementById('whom').innerText.includes('王芳') && document.querySelectorAll('.log:not([hidden]) .entry').length > 8`)
	p.shot("6-reloaded")

	// Whoever does not work here any more keeps nothing of it.
	w.mu.Lock()
	clear(w.staff)
	w.ring(place(""))
	w.mu.Unlock()
	p.until(`document.getElementById('door').offsetParent && document.getElementById('room').offsetParent === null && !document.body.innerHTML.includes('已经过了6天了')`)
	p.quiet()
}

func TestStaffPageOnAPhone(t *testing.T) {
	w := newWorld(t)
	browser := startChromium(t)
	for _, dark := range []bool{false, true} {
		name := "light"
		if dark {
			name = "dark"
		}
		t.Run(name, func(t *testing.T) {
			on := phone
			on.dark = dark
			w.hire("li.wei")
			token, err := w.Token(t.Context(), "li.wei")
			if err != nil {
				t.Fatal(err)
			}
			p := browser.open(t, on, w.url+"?lang=zh-CN#token="+token)
			p.until(`document.querySelectorAll('#list li').length === 5 && document.getElementById('room').offsetParent === null`)
			p.fits()
			p.accessible()
			p.until(`document.getElementById('list').innerText.includes('客户 CON-15')`)
			p.shot("1-list")
			p.press(wang)
			p.until(`document.getElementById('side').offsetParent === null && document.querySelectorAll('.log:not([hidden]) .entry').length >= 5`)
			p.until(`document.activeElement.id === 'whom'`)
			p.fits()
			p.accessible()
			p.shot("2-thread")
			p.is(`document.getElementById('card').open = !document.getElementById('card').open`)
			p.fits()
			p.shot("3-card")
			p.is(`document.querySelector('#ways input[value=customer]').click()`)
			p.fits()
			p.accessible()
			p.shot("4-to-the-customer")
			p.press("#back")
			p.until(`document.getElementById('room').offsetParent === null`)
			p.press(wang)
			p.until(`document.querySelector('#ways input:checked').value === 'note'`)
			p.is(`history.back()`)
			p.until(`document.getElementById('room').offsetParent === null`)
			p.quiet()
		})
	}
}

func TestSigningInOnThePage(t *testing.T) {
	w := newWorld(t)
	browser := startChromium(t)
	p := browser.open(t, phone, w.url+"?lang=zh-CN#code=1111-1111")
	p.until(`document.getElementById('said').innerText.includes('wrong or too old')`)
	p.fits()
	p.accessible()
	p.shot("wrong-code")
	p.write("#code", "link 7F3K-9QXA") // as whoever pastes the whole line
	p.key("Enter", 13)
	p.until(`document.querySelectorAll('#list li').length === 5 && document.getElementById('door').offsetParent === null`)
	if in := w.in(bot.KindText); in.Text != "绑定 7F3K-9QXA" {
		t.Errorf("the code was said as %q on a Chinese page", in.Text)
	}
	p.quiet()
}

// fits fails if the page can be pushed sideways or something sticks out of it.
func (p *tab) fits() {
	p.t.Helper()
	if out := p.is(`(() => {
		const wide = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth > wide) return 'the page is ' + document.documentElement.scrollWidth + ' wide';
		const cut = e => { for (e = e.parentElement; e; e = e.parentElement) if (getComputedStyle(e).textOverflow === 'ellipsis') return true; };
		const out = [...document.querySelectorAll('body *')].find(e => e.offsetParent && !e.closest('table, .unseen') && !cut(e) && e.getBoundingClientRect().right > wide + 1);
		return out ? out.tagName + ' ' + out.className + ' ' + out.innerText.slice(0, 80) : '';
	})()`); out != "" {
		p.shot("sticks-out")
		p.t.Errorf("it does not fit: %v", out)
	}
}

// accessible fails where a screen reader or weak eyes would: controls without a
// name, ids that are there twice, headings and landmarks that are missing, and
// words that can hardly be told from what is behind them.
func (p *tab) accessible() {
	p.t.Helper()
	for _, wrong := range p.is(audit).([]any) {
		p.t.Errorf("not for everybody: %v", wrong)
	}
}

const audit = `(() => {
	const wrong = [], seen = e => e.checkVisibility({ visibilityProperty: true });
	const name = e => (e.getAttribute('aria-label') || [...(e.labels || [])].map(l => l.innerText).join(' ') || e.innerText || e.title || '').trim();
	for (const e of document.querySelectorAll('button, a, input, textarea, summary, [role=log], nav, [role=status][aria-label]')) {
		if (seen(e) && e.type !== 'file' && !name(e)) wrong.push('no name: ' + e.outerHTML.slice(0, 120));
	}
	const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
	ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => wrong.push('twice: ' + id));
	if (!document.documentElement.lang) wrong.push('no language');
	if (![...document.querySelectorAll('h1, h2')].some(seen)) wrong.push('no heading');
	if (![...document.querySelectorAll('main, nav, section[aria-labelledby]')].some(seen)) wrong.push('no landmark');
	for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
		const id = e.getAttribute('aria-describedby') || e.getAttribute('aria-labelledby');
		if (!document.getElementById(id)) wrong.push('names nothing: ' + id);
	}
	const rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
	const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
	const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c.slice(0, 3); } return [255, 255, 255]; };
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; n = walk.nextNode();) {
		const e = n.parentElement;
		if (!n.data.trim() || !seen(e) || e.closest('.unseen, script, .busy, :disabled')) continue;
		const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e));
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) wrong.push('hard to read (' + ratio.toFixed(1) + '): ' + n.data.trim().slice(0, 60));
	}
	return wrong;
})()`
