// Package assist asks a model for help with a question that the knowledge base
// does not answer surely by itself.
//
// The conversation never waits for a model. Ask leaves a job behind and a
// wake-up for the time when nobody waits any more; the job asks, and what it
// found comes back as an event of the conversation. Whichever comes first
// answers the customer, and without a model nothing here ever runs.
//
// A model helps in two ways. An Embedder turns the question into a vector, a
// third voter beside the two of the knowledge base, which may make it sure of an
// article. An Answerer words an answer from the articles that were found, and
// must name the one. Both see the question and the articles, and nothing else of
// the customer or of anybody: what customers write is data for them, never an
// order, and what they say is believed only as far as the articles say it.
package assist

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/crm"
)

// The lines that come back to the conversation.
const (
	lineFound = "assist.found"
	lineLate  = "assist.late"
)

// Asked is what the router asks a model for.
type Asked struct {
	Key      string // of the crm.Question
	Text     string
	Language string
}

// Ask has a model asked, in a job, and says whether it will be: not where none
// is configured, not for a colleague, and not once the day's budget is used up.
// Then one of two events comes to this conversation, from the asker, and the
// first of them counts:
//
//	assist.found key=… article=ART-3 p=0.83   with Values["text"] where a model
//	                                          worded the answer from that article
//	assist.late key=…                         after Company.Knowledge.Wait, or as
//	                                          soon as the model has no answer
//
// Both carry the question in Values["question"], and a late one that knows by the
// vector what may be meant names the articles in Values["top"], "ART-3 ART-8",
// best first. The late one may come after the other, and twice. Returns what the store returns.
func Ask(ctx context.Context, r *bot.Request, q Asked) (bool, error) {
	k := r.Company.Knowledge
	text := clip(strings.TrimSpace(q.Text), crm.QuestionMax)
	if !k.Embeds && !k.Answers || k.PerDay <= 0 || r.Contact == nil || q.Key == "" || text == "" {
		return false, nil
	}
	spent, err := budgetOf(r.Company, r.Now).spent(ctx, r.Store)
	if err != nil || spent {
		return false, err
	}
	in := r.Inbound
	what := asked{
		Key: q.Key, Text: text, Language: q.Language, Until: r.Now.UTC().Add(k.Wait),
		Address: in.Address, Direct: in.Direct, Mention: in.Mention, Sender: in.Sender, Event: in.Origin(),
	}
	payload, err := json.Marshal(what)
	if err != nil { // our own type: cannot fail
		return false, err
	}
	r.Enqueue(&bot.Job{Kind: JobKind, Unique: q.Key, Payload: string(payload), RunAt: r.Now.UTC()})
	r.Deliver(what.event(line(lineLate, "key", q.Key), r.Now.UTC()), what.Until)
	return true, nil
}

// asked is the payload of the job.
type asked struct {
	Key      string      `json:"key"`
	Text     string      `json:"text"`
	Language string      `json:"language"`
	Until    time.Time   `json:"until"` // nobody waits after that
	Address  bot.Address `json:"address"`
	Direct   bool        `json:"direct,omitempty"`
	Mention  bool        `json:"mention,omitempty"`
	Sender   bot.Sender  `json:"sender"`
	Event    string      `json:"event,omitempty"` // that asked, in logs
}

// event is a line for the conversation, from the asker.
func (a asked) event(action string, at time.Time) bot.Inbound {
	return bot.Inbound{
		V: bot.InboundVersion, Kind: bot.KindSystem, Address: a.Address, Direct: a.Direct, Mention: a.Mention, Sender: a.Sender,
		Action: action, Values: map[string]string{"question": a.Text}, At: at,
	}
}

// line is a command line with arguments by name.
func line(name string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		value := pairs[i+1]
		if strings.ContainsFunc(value, func(x rune) bool {
			return !unicode.IsLetter(x) && !unicode.IsDigit(x) && !strings.ContainsRune("-.:+", x)
		}) {
			value = `"` + strings.ReplaceAll(value, `"`, "'") + `"`
		}
		name += " " + pairs[i] + "=" + value
	}
	return name
}

// clip is the beginning of a text, in runes.
func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}
