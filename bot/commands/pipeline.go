package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// groupings are the rows that a pipeline can have.
var groupings = []string{
	string(crm.ByStage), string(crm.ByOwner), string(crm.BySource),
	string(crm.ByTeam), string(crm.ByMonth), string(crm.ByIntent),
}

// pipelines is the command for the sums over the deals.
func pipelines() []bot.Command {
	return rolesOf(selling, staff(
		bot.Command{Name: "pipeline", Query: true, Run: pipeline, Args: []bot.Arg{
			{Name: "by", Type: bot.ArgChoice, Choices: groupings},
			{Name: "period", Type: bot.ArgPeriod},
			paged,
		}},
	))
}

func pipeline(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	f := crm.PipelineFilter{By: crm.PipelineBy(r.Args.String("by"))}
	if f.By == "" {
		f.By = crm.ByStage
	}
	period := r.Args.Period("period")
	f.From, f.To, f.FromAt, f.ToAt = period.From, period.To, period.FromAt, period.ToAt
	rows, err := r.CRM.Opportunities.Pipeline(ctx, r.Actor, f)
	if err != nil {
		return nil, err
	}
	head := []string{pipelineTitle(r, f.By, period)}
	head = append(head, totals(r, "pipeline.total", rows)...)
	if period != (bot.Period{}) {
		f.Won = true
		won, err := r.CRM.Opportunities.Pipeline(ctx, r.Actor, f)
		if err != nil {
			return nil, err
		}
		head = append(head, totals(r, "pipeline.won", won)...)
	}
	if len(rows) == 0 {
		head = append(head, r.Words.T("pipeline.none"))
		return bot.Text(strings.Join(head, "\n")), nil
	}
	return pipelineRows(ctx, r, f.By, period, rows, head)
}

// pipelineTitle says what is counted, and as of when.
func pipelineTitle(r *bot.Request, by crm.PipelineBy, period bot.Period) string {
	clock := r.Words.Clock(r.Now)
	rows := choiceName(r, "by", string(by))
	if period.Label == "" {
		return r.Words.T("pipeline.title", "by", rows, "clock", clock)
	}
	return r.Words.T("pipeline.title.period", "by", rows, "period", period.Label, "clock", clock)
}

// totals are the sums over all rows, one line for each currency.
func totals(r *bot.Request, key string, rows []crm.PipelineRow) []string {
	sums, order := map[string]*crm.PipelineRow{}, []string{}
	for _, x := range rows {
		sum := sums[x.Amount.Currency]
		if sum == nil {
			sum = &crm.PipelineRow{
				Amount:   crm.Money{Currency: x.Amount.Currency},
				Weighted: crm.Money{Currency: x.Amount.Currency},
			}
			sums[x.Amount.Currency] = sum
			order = append(order, x.Amount.Currency)
		}
		sum.Count += x.Count
		sum.Amount.Minor += x.Amount.Minor
		sum.Weighted.Minor += x.Weighted.Minor
	}
	var lines []string
	for _, currency := range order {
		sum := sums[currency]
		lines = append(lines, r.Words.N(key, sum.Count,
			"amount", r.Words.Sum(sum.Amount), "weighted", r.Words.Sum(sum.Weighted)))
	}
	return lines
}

func pipelineRows(ctx context.Context, r *bot.Request, by crm.PipelineBy, period bot.Period, rows []crm.PipelineRow, head []string) (*bot.Reply, error) {
	sortRows(r, by, rows)
	at := page(r)
	part := rows[min(at.Offset, len(rows)):min(at.Offset+at.Limit, len(rows))]
	names, err := rowNames(ctx, r, by)
	if err != nil {
		return nil, err
	}
	table := &bot.Table{Header: []string{
		choiceName(r, "by", string(by)), r.Words.Label("field.count"), r.Words.Label("field.amount"), r.Words.Label("field.weighted"),
	}}
	for _, x := range part {
		name, amount, weighted := names(x.Key), r.Words.Sum(x.Amount), r.Words.Sum(x.Weighted)
		table.Rows = append(table.Rows, []string{name, r.Words.Count(x.Count), amount, weighted})
		table.Lines = append(table.Lines, markup.Plain(r.Words.N("pipeline.row", x.Count,
			"name", name, "amount", amount, "weighted", weighted)))
	}
	reply := &bot.Reply{Text: strings.Join(head, "\n"), Table: table}
	if rest := len(rows) - at.Offset - len(part); rest > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: markup.Plain(r.Words.N("list.more", rest)), Action: pipelineLine(by, period, at.Offset/shown+2),
		})
	}
	for _, other := range groupings {
		if other != string(by) && (other == string(crm.ByOwner) || other == string(crm.ByStage) || other == string(crm.BySource)) {
			reply.Buttons = append(reply.Buttons, bot.Button{
				Label:  r.Words.Label("pipeline.by", "by", choiceName(r, "by", other)),
				Action: pipelineLine(crm.PipelineBy(other), period, 1),
			})
		}
	}
	return reply, nil
}

// pipelineLine is the command line of a pipeline.
func pipelineLine(by crm.PipelineBy, period bot.Period, page int) string {
	line := "pipeline " + pair("by", string(by))
	if period.Label != "" {
		line += " " + pair("period", period.Label)
	}
	if page > 1 {
		line += " " + pair("page", strconv.Itoa(page))
	}
	return line
}

// sortRows puts stages in the order of the process and months in that of the
// calendar; everything else stays largest first.
func sortRows(r *bot.Request, by crm.PipelineBy, rows []crm.PipelineRow) {
	rank := map[string]int{}
	for i, s := range r.Company.Stages {
		rank[s.Key] = i
	}
	switch by {
	case crm.ByStage:
		slices.SortStableFunc(rows, func(a, b crm.PipelineRow) int { return rank[a.Key] - rank[b.Key] })
	case crm.ByMonth, crm.ByIntent:
		slices.SortStableFunc(rows, func(a, b crm.PipelineRow) int {
			if (a.Key == "") != (b.Key == "") {
				return len(b.Key) - len(a.Key)
			}
			return strings.Compare(a.Key, b.Key)
		})
	}
}

// rowNames tells what the keys of a grouping are called.
func rowNames(ctx context.Context, r *bot.Request, by crm.PipelineBy) (func(key string) string, error) {
	none := r.Words.Label("pipeline.nokey")
	named := func(name func(string) string) func(string) string {
		return func(key string) string {
			if key == "" || key == "0" {
				return none
			}
			return name(key)
		}
	}
	switch by {
	case crm.ByOwner:
		return named(func(key string) string {
			id, _ := strconv.ParseInt(key, 10, 64)
			return ownerName(ctx, r, crm.UserID(id))
		}), nil
	case crm.ByTeam:
		teams, err := teamNames(ctx, r)
		return named(func(key string) string {
			id, _ := strconv.ParseInt(key, 10, 64)
			return teams[crm.TeamID(id)]
		}), err
	case crm.ByMonth:
		return named(func(key string) string {
			t, err := time.Parse("2006-01", key)
			if err != nil {
				return key
			}
			return r.Words.Month(t)
		}), nil
	case crm.BySource:
		return named(func(key string) string { return sourceName(r, key) }), nil
	case crm.ByIntent:
		return named(func(key string) string { return key }), nil
	}
	return named(func(key string) string { return stageName(r, key) }), nil
}
