package relay

import "crmbot/bot"

// Live says whether the author of a line in a thread is the one whose lines go
// out there as they are, at this moment.
func Live(r *bot.Request) bool {
	c := r.Customer
	if c == nil || r.User == nil || c.LiveID == 0 || c.LiveID != r.User.ID {
		return false
	}
	lately := c.LiveAt
	if lately.Before(c.LiveSince) {
		lately = c.LiveSince
	}
	return !c.LiveSince.Before(r.Company.Started) && r.Now.Sub(lately) < r.Company.Rules.Standard().LiveFor
}
