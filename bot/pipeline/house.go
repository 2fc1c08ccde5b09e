package pipeline

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
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
	for _, kind := range slices.Concat([]string{jobPrune, jobExpire, jobRemind}, slices.Sorted(maps.Keys(p.opt.Periods))) {
		all = append(all, &bot.Job{Kind: kind, Unique: "periodic", RunAt: p.Now()})
	}
	return p.store.AddJobs(ctx, all...)
}

// prune drops what is done in the queues, and questions that are too old to learn
// from.
func prune(ctx context.Context, t *Task) error {
	if _, err := t.Store.Prune(ctx, t.Now.Add(-keepFor)); err != nil {
		return err
	}
	_, err := t.Store.PruneQuestions(ctx, t.Now.Add(-crm.QuestionKept))
	return err
}

// every is how often jobs of a kind come back by themselves, 0 for those that do
// not.
func (p *Pipeline) every(kind string) time.Duration {
	if every := periods[kind]; every > 0 {
		return every
	}
	return p.opt.Periods[kind]
}

// expireAfter leaves old words to the sender for a while: it tells whoever waits
// for them.
const expireAfter = 2 * longestWait

func expire(ctx context.Context, t *Task) error {
	_, err := t.Store.ExpireOutbox(ctx, t.Now.Add(-expireAfter))
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
	err := download(ctx, t.Store, from, f)
	if code := crm.CodeOf(err); code == crm.CodeInvalid || err != nil && t.Job.Attempts >= jobTries {
		return t.Store.FailMedia(ctx, f.Media, short(err.Error(), 500))
	}
	return err
}

// download brings the bytes of a file piece by piece. The media store takes no
// more than crm.MediaMax of them.
func download(ctx context.Context, store crm.MediaStore, from bot.Downloader, f fetch) error {
	if f.File.Size > crm.MediaMax {
		return crm.Fail(crm.CodeInvalid, "media.too_large", "mb", crm.MediaMax>>20).In("size")
	}
	r, err := from.Download(ctx, f.File)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	data := bufio.NewReader(r)
	head, err := data.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return store.StoreMedia(ctx, f.Media, typeOf(f.File.MIME, http.DetectContentType(head)), data)
}

// typeOf is what a file is: what its bytes say, and where they say little what
// its sender says, unless he calls it something that is shown or run.
func typeOf(claimed, seen string) string {
	seen, _, _ = strings.Cut(seen, ";")
	claimed, _, _ = strings.Cut(strings.ToLower(claimed), ";")
	claimed = strings.TrimSpace(claimed)
	switch seen {
	case "application/octet-stream", "application/zip", "text/plain", "text/xml":
	default:
		return seen
	}
	family, _, _ := strings.Cut(claimed, "/")
	switch {
	case family == "application" && !strings.Contains(claimed, "javascript") && !strings.Contains(claimed, "xhtml") &&
		claimed != "application/xml", family == "audio", family == "video", claimed == "text/csv":
		return claimed
	}
	return seen
}
