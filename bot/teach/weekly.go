package teach

import (
	"context"
	"crypto/rand"
	"time"

	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/pipeline"
	"crmbot/crm"
)

const (
	// weeklyLate is how late the week's misses may come, after the program was down.
	weeklyLate = 48 * time.Hour
	// weeklyOnce is how long it is known that a week was told: longer than it may be
	// late.
	weeklyOnce = 8 * 24 * time.Hour
	// weeklyNotice is the line that tells a keeper.
	weeklyNotice = "notice.knowledge.weekly"
)

// weekly is the job that tells the keepers of the week's misses, at the first
// moment after the company's time for it that any process is there to do so. A
// week is told of once: a lease on its name is taken in the transaction that
// tells.
func weekly(company *bot.Company) pipeline.JobFunc {
	return func(ctx context.Context, task *pipeline.Task) error {
		due, ok := dueBefore(company.Knowledge.Weekly, task.Now.In(zone(company)))
		if !ok || task.Now.Sub(due) >= weeklyLate {
			return nil
		}
		return task.Store.Transact(ctx, func(ctx context.Context, store bot.Store) error {
			first, err := store.TakeLease(ctx, WeeklyJob+"."+due.UTC().Format(time.RFC3339), rand.Text(), weeklyOnce)
			if err != nil || !first {
				return err
			}
			happened, err := anything(ctx, store, due.Add(-week), due)
			if err != nil || !happened {
				return err
			}
			people, err := commands.Keepers(ctx, store, company)
			for _, u := range people {
				if err := task.Tell(ctx, store, u.ID, weeklyNotice+" at="+due.UTC().Format(time.RFC3339)); err != nil {
					return err
				}
			}
			return err
		})
	}
}

// zone is where the company is.
func zone(company *bot.Company) *time.Location {
	if company.Zone == nil {
		return time.UTC
	}
	return company.Zone
}

// dueBefore is the last moment of a week at or before now, in the zone of now.
// False if there is none.
func dueBefore(w bot.Weekly, now time.Time) (time.Time, bool) {
	if w.Off {
		return time.Time{}, false
	}
	back := (int(now.Weekday()) - int(w.Day) + 7) % 7
	at := func(back int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()-back, w.Minute/60, w.Minute%60, 0, 0, now.Location())
	}
	due := at(back)
	if due.After(now) {
		due = at(back + 7)
	}
	return due, true
}

// anything says whether somebody asked something in [from, to).
func anything(ctx context.Context, store crm.QuestionStore, from, to time.Time) (bool, error) {
	f, err := store.QuestionFigures(ctx, from.UTC(), to.UTC())
	return f.Asked > 0, err
}

// tellWeek is the notice: the figures of the week and what is open. It
// says nothing where nothing happened.
func (t *teacher) tellWeek(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	due, err := time.Parse(time.RFC3339, r.Args.String("at"))
	if err != nil || r.User == nil || !r.User.Active {
		return &bot.Reply{}, nil
	}
	now, before, err := weeks(ctx, r.CRM, r.Actor, due)
	if err != nil || now.Asked == 0 {
		return &bot.Reply{}, err
	}
	head := r.Words.T("knowledge.weekly") + "\n" + figures(r.Words, now, before)
	reply, total, err := t.list(ctx, r, due.Add(-week))
	if err != nil {
		return nil, err
	}
	if total == 0 {
		reply = bot.Text(head)
	} else {
		reply.Text = head + "\n\n" + reply.Text
	}
	if err := t.alsoUnsure(ctx, r, due.Add(-week), reply); err != nil {
		return nil, err
	}
	if len(reply.Buttons)+total == 0 {
		reply.Text += "\n" + r.Words.T("knowledge.weekly.none")
	}
	return reply, nil
}
