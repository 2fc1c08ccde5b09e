package router

import (
	"context"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// A good reply in a thread becomes an answer of the knowledge base: what is not
// said is the last reply, and what the customer had asked before it.

// saving is the command that keeps an answer.
const saving = "answer.save"

// prefillAnswer gives a new answer the reply that is meant and the customer's
// words before it, and names the article that comes nearest.
func (r *Router) prefillAnswer(ctx context.Context, t *turn, c *call) error {
	answer, at, err := r.meantReply(ctx, t, c)
	if err != nil {
		return err
	}
	if t.Inbound.Kind != bot.KindForm {
		message := t.Inbound.Kind == bot.KindAction && t.Inbound.Text != "" // it is the answer
		if c.values["answer"] == "" && !message && answer != "" {
			c.set("answer", answer)
		}
		if c.values["question"] == "" {
			question, err := r.askedBefore(ctx, t, at)
			if err != nil {
				return err
			}
			if question != "" {
				c.set("question", question)
			}
		}
		if c.values["status"] == "" {
			c.set("status", string(crm.ArticleDraft))
		}
	}
	return r.nearest(ctx, t, c)
}

// meantReply is the reply that is to be kept, and when it was said: the release
// that is named, the message that is quoted, else the last reply of all.
func (r *Router) meantReply(ctx context.Context, t *turn, c *call) (string, time.Time, error) {
	id, err := strconv.ParseInt(c.values["release"], 10, 64)
	quoted := t.Inbound.ReplyTo
	if quoted == "" {
		quoted = t.Inbound.Target
	}
	if err != nil && quoted != "" {
		m, err := t.Store.MessageByNative(ctx, t.Conversation.ID, string(quoted))
		if unseen(err) != nil {
			return "", time.Time{}, err
		}
		if err == nil && m.Direction == crm.In {
			text, _ := relay.Spoken(r.words(), m.Body)
			return text, m.Happened, nil
		}
		if err == nil {
			id, _ = strconv.ParseInt(strings.TrimPrefix(m.Label, "r:"), 10, 64) // 0 if it is no such label
		}
	}
	if id != 0 {
		rel, err := t.Store.Release(ctx, crm.ReleaseID(id))
		if err != nil || rel.ConversationID != t.Customer.ID {
			return "", t.Now, unseen(err)
		}
		return rel.Body, rel.Created, nil
	}
	found, _, err := t.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: t.Customer.ID, States: []crm.ReleaseState{crm.ReleaseSent}, Page: crm.Page{Limit: 1, Uncounted: true},
	})
	if err != nil || len(found) == 0 {
		return "", t.Now, err
	}
	return found[0].Body, found[0].Created, nil
}

// mostRead is how much of a conversation is read to find what was meant.
const mostRead = 60

// askedBefore is what the customer asked before a moment: the last line of his
// that is a question, among the last few, else the last one.
func (r *Router) askedBefore(ctx context.Context, t *turn, at time.Time) (string, error) {
	const few = 4
	found, err := t.Store.Messages(ctx, t.Customer.ID, 0, -mostRead)
	if err != nil {
		return "", err
	}
	last, n := "", 0
	for i := len(found) - 1; i >= 0 && n < few; i-- {
		m := found[i]
		if m.Direction != crm.In || m.AuthorKind == crm.AuthorUser || m.Audience == crm.AudienceNote ||
			m.Body == "" || m.Muted || !m.Deleted.IsZero() || m.Happened.After(at) {
			continue
		}
		line := oneLine(m.Body)
		if r.phrases.Question(line) {
			return line, nil
		}
		if n++; last == "" && r.exact[r.phrases.Core(line)] == "" && r.phrases.Courtesy(line) == "" && r.phrases.Verdict(line) == "" {
			last = line
		}
	}
	return last, nil
}

// oneLine is a text on one line, as a question takes it.
func oneLine(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	return string(runes[:min(len(runes), 200)])
}

// nearest names the published article that comes nearest to a question.
func (r *Router) nearest(ctx context.Context, t *turn, c *call) error {
	question := c.values["question"]
	if question == "" || c.values["near"] != "" {
		return nil
	}
	lang, ok := locale.Of(question)
	if !ok {
		lang = r.company.Language
	}
	found, err := r.knowledge.Find(ctx, knowledge.Question{Text: question, Language: lang})
	if crm.CodeOf(err) == crm.CodeUnavailable {
		return nil // it can be done without
	}
	if err != nil {
		return err
	}
	if found.Article != nil {
		found.Suggestions = []*crm.Article{found.Article}
	}
	if len(found.Suggestions) > 0 {
		c.set("near", found.Suggestions[0].Ref().String())
	}
	return nil
}
