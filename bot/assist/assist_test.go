package assist_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/bot/assist"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

const (
	pigeon bot.Platform = "pigeon"
	shop   bot.Install  = "shop"
)

// bird is a platform that carries nothing.
type bird struct{}

func (bird) Platform() bot.Platform { return pigeon }
func (bird) Features() bot.Features { return bot.Features{Ops: []bot.Op{bot.OpPost}} }
func (bird) Measure(m string) int   { return len(m) }
func (bird) Run(ctx context.Context, _ bot.Inbox) error {
	<-ctx.Done()
	return nil
}
func (bird) Send(context.Context, bot.Outgoing) (bot.Sent, error) { return bot.Sent{ID: "1"}, nil }

// model is an Embedder, an Answerer and a Finder that do what a test says, and
// remember what they were asked.
type model struct {
	mu      sync.Mutex
	embed   func(texts []string) ([][]float32, error)
	compose func(question string, sources []bot.Passage) (string, int, error)
	find    func(q knowledge.Question) knowledge.Answer
	rank    func(q knowledge.Question) []knowledge.Ranked

	hangs    bool // without an answer
	embedded [][]string
	composed []string
	passages [][]bot.Passage
}

func (m *model) Model() string { return "small" }

func (m *model) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if m.hangs {
		if until, ok := ctx.Deadline(); !ok || time.Until(until) > 10*time.Second {
			return nil, errors.New("it may take for ever")
		}
		<-ctx.Done()
		return nil, bot.Unavailable(ctx.Err())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.embedded = append(m.embedded, slices.Clone(texts))
	if m.embed != nil {
		return m.embed(texts)
	}
	out := make([][]float32, len(texts))
	for i := range texts {
		out[i] = []float32{1, 0}
	}
	return out, nil
}

func (m *model) Compose(_ context.Context, question, language string, sources []bot.Passage) (string, int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.composed, m.passages = append(m.composed, question+" ("+language+")"), append(m.passages, sources)
	return m.compose(question, sources)
}

func (m *model) Find(_ context.Context, q knowledge.Question) (knowledge.Answer, error) {
	return m.find(q), nil
}

func (m *model) Rank(_ context.Context, q knowledge.Question) ([]knowledge.Ranked, error) {
	if m.rank == nil {
		return nil, nil
	}
	return m.rank(q), nil
}

// place is a pipeline whose only handler asks the model what customers write,
// and notes what comes back.
type place struct {
	*pipeline.Pipeline
	t       *testing.T
	db      *storage.DB
	company *bot.Company
	log     bytes.Buffer
	asked   []bool              // what Ask said
	back    []bot.Inbound       // that came back
	key     func(string) string // of the question that is asked in an event
	n       int
}

func open(t *testing.T, m *model, k bot.Knowledge) *place {
	t.Helper()
	var p *place
	db := storagetest.Open(t, storagetest.SQLite(t), func() time.Time {
		if p == nil {
			return storagetest.Clock()
		}
		return p.Now()
	})
	p = over(t, db, m, k)
	return p
}

func over(t *testing.T, db *storage.DB, m *model, k bot.Knowledge) *place {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, db: db, key: func(event string) string { return event }}
	p.company = &bot.Company{Name: "Test", Language: "en", Zone: time.FixedZone("+8", 8*3600), Currency: "CNY", Stages: crm.DefaultStages(), Knowledge: k}
	o := assist.Options{Finder: m, Company: p.company, Logger: slog.New(slog.NewTextHandler(&p.log, nil))}
	if k.Embeds {
		o.Embedder = m
	}
	if k.Answers {
		o.Answerer = m
	}
	p.Pipeline = pipeline.New(pipeline.Options{
		Store: db, Catalog: catalog, Company: p.company, Now: storagetest.Clock, Jobs: assist.Jobs(o), Periods: assist.Periods(o),
		Settings: crm.Settings{Stages: crm.DefaultStages(), Zone: p.company.Zone, Currency: "CNY"},
		Adapters: []pipeline.Install{{Adapter: bird{}, Platform: pigeon, Install: shop, Audience: crm.AudienceCustomers}},
		Handler: func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
			if r.Inbound.Kind == bot.KindSystem {
				p.back = append(p.back, *r.Inbound)
				return nil, nil
			}
			asked, err := assist.Ask(ctx, r, assist.Asked{Key: p.key(r.Inbound.EventID), Text: r.Inbound.Text, Language: "en"})
			p.asked = append(p.asked, asked)
			return nil, err
		},
	})
	return p
}

// say has a customer write.
func (p *place) say(text string) {
	p.t.Helper()
	p.n++
	in := bot.Inbound{
		V: bot.InboundVersion, EventID: fmt.Sprintf("e%d", p.n), Seq: int64(p.n), Kind: bot.KindText, Direct: true,
		Address: bot.Address{Platform: pigeon, Install: shop, Chat: "ana"}, Sender: bot.Sender{ID: "ana", Name: "Ana Secret"},
		Message: bot.MessageID(fmt.Sprint(p.n)), Text: text, At: p.Now(),
	}
	if err := p.Inbox(pigeon, shop).Receive(p.t.Context(), in); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
}

func (p *place) settle() {
	p.t.Helper()
	if err := p.Settle(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// lines are the actions that came back, with the texts.
func (p *place) lines() (all []string) {
	for _, in := range p.back {
		line := in.Action
		for _, key := range slices.Sorted(maps.Keys(in.Values)) {
			line += " | " + key + ": " + in.Values[key]
		}
		all = append(all, line)
	}
	return all
}

func (p *place) article(slug, title, body string, phrasings ...string) *crm.Article {
	p.t.Helper()
	a := &crm.Article{Slug: slug, Language: "en", Title: title, Body: body, Phrasings: phrasings, Status: crm.ArticlePublished}
	if err := p.db.CreateArticle(p.t.Context(), a); err != nil {
		p.t.Fatal(err)
	}
	return a
}

var on = bot.Knowledge{Embeds: true, Answers: true, Wait: 6 * time.Second, PerDay: 100}

// with is on, changed.
func with(change func(*bot.Knowledge)) bot.Knowledge {
	k := on
	change(&k)
	return k
}

func same(t *testing.T, have, want any) {
	t.Helper()
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}

func TestTheVectorMakesItSure(t *testing.T) {
	t.Parallel()
	m := &model{}
	p := open(t, m, on)
	a := p.article("shelf", "Shelf life", "24 months")
	m.find = func(q knowledge.Question) knowledge.Answer {
		top := []crm.Candidate{{Article: a.ID, Probability: 0.834}}
		if len(q.Vector) == 0 || q.Text != "how long is it good" || q.Language != "en" {
			return knowledge.Answer{Top: top}
		}
		return knowledge.Answer{Article: a, Top: top}
	}
	p.say("  how long is it good ")
	same(t, p.lines(), []string{"assist.found key=e1 article=ART-1 p=0.83 | question: how long is it good"})
	in := p.back[0]
	if in.Kind != bot.KindSystem || in.Sender.ID != "ana" || in.Address.Chat != "ana" || !in.Direct {
		t.Errorf("it came as %+v", in)
	}
	p.Advance(7 * time.Second)
	p.settle()
	same(t, p.lines()[1:], []string{"assist.late key=e1 | question: how long is it good"})
	if len(m.composed) != 0 {
		t.Errorf("the answerer was asked %q", m.composed)
	}
}

// TestTheAnswerIsWordedFromWhatWasFound, and the model reads the question and the
// published articles, and nothing else.
func TestTheAnswerIsWordedFromWhatWasFound(t *testing.T) {
	t.Parallel()
	m := &model{compose: func(string, []bot.Passage) (string, int, error) { return "About two years.", 1, nil }}
	p := open(t, m, on)
	one := p.article("one", "One", "**Bold** and [a link](https://example.com)")
	chinese := &crm.Article{Slug: "two", Language: "zh-CN", Title: "二", Body: "24 个月", Status: crm.ArticlePublished}
	if err := p.db.CreateArticle(t.Context(), chinese); err != nil {
		t.Fatal(err)
	}
	p.article("two", "Two", "24 months")
	old := p.article("old", "Old", "hidden")
	if _, err := p.db.UpdateArticle(t.Context(), old.ID, func(a *crm.Article) error { a.Status = crm.ArticleArchived; return nil }); err != nil {
		t.Fatal(err)
	}
	m.find = func(knowledge.Question) knowledge.Answer {
		return knowledge.Answer{Suggestions: []*crm.Article{one, old, {ID: 99}}, Top: []crm.Candidate{{Article: one.ID, Probability: 0.3}}}
	}
	m.rank = func(q knowledge.Question) []knowledge.Ranked {
		if len(q.Vector) == 0 {
			t.Error("it is ranked without the vector")
		}
		return []knowledge.Ranked{{Slug: "old", Probability: 0.2}, {Slug: "one", Probability: 0.3}, {Slug: "two", Probability: 0.1}, {Slug: "gone"}}
	}
	p.say("how long?")
	same(t, p.lines(), []string{"assist.found key=e1 article=ART-3 p=0.10 | question: how long? | text: About two years."})
	same(t, m.composed, []string{"how long? (en)"})
	same(t, m.passages, [][]bot.Passage{{{Title: "One", Body: "Bold and a link https://example.com"}, {Title: "Two", Body: "24 months"}}})
	if said := fmt.Sprint(m.embedded, m.composed, m.passages); strings.Contains(said, "Secret") || strings.Contains(said, "ana") {
		t.Errorf("the model reads %s", said)
	}
}

// TestNoAnswerIsSaidAtOnce: nobody waits for a model that has nothing to say, or
// that is away, and it is asked once.
func TestNoAnswerIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	away := bot.Unavailable(errors.New("away"))
	rank := func(knowledge.Question) []knowledge.Ranked { return []knowledge.Ranked{{Slug: "one"}} }
	for name, c := range map[string]struct {
		knowledge bot.Knowledge
		model     *model
		logged    string
	}{
		"not sure":           {with(func(k *bot.Knowledge) { k.Answers = false }), &model{}, ""},
		"no vector":          {with(func(k *bot.Knowledge) { k.Answers = false }), &model{embed: func([]string) ([][]float32, error) { return nil, away }}, "away"},
		"not in the sources": {on, &model{compose: func(string, []bot.Passage) (string, int, error) { return "", 0, bot.Unanswered(nil) }}, ""},
		"no words":           {on, &model{compose: func(string, []bot.Passage) (string, int, error) { return "", 0, away }}, "away"},
		"of no source":       {on, &model{compose: func(string, []bot.Passage) (string, int, error) { return "x", 7, nil }}, ""},
		"words alone": {with(func(k *bot.Knowledge) { k.Embeds = false }), &model{
			embed:   func([]string) ([][]float32, error) { panic("nobody asks for vectors") },
			compose: func(string, []bot.Passage) (string, int, error) { return "", 0, bot.Unanswered(nil) },
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, c.model, c.knowledge)
			p.article("one", "One", "1")
			c.model.find = func(knowledge.Question) knowledge.Answer { return knowledge.Answer{} }
			c.model.rank = rank
			p.say("how long?")
			same(t, p.lines(), []string{"assist.late key=e1 | question: how long?"})
			for range 3 {
				p.Advance(time.Minute)
				p.settle()
			}
			n := len(c.model.composed)
			for _, texts := range c.model.embedded {
				if slices.Contains(texts, "how long?") {
					n++
				}
			}
			if n > 2 || n == 0 || len(p.back) != 2 {
				t.Errorf("asked %d times; back came %q", n, p.lines())
			}
			if log := p.log.String(); !strings.Contains(log, c.logged) || c.logged == "" && log != "" || strings.Contains(log, "how long") {
				t.Errorf("the log reads %s", log)
			}
		})
	}
}

// TestWhatMayBeMeantIsNamed where the vector knows more than the words.
func TestWhatMayBeMeantIsNamed(t *testing.T) {
	t.Parallel()
	away := bot.Unavailable(errors.New("away"))
	for name, c := range map[string]struct {
		model *model
		want  string
	}{
		"not composed": {&model{compose: func(string, []bot.Passage) (string, int, error) { return "", 0, bot.Unanswered(nil) }}, " | top: ART-7 ART-3"},
		"away":         {&model{compose: func(string, []bot.Passage) (string, int, error) { return "", 0, away }}, " | top: ART-7 ART-3"},
		"no vector":    {&model{embed: func([]string) ([][]float32, error) { return nil, away }, compose: func(string, []bot.Passage) (string, int, error) { return "", 0, away }}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.model.find = func(q knowledge.Question) knowledge.Answer {
				return knowledge.Answer{Band: crm.BandSuggested, Suggestions: []*crm.Article{{ID: 7, Slug: "a"}, {ID: 3, Slug: "b"}}}
			}
			c.model.rank = func(knowledge.Question) []knowledge.Ranked { return []knowledge.Ranked{{Slug: "one"}} }
			p := open(t, c.model, on)
			p.article("one", "One", "1")
			p.say("how long?")
			same(t, p.lines(), []string{"assist.late key=e1 | question: how long?" + c.want})
		})
	}
}

// TestAModelThatHangs is left alone once nobody waits any more.
func TestAModelThatHangs(t *testing.T) {
	t.Parallel()
	m := &model{hangs: true, find: func(knowledge.Question) knowledge.Answer { return knowledge.Answer{} }}
	p := open(t, m, with(func(k *bot.Knowledge) { k.Answers, k.Wait = false, 20*time.Millisecond }))
	p.say("how long?")
	p.Advance(time.Second)
	p.settle()
	if n := len(p.back); n != 2 || !strings.HasPrefix(p.back[0].Action, "assist.late ") || !strings.Contains(p.log.String(), "deadline") {
		t.Errorf("back came %q; the log reads %s", p.lines(), p.log.String())
	}
}

// TestAnAnswererMakesUpForAnEmbedder that is away.
func TestAnAnswererMakesUpForAnEmbedder(t *testing.T) {
	t.Parallel()
	m := &model{
		embed:   func([]string) ([][]float32, error) { return nil, bot.Unavailable(errors.New("away")) },
		compose: func(string, []bot.Passage) (string, int, error) { return "Two years.", 0, nil },
		find:    func(q knowledge.Question) knowledge.Answer { return knowledge.Answer{} },
		rank:    func(q knowledge.Question) []knowledge.Ranked { return []knowledge.Ranked{{Slug: "one"}} },
	}
	p := open(t, m, on)
	p.article("one", "One", "1")
	p.say("how long?")
	same(t, p.lines(), []string{"assist.found key=e1 article=ART-1 p=0.00 | question: how long? | text: Two years."})
}

// TestNobodyIsAsked where that makes no sense.
func TestNobodyIsAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		knowledge bot.Knowledge
		text      string
		change    func(*place)
	}{
		"off":        {bot.Knowledge{Wait: time.Second, PerDay: 9}, "how long?", nil},
		"no budget":  {with(func(k *bot.Knowledge) { k.PerDay = 0 }), "how long?", nil},
		"no words":   {on, " \n", nil},
		"no key":     {on, "how long?", func(p *place) { p.key = func(string) string { return "" } }},
		"a negative": {with(func(k *bot.Knowledge) { k.PerDay = -1 }), "how long?", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, &model{}, c.knowledge)
			if c.change != nil {
				c.change(p)
			}
			p.say(c.text)
			p.Advance(time.Hour)
			p.settle()
			if len(p.asked) != 1 || p.asked[0] || len(p.back) != 0 {
				t.Errorf("asked %v, back came %q", p.asked, p.lines())
			}
		})
	}
}

func TestAColleagueIsNotAskedFor(t *testing.T) {
	t.Parallel()
	r := &bot.Request{Inbound: &bot.Inbound{}, User: &crm.User{ID: 1}, Company: &bot.Company{Knowledge: on}, Now: storagetest.Clock(), Store: storagetest.New(t)}
	if asked, err := assist.Ask(t.Context(), r, assist.Asked{Key: "k", Text: "how long?"}); asked || err != nil || len(r.Effects().Jobs)+len(r.Effects().Inbounds) != 0 {
		t.Errorf("asked %v %v", asked, err)
	}
}

// TestALongQuestionIsCut, and what stands in a key or a question cannot become an
// argument.
func TestALongQuestionIsCut(t *testing.T) {
	t.Parallel()
	m := &model{find: func(knowledge.Question) knowledge.Answer { return knowledge.Answer{} }}
	p := open(t, m, with(func(k *bot.Knowledge) { k.Answers = false }))
	p.key = func(event string) string { return event + ` article=ART-9 "x" 问` }
	p.say(strings.Repeat("长", crm.QuestionMax+1))
	if len(m.embedded) != 1 || m.embedded[0][0] != strings.Repeat("长", crm.QuestionMax) {
		t.Errorf("asked %q", m.embedded)
	}
	if have := p.back[0].Action; have != `assist.late key="e1 article=ART-9 'x' 问"` {
		t.Errorf("back came %s", have)
	}
}

// TestWhoWaitsNoMoreIsNotAskedFor: a job that comes too late leaves the model
// alone.
func TestWhoWaitsNoMoreIsNotAskedFor(t *testing.T) {
	t.Parallel()
	m := &model{find: func(knowledge.Question) knowledge.Answer { return knowledge.Answer{} }}
	p := open(t, m, on)
	payload := fmt.Sprintf(`{"key":"k","text":"how long?","until":%q,"address":{"platform":"pigeon","install":"shop","chat":"ana"}}`,
		storagetest.Clock().Add(-time.Second).Format(time.RFC3339))
	for _, j := range []*bot.Job{{Kind: assist.JobKind, Payload: payload}, {Kind: assist.JobKind, Payload: "{"}} {
		if err := p.db.AddJobs(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	p.settle()
	backlog, err := p.db.Backlog(t.Context(), p.Now())
	if err != nil || backlog.DeadJobs != 1 || len(m.embedded) != 0 || len(p.back) != 0 {
		t.Errorf("asked %q, back came %q, %+v %v", m.embedded, p.lines(), backlog, err)
	}
}

// TestAJobThatRunsTwiceAnswersOnce, as after a crash.
func TestAJobThatRunsTwiceAnswersOnce(t *testing.T) {
	t.Parallel()
	m := &model{find: func(knowledge.Question) knowledge.Answer { return knowledge.Answer{} }}
	p := open(t, m, with(func(k *bot.Knowledge) { k.Answers = false }))
	what := assist.Jobs(assist.Options{Finder: m, Embedder: m, Company: p.company})[assist.JobKind]
	var task *pipeline.Task
	again := pipeline.New(pipeline.Options{
		Store: p.db, Handler: func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
			p.back = append(p.back, *r.Inbound)
			return nil, nil
		}, Company: p.company, Now: storagetest.Clock,
		Jobs: map[string]pipeline.JobFunc{assist.JobKind: func(ctx context.Context, t *pipeline.Task) error {
			task = t
			if err := what(ctx, t); err != nil {
				return err
			}
			return what(ctx, t)
		}},
		Adapters: []pipeline.Install{{Adapter: bird{}, Platform: pigeon, Install: shop, Audience: crm.AudienceCustomers}},
	})
	payload := fmt.Sprintf(`{"key":"k","text":"how long?","until":%q,"address":{"platform":"pigeon","install":"shop","chat":"ana"},"sender":{"id":"ana"}}`,
		storagetest.Clock().Add(time.Minute).Format(time.RFC3339))
	if err := p.db.AddJobs(t.Context(), &bot.Job{Kind: assist.JobKind, Payload: payload}); err != nil {
		t.Fatal(err)
	}
	if err := again.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if task == nil || len(m.embedded) != 2 || len(p.back) != 1 {
		t.Errorf("asked %q, back came %q", m.embedded, p.lines())
	}
}

func TestTheDayHasItsBudget(t *testing.T) {
	t.Parallel()
	m := &model{find: func(knowledge.Question) knowledge.Answer { return knowledge.Answer{} }}
	p := open(t, m, with(func(k *bot.Knowledge) { k.Answers, k.PerDay = false, 2 }))
	for range 3 {
		p.say("how long?")
	}
	same(t, p.asked, []bool{true, true, false})
	p.Advance(90 * time.Minute) // 23:32 there
	p.say("how long?")
	same(t, p.asked[3:], []bool{false})
	p.Advance(30 * time.Minute) // another day of the company
	p.say("how long?")
	same(t, p.asked[4:], []bool{true})
	if len(m.embedded) != 3 {
		t.Errorf("asked %d times", len(m.embedded))
	}
}

// TestReplicasShareTheBudget: however many count at once, the day has no more.
func TestReplicasShareTheBudget(t *testing.T) {
	t.Parallel()
	storagetest.Addresses(t, func(t *testing.T, dsn string) {
		c := &bot.Company{Knowledge: bot.Knowledge{PerDay: 5}}
		db := storagetest.Open(t, dsn, nil)
		var all sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for range 8 {
			all.Go(func() {
				for range 2 {
					ok, err := assist.Take(t.Context(), c, storagetest.Clock(), db)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					if ok {
						taken++
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if taken != 5 {
			t.Errorf("%d were asked, the day has 5", taken)
		}
	})
}
