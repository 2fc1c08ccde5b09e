package router

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// word is one that colleagues type to us, in the form in which lines are
// compared.
type word struct {
	command string
	text    string
	runes   []rune
	han     bool
	goesOn  bool // something is typed behind it
	after   bool // it belongs after a reference
	moment  bool // it is a day by itself: "today"
}

// typedWords are the words of all commands that colleagues can type.
func (r *Router) typedWords() []word {
	var out []word
	for _, c := range r.order {
		if c.Hidden || c.For == crm.AudienceCustomers {
			continue
		}
		for _, suffix := range []string{"", ".after"} {
			for _, phrase := range r.catalog.Every("command." + c.Name + suffix) {
				text := customer.Normal(phrase)
				if text == "" {
					continue
				}
				out = append(out, word{
					command: c.Name, text: text, runes: []rune(text), han: hanEnd(text),
					goesOn: goesOn(c), after: suffix != "", moment: text == "today" || text == "今天" || text == "今日",
				})
			}
		}
	}
	return out
}

// wholeCommand says whether a line is the words of a command and nothing else,
// also politely or mistyped.
func (r *Router) wholeCommand(line string) bool {
	trimmed := strings.TrimFunc(line, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if strings.HasSuffix(strings.TrimSpace(grammar.Normal(line)), "?") {
		return false
	}
	for _, normal := range []string{customer.Normal(trimmed), r.phrases.Core(trimmed), strings.TrimRight(customer.Normal(trimmed), "吧了啊呀哦嘛啦一下")} {
		if normal == "" {
			continue
		}
		ordinary := slices.ContainsFunc(r.catalog.Every("words.ordinary"), func(w string) bool { return customer.Normal(w) == normal })
		for _, w := range r.vocabulary {
			if w.text == normal || !ordinary && w.mistyped(normal, false) {
				return true
			}
		}
	}
	return false
}

// mistyped says whether a text is the word with a slip. Short words are taken for
// one another only where letters changed places: "fine" is no "find". A Chinese
// word of two begins alike, unless loosely.
func (w word) mistyped(text string, loosely bool) bool {
	have, want := []rune(text), w.runes
	if w.han {
		n := differ(have, want)
		return len(want) > 1 && n == 1 && (loosely || len(want) > 2 || have[0] == want[0])
	}
	if strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		return false
	}
	have, want = []rune(strings.ReplaceAll(text, " ", "")), []rune(strings.ReplaceAll(w.text, " ", ""))
	n := grammar.Distance(have, want)
	switch {
	case n == 0:
		return true
	case len(want) < 4:
		return false
	case len(want) == 4:
		return n == 1 && swapped(have, want)
	case len(want) < 8:
		return n == 1
	}
	return n <= 2
}

// longWord is a word so long that one like it, which is not its plural or past,
// is no other one.
const longWord = 7

// plainSlip says whether a word that is near can hardly be another one: its
// letters changed places, or it is long.
func (w word) plainSlip(text string) bool {
	return !w.han && (len(w.runes) > 3 && swapped([]rune(text), w.runes) || len(w.runes) >= longWord && !strings.HasPrefix(text, w.text))
}

// differ is how many runes of two texts of one length differ, -1 for texts of
// different lengths.
func differ(a, b []rune) int {
	if len(a) != len(b) {
		return -1
	}
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// swapped says whether two words are the same letters in another order.
func swapped(a, b []rune) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// nearMark says whether a line begins with "reply:" or "note:" mistyped, cut short
// or without its colon. One letter and a colon may be either.
func (r *Router) nearMark(line string) bool {
	at := strings.IndexAny(line, ":：﹕︰∶;；")
	colon := at >= 0
	head, _, spaced := strings.Cut(line, " ")
	if colon {
		head, spaced = line[:at], false
	}
	head = strings.Trim(customer.Normal(head), " -_*`")
	runes := []rune(head)
	if len(runes) < 2 {
		return len(runes) == 1 && colon && unicode.IsLetter(runes[0])
	}
	for _, w := range r.marks {
		if len(w.runes) > 1 && w.marks(head, colon, spaced && !r.ordinary(head)) {
			return true
		}
	}
	return false
}

// mistypedReply is what stands behind "reply:" mistyped: "repyl: …", "回复；…".
func (r *Router) mistypedReply(line string) (rest string, ok bool) {
	at := strings.IndexAny(line, ":：﹕︰∶;；")
	if at < 0 {
		return "", false
	}
	_, size := utf8.DecodeRuneInString(line[at:])
	head, rest := customer.Normal(line[:at]), strings.TrimSpace(line[at+size:])
	head = strings.ReplaceAll(head, " ", "")
	for _, phrase := range append(r.catalog.Every("words.reply"), r.catalog.Every("command."+replying)...) {
		text := customer.Normal(phrase)
		w := word{text: text, runes: []rune(text), han: hanEnd(text)}
		if rest != "" && len(w.runes) > 1 && (head == text || w.mistyped(head, false)) {
			return rest, true
		}
	}
	return "", false
}

// marks says whether what a line begins with, up to a colon or a space, is meant
// for the word.
func (w word) marks(head string, colon, spaced bool) bool {
	if _, ok := afterWord(head, w.text); ok {
		return true
	}
	runes := []rune(head)
	switch {
	case w.han && colon:
		return strings.Contains(head, w.text) && len(runes) <= len(w.runes)+2 || w.mistyped(head, true)
	case w.han:
		return spaced && w.mistyped(head, false)
	case colon:
		return strings.HasPrefix(w.text, head) || w.mistyped(head, true) || grammar.Near(head, w.text) && !strings.Contains(head, " ")
	}
	return w.mistyped(head, false)
}

// markWords are the words that say where a line goes, and those of the commands
// that do the same.
func (r *Router) markWords() []word {
	var out []word
	for _, key := range []string{"words.reply", "words.internal", "command.note", "command." + replying} {
		for _, phrase := range r.catalog.Every(key) {
			text := customer.Normal(phrase)
			out = append(out, word{text: text, runes: []rune(text), han: hanEnd(text)})
		}
	}
	return out
}

// valued says whether a line begins with a command's word, or one mistyped, and
// something that commands take: a reference, a day, an amount, a choice.
func (r *Router) valued(t *turn, line string) bool {
	normal := customer.Normal(line)
	head, tail, spaced := cutHead(normal)
	for _, w := range r.vocabulary {
		if w.moment {
			continue
		}
		rest, ok := afterWord(normal, w.text)
		glued := ok && w.han && !strings.ContainsAny(rest[:min(1, len(rest))], " :,")
		switch {
		case ok && w.han && glued && len(w.runes) == 1:
			if r.beginsWithRef(rest) {
				return true
			}
		case ok && r.isValue(t, rest):
			return true
		case !ok && spaced && w.mistyped(head, true) && (r.isValue(t, tail) || w.plainSlip(head)):
			return true
		}
		if ok && !glued && strings.HasPrefix(rest, ":") {
			return true
		}
	}
	return r.nounValue(t, normal)
}

// cutHead parts a normal line behind its first word.
func cutHead(line string) (head, tail string, ok bool) {
	at := strings.IndexAny(line, " :,，：、")
	if at < 0 {
		return line, "", false
	}
	return line[:at], strings.TrimLeft(line[at:], separators), true
}

// nounValue says whether a line begins with the noun of a record that customers do
// not speak of, and what a new one is given: "ticket complaint".
func (r *Router) nounValue(t *turn, normal string) bool {
	for _, kind := range []crm.Kind{crm.KindLead, crm.KindOpportunity, crm.KindTicket} {
		for _, noun := range r.catalog.Every("noun." + string(kind)) {
			noun = customer.Normal(noun)
			rest, ok := afterWord(normal, noun)
			if !ok || r.ordinary(normal) {
				continue
			}
			if strings.TrimSpace(rest) == "" || r.isValue(t, rest) || hanEnd(noun) && strings.ContainsAny(rest[:1], " :") ||
				!hanEnd(noun) && !toCustomer(normal) && kind == crm.KindTicket {
				return true
			}
		}
	}
	return false
}

// isValue says whether a text begins with a reference, a moment, an amount, a
// telephone number or a choice.
func (r *Router) isValue(t *turn, text string) bool {
	text = strings.TrimLeft(text, separators)
	if text == "" {
		return false
	}
	if r.beginsWithRef(text) {
		return true
	}
	if _, at, ok := grammar.FindMoment(text, t.Now); ok && at.Start == 0 {
		return true
	}
	if _, at, ok := grammar.FindMoney(text, r.company.Currency); ok && at.Start == 0 {
		return true
	}
	if _, at, ok := grammar.FindPhone(text, r.company.Country); ok && at.Start == 0 {
		return true
	}
	head, _, _ := cutHead(text)
	if _, ok := r.stage(head); ok {
		return true
	}
	if _, ok := r.intentLevel(head); ok {
		return true
	}
	return r.isChoice(head)
}

// isChoice says whether a word is one that a command offers to choose from.
func (r *Router) isChoice(word string) bool {
	for _, c := range r.order {
		if c.Hidden || c.For == crm.AudienceCustomers {
			continue
		}
		for _, a := range c.Args {
			if _, ok := r.choiceOf(a, word); ok {
				return true
			}
		}
	}
	return false
}

// beginsWithRef says whether a text begins with a reference.
func (r *Router) beginsWithRef(text string) bool {
	m, ok := r.matcher.Match(text)
	return ok && m.Subject != (crm.Ref{})
}
