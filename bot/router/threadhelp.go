package router

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// threadHelp says what can be done in a thread, with the buttons for it.
func (r *Router) threadHelp(req *bot.Request) *bot.Reply {
	reply := &bot.Reply{Text: req.Words.T("thread.help"), Private: true}
	ref := req.Customer.Ref().String()
	for _, name := range []string{"take", "reply", "assign", "live", "close", "back"} {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: req.Words.Label("button.conversation." + name), Action: "conversation." + name + " " + ref,
		})
	}
	return reply
}

// isConversation says whether the value of an argument is a conversation.
func (r *Router) isConversation(value string) bool {
	ref, ok := r.matcher.Ref(value)
	return ok && ref.Kind == crm.KindConversation
}

// longestWords bounds what a form shows of the customer's words, in runes.
const longestWords = 300

// lastWords is what the customer said last, for whoever writes an answer; "" if
// it cannot be had.
func (r *Router) lastWords(ctx context.Context, t *turn, value string) string {
	ref, _ := r.matcher.Ref(value)
	found, err := t.Store.Messages(ctx, crm.ConversationID(ref.ID), 0, -20)
	if err != nil {
		return ""
	}
	for i := len(found) - 1; i >= 0; i-- {
		m := found[i]
		if m.Direction != crm.In || m.Audience == crm.AudienceNote || m.Body == "" || !m.Deleted.IsZero() || m.Muted {
			continue
		}
		words := []rune(m.Body)
		if len(words) > longestWords {
			words = append(words[:longestWords-1], '…')
		}
		return t.Words.T("reply.after", "text", markup.Escape(string(words)))
	}
	return ""
}
