package assist

import (
	"context"
	"time"

	"crmbot/bot"
)

// Take counts one more question of a day, as the job does.
func Take(ctx context.Context, c *bot.Company, now time.Time, store bot.ValueStore) (bool, error) {
	return budgetOf(c, now).take(ctx, store)
}

// Line is a command line of this package.
var Line = line
