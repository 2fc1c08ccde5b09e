package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/knowledge"
	"crmbot/bot/markup"
)

// article is step 7: a question that the knowledge base surely answers. Lines
// that were waiting are read together with this one first. A wish that is a
// question too ("how much is …?") is answered, and then taken down; but what is
// a wish without doubt is no question unless somebody wrote down its very words.
func (r *Router) article(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.quiet || !worded(t.text) {
		return nil, false, nil
	}
	var whole knowledge.Answer // to all lines together
	readings := t.readings()
	want := knowledge.Alone
	if len(readings) == 1 && r.plainWish(t, t.text) {
		want = knowledge.Verbatim
	}
	for i, text := range readings {
		answer, err := r.look(ctx, t, text, want)
		if err != nil {
			return nil, false, err
		}
		if i == 0 {
			whole = answer
		}
		if answer.Article == nil || !answer.Exact && (!r.mayAnswer(t, text) || !agree(whole, answer)) {
			continue
		}
		t.takeBurst()
		t.ask(text, answer, answer.Article)
		wish, ok := r.wish(t, t.text)
		if t.Staff() || !ok || !wish.Price || wish.Doubt {
			return t.answered(answer.Article), true, nil
		}
		if waits, err := r.waits(ctx, t); waits || err != nil {
			return t.answered(answer.Article), true, err
		}
		question, err := r.invoke(ctx, t, r.wanting(wish))
		return joinReplies(customer.Article(answer.Article), question), true, err
	}
	return nil, false, nil
}

// agree says whether what one line asks for is what all of them ask for first of
// all.
func agree(whole, line knowledge.Answer) bool {
	return len(whole.Top) > 0 && len(line.Top) > 0 && whole.Top[0].Article == line.Top[0].Article
}

// mayAnswer says whether an answer may be given to a text that nobody wrote down
// like this: not to what is a wish without doubt, nor to what a colleague says
// without asking, who speaks of his work.
func (r *Router) mayAnswer(t *turn, text string) bool {
	if t.Staff() {
		return r.phrases.Question(text)
	}
	return !r.plainWish(t, text)
}

// readings are the ways to read what was said: with the lines before, and
// alone.
func (t *turn) readings() []string {
	if len(t.Session.Burst) == 0 || t.joined {
		return []string{t.text}
	}
	return []string{strings.Join(append(append([]string{}, t.Session.Burst...), t.text), " "), t.text}
}

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
	if out.AskContact = b.AskContact; len(b.Buttons)+len(b.Cards) > 0 { // the numbers mean something else now
		out.Numbers = ""
		if len(a.Buttons) == 0 && len(a.Cards) == 0 {
			out.Numbers = b.Numbers
		}
	}
	if out.Table == nil {
		out.Table = b.Table
	}
	return &out
}
