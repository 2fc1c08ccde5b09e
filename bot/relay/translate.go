package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/bot/pipeline"
	"crmbot/crm"
)

const (
	// TranslateJob is the kind of the jobs that Translate does.
	TranslateJob = "translate"
	// translateWithin is how long words to a customer wait for their translation.
	translateWithin = 20 * time.Second
	// translateTries is how often the translator is asked; then the original
	// stands for itself.
	translateTries = 2
	// toOriginal, as the argument "to", lets words go as they were written.
	toOriginal = "original"
)

// translation is what a job is to translate: a message for a thread, or a
// release.
type translation struct {
	Thread  crm.ThreadID  `json:"thread,omitempty"`
	Message crm.MessageID `json:"message,omitempty"`
	Release crm.ReleaseID `json:"release,omitempty"`
	Text    string        `json:"text"`
	From    string        `json:"from"`
	To      string        `json:"to"`
	Names   []string      `json:"names,omitempty"` // stay as they are
}

// Translate is the function of the jobs of kind TranslateJob. What cannot be
// translated goes on as it was written.
func Translate(by bot.Translator) pipeline.JobFunc {
	return func(ctx context.Context, t *pipeline.Task) error {
		var what translation
		if err := json.Unmarshal([]byte(t.Job.Payload), &what); err != nil {
			return crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
		}
		text, err := by.Translate(ctx, what.Text, what.From, what.To, what.Names)
		if err != nil && t.Job.Attempts < translateTries {
			return err
		}
		if err != nil || text == "" || text == what.Text {
			return nil // the original stands
		}
		in, err := what.event(ctx, t.Store, text)
		if err != nil {
			return err
		}
		in.EventID, in.At = fmt.Sprintf("translated:%d", t.Job.ID), t.Now
		return t.Deliver(ctx, t.Store, in)
	}
}

// event tells whoever waits for it of a translation.
func (what translation) event(ctx context.Context, store bot.Store, text string) (bot.Inbound, error) {
	in := bot.Inbound{
		V: bot.InboundVersion, Kind: bot.KindSystem, Values: map[string]string{"text": text, "of": what.Text},
	}
	if what.Release != 0 {
		rel, err := store.Release(ctx, what.Release)
		if err != nil {
			return in, err
		}
		c, err := store.Conversation(ctx, rel.ConversationID)
		if err != nil {
			return in, err
		}
		in.Address, in.Direct = addressOf(c), c.Direct
		in.Action = line("relay.translated", "release", number(rel.ID))
		return in, nil
	}
	t, err := store.Thread(ctx, what.Thread)
	if err != nil {
		return in, err
	}
	in.Address = whereIs(t)
	in.Action = line("thread.translated", "thread", number(t.ID), "message", number(what.Message))
	return in, nil
}

// ask adds the job.
func (what translation) ask(r *bot.Request) {
	payload, err := json.Marshal(what)
	if err != nil { // our own type: cannot fail
		return
	}
	r.Enqueue(&bot.Job{Kind: TranslateJob, Payload: string(payload), RunAt: r.Now.UTC()})
}

// translate has a message that the thread shows put into the company's language.
func (of *customer) translate(r *bot.Request, t *crm.Thread, m *crm.Message) {
	from, ok := locale.Of(m.Body)
	if !r.Company.Translates || !ok || from == r.Company.Language || m.Audience == crm.AudienceNote {
		return
	}
	translation{
		Thread: t.ID, Message: m.ID, Text: m.Body, From: from, To: r.Company.Language, Names: of.names(r),
	}.ask(r)
}

// names are what no translation changes.
func (of *customer) names(r *bot.Request) []string {
	var names []string
	for _, name := range []string{r.Company.Name, of.contact.Name} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// translated is thread.translated: the translation stands under the original.
func translated(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, of, err := threadOf(ctx, r)
	if err != nil || t == nil {
		return nil, err
	}
	id := crm.MessageID(numbered(r, "message"))
	found, err := r.Store.Messages(ctx, of.ID, id-1, 1)
	if err != nil || len(found) == 0 || found[0].ID != id || found[0].Body != r.Inbound.Values["of"] {
		return nil, err // it says something else by now
	}
	media, err := mediaOf(ctx, r, found)
	if err != nil {
		return nil, err
	}
	under := r.Words.T("thread.translated", "text", r.Inbound.Values["text"])
	voice := of.voice(ctx, r, found[0])
	if voice == nil {
		return nil, nil
	}
	if len(media[id]) > 0 || !r.Features.Can(bot.OpEdit) { // the line is more than its words
		r.Post(bot.Post{Reply: &bot.Reply{Text: under, Voice: voice}, Label: mirror(id) + ":t", Stays: true})
		return nil, nil
	}
	reply := of.mirrored(ctx, r, t, found[0], nil)
	if reply == nil {
		return nil, nil
	}
	reply.Text += "\n" + under
	r.Post(bot.Post{Op: bot.OpEdit, Reply: reply, Label: mirror(id), Stays: true})
	return nil, nil
}

// foreign says whether words are not in the language that the customer speaks,
// and there is somebody who puts them into it.
func (of *customer) foreign(r *bot.Request, rel *crm.Release) bool {
	from, ok := locale.Of(rel.Body)
	to := of.speaks()
	return r.Company.Translates && ok && to != "" && from != to && rel.Original == "" && rel.Why != whyFile
}

// translateOut has a release put into the customer's language.
func (of *customer) translateOut(r *bot.Request, rel *crm.Release) {
	from, _ := locale.Of(rel.Body)
	translation{Release: rel.ID, Text: rel.Body, From: from, To: of.speaks(), Names: of.names(r)}.ask(r)
}

// translatedOut is relay.translated, in the customer's conversation: the words
// are held anew, to be read before they go.
func translatedOut(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, crm.ReleaseID(numbered(r, "release")))
	if err != nil || rel.State != crm.ReleaseHeld || rel.Why != whyTranslating || rel.Body != r.Inbound.Values["of"] {
		return nil, err
	}
	rel.Original, rel.Body = rel.Body, r.Inbound.Values["text"]
	return nil, of.holdAgain(ctx, r, rel)
}

// untranslated lets held words go as they were written.
func (of *customer) untranslated(ctx context.Context, r *bot.Request, rel *crm.Release) (*bot.Reply, error) {
	if rel.Original != "" {
		rel.Body, rel.Original = rel.Original, ""
	}
	if err := of.holdAgain(ctx, r, rel); err != nil {
		return nil, err
	}
	return &bot.Reply{Toast: r.Words.Label("relay.original.toast")}, nil
}

// holdAgain holds words once more as they are now, and shows them.
func (of *customer) holdAgain(ctx context.Context, r *bot.Request, rel *crm.Release) error {
	rel.Why, rel.Due = "", r.Now.UTC().Add(r.Company.Hold)
	if err := turn(ctx, r, rel, crm.ReleaseHeld); err != nil {
		return err
	}
	r.Deliver(of.event(r, bot.KindSystem, line("relay.send", "release", number(rel.ID))), rel.Due)
	return restate(ctx, r, rel)
}

// preview is a translation with its original.
func preview(r *bot.Request, rel *crm.Release) string {
	return quoted(rel.Body) + "\n" + r.Words.T("relay.original", "text", markup.Text(quoted(rel.Original)))
}
