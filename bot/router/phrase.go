package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// ownTicket is the number a customer was given, alone or with a word before it:
// he reads how it stands, if it is his.
func (r *Router) ownTicket(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	progress := r.commands["progress"]
	if progress == nil || t.Session.Form != nil {
		return nil, false, nil
	}
	text := t.core
	for _, word := range r.references {
		if rest, ok := strings.CutPrefix(text, word); ok {
			text = strings.TrimLeft(rest, " :#是")
			break
		}
	}
	ref, ok := crm.ParseRef(strings.ToUpper(text))
	if !ok || ref.Kind != crm.KindTicket {
		return nil, false, nil
	}
	reply, err := r.invoke(ctx, t, &call{command: progress, values: map[string]string{"ref": ref.String()}})
	return reply, true, err
}

// speak is the name of a language, or the bare wish to choose one.
func (r *Router) speak(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	language := r.commands["language"]
	if language == nil || len(language.Args) == 0 {
		return nil, false, nil
	}
	if lang, ok := r.languageOf(t.core); ok && len(t.core) > 2 {
		reply, err := r.invoke(ctx, t, &call{command: language, values: map[string]string{language.Args[0].Name: lang}})
		return reply, true, err
	}
	if !r.isWord("command.language", t.core) {
		return nil, false, nil
	}
	reply := bot.Text(t.Words.T("ask.language"))
	for _, lang := range r.catalog.Languages() {
		reply.Buttons = append(reply.Buttons, bot.Button{Label: first(t.Words, "language."+lang, lang), Action: "language " + lang})
	}
	return reply, true, nil
}
