package router

import (
	"context"
	"strings"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// takeIn reads a message that somebody chose a command for: what it says goes
// to the arguments that it fits, and the whole of it to the text. It is free
// text, so nothing is taken by position. It returns the action with what the
// form does not show: who wrote the message, and the link to it.
func (r *Router) takeIn(ctx context.Context, t *turn, c *call, action string) string {
	for _, name := range []string{"author", "link"} {
		value := strings.Join(strings.Fields(t.Inbound.Values[name]), " ")
		if value != "" && hasArg(c.command, name) && !strings.HasPrefix(action, "b:") {
			action += " " + pair(name, value)
		}
	}
	text, err := r.messageIn(ctx, t, c)
	if text == "" || err != nil {
		return action
	}
	for _, a := range fields(c.command) {
		if c.values[a.Name] != "" {
			continue
		}
		if value := r.inMessage(ctx, t, c, a, text); value != "" {
			c.set(a.Name, value)
		}
	}
	return action
}

// messageIn is the message that somebody chose a command for. In a thread it is
// without the word that says where it goes; and an answer to the customer is not
// made of his own words, but of a colleague's.
func (r *Router) messageIn(ctx context.Context, t *turn, c *call) (string, error) {
	text := strings.TrimSpace(t.Inbound.Text)
	if t.Thread == nil || text == "" {
		return text, nil
	}
	text, _ = relay.Spoken(r.words(), text)
	if c.command.Name != replying {
		return text, nil
	}
	m, err := t.Store.MessageByNative(ctx, t.Conversation.ID, string(t.Inbound.Target))
	if err != nil || m.Direction == crm.Out {
		return "", unseen(err)
	}
	return text, nil
}

func hasArg(c *bot.Command, name string) bool {
	for _, a := range c.Args {
		if a.Name == name {
			return true
		}
	}
	return false
}

// inMessage is what a message says about an argument, "" for nothing.
func (r *Router) inMessage(ctx context.Context, t *turn, c *call, a bot.Arg, text string) string {
	if value := r.namedIn(c, a, text); value != "" {
		return value
	}
	switch a.Type {
	case bot.ArgPhone:
		phone, _, _ := grammar.FindPhone(text, r.company.Country)
		return phone
	case bot.ArgMoney:
		if amount, _, ok := grammar.FindMoney(text, r.company.Currency); ok {
			return amount.String()
		}
	case bot.ArgMoment:
		if at, _, ok := grammar.FindMoment(text, t.Now); ok {
			return at.In(t.Now.Location()).Format("2006-01-02 15:04")
		}
	case bot.ArgRef:
		if name := r.nameIn(ctx, t, text, a.Kinds); name != "" {
			return name
		}
		return r.knownAhead(ctx, t, text, a.Kinds)
	case bot.ArgWord:
		if a.Name == "name" {
			return nameAhead(text)
		}
		if a.Name == "question" {
			question, _ := r.questionIn(text)
			return question
		}
	case bot.ArgText:
		if hasArg(c.command, "question") {
			_, text = r.questionIn(text)
		}
		return clipped(text)
	}
	return ""
}

// namedIn is a value that the message gives by the argument's name: "电话：…",
// "company: Rongshi", one to a line or before a comma.
func (r *Router) namedIn(c *call, a bot.Arg, text string) string {
	if a.Type == bot.ArgText {
		return ""
	}
	for _, part := range strings.FieldsFunc(text, func(x rune) bool { return strings.ContainsRune("\n,，;；", x) }) {
		name, value, ok := strings.Cut(strings.NewReplacer("：", ":", "=", ":").Replace(part), ":")
		b := &binder{router: r, call: c}
		if at := b.named(strings.TrimSpace(name)); ok && at != nil && at.Name == a.Name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// nameAhead is the name of a person that a message begins with: two words with
// capitals, or two to four Chinese characters before a mark.
func nameAhead(text string) string {
	tokens := grammar.Split(text)
	if len(tokens) == 0 || tokens[0].Quoted {
		return ""
	}
	if n := nameRun(tokens); n > 1 {
		return span(text, tokens[:n])
	}
	name := []rune(tokens[0].Text)
	for _, x := range name {
		if !unicode.Is(unicode.Han, x) {
			return ""
		}
	}
	if len(name) < 2 || len(name) > 4 || len(tokens) == 1 {
		return ""
	}
	return string(name)
}

// knownAhead is the known name that a Chinese message begins with, "" for none:
// "张伟周五前要样品".
func (r *Router) knownAhead(ctx context.Context, t *turn, text string, kinds []crm.Kind) string {
	han := []rune(text)
	for i, x := range han {
		if i == 4 || !unicode.Is(unicode.Han, x) {
			han = han[:i]
			break
		}
	}
	for n := len(han); n >= 2; n-- {
		name := string(han[:n])
		hits, err := t.CRM.Records.Find(ctx, t.Actor, name, kinds, 1)
		if err == nil && len(hits) > 0 && strings.Contains(hits[0].Title+hits[0].Note, name) {
			return name
		}
	}
	return ""
}

// questionIn parts a message into the question of its first line, if that is
// one, and the rest.
func (r *Router) questionIn(text string) (question, answer string) {
	line, rest, _ := strings.Cut(text, "\n")
	if line = strings.TrimSpace(line); r.phrases.Question(line) && len([]rune(line)) <= 200 {
		return line, strings.TrimSpace(rest)
	}
	return "", text
}

// clipped is a text as a form takes it.
func clipped(text string) string {
	if r := []rune(text); len(r) > longestField {
		return string(r[:longestField-1]) + "…"
	}
	return text
}
