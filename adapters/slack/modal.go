package slack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// Names inside our forms.
const (
	formID  = "form"   // of a form that can be sent off
	fieldID = "field:" // begins the id of a field's block
	entryID = "entry"  // of what is filled in there
	keptID  = "kept "  // begins what stands for something that the host keeps
)

// Slack's limits for forms, in characters or pieces.
const (
	titleLimit   = 24
	hintLimit    = 2000
	privateLimit = 3000
	entryLimit   = 3000
	valueLimit   = 150
	optionsMax   = 100
	fieldsPage   = 90 // leaves room for the text above them
)

// modal is a form as Slack shows it. It carries what it is about where the
// person cannot change it; more than fits there the host keeps.
func (a *Adapter) modal(ctx context.Context, f *bot.Form, in bot.Inbound) (slack.ModalViewRequest, error) {
	private, err := a.pack(ctx, f.Action, in)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	m := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: formID, PrivateMetadata: private,
		Title: plain(f.Title, titleLimit), Submit: plain(f.Submit, titleLimit), Close: plain(f.Cancel, titleLimit),
	}
	p := &page{}
	p.text(mrkdwn(f.Text))
	for _, field := range f.Fields[:min(len(f.Fields), fieldsPage)] {
		p.blocks = append(p.blocks, input(field))
	}
	m.Blocks.BlockSet = p.blocks
	return m, nil
}

// board is a form without fields: it says something.
func board(text string) slack.ModalViewRequest {
	p := &page{}
	p.text(text)
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "board", Title: plain("CRM", titleLimit), Blocks: slack.Blocks{BlockSet: p.blocks},
	}
}

// input is a field of a form.
func input(f bot.FormField) *slack.InputBlock {
	var hint *slack.TextBlockObject
	if f.Hint != "" {
		hint = plain(f.Hint, hintLimit)
	}
	block := slack.NewInputBlock(fieldID+f.Name, plain(f.Label, hintLimit), hint, element(f))
	block.Optional = !f.Required
	return block
}

// element is what a field is filled in with. A list to choose from that is
// longer than Slack shows is searched.
func element(f bot.FormField) slack.BlockElement {
	if f.Type == bot.FieldChoice && len(f.Options) > optionsMax {
		f.Type = bot.FieldSearch
		f.Options = slices.DeleteFunc(slices.Clone(f.Options), func(o bot.Option) bool { return o.Value != f.Value })
	}
	choices := options(f.Options)
	var chosen *slack.OptionBlockObject
	for _, c := range choices {
		if c.Value == f.Value {
			chosen = c
		}
	}
	switch {
	case f.Type == bot.FieldChoice && len(choices) > 0:
		list := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, entryID, choices...)
		list.InitialOption = chosen
		return list
	case f.Type == bot.FieldSearch:
		list := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, nil, entryID)
		list.MinQueryLength = new(int)
		if chosen == nil {
			for _, c := range options([]bot.Option{{Label: f.Value, Value: f.Value}}) {
				chosen = c
			}
		}
		list.InitialOption = chosen
		return list
	case f.Type == bot.FieldDay:
		day := slack.NewDatePickerBlockElement(entryID)
		if _, err := time.Parse(time.DateOnly, f.Value); err == nil {
			day.InitialDate = f.Value
		}
		return day
	}
	line := slack.NewPlainTextInputBlockElement(nil, entryID)
	line.Multiline = f.Type == bot.FieldText
	line.MaxLength = entryLimit
	if f.Max > 0 {
		line.MaxLength = min(f.Max, entryLimit)
	}
	value := f.Value
	if !line.Multiline {
		value = strings.Join(strings.Fields(value), " ")
	}
	line.InitialValue = bot.Limit{Max: line.MaxLength, Unit: bot.Runes}.Cut(value)
	return line
}

// options are what can be chosen. One whose value Slack cannot hold is left
// out: half a value means something else.
func options(list []bot.Option) []*slack.OptionBlockObject {
	out := []*slack.OptionBlockObject{}
	for _, o := range list {
		label := first(strings.TrimSpace(o.Label), o.Value)
		if o.Value != "" && len([]rune(o.Value)) <= valueLimit && len(out) < optionsMax {
			out = append(out, slack.NewOptionBlockObject(o.Value, plain(label, labelLimit), nil))
		}
	}
	return out
}

// pack is what a form carries: the event that opened it, as the one that it
// will be when it is sent off.
func (a *Adapter) pack(ctx context.Context, action string, in bot.Inbound) (string, error) {
	raw, err := json.Marshal(bot.Inbound{
		V: in.V, Action: action, Address: in.Address, Direct: in.Direct, Target: in.Target, ReplyTo: in.ReplyTo,
		Turn: in.Turn, Mention: in.Mention, Aside: in.Aside,
	})
	if err != nil || len(raw) <= privateLimit {
		return string(raw), err
	}
	key := keptID + rand.Text()
	if err := a.host.SetValue(ctx, key, string(raw), formTime); err != nil {
		return "", fmt.Errorf("keep a form: %w", err)
	}
	return key, nil
}

// unpack gives a form back what it carried. It returns the key of what to say
// if that is gone, "" if all is well.
func (a *Adapter) unpack(ctx context.Context, in *arrival) string {
	raw := in.from.View.Private
	if strings.HasPrefix(raw, keptID) {
		kept, err := a.host.Value(ctx, raw)
		if err != nil {
			a.host.Logger().ErrorContext(ctx, "cannot look up a form", "error", err)
			return "form.unsaved"
		}
		raw = kept
	}
	var was bot.Inbound
	if json.Unmarshal([]byte(raw), &was) != nil || was.Action == "" || was.Address.Chat == "" {
		return "form.gone"
	}
	in.Action, in.Direct, in.Target, in.ReplyTo = was.Action, was.Direct, was.Target, was.ReplyTo
	in.Address = a.address(string(was.Address.Chat), string(was.Address.Topic))
	in.Turn, in.Mention, in.Aside = was.Turn, was.Mention, was.Aside
	return ""
}
