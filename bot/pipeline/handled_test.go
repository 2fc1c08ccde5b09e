package pipeline_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// TestWhatIsDoneAgainIsCounted has an event, an operation and a job fail once,
// and others for good.
func TestWhatIsDoneAgainIsCounted(t *testing.T) {
	db := storagetest.New(t)
	failed := map[string]bool{}
	once := func(key string) bool {
		was := failed[key]
		failed[key] = true
		return !was
	}
	h := &house{db: db, pigeon: newAdapter(pigeon), office: newAdapter(office)}
	o := options(t, db, func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		r.Did(r.Inbound.Text)
		r.Did("what comes second does not count")
		if r.Inbound.Text == "stumble" && once("event") {
			return nil, errors.New("not now")
		}
		return bot.Text("echo " + r.Inbound.Text), nil
	}, h.pigeon, h.office)
	o.Jobs = map[string]pipeline.JobFunc{"dig": func(_ context.Context, task *pipeline.Task) error {
		switch {
		case task.Job.Payload == "never":
			return crm.Fail(crm.CodeInvalid, "error.invalid")
		case once("job"):
			return crm.Fail(crm.CodeUnavailable, "error.unavailable")
		}
		return nil
	}}
	h.Pipeline = pipeline.New(o)
	h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
		switch {
		case out.Reply.Text == "echo gone":
			return bot.Sent{}, &bot.Failure{Class: bot.RecipientGone}
		case out.Reply.Text == "echo slow" && once("send"):
			return bot.Sent{}, &bot.Failure{Class: bot.Transient}
		}
		return bot.Sent{ID: "1"}, nil
	}
	for _, text := range []string{"stumble", "gone", "slow", "slow"} {
		h.receive(t, says(pigeon, text, text))
	}
	for _, payload := range []string{"never", "once"} {
		if err := db.AddJobs(t.Context(), &bot.Job{Kind: "dig", Payload: payload, RunAt: h.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.AddJobs(t.Context(), &bot.Job{Kind: "of a later version", RunAt: h.Now()}); err != nil {
		t.Fatal(err)
	}
	h.settle(t)
	h.Advance(20 * time.Minute) // past the pause of the job
	h.settle(t)
	s := h.Stats()[0]
	if s.Repeated[crm.CodeInternal] != 1 || s.Again[bot.Transient] != 1 || s.GivenUp[bot.RecipientGone] != 1 || len(s.Again) != 1 || len(s.GivenUp) != 1 || s.Sent != 3 {
		t.Errorf("%+v", s)
	}
	times := map[string]uint64{}
	for _, x := range h.Handled() {
		times[x.Did] = x.Count
	}
	if times["stumble"] != 2 || times["gone"] != 1 || times["slow"] != 2 || len(times) != 3 {
		t.Errorf("handled were %v", times)
	}
	jobs := map[string]pipeline.Done{}
	for _, j := range h.JobsDone() {
		jobs[j.Kind] = j
	}
	if dig := jobs["dig"]; dig.Ok != 1 || dig.Parked != 1 || dig.Again[crm.CodeUnavailable] != 1 || dig.Count != 3 {
		t.Errorf("jobs were %+v", dig)
	}
	if other := jobs["other"]; other.Parked != 1 {
		t.Errorf("a job that nobody knows was %+v", other)
	}
}
