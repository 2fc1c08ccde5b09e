package commands

import (
	"context"
	"slices"
	"strconv"

	"crmbot/bot"
	"crmbot/crm"
)

// Keepers are those who keep the knowledge base: whom the company names, else its
// managers, else its admins. Only who works here still; by name.
func Keepers(ctx context.Context, store crm.UserStore, company *bot.Company) ([]*crm.User, error) {
	if named := company.Knowledge.Keepers; len(named) > 0 {
		found, err := store.Users(ctx, crm.UserFilter{Active: true})
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(slices.Clone(found), func(u *crm.User) bool { return !slices.Contains(named, u.Handle) })
		if len(found) > 0 {
			return found, nil
		}
	}
	for _, role := range []crm.Role{crm.RoleManager, crm.RoleAdmin} {
		found, err := store.Users(ctx, crm.UserFilter{Roles: []crm.Role{role}, Active: true})
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// articlePublish lets the bot answer with a draft, with the change that waits, or
// with what was archived.
func articlePublish(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	if a.Status == crm.ArticleArchived {
		return revive(ctx, r, a)
	}
	if a.Status == crm.ArticlePublished && a.Proposal == nil {
		return bot.Text(r.Words.T("article.out", "title", a.Title)), nil
	}
	author := proposer(a)
	if a, err = r.CRM.Articles.Approve(ctx, r.Actor, a.ID); err != nil {
		return nil, err
	}
	decided(r, author, a, "approved", "")
	return changed(r, a.Ref(), a.Version, r.Words.T("answer.saved", "question", a.Title), showButton(r, a.Ref())), nil
}

// articleReject turns down what waits for approval, or takes back one's own.
func articleReject(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	if a.Proposal == nil && a.Status != crm.ArticleDraft {
		return bot.Text(r.Words.T("article.settled", "title", a.Title)), nil
	}
	author := proposer(a)
	if a, err = r.CRM.Articles.Reject(ctx, r.Actor, a.ID); err != nil {
		return nil, err
	}
	decided(r, author, a, "rejected", r.Args.String("reason"))
	key := "article.rejected"
	if author == r.Actor.User {
		key = "article.withdrawn"
	}
	return changed(r, a.Ref(), a.Version, r.Words.T(key, "title", a.Title), showButton(r, a.Ref())), nil
}

// proposer is whose words wait for approval.
func proposer(a *crm.Article) crm.UserID {
	if a.Proposal != nil {
		return a.Proposal.By
	}
	return a.AuthorID
}

// decided tells an author what became of his words, unless he decided himself.
func decided(r *bot.Request, author crm.UserID, a *crm.Article, how, why string) {
	if author == r.Actor.User {
		return
	}
	line := "notice.article.decided " + a.Ref().String() + " how=" + how + " by=" + r.Actor.User.String()
	if why != "" {
		line += " " + pair("reason", why)
	}
	r.Tell(author, line)
}

// articleArchive has the bot not answer with an article any more.
func articleArchive(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Archive(ctx, r.Actor, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("article.archive.done", "title", a.Title),
		press(r, "restore", "article.restore "+a.Ref().String())), nil
}

// articleRestore brings a version back: the one that is named, else what was
// archived, else the one before.
func articleRestore(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, subjectArticle(r))
	if err != nil {
		return nil, err
	}
	if a.Status == crm.ArticleArchived && !r.Args.Has("version") {
		return revive(ctx, r, a)
	}
	version, err := strconv.ParseInt(r.Args.String("version"), 10, 64)
	if r.Args.Has("version") && err != nil {
		return nil, crm.Fail(crm.CodeNotFound, "article.version.missing", "version", r.Args.String("version"))
	}
	if !r.Args.Has("version") {
		return articleHistory(ctx, r)
	}
	a, _, err = r.CRM.Articles.Restore(ctx, r.Actor, a.ID, version)
	if err != nil {
		return nil, err
	}
	return changed(r, a.Ref(), a.Version, r.Words.T("article.restored", "title", a.Title, "n", version), showButton(r, a.Ref())), nil
}

// revive lets the bot answer with an archived article again.
func revive(ctx context.Context, r *bot.Request, a *crm.Article) (*bot.Reply, error) {
	b := *a
	b.Status = crm.ArticlePublished
	return propose(ctx, r, &b, nil)
}

// difference is what is otherwise in an article than it was, in a few words each.
func difference(r *bot.Request, was, is *crm.Article) []string {
	var out []string
	say := func(key string, pairs ...any) { out = append(out, r.Words.Label(key, pairs...)) }
	if was.Status != is.Status {
		say("article.diff.status", "status", choiceName(r, "status", string(is.Status)))
	}
	if was.Title != is.Title {
		say("article.diff.title", "title", cut(is.Title, 60))
	}
	if was.Body != is.Body {
		say("article.diff.body")
	}
	out = append(out, phrasingChange(r, was.Phrasings, is.Phrasings)...)
	if !slices.Equal(was.Tags, is.Tags) {
		say("article.diff.tags", "tags", r.Words.Enum(is.Tags))
	}
	if is.Proposal != nil && was.Proposal == nil {
		say("article.diff.proposed")
	}
	if len(out) == 0 {
		say("article.diff.none")
	}
	return out
}

// articleChange is a change of an article's texts as people read it, nil for
// another.
func articleChange(r *bot.Request, kind crm.Kind, field string, c crm.Change) []string {
	switch {
	case kind != crm.KindArticle:
		return nil
	case field == "phrasings":
		return phrasingChange(r, parts(c.From, "\n"), parts(c.To, "\n"))
	case field == "tags":
		return []string{r.Words.Label("article.diff.tags", "tags", r.Words.Enum(parts(c.To, "\n")))}
	case field == "body":
		return []string{r.Words.Label("article.diff.body")}
	}
	return nil
}

// phrasingChange is which ways to ask came and went, a few of each.
func phrasingChange(r *bot.Request, was, is []string) []string {
	var out []string
	for _, of := range []struct {
		key  string
		list []string
	}{{"article.diff.added", without(is, was)}, {"article.diff.gone", without(was, is)}} {
		const most = 2
		for _, p := range of.list[:min(len(of.list), most)] {
			out = append(out, r.Words.Label(of.key, "text", cut(p, 40)))
		}
		if rest := len(of.list) - most; rest > 0 {
			out = append(out, r.Words.Label(of.key+".more", "n", rest))
		}
	}
	return out
}

// without are those of a list that another has not.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
