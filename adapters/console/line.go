package console

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"crmbot/bot"
)

var (
	bracketed = regexp.MustCompile(`^(?:\[(.+)\]|【(.+)】)$`)
	angled    = regexp.MustCompile(`^<([a-z]+)(?: (.*))?>$`)
)

// Type takes a line as sender typed it and gives it to the inbox: text, a
// button in brackets, or an event in angle brackets (<follow SCENE>, <contact
// PHONE>, <photo NAME>, <edit TEXT>). What is in brackets and no button is
// text.
func (a *Adapter) Type(ctx context.Context, inbox bot.Inbox, sender bot.SenderID, line string) error {
	in := a.inbound(sender, strings.TrimSpace(bot.Clean(line)))
	return inbox.Receive(ctx, in)
}

// Press says whether a button of that label or number is there to be pressed.
func (a *Adapter) Press(sender bot.SenderID, label string) bool {
	_, _, ok := a.button(bot.ChatID(sender), label)
	return ok
}

func (a *Adapter) inbound(sender bot.SenderID, line string) bot.Inbound {
	in := bot.Inbound{
		V: bot.InboundVersion, Kind: bot.KindText, Text: line, Direct: true, At: a.host.Now(),
		Address: bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: bot.ChatID(sender)},
		Sender:  bot.Sender{ID: sender, Name: string(sender), Language: a.cfg.Language, Chat: bot.ChatID(sender)},
	}
	if m := bracketed.FindStringSubmatch(line); m != nil {
		if id, b, ok := a.button(in.Address.Chat, m[1]+m[2]); ok {
			in.Kind, in.Action, in.Message, in.Text = bot.KindAction, b.Action, id, ""
		}
	} else if m := angled.FindStringSubmatch(line); m != nil {
		a.event(&in, m[1], m[2])
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events++
	in.EventID = fmt.Sprintf("%s-%d", a.run, a.events)
	if in.Kind == bot.KindText || in.Kind == bot.KindMedia {
		in.Message = bot.MessageID(in.EventID)
		a.heard[in.Address.Chat] = in.Message
	}
	return in
}

// event makes in what other platforms send of themselves.
func (a *Adapter) event(in *bot.Inbound, name, what string) {
	switch name {
	case "follow":
		in.Kind, in.Scene, in.Text = bot.KindFollow, what, ""
	case "contact":
		in.Kind, in.Values, in.Text = bot.KindContact, map[string]string{"phone": what}, ""
	case "photo":
		in.Kind, in.Files, in.Text = bot.KindMedia, []bot.File{{Name: what, MIME: "image/jpeg"}}, ""
	case "edit":
		a.mu.Lock()
		defer a.mu.Unlock()
		in.Kind, in.Target, in.Text = bot.KindEdit, a.heard[in.Address.Chat], what
	}
}

// button finds a button of the last message that had any, by its number or its
// label.
func (a *Adapter) button(chat bot.ChatID, label string) (bot.MessageID, bot.Button, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := a.shown[chat]
	if n, err := strconv.Atoi(label); err == nil && n >= 1 && n <= len(last.buttons) {
		return last.id, last.buttons[n-1], true
	}
	for _, b := range last.buttons {
		if strings.EqualFold(b.Label, label) {
			return last.id, b, true
		}
	}
	return "", bot.Button{}, false
}

// buttons are those of a reply that can be pressed, in the order they are
// shown.
func buttons(r *bot.Reply) []bot.Button {
	if r == nil {
		return nil
	}
	var out []bot.Button
	for _, c := range r.Cards {
		out = append(out, pressable(c.Buttons)...)
	}
	return append(out, pressable(r.Buttons)...)
}

func pressable(all []bot.Button) []bot.Button {
	var out []bot.Button
	for _, b := range all {
		if b.URL == "" {
			out = append(out, b)
		}
	}
	return out
}
