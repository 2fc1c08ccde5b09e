package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// answerers may write what the bot answers.
var answerers = []crm.Role{crm.RoleAdmin, crm.RoleManager, crm.RoleService}

// answers are the commands that add to the knowledge base from the chat.
func answers() []bot.Command {
	return rolesOf(answerers, staff(
		bot.Command{Name: "answer.save", Run: answerSave, Args: []bot.Arg{
			{Name: "question", Type: bot.ArgWord, Need: bot.Required},
			{Name: "answer", Type: bot.ArgText, Need: bot.Required},
			{Name: "status", Type: bot.ArgChoice, Keyed: true, Choices: []string{
				string(crm.ArticlePublished), string(crm.ArticleDraft),
			}},
			{Name: "release", Type: bot.ArgWord, Keyed: true}, // whose words are the answer: see the router
			{Name: "near", Type: bot.ArgWord, Keyed: true},    // the article that comes nearest
		}},
		bot.Command{Name: "answer.phrase", Subject: crm.KindArticle, Hidden: true, Run: answerPhrase, Args: []bot.Arg{
			{Name: "question", Type: bot.ArgWord, Need: bot.Required},
			{Name: "draft", Type: bot.ArgWord, Keyed: true},
		}},
		bot.Command{Name: "answer.publish", Subject: crm.KindArticle, Hidden: true, Run: answerPublish},
	))
}

// answerSave keeps a question with its answer, so that customers get it too.
// The same question again changes its answer.
func answerSave(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	question := strings.Join(strings.Fields(r.Args.String("question")), " ")
	near, err := nearArticle(ctx, r)
	if err != nil {
		return nil, err
	}
	same, err := takenFrom(ctx, r, r.Args.String("answer"))
	if err != nil {
		return nil, err
	}
	if same != nil && !asksFor(same, question) && r.Args.String("status") == string(crm.ArticleDraft) {
		return phrased(ctx, r, same, question)
	}
	lang, ok := locale.Of(question + " " + r.Args.String("answer"))
	if !ok {
		lang = r.Words.Lang()
	}
	a := &crm.Article{
		Slug: slugOf(question), Language: lang, Title: question, Body: r.Args.String("answer"),
		Status: crm.ArticleStatus(either(r.Args.String("status"), string(crm.ArticlePublished))),
	}
	if _, _, err := r.CRM.Articles.Put(ctx, r.Actor, a); err != nil {
		return nil, err
	}
	reply := answerKept(r, a)
	if near != nil && near.Slug != a.Slug && !asksFor(near, question) {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: cut(r.Words.Label("button.phrase", "title", near.Title), 60), Once: true,
			Action: "answer.phrase " + near.Ref().String() + " " + pair("question", question) + " draft=" + a.Ref().String(),
		})
	}
	return reply, nil
}

// asksFor says whether a question is a way to ask for an article already.
func asksFor(a *crm.Article, question string) bool {
	return slices.ContainsFunc(append(slices.Clone(a.Phrasings), a.Title), func(p string) bool {
		return grammar.Bare(p) == grammar.Bare(question)
	})
}

// nearArticle is the published article that the line names as the nearest, nil
// for none.
func nearArticle(ctx context.Context, r *bot.Request) (*crm.Article, error) {
	ref, ok := crm.ParseRef(r.Args.String("near"))
	if !ok || ref.Kind != crm.KindArticle {
		return nil, nil
	}
	a, err := r.CRM.Articles.Article(ctx, crm.ArticleID(ref.ID))
	if err != nil || a.Status != crm.ArticlePublished {
		return nil, unseen(err)
	}
	return a, nil
}

// mostArticles bounds the articles that are read to find where an answer is from.
const mostArticles = 1000

// takenFrom is the published article that an answer was taken from, nil for none.
func takenFrom(ctx context.Context, r *bot.Request, answer string) (*crm.Article, error) {
	all, _, err := r.Store.Articles(ctx, crm.ArticleFilter{Status: crm.ArticlePublished, Page: crm.Page{Limit: mostArticles}})
	for _, a := range all {
		if sameWords(a.Body, answer) {
			return a, err
		}
	}
	return nil, err
}

// shortestSame is the shortest answer that can be told from an article's by its
// words, in characters.
const shortestSame = 8

// sameWords says whether an answer was taken from an article.
func sameWords(article, answer string) bool {
	a, b := grammar.Bare(markup.Plain(article)), grammar.Bare(answer)
	if len([]rune(b)) < shortestSame {
		return a == b
	}
	return strings.Contains(a, b)
}

// answerPhrase makes a question another way to ask for an article, in place of
// the draft that was made of it.
func answerPhrase(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, crm.ArticleID(r.Args.Subject.ID))
	if err != nil {
		return nil, err
	}
	ctx = together(ctx, r)
	if ref, ok := crm.ParseRef(r.Args.String("draft")); ok && ref.Kind == crm.KindArticle {
		draft, err := r.CRM.Articles.Article(ctx, crm.ArticleID(ref.ID))
		if err != nil {
			return nil, err
		}
		if draft.Status == crm.ArticleDraft && draft.ID != a.ID {
			draft.Status = crm.ArticleArchived
			if _, _, err := r.CRM.Articles.Put(ctx, r.Actor, draft); err != nil {
				return nil, err
			}
		}
	}
	return phrased(ctx, r, a, r.Args.String("question"))
}

// phrased adds a way to ask for an article.
func phrased(ctx context.Context, r *bot.Request, a *crm.Article, question string) (*bot.Reply, error) {
	question = strings.Join(strings.Fields(question), " ")
	a.Phrasings = append(slices.Clone(a.Phrasings), question)
	if _, _, err := r.CRM.Articles.Put(ctx, r.Actor, a); err != nil {
		return nil, err
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("answer.phrased", "question", question, "title", a.Title)), nil
}

// slugOf names the article of a question.
func slugOf(question string) string {
	sum := sha256.Sum256([]byte(strings.TrimRight(grammar.Normal(question), "?!. ")))
	return "chat-" + hex.EncodeToString(sum[:6])
}

func answerKept(r *bot.Request, a *crm.Article) *bot.Reply {
	if a.Status == crm.ArticleDraft {
		return changed(r, a.Ref(), a.Version, r.Words.T("answer.draft", "question", a.Title),
			press(r, "publish", "answer.publish "+a.Ref().String()))
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("answer.saved", "question", a.Title))
}

// answerPublish lets the bot answer with a draft.
func answerPublish(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, crm.ArticleID(r.Args.Subject.ID))
	if err != nil {
		return nil, err
	}
	a.Status = crm.ArticlePublished
	if _, _, err := r.CRM.Articles.Put(ctx, r.Actor, a); err != nil {
		return nil, err
	}
	return answerKept(r, a), nil
}
