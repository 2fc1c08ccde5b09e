package slack

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"crmbot/bot"
	"crmbot/bot/markup"
)

const (
	// lookTime is how long a look at what a form is about may take.
	lookTime = time.Second
	// formTime is how long a form may stay open.
	formTime = 24 * time.Hour
	// answerMax is the longest answer to a request, in bytes: the socket drops
	// what has 20,000 of them.
	answerMax = 19000
)

// open shows a form that somebody asked for. What opens it lives three seconds,
// so an empty one stands there before anything else is done. Where none can be
// opened the action goes the ordinary way.
func (a *Adapter) open(ctx context.Context, inbox bot.Inbox, in *arrival) {
	var shown *slack.ViewResponse
	err := a.do(ctx, true, func(ctx context.Context) (err error) {
		shown, err = a.api.OpenViewContext(ctx, in.from.TriggerID, board("⏳"))
		return err
	})
	switch {
	case told(err, "exchanged_trigger_id"): // somebody has opened it already
		return
	case err != nil:
		a.host.Logger().WarnContext(ctx, "cannot open a form", "event", in.EventID, "error", err)
		if got := a.receive(ctx, inbox, in); got.after != nil {
			got.after(ctx)
		}
		return
	}
	a.look(ctx, in)
	a.fill(ctx, in, shown.View, a.contents(ctx, inbox, in))
}

// look finds out what else can be said about the message that a shortcut was
// used on: where it stands, and who wrote it.
func (a *Adapter) look(ctx context.Context, in *arrival) {
	channel, ts := split(in.ReplyTo)
	if ts == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	from := in.from
	author, link := from.Message.Username, ""
	var looking sync.WaitGroup
	looking.Go(func() {
		if from.Message.User == "" {
			return
		}
		if who, err := a.Name(ctx, bot.SenderID(from.Message.User)); err == nil {
			author = who.Name
		}
	})
	looking.Go(func() {
		err := a.do(ctx, true, func(ctx context.Context) (err error) {
			link, err = a.api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
			return err
		})
		if err != nil { // we are not in that channel: whoever opens the link is
			link = permalink(from.Team.Domain, channel, ts, from.Message.ThreadTS)
		}
	})
	looking.Wait()
	in.Values = map[string]string{}
	for name, value := range map[string]string{"author": author, "link": link} {
		if value != "" {
			in.Values[name] = bot.Clean(value)
		}
	}
}

// permalink is the address of a message as Slack makes it, "" if the workspace
// is not known.
func permalink(domain, channel, ts, thread string) string {
	if domain == "" {
		return ""
	}
	link := "https://" + domain + ".slack.com/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
	if thread != "" && thread != ts {
		link += "?thread_ts=" + thread + "&cid=" + channel
	}
	return link
}

// contents is what a form that stands open shows: its fields, or a sentence.
func (a *Adapter) contents(ctx context.Context, inbox bot.Inbox, in *arrival) slack.ModalViewRequest {
	key := "form.elsewhere"
	reply, err := inbox.Consult(ctx, in.Inbound)
	switch {
	case err != nil:
	case reply != nil && reply.Form != nil:
		var shown slack.ModalViewRequest
		if shown, err = a.modal(ctx, reply.Form, in.Inbound); err == nil {
			return shown
		}
	case !reply.Empty():
		return board(mrkdwn(reply.Text))
	default:
		err = inbox.Receive(ctx, in.Inbound)
	}
	if err != nil {
		a.host.Logger().ErrorContext(ctx, "no form", "event", in.EventID, "error", err)
		key = "error.unavailable"
	}
	return board(mrkdwn(a.sentence(ctx, in.Sender.ID, key)))
}

// fill puts what a form shows in the place of the empty one, unless the person
// has closed it.
func (a *Adapter) fill(ctx context.Context, in *arrival, shown slack.View, contents slack.ModalViewRequest) {
	put := func(hash string, contents slack.ModalViewRequest) error {
		return a.do(ctx, true, func(ctx context.Context) error {
			_, err := a.api.UpdateViewContext(ctx, contents, "", hash, shown.ID)
			return err
		})
	}
	err := put(shown.Hash, contents)
	if told(err, "hash_conflict") { // it is newer than we know: ours is newer still
		err = put("", contents)
	}
	if err != nil && bot.FailureOf(err).Class == bot.BadContent {
		a.host.Logger().ErrorContext(ctx, "a form is refused", "event", in.EventID, "error", err)
		err = put("", board(mrkdwn(a.sentence(ctx, in.Sender.ID, "error.unavailable"))))
	}
	if err != nil {
		a.host.Logger().WarnContext(ctx, "cannot fill a form", "event", in.EventID, "error", err)
	}
}

// submit takes in a form that was sent off, or answers what is wrong with it.
// The form closes only when it is kept.
func (a *Adapter) submit(ctx context.Context, inbox bot.Inbox, in *arrival) outcome {
	if key := a.unpack(ctx, in); key != "" {
		return a.refuse(ctx, in, key)
	}
	reply, err := inbox.Consult(ctx, in.Inbound)
	switch {
	case err != nil:
	case reply != nil && reply.Form != nil:
		if errs := reply.Form.Errors(); len(errs) > 0 {
			return in.wrong(errs)
		}
		next, err := a.modal(ctx, reply.Form, in.Inbound)
		if err == nil {
			return with(slack.NewUpdateViewSubmissionResponse(&next))
		}
	case !reply.Empty():
		return in.wrong(map[string]string{"": markup.Plain(reply.Text)})
	default:
		err = inbox.Receive(ctx, in.Inbound)
	}
	if err != nil {
		a.host.Logger().ErrorContext(ctx, "cannot keep a form", "event", in.EventID, "error", err)
		return a.refuse(ctx, in, "form.unsaved")
	}
	return fine
}

// refuse answers a form with one sentence. It stays open with all that is in
// it.
func (a *Adapter) refuse(ctx context.Context, in *arrival, key string) outcome {
	return in.wrong(map[string]string{"": markup.Plain(a.sentence(ctx, in.Sender.ID, key))})
}

// wrong answers a form with what is wrong in its fields. What is about none of
// them stands at the first.
func (in *arrival) wrong(errs map[string]string) outcome {
	var fields []string
	for _, b := range in.from.View.Blocks {
		if b.Type == "input" {
			fields = append(fields, b.BlockID)
		}
	}
	if len(fields) == 0 { // nothing to stand at
		texts := slices.Sorted(maps.Values(errs))
		shown := board(literal(strings.Join(texts, "\n")))
		return with(slack.NewUpdateViewSubmissionResponse(&shown))
	}
	blocks := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(errs)) {
		block := fieldID + name
		if !slices.Contains(fields, block) {
			block = fields[0]
		}
		if blocks[block] == "" {
			blocks[block] = errs[name]
		}
	}
	return with(slack.NewErrorsViewSubmissionResponse(blocks))
}

// suggest answers what can be chosen in a field.
func (a *Adapter) suggest(ctx context.Context, inbox bot.Inbox, in *arrival) outcome {
	found := []*slack.OptionBlockObject{}
	field, typed := in.Target, in.Text
	key := a.unpack(ctx, in)
	in.Action, in.Target, in.Text = "options "+in.Action, field, typed
	if key == "" {
		reply, err := inbox.Consult(ctx, in.Inbound)
		switch {
		case err != nil:
			a.host.Logger().WarnContext(ctx, "no options", "action", in.Action, "error", err)
		case reply != nil && reply.Form != nil && len(reply.Form.Fields) > 0:
			found = options(reply.Form.Fields[0].Options)
		}
	}
	for {
		got := with(map[string]any{"options": found})
		if len(got.body) <= answerMax {
			return got
		}
		found = found[:len(found)*3/4]
	}
}
