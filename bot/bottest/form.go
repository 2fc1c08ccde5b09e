package bottest

import (
	"context"
	"errors"
	"strings"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/script"
)

// formEvent is what somebody does with a form: a shortcut opens one, perhaps
// from a message; the one that is open is filled in; a field of it is searched.
func (h *House) formEvent(in *bot.Inbound, line script.Line) error {
	r := h.rooms[in.Address.Platform]
	if line.Event == "open" {
		action, message, ok := strings.Cut(line.Text, " | ")
		in.Kind, in.Action, in.Text = bot.KindAction, action, strings.ReplaceAll(message, `\n`, "\n")
		if ok {
			in.Values = map[string]string{"author": "Ana Lopez", "link": "https://chat.example/archives/C1/p1"}
		}
		return nil
	}
	if r.form == nil {
		return errors.New("no form is open")
	}
	if line.Event == "search" {
		field, typed, _ := strings.Cut(line.Text, " ")
		in.Kind, in.Action, in.Target, in.Text = bot.KindAction, "options "+r.form.Action, bot.MessageID(field), typed
		return nil
	}
	in.Kind, in.Action, in.Text, in.Values = bot.KindForm, r.form.Action, "", map[string]string{}
	for _, f := range r.form.Fields {
		in.Values[f.Name] = f.Value
	}
	for _, tok := range grammar.Split(line.Text) {
		in.Values[tok.Name] = strings.ReplaceAll(tok.Text, `\n`, "\n")
	}
	return nil
}

// consult asks as an adapter does, within the request. done is false when
// there is nothing to show and the event is to be received.
func (h *House) consult(ctx context.Context, line script.Line, in *bot.Inbound) (said []script.Said, done bool, err error) {
	r := h.rooms[in.Address.Platform]
	reply, err := h.Pipeline.Inbox(in.Address.Platform, in.Address.Install).Consult(ctx, *in)
	if err != nil {
		return nil, true, err
	}
	if reply == nil {
		r.form = nil
		return nil, false, nil
	}
	if reply.Form != nil && line.Event != "search" {
		r.form = reply.Form
	}
	return []script.Said{{To: line.Speaker, Reply: reply}}, true, nil
}
