package knowledge

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"crmbot/bot/markup"
	"crmbot/crm"
)

// bodies is what the articles say, for finding the one that says the same as a
// person did.
type bodies struct {
	in      map[string][]int // articles that say a term
	weights map[string]float64
	lengths []float64 // of the articles, as vectors of their terms
}

func readBodies(articles []*crm.Article) bodies {
	b := bodies{in: map[string][]int{}, weights: map[string]float64{}, lengths: make([]float64, len(articles))}
	for i, a := range articles {
		for _, t := range terms(spoken(a.Body)) {
			b.in[t] = append(b.in[t], i)
		}
	}
	for t, in := range b.in {
		b.weights[t] = math.Log(1 + float64(len(articles)+1)/(0.5+float64(len(in))))
	}
	for i, a := range articles {
		for _, t := range terms(spoken(a.Body)) {
			b.lengths[i] += b.weights[t] * b.weights[t]
		}
	}
	return b
}

// spoken is a text as it is compared: longer ones than questions, without the
// markup.
func spoken(text string) string { return plainOf(markup.Plain(text), longestBody) }

// longestBody is how many runes of an article's body are compared.
const longestBody = 4000

// The bars for saying the same: a person words it anew, but names the same
// things and the same numbers.
const (
	says     = 0.5  // cosine of the terms, or
	within   = 0.75 // share of the reply that the body says too, if that much of it tells something
	telling  = 6    // terms of the reply at least
	saysLead = 0.1  // by which another article says it less
)

// Says is the published article whose body says the same as what a person
// replied, nil if none surely does.
func (m *Matcher) Says(reply string) *crm.Article {
	x := m.current.Load()
	if x == nil {
		return nil
	}
	return x.says(reply)
}

func (x *shelf) says(reply string) *crm.Article {
	words := terms(spoken(reply))
	unknown := math.Log(1 + 2*float64(len(x.articles)+1))
	length, common, tell := 0.0, map[int]float64{}, 0
	for _, t := range words {
		w, known := x.bodies.weights[t]
		if !known {
			w = unknown
		}
		length += w * w
		if x.tells(t) {
			tell++
		}
		for _, i := range x.bodies.in[t] {
			common[i] += w * w
		}
	}
	if tell < telling/2 {
		return nil
	}
	best, first, second := -1, 0.0, 0.0
	for i, a := range x.articles {
		score := common[i] / math.Sqrt(length*x.bodies.lengths[i])
		if inside := common[i] / length; tell >= telling && inside >= within {
			score = max(score, inside)
		}
		switch {
		case score > first:
			if best >= 0 && x.articles[best].Slug != a.Slug {
				second = max(second, first)
			}
			best, first = i, score
		case best >= 0 && a.Slug != x.articles[best].Slug:
			second = max(second, score)
		}
	}
	if first < says || first-second < saysLead {
		return nil
	}
	return x.articles[best]
}

// mentioned are the articles that say what a question names and no phrasing
// does, in their text alone: at most three, those that say most of it first.
func (x *state) mentioned(q Question, r reading) []*crm.Article {
	total, said := 0.0, map[string]float64{}
	for _, t := range r.words {
		if !x.tells(t) {
			continue
		}
		w, known := x.bodies.weights[t]
		if !known {
			w = x.unknown
		}
		total += w
		if len(x.holds[t]) > 0 || len(x.bodies.in[t]) > rarely {
			continue
		}
		seen := map[string]bool{}
		for _, i := range x.bodies.in[t] {
			if slug := x.articles[i].Slug; !seen[slug] {
				seen[slug] = true
				said[slug] += w
			}
		}
	}
	slugs := slices.SortedFunc(maps.Keys(said), func(a, b string) int {
		return cmp.Or(cmp.Compare(said[b], said[a]), cmp.Compare(a, b))
	})
	var out []*crm.Article
	for _, slug := range slugs {
		if len(out) < most && said[slug] >= total*mentionedShare {
			out = append(out, x.shown(slug, q.Language, r.text))
		}
	}
	return out
}

const (
	rarely         = 4   // articles that mention a word, in all languages
	mentionedShare = 0.3 // of what a question says
)
