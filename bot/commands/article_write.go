package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// articleNew writes an article: out at once where its author approves, else it
// waits.
func articleNew(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ctx = together(ctx, r)
	a := written(r, r.Args.String("question"), r.Args.String("answer"))
	a.Phrasings, a.Tags = lines(r.Args.String("also")), words(r.Args.String("tags"))
	if id, ok := missOf(r); ok {
		made, err := r.CRM.Questions.Draft(ctx, r.Actor, id, a.Body)
		if err != nil {
			return nil, err
		}
		a.ID, a.Phrasings = made.ID, slices.Concat(made.Phrasings, a.Phrasings)
	}
	return propose(ctx, r, a, nil)
}

// written is the article of a question and its answer.
func written(r *bot.Request, question, answer string) *crm.Article {
	question = strings.Join(strings.Fields(question), " ")
	lang, ok := locale.Of(question + " " + answer)
	if !ok {
		lang = r.Words.Lang()
	}
	return &crm.Article{
		Slug: knowledge.Slug(question), Language: lang, Title: question, Body: answer, Status: crm.ArticlePublished,
	}
}

// missOf is the question that a line of ours names, false for none.
func missOf(r *bot.Request) (crm.QuestionID, bool) {
	id, err := strconv.ParseInt(r.Args.String("miss"), 10, 64)
	return crm.QuestionID(id), err == nil
}

// articleEdit gives an article another answer, and what else is said.
func articleEdit(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	b := *a.Proposal.Article(a)
	b.Body, b.Title = r.Args.String("answer"), either(r.Args.String("title"), b.Title)
	if r.Args.Has("tags") {
		b.Tags = words(r.Args.String("tags"))
	}
	return propose(ctx, r, &b, nil)
}

// articleTitle gives an article another title.
func articleTitle(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	b := *a.Proposal.Article(a)
	b.Title = r.Args.String("title")
	return propose(ctx, r, &b, nil)
}

// propose keeps an article, or a change of one, as far as its author may, and
// says what became of it. Where it waits, the keepers are told. more are the
// buttons that the article as it is kept needs besides; may be nil.
func propose(ctx context.Context, r *bot.Request, a *crm.Article, more func(*crm.Article) []bot.Button) (*bot.Reply, error) {
	kept, out, err := r.CRM.Articles.Propose(ctx, r.Actor, a)
	if err != nil {
		return nil, err
	}
	ref := kept.Ref()
	r.Tell(r.Actor.User, "notice.article.near "+ref.String())
	key, buttons := "answer.saved", []bot.Button{}
	switch {
	case out:
	case r.Actor.Approves(): // a draft that he wants to look at first
		key = "answer.draft"
		buttons = append(buttons, press(r, "publish", "article.publish "+ref.String()))
	case kept.Status == crm.ArticlePublished:
		key = "answer.changing"
	default:
		key = "answer.proposed"
	}
	if !out && !r.Actor.Approves() {
		people, err := Keepers(ctx, r.Store, r.Company)
		if err != nil {
			return nil, err
		}
		for _, u := range people {
			assigned(r, u.ID, "notice.article.proposal", ref)
			assigned(r, u.ID, "notice.article.near", ref)
		}
	}
	if more != nil {
		buttons = append(buttons, more(kept)...)
	}
	return changed(r, ref, kept.Version, r.Words.T(key, "question", kept.Title), append(buttons, showButton(r, ref))...), nil
}

func showButton(r *bot.Request, ref crm.Ref) bot.Button { return press(r, "show", showLine(ref)) }

// articlePhrase makes a question another way to ask for an article, in place of
// the draft that was made of it or of the article that had it.
func articlePhrase(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ctx = together(ctx, r)
	question := strings.Join(strings.Fields(r.Args.String("question")), " ")
	if ref, ok := crm.ParseRef(r.Args.String("instead")); ok && ref.Kind == crm.KindArticle && ref != r.Args.Subject {
		if err := unlearn(ctx, r, crm.ArticleID(ref.ID), question); err != nil {
			return nil, err
		}
	}
	if id, ok := missOf(r); ok {
		article, err := twinOf(ctx, r, id)
		if err != nil {
			return nil, err
		}
		a, err := r.CRM.Questions.Teach(ctx, r.Actor, id, article)
		if err != nil {
			return nil, err
		}
		return phrased(r, a, question), nil
	}
	if !slices.Contains(phrasers, r.Actor.Role) {
		return rephrase(ctx, r, func(of []string) []string { return append(of, question) })
	}
	a, err := r.CRM.Articles.Phrase(ctx, r.Actor, subjectArticle(r), question)
	if err != nil {
		return nil, err
	}
	return phrased(r, a, question), nil
}

// twinOf is the article that is meant, in the language of a question where it is
// there in that.
func twinOf(ctx context.Context, r *bot.Request, id crm.QuestionID) (crm.ArticleID, error) {
	meant := subjectArticle(r)
	q, err := r.CRM.Questions.Question(ctx, r.Actor, id)
	if err != nil {
		return 0, err
	}
	a, err := r.CRM.Articles.Article(ctx, meant)
	if err != nil || a.Language == q.Language {
		return meant, err
	}
	found, _, err := r.CRM.Articles.Articles(ctx, r.Actor, crm.ArticleFilter{
		Slug: a.Slug, Language: q.Language, Status: crm.ArticlePublished, Page: crm.Page{Limit: 1},
	})
	for _, twin := range found {
		meant = twin.ID
	}
	return meant, err
}

// rephrase suggests other ways to ask for an article.
func rephrase(ctx context.Context, r *bot.Request, change func([]string) []string) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	b := *a.Proposal.Article(a)
	b.Phrasings = change(slices.Clone(b.Phrasings))
	return propose(ctx, r, &b, nil)
}

// unlearn takes a question from an article. A draft that is nothing but this
// question goes.
func unlearn(ctx context.Context, r *bot.Request, id crm.ArticleID, question string) error {
	a, err := r.CRM.Articles.Article(ctx, id)
	if err != nil {
		return err
	}
	if a.Status == crm.ArticleDraft && grammar.Bare(a.Title) == grammar.Bare(question) {
		_, err = r.CRM.Articles.Reject(ctx, r.Actor, id)
		return err
	}
	_, err = r.CRM.Articles.Unphrase(ctx, r.Actor, id, question)
	return err
}

// phrased says that an article has another way to be asked for.
func phrased(r *bot.Request, a *crm.Article, question string) *bot.Reply {
	r.Tell(r.Actor.User, "notice.article.near "+a.Ref().String())
	return changed(r, a.Ref(), a.Version, r.Words.T("answer.phrased", "question", question, "title", a.Title), showButton(r, a.Ref()))
}

// articleUnphrase takes a way to ask away from an article: by its words or its
// number.
func articleUnphrase(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	typed := strings.TrimSpace(r.Args.String("question"))
	i := slices.IndexFunc(a.Phrasings, func(p string) bool { return grammar.Bare(p) == grammar.Bare(typed) })
	if n, err := strconv.Atoi(typed); i < 0 && err == nil {
		i = n - 1
	}
	if i < 0 || i >= len(a.Phrasings) {
		return nil, crm.Fail(crm.CodeNotFound, "article.unphrase.unknown", "text", typed, "title", a.Title)
	}
	phrasing := a.Phrasings[i]
	if !slices.Contains(phrasers, r.Actor.Role) {
		return rephrase(ctx, r, func(of []string) []string { return without(of, []string{phrasing}) })
	}
	if a, err = r.CRM.Articles.Unphrase(ctx, r.Actor, a.ID, phrasing); err != nil {
		return nil, err
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("article.unphrased", "question", phrasing, "title", a.Title), showButton(r, a.Ref())), nil
}

// articlePhrasings lists how people ask for an article, with a button that takes
// each away and one that adds.
func articlePhrasings(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	ref, at := a.Ref().String(), page(r)
	reply, rows := &bot.Reply{}, []string{r.Words.N("article.phrasings.title", len(a.Phrasings), "title", a.Title)}
	reply.Buttons = append(reply.Buttons, bot.Button{
		Label: r.Words.Label("button.phrase.add"), Action: "article.phrase " + ref, Form: r.Features.Can(bot.OpView),
	})
	from, to := min(at.Offset, len(a.Phrasings)), min(at.Offset+at.Limit, len(a.Phrasings))
	if rest := len(a.Phrasings) - to; rest > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  plainText(r.Words.N("list.more", rest)),
			Action: "article.phrasings " + ref + " page=" + strconv.Itoa(at.Offset/shown+2),
		})
	}
	for i, p := range a.Phrasings[from:to] {
		n := from + i + 1
		rows = append(rows, r.Words.T("article.phrasing", "n", n, "text", p))
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  cut(r.Words.Label("button.phrase.drop", "n", n, "text", p), 30),
			Action: "article.unphrase " + ref + " " + pair("question", p), Once: true,
		})
	}
	reply.Text = strings.Join(rows, "\n")
	return reply, nil
}

// lines are what stands on lines of their own, or between semicolons.
func lines(text string) []string { return parts(text, "\n;；|") }

// words are what stands between commas.
func words(text string) []string { return parts(text, "\n,，、;；") }

func parts(text, marks string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(text, func(x rune) bool { return strings.ContainsRune(marks, x) }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
