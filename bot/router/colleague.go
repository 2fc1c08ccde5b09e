package router

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// Colleagues write to us as they would to a person. What is here reads the few
// ways of saying a thing that are no command line and can mean nothing else.

// reminder is "remind me tomorrow 9am call Zhang", "提醒我明天9点给张伟打电话": a
// plan whose time, text and person are taken out of the sentence.
func (r *Router) reminder(ctx context.Context, t *turn) (*call, bool) {
	plan := r.commands["plan"]
	rest, ok := r.afterWord("words.remind", t.text)
	if plan == nil || !ok || rest == "" {
		return nil, false
	}
	c := &call{command: plan, text: rest}
	body := rest
	if at, span, ok := grammar.FindMoment(rest, t.Now); ok {
		c.set("due", at.In(t.Now.Location()).Format("2006-01-02 15:04"))
		body = strings.TrimSpace(rest[:span.Start]) + " " + strings.TrimSpace(rest[span.End:])
	}
	if body = strings.Trim(body, " ,，。.:："); body != "" {
		c.set("body", body)
		if name := r.nameIn(ctx, t, body, plan.Subjects); name != "" {
			c.set(subject, name)
		}
	}
	return c, true
}

// afterWord is what follows one of the words of a key, the longest first.
func (r *Router) afterWord(key, text string) (string, bool) {
	words := slices.Clone(r.catalog.Every(key))
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, w := range words {
		if len(text) < len(w) || !strings.EqualFold(text[:len(w)], w) {
			continue
		}
		rest := text[len(w):]
		if hanEnd(w) || rest == "" || rest[0] == ' ' || rest[0] == ':' {
			return strings.Trim(rest, " ,，:："), true
		}
	}
	return "", false
}

func hanEnd(s string) bool {
	runes := []rune(s)
	return len(runes) > 0 && unicode.Is(unicode.Han, runes[len(runes)-1])
}

// nameIn is a reference or a known name in a sentence about what is to be done,
// "" for none: "call Zhang Wei about the price", "给张伟打电话".
func (r *Router) nameIn(ctx context.Context, t *turn, text string, kinds []crm.Kind) string {
	for _, name := range r.candidates(text) {
		if ref, ok := r.matcher.Ref(name); ok {
			return ref.String()
		}
		if hits, err := t.CRM.Records.Find(ctx, t.Actor, name, kinds, 1); err == nil && len(hits) > 0 {
			return name
		}
	}
	return ""
}

// mostCandidates bounds the searches for a name in a sentence.
const mostCandidates = 8

// candidates are the parts of a sentence that may be a name, likeliest first.
func (r *Router) candidates(text string) []string {
	var out []string
	tokens := grammar.Split(text)
	for i := 0; i < len(tokens); {
		n := nameRun(tokens[i:])
		if _, ok := r.matcher.Ref(tokens[i].Text); ok || capitalised(tokens[i].Text) && (i > 0 || n > 1) {
			out = append(out, span(text, tokens[i:i+n]))
		}
		i += n
	}
	for _, word := range r.catalog.Every("words.remind.about") {
		_, rest, ok := strings.Cut(text, word)
		if !ok {
			continue
		}
		rest = strings.TrimSpace(rest)
		if !hanEnd(word) {
			if first, _, _ := strings.Cut(rest, " "); len(first) > 1 {
				out = append(out, first)
			}
			continue
		}
		han := []rune(rest)
		for n := min(4, len(han)); n >= 2; n-- {
			out = append(out, string(han[:n]))
		}
	}
	return out[:min(len(out), mostCandidates)]
}

// turned is a period before the word it belongs to: "本季度漏斗", "this month's
// pipeline".
func (r *Router) turned(t *turn) (*call, bool) {
	for _, c := range r.order {
		i := slices.IndexFunc(c.Args, func(a bot.Arg) bool { return a.Type == bot.ArgPeriod })
		if i < 0 || c.For == crm.AudienceStaff && !t.Staff() {
			continue
		}
		line := customer.Normal(t.text)
		for _, word := range r.catalog.Every("command." + c.Name) {
			when, ok := strings.CutSuffix(line, customer.Normal(word))
			when = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(when), "的"), "'s")
			if ok && when != "" && r.looksLike(t, c.Args[i], when) {
				return &call{command: c, text: when, values: map[string]string{c.Args[i].Name: when}}, true
			}
		}
	}
	return nil, false
}

// chat answers a colleague's courtesies, nil for anything else.
func (r *Router) chat(ctx context.Context, t *turn) (*bot.Reply, error) {
	if strings.Trim(t.text, "?？ ") == "" {
		return r.invoke(ctx, t, &call{command: r.commands["help"]})
	}
	courtesy := r.phrases.Courtesy(t.text)
	if courtesy == "" {
		return nil, nil
	}
	reply, err := r.courtesy(ctx, t, courtesy)
	if err != nil {
		return nil, err
	}
	if reply != nil {
		reply.Buttons = append(reply.Buttons, bot.Button{Label: t.Words.Label("unknown.help"), Action: "help"})
		return reply, nil
	}
	return &bot.Reply{}, nil
}

// sought is the name behind a word for searching that stands right before it,
// as Chinese is typed: "查张伟".
func (r *Router) sought(text string) string {
	for _, word := range r.catalog.Every("command.find") {
		if rest, ok := strings.CutPrefix(text, word); ok && hanEnd(word) {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// about is the known name that a sentence begins with, and what is said of it:
// "张伟 今天电话没人接".
func (r *Router) about(ctx context.Context, t *turn, kinds []crm.Kind) (name, rest string) {
	tokens := grammar.Split(t.text)
	if len(tokens) < 2 {
		return "", ""
	}
	n := nameRun(tokens)
	name = span(t.text, tokens[:n])
	if n == len(tokens) || !isName(name) || len([]rune(name)) < 2 {
		return "", ""
	}
	hits, err := t.CRM.Records.Find(ctx, t.Actor, name, kinds, mostPicks)
	if err != nil || !slices.ContainsFunc(hits, func(h crm.Hit) bool {
		return strings.Contains(customer.Normal(h.Title), customer.Normal(name))
	}) {
		return "", ""
	}
	return name, strings.TrimLeft(t.text[tokens[n-1].End:], separators)
}

// mentioned are the commands whose words occur in a sentence: "how is the
// pipeline?".
func (r *Router) mentioned(t *turn) []string {
	line := " " + customer.Normal(t.text) + " "
	var out []string
	for _, c := range r.order {
		if c.Hidden || takesSubject(c) || c.Name == "help" || c.For == crm.AudienceCustomers || permitted(t, c) != nil {
			continue
		}
		for _, word := range r.catalog.Every("command." + c.Name) {
			low := customer.Normal(word)
			if hanEnd(low) && len([]rune(low)) >= 2 && strings.Contains(line, low) ||
				!hanEnd(low) && len(low) >= 5 && strings.Contains(line, " "+low+" ") {
				out = append(out, word)
				break
			}
		}
	}
	return out[:min(len(out), 2)]
}
