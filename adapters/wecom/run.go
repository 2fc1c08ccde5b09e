package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"crmbot/bot"
)

const (
	// look is how often notes of other replicas are looked for.
	look = 3 * time.Second
	// survey is how often WeCom is asked which accounts there are.
	survey = 10 * time.Minute
	// pauseMax is the longest pause after failures in a row.
	pauseMax = time.Minute
	// before is how much older than our very first start a message may be. What
	// lies further back was answered by somebody else.
	before = 10 * time.Minute
)

// Run pulls what customers write until ctx ends. One replica does it for all.
func (a *Adapter) Run(ctx context.Context, inbox bot.Inbox) error {
	a.inbox.Store(&inbox)
	held, release, err := a.host.Lease(ctx, "pull")
	if err != nil {
		return ended(ctx, err)
	}
	defer release()
	since, err := a.since(held)
	if err != nil {
		return ended(ctx, err)
	}
	a.tend(held, &puller{Adapter: a, inbox: inbox, since: since})
	return ended(ctx, held.Err())
}

// ended is nil when ctx is why something stopped.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// since is the moment from which on messages are ours: a little before the
// first start ever.
func (a *Adapter) since(ctx context.Context) (time.Time, error) {
	kept, err := a.host.Value(ctx, "since")
	if err != nil {
		return time.Time{}, err
	}
	if at, err := time.Parse(time.RFC3339, kept); err == nil {
		return at, nil
	}
	at := a.host.Now().UTC().Add(-before).Truncate(time.Second)
	return at, a.host.SetValue(ctx, "since", at.Format(time.RFC3339), 0)
}

// tend sees to it that every account is looked after, those that are new too.
func (a *Adapter) tend(ctx context.Context, p *puller) {
	var all sync.WaitGroup
	defer all.Wait()
	tended := map[string]bool{}
	timer := time.NewTicker(a.look)
	defer timer.Stop()
	var listed []string
	var due time.Time // to ask which accounts there are
	for ctx.Err() == nil {
		if now := a.host.Now(); !now.Before(due) {
			if list, err := a.listed(ctx); err == nil {
				listed, due = list, now.Add(survey)
			} else {
				a.host.Logger().WarnContext(ctx, "cannot list the customer service accounts", "error", failure(err))
				due = now.Add(pauseMax)
			}
		}
		for _, account := range a.accounts(ctx, listed) {
			if !tended[account] {
				tended[account] = true
				all.Go(func() { p.serve(ctx, account) })
			}
		}
		select {
		case <-ctx.Done():
		case <-a.bells.of(""):
		case <-timer.C:
		}
	}
}

// listed are the accounts of the config, or else those that WeCom says we may
// write for.
func (a *Adapter) listed(ctx context.Context) ([]string, error) {
	if len(a.cfg.Accounts) > 0 {
		return a.cfg.Accounts, nil
	}
	list, err := a.desks(ctx)
	var ids []string
	for _, d := range list {
		if d.manages {
			ids = append(ids, d.id)
		}
	}
	return ids, err
}

// accounts adds those that callbacks have named.
func (a *Adapter) accounts(ctx context.Context, listed []string) []string {
	if len(a.cfg.Accounts) > 0 {
		return listed
	}
	named, err := a.remembered(ctx)
	if err != nil {
		return listed
	}
	all := slices.Concat(listed, named)
	slices.Sort(all)
	return slices.Compact(all)
}

// puller fetches messages into the inbox.
type puller struct {
	*Adapter
	inbox bot.Inbox
	since time.Time
}

// serve pulls an account: at once, for something may have been missed, and
// whenever there is news.
func (p *puller) serve(ctx context.Context, account string) {
	timer := time.NewTicker(p.look)
	defer timer.Stop()
	seen, err := p.fetch(ctx, account, "")
	for failures := 0; ctx.Err() == nil; {
		if err != nil {
			f := failure(err)
			p.host.Logger().WarnContext(ctx, "cannot fetch messages", "account", account, "error", f)
			rest(ctx, max(f.After, min(p.pause<<min(failures, 10), pauseMax)))
			failures++
			seen, err = p.fetch(ctx, account, "")
			continue
		}
		failures = 0
		select {
		case <-ctx.Done():
		case <-p.bells.of(account):
		case <-timer.C:
		}
		seen, err = p.check(ctx, account, seen)
	}
}

// check fetches if there is news that was not seen, and returns what was seen.
func (p *puller) check(ctx context.Context, account, seen string) (string, error) {
	noted, err := p.host.Value(ctx, "news/"+account)
	if err != nil || noted == seen || noted == "" {
		return seen, err
	}
	return p.fetch(ctx, account, noted)
}

// fetch pulls all that an account has, with the token of what is noted if it
// is still good, and returns what was noted before it began: that is seen now.
func (p *puller) fetch(ctx context.Context, account, noted string) (string, error) {
	if noted == "" {
		var err error
		if noted, err = p.host.Value(ctx, "news/"+account); err != nil {
			return "", err
		}
	}
	token := ""
	var n news
	if json.Unmarshal([]byte(noted), &n) == nil && p.host.Now().Sub(n.At) < tokenLife {
		token = n.Token
	}
	err := p.pull(ctx, account, token)
	if ctx.Err() != nil {
		err = nil
	}
	return noted, err
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// errStuck says that WeCom gives the same page for ever.
var errStuck = errors.New("sync_msg: more to come, but the cursor stands still")
