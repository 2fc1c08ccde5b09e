package pipeline

import (
	"context"
	"fmt"
	"sync"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// JobFunc does a job. An error is tried again with growing pauses, ten times.
type JobFunc func(ctx context.Context, t *Task) error

// Task is a job with what it takes to do it.
type Task struct {
	Job      *bot.Job
	Store    bot.Store
	Now      time.Time // UTC
	Settings crm.Settings
	p        *Pipeline
	told     int
}

// Services are the rules over a store, such as the one inside Transact.
func (t *Task) Services(store crm.TxStore) *crm.Services {
	return crm.NewServices(store, func() time.Time { return t.Now }, t.Settings)
}

// Tell adds a notice to somebody who works here, in the transaction of store.
func (t *Task) Tell(ctx context.Context, store bot.Store, user crm.UserID, line string) error {
	to, err := t.p.direct(ctx, store, user)
	if err != nil || to == nil {
		return err
	}
	t.told++
	homes, err := t.p.homesOf(ctx, store, user, t.Now)
	if err != nil {
		return err
	}
	if _, err := store.AddInbound(ctx, homes); err != nil {
		return err
	}
	return t.Deliver(ctx, store, to.event(fmt.Sprintf("job:%d:%d:%d:%d", t.Job.ID, t.Job.Attempts, t.Now.UnixMilli(), t.told), line))
}

// Deliver adds an event for a conversation, in the transaction of store.
func (t *Task) Deliver(ctx context.Context, store bot.Store, in bot.Inbound) error {
	row, err := t.p.row(in, time.Time{})
	if err != nil {
		return err
	}
	_, err = store.AddInbound(ctx, []*bot.InboxRow{row})
	t.p.work.ring() // a hint: it is there at the end of the transaction
	return err
}

const (
	jobsAtOnce = 4
	jobTries   = 10
	jobFor     = 2 * time.Minute // longest time of one job, and the lease on it
)

// jobs does jobs until ctx ends, a few at once.
func (p *Pipeline) jobs(ctx context.Context) {
	var going sync.WaitGroup
	defer going.Wait()
	idle, slots := p.opt.Poll, make(chan struct{}, jobsAtOnce)
	for ctx.Err() == nil {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		jobs, err := p.claimJobs(ctx, 1)
		if err != nil {
			p.log.Warn("pipeline: jobs", "error", err)
			pause(ctx, p.opt.Poll)
		}
		for _, j := range jobs {
			idle = p.opt.Poll
			going.Go(func() {
				defer func() { <-slots }()
				if err := p.doJob(context.WithoutCancel(ctx), j); err != nil {
					p.log.Warn("pipeline: job", "kind", j.Kind, "id", j.ID, "error", err)
				}
			})
		}
		if len(jobs) > 0 {
			continue
		}
		<-slots
		if !p.job.wait(ctx, idle) {
			return
		}
		idle = p.longer(idle)
	}
}

func (p *Pipeline) claimJobs(ctx context.Context, limit int) ([]*bot.Job, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return p.store.ClaimJobs(ctx, p.Now(), limit, jobFor+30*time.Second)
}

// jobStep does one job that is due and says whether there was one.
func (p *Pipeline) jobStep(ctx context.Context) (bool, error) {
	jobs, err := p.claimJobs(ctx, 1)
	if err != nil || len(jobs) == 0 {
		return false, err
	}
	return true, p.doJob(ctx, jobs[0])
}

// doJob calls the job's function and keeps what came of it.
func (p *Pipeline) doJob(ctx context.Context, j *bot.Job) error {
	limited, cancel := context.WithTimeout(ctx, jobFor)
	defer cancel()
	began := time.Now()
	err := p.call(limited, j)
	dead := err != nil && (j.Attempts >= jobTries || crm.CodeOf(err) == crm.CodeInvalid)
	every := p.every(j.Kind)
	p.ledger.job(p.known(j.Kind), time.Since(began), err, dead && every == 0)
	if every > 0 {
		if err != nil {
			p.log.Warn("pipeline: job", "kind", j.Kind, "error", err)
		}
		j.RunAt, j.Attempts, j.Cause = p.Now().Add(every), 0, ""
		p.wakeAt(p.job, j.RunAt)
		return p.store.RetryJob(ctx, j, false)
	}
	if err == nil {
		p.counts.add("jobs", 1)
		return p.store.FinishJob(ctx, j.ID)
	}
	p.log.Warn("pipeline: job", "kind", j.Kind, "id", j.ID, "attempt", j.Attempts, "parked", dead, "error", err)
	j.RunAt, j.Cause = p.Now().Add(4*backoff(j.Attempts)), short(err.Error(), 2000)
	p.wakeAt(p.job, j.RunAt)
	return p.store.RetryJob(ctx, j, dead)
}

// call runs the job's function; a panic is an error.
func (p *Pipeline) call(ctx context.Context, j *bot.Job) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	fn := p.opt.Jobs[j.Kind]
	if fn == nil {
		fn = own[j.Kind]
	}
	if fn == nil {
		return crm.Fail(crm.CodeInvalid, "error.unsupported").In("kind")
	}
	return fn(ctx, &Task{Job: j, Store: p.store, Now: p.Now(), Settings: p.opt.Settings, p: p})
}
