package teach

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

const (
	// week is how far back misses are listed where nothing else is said.
	week = 7 * 24 * time.Hour
	// mostNow is how many misses are compared while somebody waits for the list.
	mostNow = 50
)

// misses lists what the bot could not answer, what was asked most often first.
func (t *teacher) misses(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	since, err := sinceOf(r)
	if err != nil {
		return nil, err
	}
	if r.Args.String("list") == unsureList {
		return t.unsure(ctx, r, since)
	}
	reply, total, err := t.list(ctx, r, since)
	if err == nil && total == 0 {
		reply, err = nothing(ctx, r, since)
	}
	if err != nil {
		return nil, err
	}
	return reply, t.alsoUnsure(ctx, r, since, reply)
}

// sinceOf is the moment from which misses are asked for: "30 days", "this
// month", "all".
func sinceOf(r *bot.Request) (time.Time, error) {
	typed := strings.TrimSpace(r.Args.String("since"))
	if typed == "" {
		return r.Now.Add(-week), nil
	}
	if slices.ContainsFunc(r.Words.Every("words.since.all"), func(w string) bool { return grammar.Bare(w) == grammar.Bare(typed) }) {
		return time.Time{}, nil
	}
	for _, text := range []string{typed, "last " + typed, "最近" + typed} {
		from, _, ok := grammar.Days(text, r.Now)
		if !ok {
			continue
		}
		if at, err := time.ParseInLocation(time.DateOnly, from, r.Now.Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, crm.Fail(crm.CodeInvalid, "misses.since", "text", typed)
}

// list is a page of misses, and how many there are in all.
func (t *teacher) list(ctx context.Context, r *bot.Request, since time.Time) (*bot.Reply, int, error) {
	if err := t.compare(ctx, r.Store, r.Now.UTC(), mostNow); err != nil {
		return nil, 0, err
	}
	from, err := strconv.Atoi(r.Args.String("from"))
	if err != nil || from < 0 {
		from = 0
	}
	n, _ := rows(r.Features)
	page := crm.Page{Limit: n, Offset: from}
	found, total, err := r.CRM.Questions.Misses(ctx, r.Actor, since.UTC(), page)
	if err != nil || total == 0 {
		return nil, 0, err
	}
	chosen, err := t.chosen(ctx, r, found)
	if err != nil {
		return nil, 0, err
	}
	reply := bot.Text(r.Words.N("misses.title", total))
	for i, m := range found {
		card, err := t.card(ctx, r, m, choice{article: chosen[m]}, from+i+1)
		if err != nil {
			return nil, 0, err
		}
		reply.Cards = append(reply.Cards, *card)
	}
	if rest := total - from - len(found); rest > 0 && len(found) > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  plain(r.Words.N("list.more", rest)),
			Action: "misses " + sinceAgain(r) + "from=" + strconv.Itoa(from+len(found)),
		})
	}
	return reply, total, nil
}

// sinceAgain is what was typed for the time, for the button that goes on.
func sinceAgain(r *bot.Request) string {
	if typed := r.Args.String("since"); typed != "" {
		return pair("since", typed) + " "
	}
	return ""
}

// rows is how many misses stand on a page, and whether each has a button for
// another article: as far as there is room for the buttons and the one that goes on.
func rows(f bot.Features) (n int, roomy bool) {
	if roomy = f.Buttons > 12; roomy {
		return min((f.Buttons-1)/4, 4), true
	}
	if f.Buttons == 0 {
		return 3, false
	}
	return max(2, (f.Buttons-1)/3), false
}

// card is a miss with what can be done about it.
func (t *teacher) card(ctx context.Context, r *bot.Request, m *crm.Miss, chosen choice, number int) (*bot.Card, error) {
	by, err := t.replied(ctx, r.Store, m)
	if err != nil {
		return nil, err
	}
	lines := []string{r.Words.N("misses.asked", m.Count, "at", r.Words.Moment(m.Question.Asked, r.Now))}
	more, err := t.background(ctx, r, m)
	if err != nil {
		return nil, err
	}
	lines = append(lines, more...)
	if m.Reply != "" {
		lines = append(lines, r.Words.T("misses.reply", "user", userName(ctx, r, by), "text", cut(m.Reply, 140)))
	}
	target, known, err := t.target(ctx, r, m, chosen.article)
	if err != nil {
		return nil, err
	}
	if chosen.times > 0 && target != nil && target.ID == chosen.article {
		lines = append(lines, r.Words.N("misses.chosen", chosen.times, "title", cut(target.Title, 60)))
	}
	if known {
		lines = append(lines, r.Words.T("misses.known", "title", cut(target.Title, 60)))
	}
	card := &bot.Card{Title: strconv.Itoa(number) + ". " + cut(m.Question.Text, 90), Text: strings.Join(lines, "\n")}
	if may(r) {
		card.Buttons = articleButtons(r, m, target)
	}
	card.Buttons = append(card.Buttons, draftButton(r, m))
	if may(r) {
		card.Buttons = append(card.Buttons, bot.Button{
			Label: r.Words.Label("misses.ignore"), Action: "teach.ignore question=" + number64(m.Question.ID), Once: true,
		})
	}
	return card, nil
}

// mostAlso is how many other texts of the same question a card names.
const mostAlso = 2

// background is how else it was asked, and what the bot answered by mistake.
func (t *teacher) background(ctx context.Context, r *bot.Request, m *crm.Miss) ([]string, error) {
	var lines []string
	if m.Count > 1 {
		asked, err := all(ctx, r.Store, crm.QuestionFilter{Cluster: m.Cluster, Open: true}, 20)
		if err != nil {
			return nil, err
		}
		texts := []string{m.Question.Text}
		for _, q := range asked {
			if !slices.ContainsFunc(texts, func(s string) bool { return grammar.Bare(s) == grammar.Bare(q.Text) }) && len(texts) <= mostAlso {
				texts = append(texts, q.Text)
				lines = append(lines, r.Words.T("misses.also", "text", cut(q.Text, 80)))
			}
		}
	}
	title, err := mistaken(ctx, r, m.Question)
	if title != "" {
		lines = append(lines, r.Words.T("misses.wrong", "title", cut(title, 60)))
	}
	return lines, err
}

// articleButtons add a miss to the article that it most likely belongs to, or to
// another one.
func articleButtons(r *bot.Request, m *crm.Miss, target *crm.Article) []bot.Button {
	var out []bot.Button
	key, choose := number64(m.Question.ID), "misses.choose"
	if target != nil {
		choose = "teach.other"
		out = append(out, bot.Button{
			Label: cut(r.Words.Label("misses.add", "title", target.Title), 60), Style: bot.StylePrimary,
			Action: "teach.add " + target.Ref().String() + " question=" + key, Once: true,
		})
	}
	if _, roomy := rows(r.Features); target == nil || roomy {
		out = append(out, bot.Button{
			Label:  r.Words.Label(choose),
			Action: "article.phrase " + pair("question", m.Question.Text) + " miss=" + key,
		})
	}
	return out
}

// mistaken is the title of the article that was answered and did not help, "" for
// none.
func mistaken(ctx context.Context, r *bot.Request, q *crm.Question) (string, error) {
	if q.ArticleID == 0 || q.Outcome != crm.OutcomeNotHelpful && q.Band != crm.BandAnswered {
		return "", nil
	}
	a, err := r.Store.Article(ctx, q.ArticleID)
	if err != nil {
		return "", absent(err)
	}
	return a.Title, nil
}

// draftButton makes an article of a miss: of what a colleague answered at once,
// else it asks for the answer.
func draftButton(r *bot.Request, m *crm.Miss) bot.Button {
	key := number64(m.Question.ID)
	if m.ReplyID != 0 {
		return bot.Button{Label: r.Words.Label("misses.draft"), Action: "teach.draft question=" + key, Once: true}
	}
	return bot.Button{
		Label: r.Words.Label("misses.draft"), Form: r.Features.Can(bot.OpView),
		Action: "article.new " + pair("question", m.Question.Text) + " miss=" + key,
	}
}

// replied is who answered, and fills in what he answered where the job has not
// seen it yet.
func (t *teacher) replied(ctx context.Context, store crm.Store, m *crm.Miss) (crm.UserID, error) {
	if m.ReplyID != 0 {
		release, err := store.Release(ctx, m.ReplyID)
		if err != nil {
			return 0, absent(err)
		}
		return release.UserID, nil
	}
	if m.Question.ConversationID == 0 { // out of sight
		return 0, nil
	}
	said, err := t.answerTo(ctx, store, m.Question)
	if err != nil || said.release == nil {
		return 0, err
	}
	m.ReplyID, m.Reply, m.ReplyOf = said.release.ID, said.release.Body, said.of()
	return said.release.UserID, nil
}

// nothing is what is said when no miss is open. A share is told where it says
// something: not of one question, and not where none was settled.
func nothing(ctx context.Context, r *bot.Request, since time.Time) (*bot.Reply, error) {
	f, err := r.CRM.Questions.Figures(ctx, r.Actor, since.UTC(), r.Now.UTC())
	if err != nil {
		return nil, err
	}
	served := percent(f.Served())
	switch {
	case f.Asked == 0:
		return bot.Text(r.Words.T("misses.quiet")), nil
	case f.Asked == 1 || served == 0:
		return bot.Text(r.Words.N("misses.none.few", f.Asked)), nil
	}
	return bot.Text(r.Words.N("misses.none", f.Asked, "share", r.Words.Percent(served))), nil
}
