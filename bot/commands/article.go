package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// approvers may let the bot answer with an article.
var approvers = []crm.Role{crm.RoleAdmin, crm.RoleManager}

// phrasers may change how people ask for an article.
var phrasers = []crm.Role{crm.RoleAdmin, crm.RoleManager, crm.RoleService}

// awaiting is the state of articles that somebody has to approve.
const awaiting = "waiting"

// articles are the commands about the knowledge base, article by article.
// Everybody may write; what customers get is let out by who approves.
func articles() []bot.Command {
	article := crm.KindArticle
	question := bot.Arg{Name: "question", Type: bot.ArgText, Need: bot.Required}
	open := staff(
		bot.Command{Name: "article.list", Query: true, Run: articleList, Args: []bot.Arg{
			{Name: "status", Type: bot.ArgChoice, Choices: []string{
				awaiting, string(crm.ArticlePublished), string(crm.ArticleDraft), string(crm.ArticleArchived),
			}},
			{Name: "text", Type: bot.ArgText},
			paged,
		}},
		bot.Command{Name: "article.show", Query: true, Subject: article, Run: articleShow},
		bot.Command{Name: "article.history", Query: true, Subject: article, Run: articleHistory},
		bot.Command{Name: "article.phrasings", Query: true, Subject: article, Run: articlePhrasings, Args: []bot.Arg{paged}},
		bot.Command{Name: "article.new", Run: articleNew, Args: []bot.Arg{
			{Name: "question", Type: bot.ArgWord, Need: bot.Required},
			{Name: "answer", Type: bot.ArgText, Need: bot.Required},
			{Name: "also", Type: bot.ArgText, Keyed: true},
			{Name: "tags", Type: bot.ArgWord, Keyed: true},
			{Name: "miss", Type: bot.ArgWord, Keyed: true, Ours: true}, // the question that it is made of
		}},
		bot.Command{Name: "article.edit", Subject: article, Run: articleEdit, Args: []bot.Arg{
			{Name: "title", Type: bot.ArgWord, Keyed: true, Now: articleNow(func(a *crm.Article) string { return a.Title })},
			{Name: "answer", Type: bot.ArgText, Need: bot.Required, Now: articleNow(func(a *crm.Article) string { return a.Body })},
			{Name: "tags", Type: bot.ArgWord, Keyed: true, Now: articleNow(func(a *crm.Article) string { return strings.Join(a.Tags, ", ") })},
		}},
		bot.Command{Name: "article.title", Subject: article, Run: articleTitle, Args: []bot.Arg{
			{Name: "title", Type: bot.ArgText, Need: bot.Required},
		}},
		bot.Command{Name: "article.reject", Subject: article, Run: articleReject, Args: []bot.Arg{
			{Name: "reason", Type: bot.ArgText},
		}},
	)
	teaching := staff(
		bot.Command{Name: "article.phrase", Subject: article, Run: articlePhrase, Args: []bot.Arg{
			question,
			{Name: "instead", Type: bot.ArgWord, Keyed: true, Ours: true}, // what loses it: an article, or a draft made of it
			{Name: "miss", Type: bot.ArgWord, Keyed: true, Ours: true},    // the question that taught it
		}},
		bot.Command{Name: "article.unphrase", Subject: article, Run: articleUnphrase, Args: []bot.Arg{
			question,
		}},
	)
	approving := rolesOf(approvers, staff(
		bot.Command{Name: "article.publish", Subject: article, Run: articlePublish},
		bot.Command{Name: "article.archive", Subject: article, Run: articleArchive},
		bot.Command{Name: "article.restore", Subject: article, Run: articleRestore, Args: []bot.Arg{
			{Name: "version", Type: bot.ArgWord},
		}},
	))
	return slices.Concat(open, teaching, approving)
}

func subjectArticle(r *bot.Request) crm.ArticleID { return crm.ArticleID(r.Args.Subject.ID) }

func articleName(a *crm.Article) string { return titled(a.Ref(), cut(a.Title, 60)) }

// articleNow is what a field of an article holds, for a form.
func articleNow(of func(*crm.Article) string) func(context.Context, *bot.Request) string {
	return func(ctx context.Context, r *bot.Request) string {
		a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
		if err != nil {
			return ""
		}
		return of(a.Proposal.Article(a))
	}
}

// articleList is the articles of a state, or with all the words.
func articleList(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	f := crm.ArticleFilter{Text: r.Args.String("text"), Page: page(r)}
	if status := r.Args.String("status"); status == awaiting {
		f.Waiting = true
	} else {
		f.Status = crm.ArticleStatus(status)
	}
	found, total, err := r.CRM.Articles.Articles(ctx, r.Actor, f)
	if err != nil {
		return nil, err
	}
	if total == 0 && f.Text != "" {
		return bot.Text(r.Words.T("article.list.nothing", "text", f.Text)), nil
	}
	if total == 0 && f.Waiting {
		return bot.Text(r.Words.T("article.list.approved")), nil
	}
	var rows []string
	for _, a := range found {
		rows = append(rows, articleRow(r, a))
	}
	reply := list(r, "article.list", rows, total)
	for i := range reply.Buttons { // what goes on keeps to what was asked for
		for _, arg := range []string{"status", "text"} {
			if value := r.Args.String(arg); value != "" {
				reply.Buttons[i].Action += " " + pair(arg, value)
			}
		}
	}
	for _, a := range found {
		reply.Buttons = append(reply.Buttons, bot.Button{Label: cut(titled(a.Ref(), a.Title), 30), Action: showLine(a.Ref())})
	}
	return reply, nil
}

// articleRow is an article in a list: what is out and settled says no more.
func articleRow(r *bot.Request, a *crm.Article) string {
	state := ""
	switch {
	case a.Proposal != nil:
		state = r.Words.Label("article.changing")
	case a.Status != crm.ArticlePublished:
		state = choiceName(r, "status", string(a.Status))
	}
	lang := ""
	if a.Language != r.Words.Lang() {
		lang = choiceName(r, "language", a.Language)
	}
	return entry(a.Ref(), cut(a.Title, 60), lang, state)
}

func articleShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	return articleCard(ctx, r, a)
}

const (
	usedFor   = 30 * 24 * time.Hour // over which a card counts how often an article was shown
	phrasings = 5                   // how many ways to ask a card names
)

// articleCard is an article as it is, what waits for approval, and what can be
// done about it.
func articleCard(ctx context.Context, r *bot.Request, a *crm.Article) (*bot.Reply, error) {
	c := newCard(r, a.Ref(), a.Title)
	c.Subtitle = joined(choiceName(r, "status", string(a.Status)), choiceName(r, "language", a.Language),
		r.Words.Label("article.version", "n", a.Version))
	c.Text = a.Body
	c.field("phrasings", some(r, a.Phrasings, phrasings))
	c.field("tags", r.Words.Enum(a.Tags))
	_, used, err := r.CRM.Questions.Questions(ctx, r.Actor, crm.QuestionFilter{
		Article: a.ID, Since: r.Now.Add(-usedFor).UTC(), Page: crm.Page{Limit: 1},
	})
	if err != nil {
		return nil, err
	}
	c.field("used", plainText(r.Words.N("article.used", used)))
	last, err := r.CRM.Records.History(ctx, r.Actor, a.Ref(), 1)
	if err != nil {
		return nil, err
	}
	for _, e := range last {
		c.field("changed", joined(eventActor(ctx, r, e), r.Words.Moment(e.At, r.Now)))
	}
	if p := a.Proposal; p != nil {
		c.field("proposal", joined(userName(ctx, r, p.By), r.Words.Enum(difference(r, a, p.Article(a)))))
		if p.Body != a.Body {
			c.Text += "\n\n" + r.Words.T("article.suggested", "user", ownerName(ctx, r, p.By)) + "\n" + p.Body
		}
	}
	c.deeds(a)
	return c.reply(), nil
}

// deeds are the buttons under an article: what waits for a decision first.
func (c *card) deeds(a *crm.Article) {
	ref, approves := a.Ref().String(), c.r.Actor.Approves()
	if (a.Proposal != nil || a.Status == crm.ArticleDraft) && approves {
		c.button("approve", "article.publish "+ref)
		c.button("reject", "article.reject "+ref)
	}
	c.Buttons = append(c.Buttons, bot.Button{
		Label: c.r.Words.Label("button.edit"), Action: "article.edit " + ref, Form: c.r.Features.Can(bot.OpView),
	})
	c.button("phrasings", "article.phrasings "+ref)
	c.button("history", "article.history "+ref)
	switch {
	case !approves:
	case a.Status == crm.ArticleArchived:
		c.button("restore", "article.restore "+ref)
	default:
		c.button("archive", "article.archive "+ref)
	}
}

// some is the first few of many.
func some(r *bot.Request, all []string, n int) string {
	if len(all) == 0 {
		return ""
	}
	parts := slices.Clone(all[:min(len(all), n)])
	for i := range parts {
		parts[i] = cut(parts[i], 60)
	}
	text := strings.Join(parts, " / ")
	if rest := len(all) - n; rest > 0 {
		text += " / " + plainText(r.Words.N("list.more", rest))
	}
	return text
}

// articleHistory is the versions of an article, what each of them changed, and
// buttons that bring one back.
func articleHistory(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	all, err := r.CRM.Articles.Versions(ctx, r.Actor, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	reply, lines := &bot.Reply{}, []string{r.Words.T("history.title", "record", articleName(all[0].Article))}
	for i, v := range all[:min(len(all), shown)] {
		what := []string{r.Words.Label("article.first")}
		if i+1 < len(all) {
			what = difference(r, all[i+1].Article, v.Article)
		}
		lines = append(lines, "- "+r.Words.T("article.line", "n", v.Article.Version, "at", r.Words.Moment(v.At, r.Now),
			"who", either(userName(ctx, r, v.By), r.Words.Label("author.system")), "text", r.Words.Enum(what)))
		if i > 0 && i <= mostTakes && r.Actor.Approves() {
			n := strconv.FormatInt(v.Article.Version, 10)
			reply.Buttons = append(reply.Buttons, bot.Button{
				Label:  r.Words.Label("article.back", "n", n),
				Action: "article.restore " + v.Article.Ref().String() + " version=" + n, Once: true,
			})
		}
	}
	reply.Text = strings.Join(lines, "\n")
	return reply, nil
}
