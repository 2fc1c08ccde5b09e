package wechat

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	wxmessage "github.com/silenceper/wechat/v2/officialaccount/message"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// errNoTemplate says that a person cannot be told, for the config names no
// template of the account.
var errNoTemplate = errors.New("no such template: crmbot check lists those of the account")

// nudges says whether a person can be told outside the chat that a reply waits.
func (a *Adapter) nudges() bool {
	return a.cfg.Templates.ReplyWaiting != "" || a.cfg.Subscriptions.ReplyWaiting != "" ||
		a.cfg.Templates.TicketUpdate != "" || a.cfg.Subscriptions.TicketUpdate != ""
}

// nudge tells a person that a reply waits, and nothing of what it says: the
// message lies open on the telephone. A subscription that the person agreed to
// comes before a template.
func (a *Adapter) nudge(ctx context.Context, out bot.Outgoing) error {
	notice := out.Notice
	if notice == "" && out.Reply != nil {
		notice = out.Reply.Text
	}
	say, err := a.sentences(notice, out.Language)
	if err != nil {
		return err
	}
	subscription, id := true, a.cfg.Subscriptions.id(notice)
	if id == "" {
		subscription, id = false, a.cfg.Templates.id(notice)
	}
	if id == "" {
		return &bot.Failure{Class: bot.Stale, Err: errNoTemplate}
	}
	fields, err := a.fields(ctx, id, subscription)
	if err == nil {
		err = a.tell(ctx, out, id, subscription, fill(fields, say, a.host.Now()))
	}
	if err != nil {
		a.forget(ctx, id, err)
		return weixin.Failure(err, !subscription)
	}
	return nil
}

// codeFields says that a template wants other fields than it was given.
const codeFields = 47003

// forget asks for the fields of a template again next time if they were wrong.
func (a *Adapter) forget(ctx context.Context, id string, err error) {
	if weixin.CodeOf(err) != codeFields {
		return
	}
	if err := a.host.SetValue(ctx, fieldsName+id, "", time.Second); err != nil {
		a.host.Logger().WarnContext(ctx, "a template's fields could not be forgotten", "error", err)
	}
}

// saying is what a notice says: in a sentence, and in the few characters that
// some fields have room for, which must be Chinese.
type saying struct{ sentence, short string }

func (a *Adapter) sentences(notice, language string) (saying, error) {
	catalog, err := a.words()
	if err != nil {
		return saying{}, err
	}
	words := catalog.Words(language)
	say := saying{words.Label("nudge.reply_waiting"), catalog.Words("zh-CN").Label("nudge.short")}
	if notice == noticeTicket {
		say.sentence = words.Label("nudge.ticket_update")
	}
	return say, nil
}

// tell sends a notice. The key keeps a template from being sent twice.
func (a *Adapter) tell(ctx context.Context, out bot.Outgoing, id string, subscription bool, values map[string]string) error {
	person := string(out.To.Chat)
	return a.api.Do(ctx, func(h weixin.Handle) error {
		if subscription {
			data := map[string]*wxmessage.SubscribeDataItem{}
			for k, v := range values {
				data[k] = &wxmessage.SubscribeDataItem{Value: v}
			}
			return wxmessage.NewSubscribe(a.library(h)).Send(&wxmessage.SubscribeMessage{ToUser: person, TemplateID: id, Data: data})
		}
		data := map[string]*wxmessage.TemplateDataItem{}
		for k, v := range values {
			data[k] = &wxmessage.TemplateDataItem{Value: v}
		}
		_, err := wxmessage.NewTemplate(a.library(h)).Send(&wxmessage.TemplateMessage{
			ToUser: person, TemplateID: id, Data: data, ClientMsgID: clip(out.Key, 32),
		})
		return err
	})
}

// fieldShape is a field in the text of a template.
var fieldShape = regexp.MustCompile(`\{\{\s*(\w+)\.DATA\s*\}\}`)

// The fields of a template are remembered for a while, under its name.
const (
	fieldsName = "template/"
	fieldsFor  = 24 * time.Hour
)

// fields are the names of what a template wants filled in.
func (a *Adapter) fields(ctx context.Context, id string, subscription bool) ([]string, error) {
	name := fieldsName + id
	if kept, err := a.host.Value(ctx, name); err == nil && kept != "" {
		return strings.Split(kept, ","), nil
	}
	text, found, err := a.template(ctx, id, subscription)
	if err != nil {
		return nil, err
	}
	var fields []string
	for _, m := range fieldShape.FindAllStringSubmatch(text, -1) {
		fields = append(fields, m[1])
	}
	if !found || len(fields) == 0 {
		return nil, &bot.Failure{Class: bot.Stale, Err: errNoTemplate}
	}
	if err := a.host.SetValue(ctx, name, strings.Join(fields, ","), fieldsFor); err != nil {
		a.host.Logger().WarnContext(ctx, "a template's fields could not be remembered", "error", err)
	}
	return fields, nil
}

// template is the text of a template of the account.
func (a *Adapter) template(ctx context.Context, id string, subscription bool) (text string, found bool, err error) {
	err = a.api.Do(ctx, func(h weixin.Handle) error {
		if subscription {
			list, err := wxmessage.NewSubscribe(a.library(h)).List()
			for _, t := range list {
				if t.PriTmplID == id {
					text, found = t.Content, true
				}
			}
			return err
		}
		list, err := wxmessage.NewTemplate(a.library(h)).List()
		for _, t := range list {
			if t.TemplateID == id {
				text, found = t.Content, true
			}
		}
		return err
	})
	return text, found, err
}

// The longest values of the kinds of fields, in characters, and the zone that
// their times are told in.
const (
	thingMost  = 20
	phraseMost = 5
)

var china = time.FixedZone("UTC+8", 8*60*60)

// fill gives every field of a template a value of its kind. The kind is the
// name without its number; those of older templates say nothing.
func fill(fields []string, say saying, now time.Time) map[string]string {
	values := map[string]string{}
	for _, f := range fields {
		switch strings.TrimRight(f, "0123456789") {
		case "time", "date":
			values[f] = now.In(china).Format("2006年1月2日 15:04")
		case "number", "amount", "letter", "symbol", "character_string", "phone_number", "car_number":
			values[f] = "1"
		case "phrase":
			values[f] = clip(say.short, phraseMost)
		case "thing", "name":
			values[f] = clip(say.sentence, thingMost)
		default:
			values[f] = say.sentence
		}
	}
	return values
}

// clip is the beginning of a text.
func clip(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}
