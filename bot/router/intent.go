package router

import (
	"context"

	"crmbot/bot"
)

// intent is step 8: a wish, if the customer's whole message is one.
func (r *Router) intent(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.Staff() || t.quiet || t.text == "" {
		return nil, false, nil
	}
	for _, text := range t.readings() {
		wish, ok := r.phrases.Intent(text)
		if !ok {
			continue
		}
		t.takeBurst()
		reply, err := r.invoke(ctx, t, &call{command: r.commands[wish.Command], values: wish.Values})
		return reply, true, err
	}
	return nil, false, nil
}
