package webchat_test

import (
	"testing"
	"time"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// What a customer sees on a phone: who writes to him, what is changed and taken
// back, and a question with buttons whose answer stands below what he pressed.
func TestCustomersPageInARealBrowser(t *testing.T) {
	browser := startChromium(t)
	for _, lang := range []string{"en", "zh-CN"} {
		t.Run(lang, func(t *testing.T) {
			h := newHouse()
			h.now = time.Now()
			h.answer = func(in bot.Inbound) *bot.Reply {
				if in.Kind != bot.KindAction {
					return nil
				}
				h.say(in.Address, bot.Entry{Direction: crm.In, Author: crm.AuthorContact, Text: "2", Event: in.EventID})
				return &bot.Reply{Text: "We are sorry.", Replace: true}
			}
			r := newReplica(t, h, webchat.Config{Title: "Rongshi 融氏"})
			on := phone
			on.dark = lang == "en"
			p := browser.open(t, on, r.url+"?lang="+lang)
			p.until(`document.getElementById('log').getAttribute('aria-busy') === 'false'`)
			p.write("#text", "在吗？")
			p.key("Enter", 13)
			p.until(`document.querySelector('.me .state') && !document.querySelector('.busy')`)
			in := h.kept(bot.KindText)[0]
			if in.Text != "在吗？" {
				t.Errorf("said %+v", in)
			}
			said := func(text string) bot.Entry {
				return bot.Entry{Direction: crm.Out, Author: crm.AuthorUser, Name: "王芳", Reply: bot.Text(text)}
			}
			first, second := h.post(in.Address, said("We send it tomorow.")), h.post(in.Address, said("No, sorry, that was for somebody else."))
			p.until(`document.querySelectorAll('.person').length === 2 && document.querySelector('.person .who').innerText.includes('王芳')`)
			edit := said("We send it tomorrow.")
			edit.Op, edit.Of = bot.OpEdit, first
			h.post(in.Address, edit)
			gone := said("")
			gone.Op, gone.Of = bot.OpDelete, second
			h.post(in.Address, gone)
			p.until(`document.querySelectorAll('.person').length === 2 && document.querySelector('.gone')`)
			if got := p.is(`document.querySelector('.person .bubble').innerText`); got != "We send it tomorrow." {
				t.Errorf("after the edit: %v", got)
			}
			h.post(in.Address, bot.Entry{Direction: crm.Out, Author: crm.AuthorBot, Reply: &bot.Reply{Text: "How was it?", Buttons: []bot.Button{
				{Label: "5 very content", Action: "b:5", Once: true}, {Label: "2 not content", Action: "b:2", Once: true},
			}}})
			p.fits()
			p.accessible()
			p.shot("survey")
			p.press(`.entry .buttons button:last-child`)
			p.until(`document.querySelector('#log').lastElementChild.innerText.includes('We are sorry.')`)
			p.fits()
			p.accessible()
			p.shot("answered")
			p.do("Page.reload", nil)
			p.until(`document.querySelectorAll('.entry').length === 5 && document.querySelector('#log').lastElementChild.innerText.includes('We are sorry.')`)
			p.quiet()
		})
	}
}
