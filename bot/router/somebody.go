package router

import (
	"context"
	"strings"
	"unicode"

	"crmbot/bot/customer"
	"crmbot/crm"
)

// aboutCustomer says whether a line speaks about the customer, and so not to him:
// "tell her that …", "回复客户说在路上了".
func (r *Router) aboutCustomer(text string) bool {
	line := customer.Normal(firstLine(text))
	if r.begins(line, "words.about") && !r.ordinary(line) {
		return true
	}
	for _, w := range r.catalog.Every("words.about.within") {
		w = customer.Normal(w)
		for from := 0; ; {
			at := strings.Index(line[from:], w)
			if at < 0 {
				break
			}
			if _, ok := afterWord(line[from+at:], w); ok {
				return true
			}
			from += at + len(w)
		}
	}
	return false
}

// namesSomebody says whether a live line is for a colleague whom it names, or
// speaks of the customer by name.
func (r *Router) namesSomebody(ctx context.Context, t *turn) (bool, error) {
	line := customer.Normal(firstLine(t.text))
	name, err := r.customerName(ctx, t)
	if err != nil || line == "" {
		return false, err
	}
	if r.speaksOf(line, name) {
		return true, nil
	}
	all, err := t.Store.Users(ctx, crm.UserFilter{Active: true})
	if err != nil {
		return false, err
	}
	for _, u := range all {
		if u.ID == t.User.ID {
			continue
		}
		for _, called := range callings(u) {
			if name != "" && strings.HasPrefix(name, called) {
				continue // the customer is called so, too
			}
			if r.callsOn(line, called) {
				return true, nil
			}
		}
	}
	return false, nil
}

// callings are what a colleague is called in a line, in normal form: his name, his
// handle, and their longer parts with a comma behind them.
func callings(u *crm.User) []string {
	out := []string{customer.Normal(u.Name), customer.Normal(strings.ReplaceAll(u.Handle, ".", " ")), customer.Normal(u.Handle)}
	if !u.Named() {
		out = out[1:]
	}
	for _, full := range out {
		if parts := strings.FieldsFunc(full, func(c rune) bool { return c == ' ' || c == '.' }); len(parts) > 1 {
			for _, p := range parts {
				if len(p) > 2 {
					out = append(out, p+",", p+":")
				}
			}
		}
	}
	return out
}

// callsOn says whether a line begins with what a colleague is called, also behind
// a word of a command: "给李伟", "assign li wei".
func (r *Router) callsOn(line, called string) bool {
	if rest, ok := afterWord(line, called); ok || strings.ContainsAny(called, ",:") && strings.HasPrefix(line, called) {
		glued := rest != "" && hanEnd(called) && unicode.Is(unicode.Han, []rune(rest)[0])
		return !glued || !strings.Contains(rest, "您")
	}
	for _, w := range r.vocabulary {
		rest, ok := afterWord(line, w.text)
		if !ok {
			var spaced bool
			var head string
			if head, rest, spaced = cutHead(line); !spaced || !w.mistyped(head, true) {
				continue
			}
		}
		if _, ok := afterWord(strings.TrimLeft(rest, separators), called); ok {
			return true
		}
	}
	return false
}

// customerName is what the thread's customer is called, in normal form, "" for
// nobody knows.
func (r *Router) customerName(ctx context.Context, t *turn) (string, error) {
	if t.Customer == nil || t.Customer.ContactID == 0 {
		return "", nil
	}
	c, err := t.Store.Contact(ctx, t.Customer.ContactID)
	if err != nil {
		return "", err
	}
	return customer.Normal(c.Name), nil
}

// speaksOf says whether a line speaks of somebody by name and not to him: "tell
// Ana …", "Ana wants 5 t", but not "Ana, your order …".
func (r *Router) speaksOf(line, name string) bool {
	if name == "" {
		return false
	}
	first, _, _ := strings.Cut(name, " ")
	for _, called := range []string{name, first} {
		for _, verb := range r.catalog.Every("words.about.verbs") {
			rest, ok := afterWord(line, customer.Normal(verb))
			if !ok {
				continue
			}
			if _, ok := afterWord(strings.TrimLeft(rest, separators), called); ok {
				return true
			}
		}
		rest, ok := afterWord(line, called)
		if ok && strings.HasPrefix(rest, " ") && !toCustomer(rest) && !strings.Contains(rest, "你") && r.phrases.Courtesy(rest) == "" {
			return true
		}
	}
	return false
}
