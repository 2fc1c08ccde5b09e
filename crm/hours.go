package crm

import (
	"slices"
	"time"
)

// Hours is when somebody is there, in the company's zone. Without Days that is
// always.
type Hours struct {
	Days     []time.Weekday
	From, To time.Duration // since midnight; To is exclusive, and midnight unless it is after From
	Holidays []string      // "2026-10-01"
	Zone     *time.Location
}

// yearAhead is how far a working day is looked for.
const yearAhead = 366

// always says whether there are no hours: somebody is there at any time.
func (h Hours) always() bool { return len(h.Days) == 0 }

// Open says whether somebody is there at a moment.
func (h Hours) Open(at time.Time) bool { return h.Next(at).Equal(at) }

// Next is the moment itself if somebody is there, else when somebody is there
// again; zero if that is not within a year.
func (h Hours) Next(at time.Time) time.Time {
	if h.always() {
		return at
	}
	for day := range yearAhead {
		from, to, ok := h.day(at, day)
		switch {
		case !ok || !at.Before(to):
		case at.Before(from):
			return from
		default:
			return at
		}
	}
	return time.Time{}
}

// Closes is when the working day ends that a moment is in, or the next one if
// nobody is there; zero if somebody always is.
func (h Hours) Closes(at time.Time) time.Time {
	if h.always() {
		return time.Time{}
	}
	for day := range yearAhead {
		if _, to, ok := h.day(at, day); ok && at.Before(to) {
			return to
		}
	}
	return time.Time{}
}

// day is when the day begins and ends that is so many after a moment's; ok is
// false if nobody works on it. To at or before From is midnight.
func (h Hours) day(at time.Time, after int) (from, to time.Time, ok bool) {
	zone := h.Zone
	if zone == nil {
		zone = at.Location()
	}
	local := at.In(zone)
	clock := func(d time.Duration) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+after, 0, 0, int(d/time.Second), 0, zone)
	}
	from, to = clock(h.From), clock(h.To)
	if h.To <= h.From {
		to = clock(24 * time.Hour)
	}
	ok = slices.Contains(h.Days, from.Weekday()) && !slices.Contains(h.Holidays, from.Format(time.DateOnly))
	return from, to, ok
}

// Rules are the company's choices about handing over.
type Rules struct {
	AnswerWithin time.Duration // then the next one is asked; 0 is ten minutes
	OpenEach     int           // most conversations a person has at once; 0 is eight
	Idle         time.Duration // after our last word the conversation closes by itself; 0 is twelve hours
	Reopen       time.Duration // in this time after closing the same thread is used again; 0 is seven days
	LiveFor      time.Duration // a live thread ends after this without a line of its person; 0 is 15 minutes
}

// Standard is the rules with what is 0 filled in.
func (r Rules) Standard() Rules {
	fill := func(d *time.Duration, standard time.Duration) {
		if *d == 0 {
			*d = standard
		}
	}
	fill(&r.AnswerWithin, 10*time.Minute)
	fill(&r.Idle, 12*time.Hour)
	fill(&r.Reopen, 7*24*time.Hour)
	fill(&r.LiveFor, 15*time.Minute)
	if r.OpenEach == 0 {
		r.OpenEach = 8
	}
	return r
}
