package sample

import (
	"context"
	"fmt"
	"time"

	"crmbot/crm"
)

// history tells what happened, on a clock of its own.
type history struct {
	*crm.Services
	store crm.TxStore
	now   time.Time // of the one who loads, in the company's zone
	clock time.Time // of the telling

	users    map[string]*crm.User
	accounts map[string]*crm.Account
	contacts map[string]*crm.Contact // by "name, account"
}

func newHistory(store crm.TxStore, now time.Time, set crm.Settings) *history {
	zone := set.Zone
	if zone == nil {
		zone = time.UTC
	}
	h := &history{
		store: store, now: now.In(zone).Truncate(time.Microsecond),
		users: map[string]*crm.User{}, accounts: map[string]*crm.Account{}, contacts: map[string]*crm.Contact{},
	}
	h.clock = h.now
	h.Services = crm.NewServices(store, func() time.Time { return h.clock.UTC() }, set)
	return h
}

// as is somebody acting.
func (h *history) as(handle string) crm.Actor { return h.users[handle].Actor() }

// settled is how long ago everything happened at least: nothing of the sample
// is anybody's last change, which undo would take back.
const settled = 15 * time.Minute

// ago sets the clock to a working hour some days ago, never after now.
func (h *history) ago(days, hour int) {
	h.clock = earlier(h.now.Add(-settled), h.day(-days, hour, 10*hour%60))
}

// day is a moment some days from today.
func (h *history) day(days, hour, minute int) time.Time {
	y, m, d := h.now.Date()
	return time.Date(y, m, d+days, hour, minute, 0, 0, h.now.Location())
}

// today is the hour today if it is still to come, else soon, but today.
func (h *history) today(hour, minute int) time.Time {
	if t := h.day(0, hour, minute); t.After(h.now) {
		return t
	}
	return earlier(h.now.Add(45*time.Minute).Truncate(time.Minute), h.day(0, 23, 59))
}

// quarter is the first day of the quarter that is so many after this one.
func (h *history) quarter(after int) time.Time {
	first := (int(h.now.Month())-1)/3*3 + 1
	return time.Date(h.now.Year(), time.Month(first+3*after), 1, 0, 0, 0, 0, h.now.Location())
}

// within is the moment a part of the way from one to another, on a whole
// minute and never outside.
func within(from, to time.Time, part float64) time.Time {
	t := from.Add(time.Duration(part * float64(to.Sub(from)))).Truncate(time.Minute)
	if t.Before(from) {
		return from
	}
	return t
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// hire fills the house.
func (h *history) hire(ctx context.Context) error {
	h.ago(300, 9)
	for _, p := range people {
		u, err := h.Users.Seed(ctx, p, nil)
		if err != nil {
			return fmt.Errorf("sample: %s: %w", p.Handle, err)
		}
		h.users[p.Handle] = u
	}
	return nil
}

// publish fills the knowledge base.
func (h *history) publish(ctx context.Context) error {
	all, err := knowledgeBase()
	if err != nil {
		return err
	}
	h.ago(280, 10)
	for _, a := range all {
		a.Created = h.clock.UTC()
		if err := h.store.CreateArticle(ctx, a); err != nil {
			return fmt.Errorf("sample: %s in %s: %w", a.Slug, a.Language, err)
		}
	}
	return nil
}
