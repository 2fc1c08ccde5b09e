package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"crmbot/bot/knowledge"
	"crmbot/bot/markup"
	"crmbot/bot/teach"
	"crmbot/crm"
)

func healthCommand(with withHouse) *cobra.Command {
	machine := false
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Say how well the knowledge base answers: its self-test, what it mixes up, what it could not answer",
		Args:  cobra.NoArgs,
		RunE: with(func(ctx context.Context, h *house, _ []string, out io.Writer) error {
			if err := h.matcher.Refresh(ctx); err != nil {
				return err
			}
			report, err := teach.Health(ctx, h.services, h.store, h.matcher, crm.System(), h.now())
			if err != nil {
				return err
			}
			if machine {
				return writeHealth(out, report)
			}
			_, err = fmt.Fprintln(out, markup.Plain(report.Text(h.words())))
			return err
		}),
	}
	cmd.Flags().BoolVar(&machine, "json", false, "one JSON object for machines")
	return cmd
}

// healthJSON is a teach.Report for machines. Shares are from 0 to 1.
type healthJSON struct {
	Articles  int            `json:"articles"`
	Phrasings int            `json:"phrasings"`
	SelfTest  *selfTestJSON  `json:"self_test"` // null when there is too little to test
	Confused  []confusedJSON `json:"confused"`
	Week      figuresJSON    `json:"week"`
	Before    figuresJSON    `json:"week_before"`
	Unused    []articleJSON  `json:"unused"` // the oldest of them
	Idle      int            `json:"unused_count"`
	Worst     []worstJSON    `json:"worst"` // the most often asked of them
	Missed    int            `json:"worst_count"`
	Drafts    int            `json:"drafts"`
	Proposals int            `json:"proposals"`
}

// selfTestJSON is what came of asking the knowledge base its own questions,
// each while it did not know it.
type selfTestJSON struct {
	Asked      int     `json:"asked"`
	Right      float64 `json:"right"`        // share whose article came first
	AmongThree float64 `json:"among_three"`  // share whose article was among the first three
	Trusted    bool    `json:"trusted"`      // enough to answer, and not only to suggest
	Answer     float64 `json:"answer_from"`  // probability
	Suggest    float64 `json:"suggest_from"` // probability
	OutOfScope float64 `json:"unanswerable"` // share of the questions taken to have no article
}

type confusedJSON struct {
	Asked articleJSON `json:"asked"`
	Found articleJSON `json:"found"`
	Times int         `json:"times"`
	As    string      `json:"example"`
}

type articleJSON struct {
	Ref      string `json:"ref"`
	Slug     string `json:"slug"`
	Language string `json:"language"`
	Title    string `json:"title"`
}

type worstJSON struct {
	Text  string `json:"text"`
	Times int    `json:"times"`
	Reply string `json:"reply"` // what a person answered, "" for nothing
}

// figuresJSON are seven days.
type figuresJSON struct {
	Asked      int     `json:"asked"`
	Answered   int     `json:"answered"`
	Suggested  int     `json:"suggested"`
	HandedOff  int     `json:"handed_off"`
	Picked     int     `json:"picked"`
	Solved     int     `json:"solved"`
	NotHelpful int     `json:"not_helpful"`
	Person     int     `json:"person"`
	Wrong      int     `json:"wrong"`
	Served     float64 `json:"served"`      // share of Asked
	WrongShare float64 `json:"wrong_share"` // of Answered
}

// writeHealth writes a report as JSON.
func writeHealth(out io.Writer, r teach.Report) error {
	j := healthJSON{
		Articles: r.Test.Slugs, Phrasings: r.Test.Phrasings, SelfTest: selfTestOf(r.Test),
		Confused: []confusedJSON{}, Unused: []articleJSON{}, Worst: []worstJSON{},
		Week: figuresOf(r.Week), Before: figuresOf(r.Before),
		Idle: r.Idle, Missed: r.Missed, Drafts: r.Drafts, Proposals: r.Changes,
	}
	for _, c := range r.Test.Confused {
		j.Confused = append(j.Confused, confusedJSON{articleOf(c.Asked), articleOf(c.Found), c.Times, c.Example})
	}
	for _, a := range r.Unused {
		j.Unused = append(j.Unused, articleOf(a))
	}
	for _, m := range r.Worst {
		j.Worst = append(j.Worst, worstJSON{m.Question.Text, m.Count, m.Reply})
	}
	w := json.NewEncoder(out)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	return w.Encode(j)
}

func selfTestOf(h knowledge.Health) *selfTestJSON {
	if !h.Calibrated || h.Asked == 0 {
		return nil
	}
	return &selfTestJSON{
		Asked: h.Asked, Right: share(h.Right, h.Asked), AmongThree: share(h.Among3, h.Asked),
		Trusted: h.Trusted, Answer: h.Answer, Suggest: h.Suggest, OutOfScope: h.Share,
	}
}

func articleOf(a *crm.Article) articleJSON {
	return articleJSON{a.Ref().String(), a.Slug, a.Language, a.Title}
}

func figuresOf(f crm.QuestionFigures) figuresJSON {
	return figuresJSON{
		Asked: f.Asked, Answered: f.Answered, Suggested: f.Suggested, HandedOff: f.HandedOff,
		Picked: f.Picked, Solved: f.Solved, NotHelpful: f.NotHelpful, Person: f.Person, Wrong: f.Wrong,
		Served: f.Served(), WrongShare: share(f.Wrong, f.Answered),
	}
}

// share is n of all, 0 of nothing.
func share(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}
