package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// The jobs of the house.
const (
	jobPrune  = "queue.prune"
	jobExpire = "outbox.expire"
	jobRemind = "plan.remind"
	jobFetch  = "media.fetch"
)

// keepFor is how long what is done stays in the queues, to recognise what is
// delivered again.
const keepFor = 7 * 24 * time.Hour

// periods are the jobs that come back by themselves.
var periods = map[string]time.Duration{
	jobPrune: time.Hour, jobExpire: time.Minute, jobRemind: 15 * time.Second,
}

var own = map[string]JobFunc{
	jobPrune: prune, jobExpire: expire, jobRemind: remind, jobFetch: fetchMedia,
}

// schedule makes sure that the periodic jobs are there, once for all replicas.
func (p *Pipeline) schedule(ctx context.Context) error {
	var all []*bot.Job
	for _, kind := range []string{jobPrune, jobExpire, jobRemind} {
		all = append(all, &bot.Job{Kind: kind, Unique: "periodic", RunAt: p.Now()})
	}
	return p.store.AddJobs(ctx, all...)
}

func prune(ctx context.Context, t *Task) error {
	_, err := t.Store.Prune(ctx, t.Now.Add(-keepFor))
	return err
}

func expire(ctx context.Context, t *Task) error {
	_, err := t.Store.ExpireOutbox(ctx, t.Now)
	return err
}

// remind tells the owners of plans that are due, in the transaction that marks
// the plans as told.
func remind(ctx context.Context, t *Task) error {
	err := t.Store.Transact(ctx, func(ctx context.Context, store bot.Store) error {
		due, err := t.Services(store).Activities.Due(ctx, 100)
		if err != nil {
			return err
		}
		for _, a := range due {
			if err := t.Tell(ctx, store, a.OwnerID, "notice.plan.due "+a.Ref().String()); err != nil {
				return err
			}
		}
		return nil
	})
	t.p.work.ring()
	return err
}

// fetch is the payload of the job that brings the bytes of a file.
type fetch struct {
	Media    int64        `json:"media"`
	Platform bot.Platform `json:"platform"`
	Install  bot.Install  `json:"install"`
	File     bot.File     `json:"file"`
}

// fetchMedia brings the bytes of a file somebody sent. One that is too large
// or cannot be had is marked so.
func fetchMedia(ctx context.Context, t *Task) error {
	var f fetch
	if err := json.Unmarshal([]byte(t.Job.Payload), &f); err != nil {
		return crm.Fail(crm.CodeInvalid, "error.invalid").Because(err)
	}
	to := t.p.installs[address{f.Platform, f.Install}]
	if to == nil {
		return t.Store.FailMedia(ctx, f.Media, "the install is no more")
	}
	from, ok := to.Adapter.(bot.Downloader)
	if !ok {
		return t.Store.FailMedia(ctx, f.Media, "the platform hands no files over")
	}
	data, err := download(ctx, from, f.File)
	if err == nil {
		mime := f.File.MIME
		if mime == "" {
			mime = http.DetectContentType(data)
		}
		err = t.Store.StoreMedia(ctx, f.Media, mime, data)
	}
	if code := crm.CodeOf(err); code == crm.CodeInvalid || err != nil && t.Job.Attempts >= jobTries {
		return t.Store.FailMedia(ctx, f.Media, short(err.Error(), 500))
	}
	return err
}

func download(ctx context.Context, from bot.Downloader, f bot.File) ([]byte, error) {
	if f.Size > crm.MediaMax {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("size")
	}
	r, err := from.Download(ctx, f)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // it was only read
	var data bytes.Buffer
	n, err := io.Copy(&data, io.LimitReader(r, crm.MediaMax+1))
	if err != nil {
		return nil, err
	}
	if n > crm.MediaMax {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("size")
	}
	return data.Bytes(), nil
}
