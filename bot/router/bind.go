package router

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// subject is the name of the record a command is about, among its values.
const subject = "subject"

// call is a command with what was typed for its arguments.
type call struct {
	command *bot.Command
	values  map[string]string // by argument, as typed
	text    string            // what follows the command's words, as typed
	bare    bool              // a bare noun or reference
	noun    bool              // a bare noun
	skipped []string
	yes     bool   // confirmed
	words   int    // how many words follow the command's
	strange string // a name=value whose name the command does not know
	unclear string // what was typed for the argument that has to be asked for again
	meant   bool   // the wish was plain, or a question of ours was answered
	// maybe is how the line was read, where the record that it names may be no
	// name at all: see Router.namedInstead.
	maybe *grammar.Match
}

func (c *call) set(name, value string) {
	if c.values == nil {
		c.values = map[string]string{}
	}
	c.values[name] = strings.TrimSpace(value)
}

// bind makes a call of a matched line.
func (r *Router) bind(t *turn, c *bot.Command, m grammar.Match) *call {
	out := &call{command: c, text: strings.TrimSpace(m.Rest)}
	rest, tokens := m.Rest, m.Tokens
	if t.Thread != nil && c.Name == replying && m.Subject == (crm.Ref{}) { // a name is one of the words
		rest, tokens, out.text = m.After, grammar.Split(m.After), m.After
	} else if takesSubject(c) {
		switch {
		case m.Subject != (crm.Ref{}):
			out.set(subject, m.Subject.String())
		case m.SubjectName != "":
			name := m.SubjectName
			for capitalised(name) && len(tokens) > 0 && isCapital(tokens[0]) {
				name += " " + tokens[0].Text
				rest = after(rest, tokens)
				tokens = grammar.Split(rest)
			}
			out.set(subject, name)
			out.text = rest
			out.maybe = &m
		}
	}
	t.preset(out)
	r.arrange(t, out, rest, tokens)
	return out
}

// exactly makes a call of a line of ours, whose command is known. The record
// stands first, arguments by name are as they are.
func (r *Router) exactly(t *turn, c *bot.Command, rest string) *call {
	out := &call{command: c, text: strings.TrimSpace(rest)}
	tokens := grammar.Split(rest)
	if takesSubject(c) && len(tokens) > 0 && tokens[0].Name == "" {
		out.set(subject, tokens[0].Text)
		rest = after(rest, tokens)
		out.text = rest
		tokens = grammar.Split(rest)
	}
	t.preset(out)
	r.arrange(t, out, rest, tokens)
	return out
}

func takesSubject(c *bot.Command) bool { return c.Subject != "" || len(c.Subjects) > 0 }

// after is what follows the first token.
func after(rest string, tokens []grammar.Token) string {
	return strings.TrimLeft(rest[tokens[0].End:], " \t\n,:;，：；、")
}

// arrange gives what was typed to the arguments: by name, shape and position.
func (r *Router) arrange(t *turn, c *call, rest string, tokens []grammar.Token) {
	b := &binder{router: r, turn: t, call: c}
	c.words = len(tokens)
	b.general(rest, tokens)
}

// binder gives tokens to the arguments that have no value yet.
type binder struct {
	router *Router
	turn   *turn
	call   *call
	text   []grammar.Token // for the argument that takes the rest
	last   string          // the word argument that was filled last
}

func (b *binder) allNamed(tokens []grammar.Token) bool {
	for _, tok := range tokens {
		if tok.Name == "" || b.named(tok.Name) == nil {
			return false
		}
	}
	return len(tokens) > 0
}

// named is the argument that a name means, nil for none.
func (b *binder) named(name string) *bot.Arg {
	name = customer.Normal(name)
	for i, a := range b.call.command.Args {
		for _, word := range b.router.arguments[a.Name] {
			if customer.Normal(word) == name {
				return &b.call.command.Args[i]
			}
		}
	}
	return nil
}

func (b *binder) free(a bot.Arg) bool {
	_, taken := b.call.values[a.Name]
	return !taken && !a.Keyed
}

// general is the rule for all commands.
func (b *binder) general(rest string, tokens []grammar.Token) {
	var open []grammar.Token
	named := false
	for i := 0; i < len(tokens); i++ {
		tok := tokens[i]
		if a := b.named(tok.Name); tok.Name != "" && a != nil {
			n := b.extent(rest, *a, tokens[i:])
			b.call.set(a.Name, tok.Text+rest[tok.End:tokens[i+n-1].End])
			named, i = true, i+n-1
			continue
		}
		open = append(open, tok)
	}
	open = b.strangers(open, named)
	for i := 0; i < len(open); {
		i += b.place(rest, open[i:])
	}
	if len(b.text) > 0 {
		b.takeText(rest)
	}
}

// extent is how many tokens are the value of an argument by name: one, or more
// where only together they look like one ("phone=+1 415 555 0100").
func (b *binder) extent(rest string, a bot.Arg, tokens []grammar.Token) int {
	n := 1
	if tokens[0].Quoted {
		return n
	}
	if a.Fresh || a.Type == bot.ArgWord || a.Type == bot.ArgTeam { // a name: "company=Blue Sea"
		for capitalised(tokens[0].Text) && n < len(tokens) && n < 4 && isCapital(tokens[n]) {
			n++
		}
		return n
	}
	if !hasShape(a.Type) {
		return n
	}
	for n < len(tokens) && n < 6 && tokens[n].Name == "" && !tokens[n].Quoted {
		n++
	}
	for ; n > 1; n-- {
		if b.router.looksLike(b.turn, a, tokens[0].Text+rest[tokens[0].End:tokens[n-1].End]) {
			return n
		}
	}
	return 1
}

// strangers takes out what is given by a name that the command does not know:
// where no text takes it in, or others are given by name, it is a slip.
func (b *binder) strangers(open []grammar.Token, named bool) []grammar.Token {
	if b.takesText() != nil && !named {
		return open
	}
	return slices.DeleteFunc(open, func(tok grammar.Token) bool {
		if tok.Name != "" && b.call.strange == "" {
			b.call.strange = tok.Name
		}
		return tok.Name != ""
	})
}

// place finds a home for the first tokens and says how many it took.
func (b *binder) place(rest string, tokens []grammar.Token) int {
	next := b.next()
	if n := b.byShape(rest, tokens, next); n > 0 {
		return n
	}
	switch {
	case next == nil:
		b.leftover(rest, tokens[0])
	case next.Type == bot.ArgText || len(b.text) > 0:
		b.text = append(b.text, tokens[0])
	case next.Type == bot.ArgWord || next.Type == bot.ArgRef || next.Type == bot.ArgUser || next.Type == bot.ArgTeam:
		n := nameRun(tokens)
		b.call.set(next.Name, span(rest, tokens[:n]))
		b.last = next.Name
		return n
	default:
		// A shape that does not fit: kept, so that it is explained.
		if strings.ContainsAny(tokens[0].Text, "0123456789") {
			next = b.counted(next)
		}
		if text := b.takesText(); text != nil {
			b.text = append(b.text, tokens[0])
		} else {
			b.call.set(next.Name, tokens[0].Text)
		}
	}
	return 1
}

// counted is the first free argument whose values have digits, else next: what
// "2026Q5" was meant for.
func (b *binder) counted(next *bot.Arg) *bot.Arg {
	for i, a := range b.call.command.Args {
		switch a.Type {
		case bot.ArgPeriod, bot.ArgDay, bot.ArgMoment, bot.ArgMoney, bot.ArgPhone:
			if b.free(a) {
				return &b.call.command.Args[i]
			}
		}
	}
	return next
}

// next is the first argument by position that has no value.
func (b *binder) next() *bot.Arg {
	for i, a := range b.call.command.Args {
		if b.free(a) {
			return &b.call.command.Args[i]
		}
	}
	return nil
}

func (b *binder) takesText() *bot.Arg {
	for i, a := range b.call.command.Args {
		if a.Type == bot.ArgText && b.free(a) {
			return &b.call.command.Args[i]
		}
	}
	return nil
}

// byShape gives up to three tokens to an argument that they look like: to the
// next one, or to a later one whose shape cannot be mistaken.
func (b *binder) byShape(rest string, tokens []grammar.Token, next *bot.Arg) int {
	if tokens[0].Quoted {
		return 0
	}
	for n := min(3, len(tokens)); n > 0; n-- {
		raw := span(rest, tokens[:n])
		for i, a := range b.call.command.Args {
			at := &b.call.command.Args[i]
			if !b.free(a) || !hasShape(a.Type) {
				continue
			}
			if at != next && next != nil && next.Type == bot.ArgUser && a.Type == bot.ArgChoice {
				continue // somebody may be called like a role: he stands first
			}
			if value, ok := b.fits(a, raw, at == next); ok {
				b.call.set(a.Name, value)
				return n
			}
		}
	}
	return 0
}

// fits says whether raw is a value of the argument, perhaps with the
// argument's name before it ("预计12月20日").
func (b *binder) fits(a bot.Arg, raw string, expected bool) (string, bool) {
	if (expected || unmistakable(a.Type, raw)) && b.router.looksLike(b.turn, a, raw) {
		return raw, true
	}
	for _, word := range b.router.arguments[a.Name] {
		if value, ok := strings.CutPrefix(raw, word); ok {
			value = strings.TrimSpace(value)
			if value != "" && b.router.looksLike(b.turn, a, value) {
				return value, true
			}
		}
	}
	return "", false
}

// separators stand between two tokens that follow each other.
const separators = " \t\r\n\u3000,:;，：；、"

// takeText gives the collected tokens to the argument that takes the rest: as
// they were typed when they stand together.
func (b *binder) takeText(rest string) {
	a := b.takesText()
	if a == nil {
		return
	}
	var parts []string
	for i := 0; i < len(b.text); {
		j := i + 1
		for j < len(b.text) && strings.Trim(rest[b.text[j-1].End:b.text[j].Start], separators) == "" {
			j++
		}
		parts = append(parts, span(rest, b.text[i:j]))
		i = j
	}
	b.call.set(a.Name, strings.Join(parts, " "))
}

// leftover is a token that no argument takes: a second part of the last name.
func (b *binder) leftover(rest string, tok grammar.Token) {
	if b.last == "" {
		return
	}
	b.call.set(b.last, b.call.values[b.last]+" "+tok.Text)
}

// nameRun is how many tokens are one name: "Zhang Wei", "Green Farm Foods".
func nameRun(tokens []grammar.Token) int {
	n := 1
	for !tokens[0].Quoted && n < len(tokens) && n < 4 && isCapital(tokens[n-1]) && isCapital(tokens[n]) {
		n++
	}
	return n
}

func isCapital(t grammar.Token) bool { return !t.Quoted && t.Name == "" && capitalised(t.Text) }

// capitalised says whether a text begins with a capital letter and is no code
// such as A or LEAD-1.
func capitalised(s string) bool {
	runes := []rune(s)
	return len(runes) > 1 && unicode.IsUpper(runes[0]) && unicode.IsLower(runes[1])
}

// span is the text of tokens that follow each other, as typed; of one token
// without its quotes.
func span(rest string, tokens []grammar.Token) string {
	if len(tokens) == 1 {
		if tok := tokens[0]; tok.Name != "" {
			return rest[tok.Start:tok.End]
		}
		return tokens[0].Text
	}
	return rest[tokens[0].Start:tokens[len(tokens)-1].End]
}

// line writes a call as a line of ours, which bind reads without any doubt.
func (c *call) line() string {
	line := c.command.Name
	if ref := c.values[subject]; ref != "" {
		line += " " + quoted(ref)
	}
	for _, name := range sortedKeys(c.values) {
		if name != subject {
			line += " " + pair(name, c.values[name])
		}
	}
	return line
}

func pair(name, value string) string { return name + "=" + quoted(value) }

// quoted puts a value in quotes that it does not hold itself.
func quoted(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\r\n\"'“”‘’「」『』=:,;，：；、") {
		return s
	}
	if strings.Contains(s, `"`) {
		s = strings.ReplaceAll(s, `"`, "″")
	}
	return `"` + s + `"`
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
