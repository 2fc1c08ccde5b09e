package router

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// askedSlack is by how much two clocks of ours may differ over one event.
const askedSlack = time.Second

// In a live thread a line goes out without a word that sends it. What may have
// been meant for us or for colleagues is asked about, in private: a click too
// many is forgotten, a line too many is not.

// doubt is the question about a live line that may not be for the customer, ""
// for one that plainly is.
func (r *Router) doubt(ctx context.Context, t *turn) (key string, err error) {
	if f := t.Session.Form; f != nil && t.Now.Sub(f.Started) <= formLife {
		return "live.question", nil
	}
	if r.phrases.Courtesy(t.text) != "" {
		return "", nil
	}
	const command = "live.command"
	if r.likeCommand(t) || r.aboutCustomer(t.text) || r.marksInside(t.text) {
		return command, nil
	}
	if named, err := r.namesSomebody(ctx, t); err != nil || named {
		return command, err
	}
	return "", nil
}

// likeCommand says whether a line begins as commands do, or as one of their
// words mistyped.
func (r *Router) likeCommand(t *turn) bool {
	line := firstLine(t.text)
	if line == "" {
		return false
	}
	if strings.ContainsRune(`/\!@#！＠＃／＼`, []rune(line)[0]) || r.begins(line, "words.bot") {
		return true
	}
	if r.wholeCommand(line) || r.nearMark(line) || r.valued(t, line) || r.hasNamed(line) {
		return true
	}
	if r.ordinary(line) {
		return false
	}
	if m, ok := r.matcher.Match(line); ok && r.meantForUs(m) && !(toCustomer(line) && m.Subject == (crm.Ref{}) && !isMark(m.Name)) {
		return true
	}
	return r.gluedCommand(line)
}

// ordinary says whether a line begins with words that look like those of a
// command and are said to customers.
func (r *Router) ordinary(line string) bool { return r.begins(line, "words.ordinary") }

// begins says whether a line begins with one of the words of a key: a Latin one
// with the whole word.
func (r *Router) begins(line, key string) bool {
	normal := customer.Normal(line)
	return slices.ContainsFunc(r.catalog.Every(key), func(w string) bool {
		_, ok := afterWord(normal, customer.Normal(w))
		return ok
	})
}

// afterWord is what follows a word that a normal line begins with.
func afterWord(line, word string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(line, word)
	if !ok || word == "" {
		return "", false
	}
	if first := []rune(rest); len(first) > 0 && !hanEnd(word) && (isLatin(first[0]) || first[0] == '\'') {
		return "", false
	}
	return rest, true
}

func isLatin(c rune) bool {
	return (unicode.IsLetter(c) || unicode.IsDigit(c)) && !unicode.Is(unicode.Han, c)
}

// toCustomer says whether a line speaks to the customer.
func toCustomer(line string) bool {
	if strings.Contains(line, "您") || strings.Contains(line, "你们") {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(line), func(c rune) bool { return !unicode.IsLetter(c) })
	return slices.ContainsFunc(words, func(w string) bool { return w == "you" || w == "your" || w == "yours" })
}

// isMark says whether a command's word is as good as a mark that says where a
// line is to go.
func isMark(name string) bool { return name == "note" || name == replying }

// gluedCommand says whether a line begins with the Chinese word of a command that
// goes on, and what follows is not set apart: "回复客户说在路上了". What then speaks to
// the customer is for him: "提醒您一下".
func (r *Router) gluedCommand(line string) bool {
	line = customer.Normal(line)
	for _, w := range r.vocabulary {
		if !w.goesOn || w.after || !w.han || len(w.runes) < 2 || toCustomer(line) && !isMark(w.command) {
			continue
		}
		if strings.HasPrefix(line, w.text) {
			return true
		}
	}
	return false
}

// goesOn says whether something is typed behind a command's words.
func goesOn(c *bot.Command) bool {
	return takesSubject(c) || slices.ContainsFunc(c.Args, func(a bot.Arg) bool { return !a.Keyed })
}

// hasNamed says whether a line has a name=value as commands do.
func (r *Router) hasNamed(line string) bool {
	for _, word := range strings.Fields(line) {
		name, value, ok := strings.Cut(word, "=")
		if !ok || name == "" || value == "" {
			continue
		}
		for known, words := range r.arguments {
			if strings.EqualFold(known, name) || slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, name) }) {
				return true
			}
		}
	}
	return false
}

// marksInside says whether a line says that it stays among colleagues in a way
// that is no mark: "（内部）不要说", "[internal] …", or further down.
func (r *Router) marksInside(text string) bool {
	lines := strings.Split(text, "\n")
	bare := strings.TrimLeftFunc(lines[0], func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if bare != lines[0] {
		head, _, _ := strings.Cut(bare, ")")
		if closing := strings.IndexAny(bare, ")）]］】〕}｝」』>》"); closing >= 0 {
			head = bare[:closing]
		}
		if r.nearMark(head) || r.nearMark(bare) || r.wholeCommand(bare) {
			return true
		}
	}
	for _, line := range lines[1:] {
		if _, way := relay.Spoken(r.words(), line); way != relay.Plain || r.nearMark(strings.TrimSpace(line)) {
			return true
		}
	}
	return false
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}

// meantForUs says whether a line that reads as a command is one: nothing but
// its words, or a command that goes on. "Today we ship 5 t" begins with the
// word of one that does not.
func (r *Router) meantForUs(m grammar.Match) bool {
	c := r.commands[m.Name]
	switch {
	case m.Subject != (crm.Ref{}) || m.Whole:
		return true
	case c == nil:
		return false
	}
	return goesOn(c)
}
