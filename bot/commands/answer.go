package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"crmbot/bot"
	"crmbot/bot/grammar"
	"crmbot/bot/locale"
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
		}},
		bot.Command{Name: "answer.publish", Subject: crm.KindArticle, Hidden: true, Run: answerPublish},
	))
}

// answerSave keeps a question with its answer, so that customers get it too.
// The same question again changes its answer.
func answerSave(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	question := strings.Join(strings.Fields(r.Args.String("question")), " ")
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
	return answerKept(r, a), nil
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
