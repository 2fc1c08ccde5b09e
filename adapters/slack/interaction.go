package slack

import (
	"encoding/json"
	"strings"

	"crmbot/bot"
)

// interaction is a pressed button, a shortcut, or what happens in a form.
func (a *Adapter) interaction(raw []byte) (*arrival, string) {
	var is struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(raw, &is) != nil {
		return nil, bot.ReasonUnreadable
	}
	read := map[string]func(*interaction) (*arrival, string){
		"block_actions": a.press, "shortcut": a.shortcut, "message_action": a.messageShortcut,
		"view_submission": a.submission, "block_suggestion": a.suggestion,
	}[is.Type]
	switch {
	case ignored[is.Type]:
		return nil, bot.ReasonNotForUs
	case read == nil:
		return nil, bot.ReasonUnknown
	}
	var i interaction
	if json.Unmarshal(raw, &i) != nil || i.User.ID == "" {
		return nil, bot.ReasonUnreadable
	}
	in, reason := read(&i)
	if in == nil {
		return nil, reason
	}
	in.from = &i
	in.Sender.Name = bot.Clean(first(i.User.Name, i.User.Username))
	return in, ""
}

// press is a pressed button.
func (a *Adapter) press(i *interaction) (*arrival, string) {
	if len(i.Actions) == 0 {
		return nil, bot.ReasonUnreadable
	}
	pressed := i.Actions[0]
	line := first(pressed.Value, pressed.Selected.Value)
	if line == "" {
		return nil, bot.ReasonNotForUs // a link
	}
	channel := first(i.Container.ChannelID, i.Channel.ID)
	thread := first(i.Container.ThreadTS, i.Message.ThreadTS)
	in := a.start(bot.KindAction, i.User.ID, channel, thread, pressed.TS, private(channel))
	if chat, topic, ok := place(pressed.BlockID); ok && (!person(chat) || chat == i.User.ID) {
		if topic == itself {
			topic = first(thread, i.Container.MessageTS, i.Message.TS)
		}
		in.Address, in.Direct = a.address(chat, topic), person(chat)
		if chat == channel {
			thread = first(thread, topic)
		}
	}
	in.EventID = i.TriggerID
	in.Mention = !in.Direct
	in.Aside = i.Container.Ephemeral && !private(channel)
	in.Action = bot.Clean(line)
	in.Target = native(channel, first(i.Container.MessageTS, i.Message.TS))
	t := turn{Hidden: i.Container.Ephemeral, Where: where(channel, thread), Who: i.User.ID}
	if a.answers(i.ResponseURL) {
		t.URL = i.ResponseURL
	}
	if t.Hidden && !in.Direct {
		t.On = string(in.Target)
	}
	if t.URL != "" || thread != "" {
		in.Turn = t.String()
	}
	if strings.HasPrefix(pressed.ActionID, opens) {
		in.does = open
	}
	return in, ""
}

// shortcut is one that people find beside the field they write in. Its
// callback id is the command line that the person means.
func (a *Adapter) shortcut(i *interaction) (*arrival, string) {
	if i.CallbackID == "" {
		return nil, bot.ReasonUnreadable
	}
	in := a.start(bot.KindAction, i.User.ID, "", "", i.ActionTS, true)
	in.EventID, in.Action, in.does = i.TriggerID, bot.Clean(i.CallbackID), open
	return in, ""
}

// messageShortcut is one in the menu of a message. Nobody else sees what comes
// of it, wherever the message stands.
func (a *Adapter) messageShortcut(i *interaction) (*arrival, string) {
	ts := first(i.Message.TS, i.MessageTS)
	if i.CallbackID == "" {
		return nil, bot.ReasonUnreadable
	}
	thread := first(i.Message.ThreadTS, ts)
	in := a.start(bot.KindAction, i.User.ID, i.Channel.ID, thread, i.ActionTS, private(i.Channel.ID))
	in.EventID, in.Action, in.does = i.TriggerID, bot.Clean(i.CallbackID), open
	in.Aside, in.Mention = !in.Direct, !in.Direct
	in.Target = native(i.Channel.ID, ts)
	in.ReplyTo = in.Target
	in.Text, _ = words(i.Message.Text, a.self.Load().User)
	t := turn{Who: i.User.ID}
	if !in.Direct { // a direct chat may be one that we are not part of
		t.Hidden, t.Where = true, where(i.Channel.ID, i.Message.ThreadTS)
	}
	if a.answers(i.ResponseURL) {
		t.URL = i.ResponseURL
	}
	in.Turn = t.String()
	return in, ""
}

// submission is a form that somebody sends off. What it holds besides its
// values is read when it is taken.
func (a *Adapter) submission(i *interaction) (*arrival, string) {
	if i.View.CallbackID != formID {
		return nil, bot.ReasonNotForUs
	}
	in := a.start(bot.KindForm, i.User.ID, "", "", "", true)
	in.does = submit
	if i.View.ID != "" {
		in.EventID = i.View.ID + "." + i.View.Hash
	}
	in.Values = map[string]string{}
	for block, fields := range i.View.State.Values {
		name, ours := strings.CutPrefix(block, fieldID)
		if !ours {
			continue
		}
		for _, e := range fields {
			in.Values[name] = bot.Clean(strings.TrimSpace(first(e.Value, e.Selected.Value, e.Date)))
		}
	}
	return in, ""
}

// suggestion is a field of a form that wants its options.
func (a *Adapter) suggestion(i *interaction) (*arrival, string) {
	field, ours := strings.CutPrefix(i.BlockID, fieldID)
	if i.View.CallbackID != formID || !ours {
		return nil, bot.ReasonNotForUs
	}
	in := a.start(bot.KindAction, i.User.ID, "", "", "", true)
	in.does, in.EventID = suggest, "options "+i.View.ID
	in.Target, in.Text = bot.MessageID(field), bot.Clean(i.Value)
	return in, ""
}

// ignored are the interactions that mean nothing here.
var ignored = map[string]bool{
	"view_closed": true, "interactive_message": true, "dialog_submission": true, "dialog_suggestion": true,
	"dialog_cancellation": true, "workflow_step_edit": true,
}

// private says whether a channel is a direct chat, of ours as far as we know.
func private(channel string) bool { return channel == "" || strings.HasPrefix(channel, "D") }

// where is a channel with a thread in it, "" for none.
func where(channel, thread string) string {
	if channel == "" || thread == "" {
		return channel
	}
	return channel + "/" + thread
}
