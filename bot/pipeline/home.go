package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// homeEvery is how often somebody's home page is shown anew at most.
const homeEvery = 2 * time.Second

// home is where a colleague opened his home page.
type home struct {
	User    crm.UserID  `json:"-"`
	Address bot.Address `json:"address"`
	Direct  bool        `json:"direct,omitempty"`
	Sender  bot.Sender  `json:"sender"`
}

func homeKey(at *install, user crm.UserID) string {
	return fmt.Sprintf("home|%s|%s|%d", at.Platform, at.Install.Install, user)
}

// freshen notes whose home page has something new after an event. Showing one
// is nothing new.
func (b *batch) freshen(e *event, r *bot.Request, wrote bool) {
	if e.in.Kind == bot.KindHome {
		if r.User != nil && b.p.features(e.install).Can(bot.OpHome) {
			b.homes = append(b.homes, home{User: r.User.ID, Address: e.in.Address, Direct: e.in.Direct, Sender: e.in.Sender})
		}
		return
	}
	if b.fresh == nil {
		b.fresh = map[crm.UserID]bool{}
	}
	if wrote && r.User != nil {
		b.fresh[r.User.ID] = true
	}
	for _, tell := range r.Effects().Tells {
		b.fresh[tell.User] = true
	}
}

// refresher remembers who opened his home page, and has those shown anew that
// have something new.
func (b *batch) refresher(ctx context.Context) error {
	for _, h := range b.homes {
		to := b.p.installs[address{h.Address.Platform, h.Address.Install}]
		if err := b.p.remember(ctx, b.store, to, h); err != nil {
			return err
		}
	}
	for _, user := range slices.Sorted(maps.Keys(b.fresh)) {
		rows, err := b.p.homesOf(ctx, b.store, user, b.now)
		if err != nil {
			return err
		}
		b.inbounds = append(b.inbounds, rows...)
	}
	return nil
}

// remember keeps where somebody's home page is.
func (p *Pipeline) remember(ctx context.Context, store bot.ValueStore, to *install, h home) error {
	value, err := json.Marshal(h)
	if err != nil || to == nil {
		return err
	}
	key := homeKey(to, h.User)
	old, err := store.Value(ctx, key)
	if err != nil || old == string(value) {
		return err
	}
	return store.SetValue(ctx, key, string(value), 0)
}

// homesOf are the events that show a user's home pages anew, at most one for
// each page and two seconds. Whatever is written until then comes before it.
func (p *Pipeline) homesOf(ctx context.Context, store bot.ValueStore, user crm.UserID, now time.Time) ([]*bot.InboxRow, error) {
	var rows []*bot.InboxRow
	for _, to := range p.order {
		if !p.features(to).Can(bot.OpHome) {
			continue
		}
		value, err := store.Value(ctx, homeKey(to, user))
		if err != nil {
			return nil, err
		}
		if value == "" { // he never opened it
			continue
		}
		var h home
		if err := json.Unmarshal([]byte(value), &h); err != nil {
			return nil, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
		}
		next := now.Truncate(homeEvery).Add(homeEvery)
		row, err := p.row(bot.Inbound{
			EventID: fmt.Sprintf("home:%d:%d", user, next.Unix()), Kind: bot.KindHome,
			Address: h.Address, Direct: h.Direct, Sender: h.Sender, At: now,
		}, next.Add(homeEvery/2))
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
