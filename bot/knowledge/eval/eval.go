// Package eval measures how well questions are answered, on questions whose
// answers are known.
//
// It takes a knowledge base as a table of texts and categories: each category
// becomes an article, its texts the ways to ask for it. Then it asks the
// questions of another table, and those that no article answers, exactly as a
// customer's are asked, and counts. What the bot dares to answer follows from
// the knowledge base alone; nothing is learned from the questions.
package eval

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"

	"crmbot/bot/knowledge"
	"crmbot/crm"
)

// Table is where rows come from.
type Table struct {
	Name string // for errors
	From io.Reader
}

// Options choose what is measured.
type Options struct {
	Train, Test Table
	Outside     *Table // questions that no article answers, nil for none
	// Shots are how many texts of each category are known, by chance; 0 is all.
	Shots int
	Seed  uint64
	// Typos puts one slip into every question.
	Typos bool
	// Wrong and Share are those of knowledge.Options.
	Wrong, Share float64
	Words        knowledge.Words
	Now          func() time.Time // what times are taken with, nil for none
}

// Report is what was measured. Shares are in percent of the questions in scope
// (Outside: of those out of it), with one decimal. What needs questions out of
// scope is nil where there were none.
type Report struct {
	Hit1             float64     `json:"hit1"`
	Hit3             float64     `json:"hit3"`
	MRR              float64     `json:"mrr"`   // 0 to 1, of the first ten
	AUROC            *float64    `json:"auroc"` // 0 to 1: in scope before out of it
	Answered         float64     `json:"answered"`
	AnsweredRight    float64     `json:"answered_right"`
	SuggestedRight   float64     `json:"suggested_right"` // the right one is among the suggestions
	HandedOff        float64     `json:"handed_off"`
	OutsideAnswered  *float64    `json:"oos_answered"`
	TrainSeconds     float64     `json:"train_seconds"`
	QueryP50         float64     `json:"query_p50_us"` // microseconds
	QueryP99         float64     `json:"query_p99_us"`
	HeapMB           float64     `json:"heap_mb"` // that the knowledge base takes, 10^6 bytes
	Confusions       []Confusion `json:"confusions,omitzero"`
	UnknownQuestions int         `json:"-"` // of Test, whose category Train does not have
}

// Confusion is a category whose questions another one was found for.
type Confusion struct {
	Asked   string `json:"asked"`
	Found   string `json:"found"` // "" for none
	Times   int    `json:"times"`
	Example string `json:"example"`
}

// Run measures. Its errors are a *TableError for what is wrong with a table,
// else those of reading.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	kept, err := gather(o.Train, o.Shots, o.Seed)
	if err != nil {
		return nil, err
	}
	before := heap()
	m := knowledge.New(knowledge.Options{Articles: kept, Words: o.Words, Wrong: o.Wrong, Share: o.Share, Now: o.Now})
	if err := m.Refresh(ctx); err != nil {
		return nil, err
	}
	r := &Report{TrainSeconds: round(m.Health().Built.Seconds(), 3), HeapMB: round(float64(heap()-before)/1e6, 1)}
	in := tally{now: o.Now, confused: map[[2]string]*Confusion{}}
	slip := slips(o)
	if err := rows(o.Test, true, func(text, category string) error {
		if !kept.has(category) {
			r.UnknownQuestions++
		}
		return in.ask(ctx, m, slip(text), category)
	}); err != nil {
		return nil, err
	}
	in.report(r)
	if o.Outside == nil {
		return r, nil
	}
	out := tally{now: o.Now, confused: map[[2]string]*Confusion{}}
	if err := rows(*o.Outside, false, func(text, _ string) error { return out.ask(ctx, m, slip(text), "") }); err != nil {
		return nil, err
	}
	share, area := percent(out.answered, out.asked), round(auroc(in.sure, out.sure), 4)
	r.OutsideAnswered, r.AUROC = &share, &area
	return r, nil
}

// heap is how many bytes are in use.
func heap() int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc) //nolint:gosec // no heap is that large
}

// tally counts what became of questions.
type tally struct {
	now                                                      func() time.Time
	asked, hit1, hit3, answered, right, suggested, handedOff int
	reciprocal                                               float64
	sure                                                     []float64 // of the first one found, by question
	took                                                     []time.Duration
	confused                                                 map[[2]string]*Confusion
}

// ask asks one question whose answer is the article of a slug.
func (t *tally) ask(ctx context.Context, m *knowledge.Matcher, text, slug string) error {
	q := knowledge.Question{Text: text, Language: language}
	began := t.now()
	answer, err := m.Find(ctx, q)
	t.took = append(t.took, t.now().Sub(began))
	if err != nil {
		return err
	}
	ranked, err := m.Rank(ctx, q)
	if err != nil {
		return err
	}
	t.asked++
	rank := slices.IndexFunc(ranked, func(r knowledge.Ranked) bool { return r.Slug == slug })
	if rank >= 0 {
		t.reciprocal += 1 / float64(rank+1)
	}
	if rank == 0 {
		t.hit1++
	} else {
		t.confuse(slug, ranked, text)
	}
	if rank >= 0 && rank < 3 {
		t.hit3++
	}
	sure := 0.0
	if len(ranked) > 0 {
		sure = ranked[0].Probability
	}
	t.sure = append(t.sure, sure)
	switch answer.Band {
	case crm.BandAnswered:
		t.answered++
		if answer.Article.Slug == slug {
			t.right++
		}
	case crm.BandSuggested:
		if slices.ContainsFunc(answer.Suggestions, func(a *crm.Article) bool { return a.Slug == slug }) {
			t.suggested++
		}
	case crm.BandHandedOff:
		t.handedOff++
	}
	return nil
}

func (t *tally) confuse(slug string, ranked []knowledge.Ranked, text string) {
	found := ""
	if len(ranked) > 0 {
		found = ranked[0].Slug
	}
	c := t.confused[[2]string{slug, found}]
	if c == nil {
		c = &Confusion{Asked: slug, Found: found, Example: text}
		t.confused[[2]string{slug, found}] = c
	}
	c.Times++
}

// mostConfusions is how many of them are reported.
const mostConfusions = 100

func (t *tally) report(r *Report) {
	r.Hit1, r.Hit3 = percent(t.hit1, t.asked), percent(t.hit3, t.asked)
	r.MRR = round(t.reciprocal/float64(t.asked), 4)
	r.Answered, r.AnsweredRight = percent(t.answered, t.asked), percent(t.right, t.asked)
	r.SuggestedRight, r.HandedOff = percent(t.suggested, t.asked), percent(t.handedOff, t.asked)
	slices.Sort(t.took)
	r.QueryP50, r.QueryP99 = t.quantile(0.5), t.quantile(0.99)
	r.Confusions = make([]Confusion, 0, len(t.confused))
	for _, c := range t.confused {
		r.Confusions = append(r.Confusions, *c)
	}
	slices.SortFunc(r.Confusions, byTimes)
	r.Confusions = r.Confusions[:min(len(r.Confusions), mostConfusions)]
}

func (t *tally) quantile(q float64) float64 {
	at := int(math.Ceil(q*float64(len(t.took)))) - 1
	return round(float64(t.took[max(at, 0)])/float64(time.Microsecond), 1)
}

func percent(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return round(100*float64(part)/float64(of), 1)
}

func round(x float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(x*scale) / scale
}

// auroc is the chance that one of in is above one of out, ties counting half.
func auroc(in, out []float64) float64 {
	slices.Sort(out)
	sum := 0.0
	for _, x := range in {
		below, _ := slices.BinarySearch(out, x)
		upTo := below
		for upTo < len(out) && out[upTo] == x {
			upTo++
		}
		sum += float64(below) + float64(upTo-below)/2
	}
	return sum / float64(len(in)) / float64(len(out))
}

// TableError is what is wrong with a table.
type TableError struct {
	Table string
	Line  int // 0 for the whole
	Err   error
}

// Error implements error.
func (e *TableError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Table, e.Err)
	}
	return fmt.Sprintf("%s: line %d: %v", e.Table, e.Line, e.Err)
}

// Unwrap returns the cause.
func (e *TableError) Unwrap() error { return e.Err }
