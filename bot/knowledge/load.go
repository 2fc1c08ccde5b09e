package knowledge

import (
	"bytes"
	"context"
	"math"
	"time"

	"crmbot/bot/knowledge/index"
	"crmbot/crm"
)

// load makes the state that belongs to the knowledge base as it is and lets it
// answer. What is as it was is kept.
func (m *Matcher) load(ctx context.Context) (*state, error) {
	version, err := m.Articles.KnowledgeVersion(ctx)
	if err != nil {
		return nil, err
	}
	stamp, err := m.stamp(ctx)
	if err != nil {
		return nil, err
	}
	share, now := m.unanswerable(ctx), m.current.Load()
	if now != nil && now.version == version && now.stamp == stamp {
		if now.share == share {
			return now, nil
		}
		next := *now
		next.bars = barsOf(now.index, m.Wrong, share)
		return m.answer(&next), nil
	}
	all, err := m.published(ctx)
	if err != nil {
		return nil, err
	}
	next := &state{version: version, stamp: stamp, since: m.Now(), shelf: shelve(all, m.speech)}
	o := index.Options{}
	if m.Model != "" && m.Index != nil {
		if o.Vectors, err = m.Index.Vectors(ctx, m.Model, Phrasings(all)); err != nil {
			return nil, err
		}
	}
	documents := next.documents()
	next.fingerprint = index.Fingerprint(documents, o)
	switch {
	case now != nil && now.fingerprint == next.fingerprint:
		next.index, next.lent, next.built, next.learned = now.index, now.lent, now.built, now.learned
	default:
		if next.index = m.stored(ctx, next.fingerprint, documents, o); next.index == nil {
			began := m.Now()
			next.index = index.Build(documents, o)
			next.built = m.Now().Sub(began)
			if now != nil && now.done {
				next.index, next.lent = next.index.Adopt(now.index), true
			}
		}
	}
	next.bars = barsOf(next.index, m.Wrong, share)
	return m.answer(next), nil
}

// Of makes a Matcher over these articles and no others, whatever their status.
// It is ready at once and not calibrated: good for comparing articles, not for
// answering.
func Of(articles []*crm.Article, words Words) *Matcher {
	m := New(Options{Words: words})
	x := &state{shelf: shelve(articles, m.speech)}
	x.index = index.Build(x.documents(), index.Options{})
	x.bars = barsOf(x.index, m.Wrong, m.Share)
	m.answer(x)
	return m
}

// answer lets a state answer from now on.
func (m *Matcher) answer(x *state) *state {
	if m.current.Swap(x) == nil {
		close(m.ready)
	}
	return x
}

// published are the published articles.
func (m *Matcher) published(ctx context.Context) ([]*crm.Article, error) {
	var all []*crm.Article
	for {
		page, total, err := m.Articles.Articles(ctx, crm.ArticleFilter{
			Status: crm.ArticlePublished, Page: crm.Page{Limit: 500, Offset: len(all)},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) == 0 || len(all) >= total {
			return all, nil
		}
	}
}

func (m *Matcher) stamp(ctx context.Context) (string, error) {
	if m.Model == "" || m.Values == nil {
		return "", nil
	}
	return m.Values.Value(ctx, VectorsStamp)
}

// stored is the index as it was kept, nil if there is none or it cannot be
// read.
func (m *Matcher) stored(ctx context.Context, name string, documents []index.Document, o index.Options) *index.Index {
	if m.Index == nil {
		return nil
	}
	data, err := m.Index.Index(ctx, name)
	if err != nil {
		if crm.CodeOf(err) != crm.CodeNotFound {
			m.Log.WarnContext(ctx, "knowledge: the kept index", "error", err)
		}
		return nil
	}
	x, err := index.Read(data, documents, o)
	if err != nil {
		m.Log.WarnContext(ctx, "knowledge: the kept index is damaged and built again", "error", err)
		return nil
	}
	m.kept.Store(&name)
	return x
}

// learn finds out how far a state can be believed, and lets the one that knows
// answer in its place.
func (m *Matcher) learn(x *state) *state {
	if x.settled() {
		return x
	}
	next := *x
	began := m.Now()
	next.index, next.lent = x.index.Calibrate(), false
	next.learned = m.Now().Sub(began)
	next.bars = barsOf(next.index, m.Wrong, x.share)
	if m.current.CompareAndSwap(x, &next) {
		return &next
	}
	return m.current.Load()
}

// keep keeps the index of a state for the next start.
func (m *Matcher) keep(ctx context.Context, x *state) {
	if kept := m.kept.Load(); m.Index == nil || !x.settled() || kept != nil && *kept == x.fingerprint || ctx.Err() != nil {
		return
	}
	var b bytes.Buffer
	_, err := x.index.WriteTo(&b)
	if err == nil {
		err = m.Index.SaveIndex(ctx, x.fingerprint, b.Bytes())
	}
	switch {
	case err != nil && ctx.Err() != nil: // the next start learns it once more
		return
	case err != nil:
		m.Log.WarnContext(ctx, "knowledge: keep the index", "error", err)
		return
	}
	m.kept.Store(&x.fingerprint)
}

// share is how many of the questions no article answers, as far as is known.
type share struct {
	is float64
	at time.Time // when it was measured
}

const (
	shareFrom  = 50 // questions that tell something
	shareDays  = 30
	shareStep  = 0.05
	shareEvery = 10 * time.Minute
	shareLeast = 0.05
	shareMost  = 0.8
)

// unanswerable is the share of the questions of the last days that the
// knowledge base failed. It is measured now and then, over whole days and in
// steps, so that every replica comes to the same.
func (m *Matcher) unanswerable(ctx context.Context) float64 {
	now := m.Now()
	if m.seen.is == 0 {
		m.seen.is = m.Share
	}
	if m.Questions == nil || !m.seen.at.IsZero() && now.Sub(m.seen.at) < shareEvery {
		return m.seen.is
	}
	today := now.UTC().Truncate(24 * time.Hour)
	f, err := m.Questions.QuestionFigures(ctx, today.AddDate(0, 0, -shareDays), today)
	if err != nil {
		m.Log.WarnContext(ctx, "knowledge: what became of the questions", "error", err)
		return m.seen.is
	}
	m.seen = share{is: m.Share, at: now}
	if f.Asked >= shareFrom {
		missed := float64(f.Missed) / float64(f.Asked)
		m.seen.is = min(max(math.Round(missed/shareStep)*shareStep, shareLeast), shareMost)
	}
	return m.seen.is
}
