package wecom

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/work/kf"

	"crmbot/bot"
)

// A message does not say what its sender is called. The names of all who are
// new on a page are asked for at once, and remembered for a while.
const (
	nameMost = 100 // names at once
	nameFor  = 24 * time.Hour
	nameTime = 3 * time.Second // messages do not wait longer for it
	nameNot  = 10 * time.Minute
)

// names remembers what customers are called.
type names struct {
	mu    sync.Mutex
	known map[string]named
	pause time.Time // before it nobody is asked, for the last time failed
}

type named struct {
	name  string
	until time.Time
}

// of returns the names that are remembered of ids, and the ids that are not.
func (n *names) of(ids []string, now time.Time) (known map[string]string, missing []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	known = map[string]string{}
	for _, id := range ids {
		if k, ok := n.known[id]; ok && k.until.After(now) {
			known[id] = k.name
		} else if now.After(n.pause) && !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	return known, missing
}

// learn remembers names, "" for somebody who has none.
func (n *names) learn(found map[string]string, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known) >= rememberMax {
		n.known = map[string]named{}
	}
	for id, name := range found {
		n.known[id] = named{name: name, until: now.Add(nameFor)}
	}
}

func (n *names) rest(until time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pause = until
}

// called is what customers are called, as far as it can be found out soon.
func (a *Adapter) called(ctx context.Context, ids []string) map[string]string {
	now := a.host.Now()
	known, missing := a.names.of(ids, now)
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	for some := range slices.Chunk(missing, nameMost) {
		found, err := a.ask(ctx, some)
		if err != nil {
			a.host.Logger().WarnContext(ctx, "cannot look up what customers are called", "error", failure(err))
			a.names.rest(now.Add(nameNot))
			break
		}
		a.names.learn(found, now)
		for id, name := range found {
			known[id] = name
		}
	}
	return known
}

// ask asks WeCom for names; everybody asked for has one afterwards, if only "".
func (a *Adapter) ask(ctx context.Context, ids []string) (map[string]string, error) {
	found := map[string]string{}
	for _, id := range ids {
		found[id] = ""
	}
	err := a.call(ctx, func(c *kf.Client) error {
		info, err := c.CustomerBatchGet(kf.CustomerBatchGetOptions{ExternalUserIDList: ids})
		for _, x := range info.CustomerList {
			found[x.ExternalUserID] = strings.TrimSpace(bot.Clean(x.NickName))
		}
		return err
	})
	return found, err
}

// Name looks up what a customer is called on WeChat.
func (a *Adapter) Name(ctx context.Context, id bot.SenderID) (bot.Sender, error) {
	found, err := a.ask(ctx, []string{string(id)})
	if err != nil {
		return bot.Sender{ID: id}, failure(err)
	}
	return bot.Sender{ID: id, Name: found[string(id)]}, nil
}
