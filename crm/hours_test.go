package crm_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"crmbot/crm"
)

var shanghai = time.FixedZone("CST", 8*3600)

func TestHours(t *testing.T) {
	t.Parallel()
	work := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	office := crm.Hours{Days: work, From: 9 * time.Hour, To: 18*time.Hour + 30*time.Minute, Holidays: []string{"2026-10-01", "2026-10-02"}, Zone: shanghai}
	allDay := crm.Hours{Days: work, Zone: shanghai}
	at := func(s string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, x := range []struct {
		name         string
		have         crm.Hours
		at           string
		next, closes string // "" is now, and never
	}{
		{"always", crm.Hours{}, "2026-09-26 03:00", "", ""},
		{"in the morning", office, "2026-09-28 08:59", "2026-09-28 09:00", "2026-09-28 18:30"},
		{"at opening", office, "2026-09-28 09:00", "", "2026-09-28 18:30"},
		{"at noon", office, "2026-09-28 12:00", "", "2026-09-28 18:30"},
		{"at closing", office, "2026-09-28 18:30", "2026-09-29 09:00", "2026-09-29 18:30"},
		{"on a Friday evening", office, "2026-09-25 20:00", "2026-09-28 09:00", "2026-09-28 18:30"},
		{"on a Saturday", office, "2026-09-26 12:00", "2026-09-28 09:00", "2026-09-28 18:30"},
		{"before holidays", office, "2026-09-30 19:00", "2026-10-05 09:00", "2026-10-05 18:30"},
		{"all day", allDay, "2026-09-28 03:00", "", "2026-09-29 00:00"},
		{"all day, on a Sunday", allDay, "2026-09-27 23:59", "2026-09-28 00:00", "2026-09-29 00:00"},
	} {
		moment, next, closes := at(x.at), at(x.at), time.Time{}
		if x.next != "" {
			next = at(x.next)
		}
		if x.closes != "" {
			closes = at(x.closes)
		}
		if got := x.have.Open(moment.UTC()); got != (x.next == "") {
			t.Errorf("%s: open %v", x.name, got)
		}
		if got := x.have.Next(moment.UTC()); !got.Equal(next) {
			t.Errorf("%s: next %v, want %v", x.name, got, next)
		}
		if got := x.have.Closes(moment.UTC()); !got.Equal(closes) {
			t.Errorf("%s: closes %v, want %v", x.name, got, closes)
		}
	}
	never := crm.Hours{Days: []time.Weekday{}, Holidays: []string{"2026-09-28"}}
	if !never.Open(at("2026-09-28 12:00")) {
		t.Error("without days somebody is always there")
	}
}

// Whenever it is, somebody is there at the next opening and not a moment before,
// and until closing.
func TestHoursProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := crm.Hours{
			Days: rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) time.Weekday {
				return time.Weekday(rapid.IntRange(0, 6).Draw(t, "day"))
			}), 1, 7, func(d time.Weekday) time.Weekday { return d }).Draw(t, "days"),
			From: time.Duration(rapid.IntRange(0, 23*60).Draw(t, "from")) * time.Minute,
			Zone: time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "zone")*3600),
		}
		h.To = h.From + time.Duration(rapid.IntRange(1, 60).Draw(t, "long"))*time.Minute
		at := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 400*24*60).Draw(t, "minute"), 30, 0, time.UTC)
		next, closes := h.Next(at), h.Closes(at)
		switch {
		case !h.Open(next) || next.Before(at):
			t.Fatalf("nobody is there at %v", next)
		case next.After(at) && (h.Open(at) || h.Open(next.Add(-time.Second))):
			t.Fatalf("somebody is there before %v", next)
		case !closes.After(next) || h.Open(closes) || !h.Open(closes.Add(-time.Second)):
			t.Fatalf("closes at %v", closes)
		case h.Open(at) && !next.Equal(at):
			t.Fatalf("open at %v, next is %v", at, next)
		}
	})
}
