package teach

import (
	"context"
	"fmt"
	"strconv"

	"crmbot/bot"
	"crmbot/crm"
)

// add is the one tap that teaches: the question becomes a way to ask for the
// article, and all that ask alike are settled.
func (t *teacher) add(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	q, err := questionOf(ctx, r)
	if err != nil {
		return nil, err
	}
	others, err := alsoAsked(ctx, r.Store, q)
	if err != nil {
		return nil, err
	}
	a, err := r.CRM.Questions.Teach(ctx, r.Actor, q.ID, crm.ArticleID(r.Args.Subject.ID))
	if err != nil {
		return nil, err
	}
	text := r.Words.T("teach.added", "question", cut(q.Text, 90), "title", a.Title)
	if others > 0 {
		text += "\n" + r.Words.N("teach.others", others)
	}
	return &bot.Reply{
		Text: text,
		Buttons: []bot.Button{
			undoButton(r, a.Ref(), a.Version),
			{
				Label:  r.Words.Label("teach.other"),
				Action: "article.phrase " + pair("question", q.Text) + " instead=" + a.Ref().String(),
			},
			next(r),
		},
	}, nil
}

// alsoAsked is how many open questions ask like one.
func alsoAsked(ctx context.Context, store crm.QuestionStore, q *crm.Question) (int, error) {
	if q.ClusterID == 0 {
		return 0, nil
	}
	_, n, err := store.Questions(ctx, crm.QuestionFilter{Cluster: q.ClusterID, Open: true, Page: crm.Page{Limit: 1}})
	return max(n-1, 0), err
}

// draft makes an article of a question and of what a colleague answered to it.
func (t *teacher) draft(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	q, err := questionOf(ctx, r)
	if err != nil {
		return nil, err
	}
	body := q.Reply
	if body == "" {
		said, err := t.answerTo(ctx, r.Store, q)
		if err != nil {
			return nil, err
		}
		if said.release != nil {
			body = said.release.Body
		}
	}
	a, err := r.CRM.Questions.Draft(ctx, r.Actor, q.ID, body)
	if err != nil {
		return nil, err
	}
	reply := &bot.Reply{
		Text:    r.Words.T("teach.drafted", "ref", a.Ref().String(), "title", a.Title),
		Buttons: []bot.Button{undoButton(r, a.Ref(), a.Version)},
	}
	if r.Actor.Approves() {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: r.Words.Label("button.publish"), Action: "article.publish " + a.Ref().String(), Style: bot.StylePrimary,
		})
	}
	reply.Buttons = append(reply.Buttons, bot.Button{Label: r.Words.Label("button.show"), Action: "article.show " + a.Ref().String()}, next(r))
	return reply, nil
}

// ignore sets a question and all that ask alike aside.
func (t *teacher) ignore(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	q, err := questionOf(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := r.CRM.Questions.Ignore(ctx, r.Actor, q.ID); err != nil {
		return nil, err
	}
	return &bot.Reply{
		Text:    r.Words.T("teach.ignored", "question", cut(q.Text, 90)),
		Buttons: []bot.Button{undoButton(r, crm.Ref{Kind: crm.KindQuestion, ID: int64(q.ID)}, 0), next(r)},
	}, nil
}

// next goes on with the list.
func next(r *bot.Request) bot.Button {
	return bot.Button{Label: r.Words.Label("teach.next"), Action: "misses"}
}

// questionOf is the question that a button names.
func questionOf(ctx context.Context, r *bot.Request) (*crm.Question, error) {
	id, err := strconv.ParseInt(r.Args.String("question"), 10, 64)
	if err != nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(err)
	}
	q, err := r.Store.Question(ctx, crm.QuestionID(id))
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(err)
	}
	return q, err
}

// number64 is the number of a question as it is typed.
func number64(id crm.QuestionID) string { return strconv.FormatInt(int64(id), 10) }

// undoButton takes back the change that brought a record to that version.
func undoButton(r *bot.Request, ref crm.Ref, version int64) bot.Button {
	return bot.Button{
		Label:  r.Words.Label("button.undo"),
		Action: fmt.Sprintf("undo ref=%s version=%d", ref, version), Once: true,
	}
}
