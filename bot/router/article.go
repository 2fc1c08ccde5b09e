package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// article is step 7: a question that the knowledge base surely answers. Lines
// that were waiting are read together with this one first. A wish that is a
// question too ("how much is …?") is answered, and then taken down.
func (r *Router) article(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.quiet || t.text == "" {
		return nil, false, nil
	}
	for _, text := range t.readings() {
		answer, err := r.find(ctx, t, text)
		if err != nil {
			return nil, false, err
		}
		if answer.Article == nil {
			continue
		}
		t.takeBurst()
		t.asked(text)
		reply := t.articleReply(answer.Article)
		wish, ok := r.phrases.Intent(t.text, r.goods)
		if t.Staff() || !ok || !wish.Price || wish.Doubt {
			return reply, true, nil
		}
		if waits, err := r.waits(ctx, t); waits || err != nil {
			return reply, true, err
		}
		question, err := r.invoke(ctx, t, r.wanting(wish))
		return joinReplies(reply, question), true, err
	}
	return nil, false, nil
}

// readings are the ways to read what was said: with the lines before, and
// alone.
func (t *turn) readings() []string {
	if len(t.Session.Burst) == 0 || t.joined {
		return []string{t.text}
	}
	return []string{strings.Join(append(append([]string{}, t.Session.Burst...), t.text), " "), t.text}
}

func (r *Router) find(ctx context.Context, t *turn, text string) (knowledge.Answer, error) {
	return r.knowledge.Find(ctx, knowledge.Question{Text: text, Language: t.language()})
}

// asked remembers the last question, for whoever takes over.
func (t *turn) asked(text string) {
	const most = 300
	if r := []rune(text); len(r) > most {
		text = string(r[:most])
	}
	t.Session.Asked = text
	t.Session.Changed()
}

func (t *turn) articleReply(a *crm.Article) *bot.Reply { return bot.Text(a.Body) }

// joinReplies puts one reply under another.
func joinReplies(a, b *bot.Reply) *bot.Reply {
	if a.Empty() {
		return b
	}
	if b.Empty() {
		return a
	}
	out := *a
	out.Cards = append([]bot.Card{}, a.Cards...)
	if out.Text == "" && len(a.Cards) > 0 && b.Text != "" { // what is under a card is one
		title, text, _ := strings.Cut(b.Text, "\n")
		out.Cards = append(out.Cards, bot.Card{Title: markup.Plain(title), Text: text})
	} else {
		out.Text = strings.Trim(a.Text+"\n\n"+b.Text, "\n")
	}
	out.Cards = append(out.Cards, b.Cards...)
	out.Buttons = append(append([]bot.Button{}, a.Buttons...), b.Buttons...)
	out.AskContact = b.AskContact
	if out.Table == nil {
		out.Table = b.Table
	}
	return &out
}
