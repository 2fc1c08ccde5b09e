package commands

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// articleNotices tell who keeps the knowledge base what waits for him, and who
// wrote something what became of it.
func articleNotices() []bot.Command {
	return []bot.Command{
		{Name: "notice.article.proposal", Subject: crm.KindArticle, Run: noticeProposal},
		{Name: "notice.article.decided", Subject: crm.KindArticle, Run: noticeDecided, Args: []bot.Arg{
			{Name: "how", Type: bot.ArgWord, Keyed: true},
			{Name: "by", Type: bot.ArgUser, Keyed: true},
			{Name: "reason", Type: bot.ArgWord, Keyed: true},
		}},
	}
}

// noticeProposal shows a keeper what somebody wrote, unless that is decided.
func noticeProposal(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil || a.Proposal == nil && a.Status != crm.ArticleDraft {
		return still(&bot.Reply{}, err)
	}
	ref, content := a.Ref().String(), a.Proposal.Article(a)
	key := "notice.article.proposal"
	if a.Proposal != nil {
		key = "notice.article.change"
	}
	c := newCard(r, a.Ref(), content.Title)
	c.Text = content.Body
	c.field("phrasings", some(r, content.Phrasings, phrasings))
	if a.Proposal != nil {
		c.field("proposal", r.Words.Enum(difference(r, a, content)))
	}
	if r.Actor.Approves() {
		c.button("approve", "article.publish "+ref)
		c.button("reject", "article.reject "+ref)
	}
	c.button("show", showLine(a.Ref()))
	reply := c.reply()
	reply.Text = r.Words.T(key, "user", ownerName(ctx, r, proposer(a)))
	return reply, nil
}

// noticeDecided tells an author what became of his words.
func noticeDecided(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return still(nil, err)
	}
	key := "notice.article.approved"
	if r.Args.String("how") != "approved" {
		key = "notice.article.rejected"
	}
	text := r.Words.T(key, "user", ownerName(ctx, r, r.Args.User("by")), "title", a.Title)
	if why := r.Args.String("reason"); why != "" {
		text += "\n" + r.Words.T("notice.article.reason", "text", why)
	}
	return &bot.Reply{Text: text, Buttons: []bot.Button{showButton(r, a.Ref())}}, nil
}

// plainText is markup as plain text, for labels.
func plainText(text string) string { return markup.Plain(text) }
