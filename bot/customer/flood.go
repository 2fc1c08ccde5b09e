package customer

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// The counts of who writes much, in the session: "minute number", when he was
// last asked to slow down, and the customers of a group each for himself.
const (
	floodCount  = "flood"
	floodSlowed = "flood.slowed"
)

// slowedLately is how long somebody is not asked again to slow down.
const slowedLately = time.Hour

// Flood counts what one sender says, by the clock on which he said it, so that
// what piled up while we were away is not held against him. Above
// Company.Flood.PerMinute nothing is answered (quiet), and he is asked once to
// slow down; above twice that he is muted for Flood.Mute, and a colleague is told
// once. What he says is kept in any case.
func Flood(ctx context.Context, r *bot.Request) (quiet bool, err error) {
	limit := r.Company.Flood.PerMinute
	if limit <= 0 || r.Identity == nil || r.Staff() {
		return false, nil
	}
	n := count(r)
	switch {
	case n <= limit:
		return false, nil
	case n <= 2*limit || r.Company.Flood.Mute <= 0:
		if !since(r, floodSlowed, slowedLately) {
			r.Post(bot.Post{Reply: bot.Text(r.Words.T("flood.slow"))})
		}
		return true, nil
	}
	return true, mute(ctx, r)
}

// count is how many there were within a minute, this one too.
func count(r *bot.Request) int {
	at := r.Inbound.At
	if at.IsZero() || at.After(r.Now) {
		at = r.Now
	}
	from, n := time.Time{}, 0
	if began, counted, ok := strings.Cut(r.Session.Values[floodCount], " "); ok {
		if sec, err := strconv.ParseInt(began, 10, 64); err == nil {
			from = time.Unix(sec, 0)
		}
		n, _ = strconv.Atoi(counted) // 0 if it is none
	}
	if passed := at.Sub(from); passed >= time.Minute || passed < -time.Minute {
		from, n = at, 0
	}
	n++
	setValue(r, floodCount, fmt.Sprintf("%d %d", from.Unix(), n))
	return n
}

// mute has nobody listen to a sender for a while, and tells one colleague, who can
// take it back or block him; the threads say so.
func mute(ctx context.Context, r *bot.Request) error {
	if r.Identity.Muted(r.Now) {
		return nil
	}
	until := r.Now.Add(r.Company.Flood.Mute).UTC()
	if err := r.CRM.Contacts.Mute(ctx, r.Identity.ID, until); err != nil {
		return err
	}
	r.Identity.MutedUntil = until
	setValue(r, floodCount, "")
	if r.Contact == nil {
		return nil
	}
	who, err := keeper(ctx, r)
	if err != nil {
		return err
	}
	r.Tell(who, fmt.Sprintf("notice.contact.muted %s until=%d", r.Contact.Ref(), until.Unix()))
	if err := relay.Say(ctx, r, nil, "handoff.muted", "time", until.In(r.Now.Location()).Format("15:04")); err != nil {
		return err
	}
	return relay.Redraw(ctx, r)
}

// keeper is who looks after a customer: whoever is in charge, his owner, or an
// admin; 0 for nobody.
func keeper(ctx context.Context, r *bot.Request) (crm.UserID, error) {
	for _, id := range []crm.UserID{r.Conversation.AssigneeID, r.Contact.OwnerID} {
		if u, err := r.CRM.Users.User(ctx, id); id != 0 && err == nil && u.Active {
			return id, nil
		}
	}
	admins, err := r.CRM.Users.Admins(ctx)
	for _, u := range admins {
		return u.ID, nil
	}
	return 0, err
}

// setValue keeps something small about the person.
func setValue(r *bot.Request, key, value string) {
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	if value == "" {
		delete(r.Session.Values, key)
	} else {
		r.Session.Values[key] = value
	}
	r.Session.Changed()
}

// since says whether a moment kept under key lies within d; if not, now is kept.
func since(r *bot.Request, key string, d time.Duration) bool {
	at, err := time.Parse(time.RFC3339, r.Session.Values[key])
	if err == nil && r.Now.Sub(at) < d {
		return true
	}
	setValue(r, key, r.Now.UTC().Format(time.RFC3339))
	return false
}
