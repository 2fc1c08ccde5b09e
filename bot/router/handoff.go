package router

import (
	"context"

	"crmbot/bot"
)

// handoff is step 10: nothing we know comes near, so a person is offered.
func (r *Router) handoff(_ context.Context, t *turn) (*bot.Reply, bool, error) {
	key := "handoff.offer"
	if t.text == "" {
		key = "handoff.file"
	}
	return &bot.Reply{
		Text: t.Words.T(key),
		Buttons: []bot.Button{
			{Label: t.Words.Label("button.person"), Action: "person"},
			{Label: t.Words.Label("button.message"), Action: "trouble kind=question"},
		},
	}, true, nil
}
