package router

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/customer"
)

// intent is step 8: a wish, if the customer's whole message is one.
func (r *Router) intent(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.Staff() || t.quiet || t.text == "" {
		return nil, false, nil
	}
	for _, text := range t.readings() {
		wish, ok := r.phrases.Intent(text, r.goods)
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

// plainWish says whether a customer's text is a wish without doubt.
func (r *Router) plainWish(t *turn, text string) bool {
	wish, ok := r.phrases.Intent(text, r.goods)
	return ok && !wish.Doubt && !t.Staff()
}

// wanting is the call of a wish. Who only asks for a price may not mean it.
func (r *Router) wanting(wish customer.Intent) *call {
	return &call{command: r.commands[wish.Command], values: wish.Values, meant: !wish.Price}
}

// perhaps is the button for what is worded like a wish but may be none.
func (r *Router) perhaps(t *turn) []bot.Button {
	wish, ok := r.phrases.Intent(t.text, r.goods)
	if !ok || !wish.Doubt || t.Staff() {
		return nil
	}
	line := wish.Command
	for _, name := range sortedKeys(wish.Values) {
		line += " " + pair(name, wish.Values[name])
	}
	return []bot.Button{{Label: t.Words.Label("button." + wish.Command), Action: line, Once: true}}
}
