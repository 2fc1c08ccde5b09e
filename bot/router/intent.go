package router

import (
	"context"
	"maps"

	"crmbot/bot"
	"crmbot/bot/customer"
)

// intent is step 8: a wish, if the customer's whole message is one.
func (r *Router) intent(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.Staff() || t.quiet || t.text == "" {
		return nil, false, nil
	}
	for _, text := range t.readings() {
		wish, ok := r.wish(t, text)
		if !ok || wish.Doubt {
			continue
		}
		if waits, err := r.waits(ctx, t); waits || err != nil {
			return nil, false, err
		}
		t.takeBurst()
		reply, err := r.invoke(ctx, t, r.wanting(wish))
		return reply, true, err
	}
	return nil, false, nil
}

// wished is the wish that a text was found to be, if ok.
type wished struct {
	text string
	wish customer.Intent
	ok   bool
}

// wish is the wish that a text is, looked for once for each event.
func (r *Router) wish(t *turn, text string) (wish customer.Intent, ok bool) {
	for _, w := range t.wishes {
		if w.text == text {
			return w.wish, w.ok
		}
	}
	said := t.said
	if said == nil || said.Text != text {
		said = r.phrases.Hear(text)
	}
	wish, ok = said.Intent(r.goods)
	t.wishes = append(t.wishes, wished{text, wish, ok})
	return wish, ok
}

// plainWish says whether a customer's text is a wish without doubt.
func (r *Router) plainWish(t *turn, text string) bool {
	wish, ok := r.wish(t, text)
	return ok && !wish.Doubt && !t.Staff()
}

// wanting is the call of a wish. Who only asks for a price may not mean it.
func (r *Router) wanting(wish customer.Intent) *call {
	return &call{command: r.commands[wish.Command], values: maps.Clone(wish.Values), meant: !wish.Price}
}

// perhaps is the button for what is worded like a wish but may be none.
func (r *Router) perhaps(t *turn) []bot.Button {
	wish, ok := r.wish(t, t.text)
	if !ok || !wish.Doubt || t.Staff() {
		return nil
	}
	line := wish.Command
	for _, name := range sortedKeys(wish.Values) {
		line += " " + pair(name, wish.Values[name])
	}
	return []bot.Button{{Label: t.Words.Label("button." + wish.Command), Action: line, Once: true}}
}
