package teach

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// What the bot was not sure of: it suggested articles, and the customer chose one,
// or went away without a word. The first is a hint which article is right, the
// second may be a miss; neither teaches anything by itself.

const (
	// unsureList, as the argument "list", is the list of these questions.
	unsureList = "unsure"
	// quietFor is after how long without a word somebody has gone away.
	quietFor = 2 * time.Hour
	// mostUnsure is how many of the latest such questions are read.
	mostUnsure = 500
)

// choice is the article that customers chose, and how often; 0 times where that
// is not to be told.
type choice struct {
	article crm.ArticleID
	times   int
}

// doubt is what was asked alike and the bot was not sure of.
type doubt struct {
	miss   crm.Miss
	chosen choice
}

// unsure is a page of what the bot was not sure of: what customers chose first.
func (t *teacher) unsure(ctx context.Context, r *bot.Request, since time.Time) (*bot.Reply, error) {
	if err := t.compare(ctx, r.Store, r.Now.UTC(), mostNow); err != nil {
		return nil, err
	}
	doubts, err := t.doubts(ctx, r, since)
	if err != nil {
		return nil, err
	}
	if len(doubts) == 0 {
		return bot.Text(r.Words.T("misses.sure")), nil
	}
	from, err := strconv.Atoi(r.Args.String("from"))
	if err != nil || from < 0 || from >= len(doubts) {
		from = 0
	}
	n, _ := rows(r.Features)
	reply := bot.Text(r.Words.N("misses.unsure", len(doubts)))
	end := min(from+n, len(doubts))
	for i, d := range doubts[from:end] {
		card, err := t.card(ctx, r, &d.miss, d.chosen, from+i+1)
		if err != nil {
			return nil, err
		}
		reply.Cards = append(reply.Cards, *card)
	}
	if rest := len(doubts) - end; rest > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  plain(r.Words.N("list.more", rest)),
			Action: "misses " + sinceAgain(r) + "list=" + unsureList + " from=" + strconv.Itoa(end),
		})
	}
	return reply, nil
}

// alsoUnsure puts a button for that list under another one.
func (t *teacher) alsoUnsure(ctx context.Context, r *bot.Request, since time.Time, under *bot.Reply) error {
	doubts, err := t.doubts(ctx, r, since)
	if err != nil || len(doubts) == 0 {
		return err
	}
	under.Buttons = append(under.Buttons, bot.Button{
		Label:  plain(r.Words.N("misses.button.unsure", len(doubts))),
		Action: "misses " + sinceAgain(r) + "list=" + unsureList,
	})
	return nil
}

// doubts are those questions, those that ask alike together.
func (t *teacher) doubts(ctx context.Context, r *bot.Request, since time.Time) ([]*doubt, error) {
	asked, err := all(ctx, r.Store, crm.QuestionFilter{Open: true, Band: crm.BandSuggested, Since: since.UTC()}, mostUnsure)
	if err != nil {
		return nil, err
	}
	of, times := map[crm.QuestionID]*doubt{}, map[*doubt]map[crm.ArticleID]int{}
	var out []*doubt
	for _, q := range asked { // the latest first
		if q.Missed() || q.Outcome == "" && q.Asked.After(r.Now.Add(-quietFor)) {
			continue
		}
		id := cmp.Or(q.ClusterID, q.ID)
		d := of[id]
		if d == nil {
			d = &doubt{miss: crm.Miss{Cluster: id, Question: q}}
			of[id], times[d] = d, map[crm.ArticleID]int{}
			out = append(out, d)
		}
		d.miss.Count++
		if q.Outcome != "" && q.ArticleID != 0 {
			if times[d][q.ArticleID]++; times[d][q.ArticleID] > d.chosen.times {
				d.chosen = choice{q.ArticleID, times[d][q.ArticleID]}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *doubt) int {
		return cmp.Or(cmp.Compare(b.chosen.times, a.chosen.times), cmp.Compare(b.miss.Count, a.miss.Count))
	})
	return out, nil
}
