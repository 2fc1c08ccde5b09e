package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"crmbot/crm"
)

// question completes what somebody asked in an event, as it is kept: the same on
// every try of the event.
func (b *batch) question(e *event, q *crm.Question) {
	q.ID = 0
	if q.Key == "" {
		a := e.in.Address
		sum := sha256.Sum256([]byte(strings.Join([]string{string(a.Platform), string(a.Install), e.in.EventID}, "\n")))
		q.Key = hex.EncodeToString(sum[:8])
	}
	if q.ConversationID == 0 {
		q.ConversationID = e.conversation.ID
	}
	if q.ContactID == 0 && e.identity != nil {
		q.ContactID = e.identity.ContactID
	}
	if q.Asked.IsZero() {
		q.Asked = b.now
	}
	q.Asked = q.Asked.UTC()
	q.Text = short(q.Text, crm.QuestionMax)
	q.Probability = share(q.Probability)
	q.Top = slices.Clone(q.Top[:min(len(q.Top), topMost)])
	for i := range q.Top {
		q.Top[i].Probability = share(q.Top[i].Probability)
	}
}

// topMost is how many candidates of a question are kept.
const topMost = 3

// share is a probability that can be kept.
func share(p float64) float64 {
	if math.IsNaN(p) {
		return 0
	}
	return min(max(p, 0), 1)
}

// QuestionByKey implements crm.QuestionStore. What was asked earlier in the batch
// is written at once where somebody wants it, within what may be undone with his
// event; at the end of the batch it is there already, or is written then.
func (s batchStore) QuestionByKey(ctx context.Context, key string) (*crm.Question, error) {
	q, err := s.Store.QuestionByKey(ctx, key)
	if crm.CodeOf(err) != crm.CodeNotFound || s.batch.looking {
		return q, err
	}
	i := slices.IndexFunc(s.batch.asked, func(q *crm.Question) bool { return q.Key == key })
	if i < 0 {
		return nil, err
	}
	early := *s.batch.asked[i]
	if err := s.Store.CreateQuestions(ctx, []*crm.Question{&early}); err != nil {
		return nil, err
	}
	return s.Store.QuestionByKey(ctx, key)
}
