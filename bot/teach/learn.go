package teach

import (
	"context"
	"time"

	"crmbot/bot/pipeline"
	"crmbot/crm"
)

const (
	// mostFresh is how many questions one run of the job looks at.
	mostFresh = 200
	// listenFor is how long after a question the job looks for its answer: as long
	// as one counts, and for the time that no process ran.
	listenFor = 3 * answeredWithin
)

// learn is the job. It changes nothing that it changed before, so that it does
// no harm to run it twice, or in two processes.
func (t *teacher) learn(ctx context.Context, task *pipeline.Task) error {
	if err := t.compare(ctx, task.Store, task.Now, mostFresh); err != nil {
		return err
	}
	return t.listen(ctx, task.Store, &task.Services(task.Store).Questions, task.Now)
}

// listen looks up what was answered to the misses of the last days.
func (t *teacher) listen(ctx context.Context, store crm.Store, questions *crm.QuestionService, now time.Time) error {
	found, _, err := store.Questions(ctx, crm.QuestionFilter{
		Missed: true, Since: now.Add(-listenFor), Page: crm.Page{Limit: mostFresh, Uncounted: true},
	})
	if err != nil {
		return err
	}
	for _, q := range found {
		said, err := t.answerTo(ctx, store, q)
		if err != nil {
			return err
		}
		if said.release == nil || said.release.ID == q.ReplyID && said.of() == q.ReplyOfID {
			continue
		}
		err = questions.Replied(ctx, q.ID, said.release.ID, said.release.Body, said.of())
		if absent(err) != nil {
			return err
		}
	}
	return nil
}
