package assist

import (
	"context"
	"crypto/rand"
	"strconv"
	"time"

	"crmbot/bot"
)

const (
	budgetLease = "assist.budget" // who counts
	counting    = 10 * time.Second
	countTries  = 40
	countPause  = 50 * time.Millisecond
)

// budget is how many questions models were asked for on one day of the company.
// Replicas count one after the other, under a lease: none of them asks for more
// than the day has, unless one stood still for all of the lease while it held
// it. Who does not get to count in two seconds does not ask.
type budget struct {
	key  string
	most int
}

func budgetOf(c *bot.Company, now time.Time) budget {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	return budget{"assist.asked." + now.In(zone).Format(time.DateOnly), c.Knowledge.PerDay}
}

// spent says whether nothing is left of the day's.
func (b budget) spent(ctx context.Context, store bot.ValueStore) (bool, error) {
	n, err := b.count(ctx, store)
	return n >= b.most, err
}

func (b budget) count(ctx context.Context, store bot.ValueStore) (int, error) {
	value, err := store.Value(ctx, b.key)
	if err != nil || value == "" {
		return 0, err
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return b.most, nil // somebody else's value: nothing is asked
	}
	return n, nil
}

// take counts one more question and says whether the day had room for it.
func (b budget) take(ctx context.Context, store bot.ValueStore) (bool, error) {
	owner := rand.Text()
	for range countTries {
		mine, err := store.TakeLease(ctx, budgetLease, owner, counting)
		if err != nil {
			return false, err
		}
		if mine {
			defer func() { _ = store.DropLease(context.WithoutCancel(ctx), budgetLease, owner) }() // it ends by itself
			n, err := b.count(ctx, store)
			if err != nil || n >= b.most {
				return false, err
			}
			return true, store.SetValue(ctx, b.key, strconv.Itoa(n+1), 48*time.Hour)
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(countPause):
		}
	}
	return false, nil
}
