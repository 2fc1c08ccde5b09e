package router

import (
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// stillOpen reminds of a form that only waits to be confirmed.
func (r *Router) stillOpen(t *turn, c *call) *bot.Reply {
	t.keep(c, confirming, false, false)
	what := strings.TrimSpace(formTitle(t, c) + " " + formName(c))
	reply := bot.Text(t.Words.T("form.open", "what", what))
	drop := r.formControl(t, c, confirming, "cancel")
	drop.Label = t.Words.Label("button.drop")
	reply.Buttons = []bot.Button{r.yesButton(t, c), drop}
	return reply
}

// yesButton confirms a form.
func (r *Router) yesButton(t *turn, c *call) bot.Button {
	return bot.Button{
		Label: t.Words.Label(yesKey(t.Words, c.command.Name)), Style: bot.StylePrimary, Once: true,
		Action: "form.yes " + c.command.Name + " " + confirming,
	}
}

// formTitle is what is being done, as a heading.
func formTitle(t *turn, c *call) string {
	if key := "title." + c.command.Name; t.Words.Has(key) {
		return t.Words.Label(key)
	}
	return first(t.Words, "command."+c.command.Name, c.command.Name)
}

// formName is what the form is about: what was given first.
func formName(c *call) string {
	for _, a := range fields(c.command) {
		if v := c.values[a.Name]; v != "" {
			return v
		}
	}
	return ""
}

// howToCorrect says what can be typed behind a confirm card, with one of the
// command's own arguments as the example.
func (r *Router) howToCorrect(t *turn, c *call) string {
	for _, a := range c.command.Args {
		if words := t.Words.List("arg." + a.Name); len(words) > 0 && a.Type == bot.ArgPhone {
			return t.Words.T("form.confirm.how", "example", words[0]+"="+crm.LocalPhone("13800000000", r.company.Country))
		}
	}
	return t.Words.T("form.confirm.only")
}

// answers says whether a bare noun or reference is the answer to what was
// asked, rather than a request to see it: a reference where one fits or a text
// could be meant, a noun where any word will do.
func (r *Router) answers(t *turn, c *call) bool {
	f := t.Session.Form
	form := r.commands[f.Command]
	if form == nil {
		return false
	}
	for _, a := range fields(form) {
		if a.Name != f.Asking {
			continue
		}
		if ref := c.values[subject]; ref != "" {
			return a.Type == bot.ArgRef && r.looksLike(t, a, ref)
		}
		return a.Type == bot.ArgText || a.Type == bot.ArgWord || a.Type == bot.ArgRef && a.Fresh
	}
	return false
}
