package teach

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/bot/knowledge"
	"crmbot/crm"
)

// plainMind is a mind that knows no articles but those it is given, and takes one for
// what somebody said whose body that is.
type plainMind struct {
	*knowledge.Matcher
	articles []*crm.Article
}

func newMind(articles ...*crm.Article) plainMind {
	return plainMind{knowledge.Of(articles, knowledge.Words{}), articles}
}

// byWords is the share of the words that two questions have in common.
func byWords(a, b *crm.Question) float64 {
	x, y := bag(a.Text), bag(b.Text)
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	return float64(both) / float64(max(len(x)+len(y)-both, 1))
}

func (l plainMind) Says(reply string) *crm.Article {
	for _, a := range l.articles {
		if a.Body == reply {
			return a
		}
	}
	return nil
}

func bag(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(strings.ToLower(strings.Trim(text, "?!."))) {
		out[w] = true
	}
	return out
}

// questions have the numbers from first on and were asked one after the other.
func questions(first int, texts ...string) []*crm.Question {
	var out []*crm.Question
	for i, text := range texts {
		out = append(out, &crm.Question{
			ID: crm.QuestionID(first + i), Text: text, Asked: moment.Add(time.Duration(first+i) * time.Minute),
		})
	}
	return out
}

var moment = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

func TestGather(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		leaders, fresh []string
		want           map[crm.QuestionID]crm.QuestionID
	}{
		"nobody":        {nil, nil, map[crm.QuestionID]crm.QuestionID{}},
		"alone":         {nil, []string{"do you ship to the moon"}, map[crm.QuestionID]crm.QuestionID{100: 100}},
		"the same text": {nil, []string{"moon?", "moon?", "moon?"}, map[crm.QuestionID]crm.QuestionID{100: 100, 101: 100, 102: 100}},
		"apart": {
			nil,
			[]string{"do you ship to the moon", "who is your boss"},
			map[crm.QuestionID]crm.QuestionID{100: 100, 101: 101},
		},
		"to the one before": {
			[]string{"do you ship to the moon"},
			[]string{"do you ship to the moon today"},
			map[crm.QuestionID]crm.QuestionID{100: 1},
		},
		"to the nearest": {
			[]string{"do you ship to the moon", "do you ship to the moon on sundays then"},
			[]string{"do you ship to the moon on sundays"},
			map[crm.QuestionID]crm.QuestionID{100: 2},
		},
		"never along a chain": { // the third is like the second, but not like the first
			nil,
			[]string{"a b c d", "a b c d e f", "a b e f g h"},
			map[crm.QuestionID]crm.QuestionID{100: 100, 101: 100, 102: 102},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if have := gather(questions(1, test.leaders...), questions(100, test.fresh...), byWords); !maps.Equal(have, test.want) {
				t.Errorf("have %v, want %v", have, test.want)
			}
		})
	}
}

// Whatever the order in which they come from a database, the same questions make
// the same clusters: every replica finds the same.
func TestGatherInAnyOrder(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	vocabulary := strings.Fields("ship pay moon sunday sample price card bag")
	for range 200 {
		var texts []string
		for range 12 {
			var words []string
			for range 3 {
				words = append(words, vocabulary[dice.IntN(len(vocabulary))])
			}
			texts = append(texts, strings.Join(words, " "))
		}
		leaders, fresh := questions(1, texts[:3]...), questions(100, texts[3:]...)
		want := gather(leaders, fresh, byWords)
		for _, leader := range want {
			if own, ok := want[leader]; ok && own != leader {
				t.Fatalf("%d leads, but belongs to %d", leader, own)
			}
		}
		dice.Shuffle(len(leaders), func(i, j int) { leaders[i], leaders[j] = leaders[j], leaders[i] })
		dice.Shuffle(len(fresh), func(i, j int) { fresh[i], fresh[j] = fresh[j], fresh[i] })
		if have := gather(slices.Clone(leaders), fresh, byWords); !maps.Equal(have, want) {
			t.Fatalf("have %v, want %v", have, want)
		}
	}
}
