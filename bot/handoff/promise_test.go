package handoff_test

import (
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

const minute = "2006-01-02 15:04"

var china = time.FixedZone("CST", 8*3600)

func at(t *testing.T, zone *time.Location, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation(minute, s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shop is open from Monday to Saturday, and not in the first week of October.
func shop(zone *time.Location) crm.Hours {
	return crm.Hours{
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday},
		From: 9 * time.Hour, To: 17*time.Hour + 30*time.Minute, Zone: zone,
		Holidays: []string{"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-05", "2026-10-06", "2026-10-07"},
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now, next, closes string
		open              bool
	}{
		{"2026-11-19 09:00", "2026-11-19 09:00", "2026-11-19 17:30", true}, // a Thursday
		{"2026-11-19 08:59", "2026-11-19 09:00", "2026-11-19 17:30", false},
		{"2026-11-19 17:29", "2026-11-19 17:29", "2026-11-19 17:30", true},
		{"2026-11-19 17:30", "2026-11-20 09:00", "2026-11-20 17:30", false},
		{"2026-11-21 18:00", "2026-11-23 09:00", "2026-11-23 17:30", false}, // over Sunday
		{"2026-11-22 12:00", "2026-11-23 09:00", "2026-11-23 17:30", false},
		{"2026-10-01 10:00", "2026-10-08 09:00", "2026-10-08 17:30", false}, // the holidays and the Sunday among them
		{"2026-09-30 17:30", "2026-10-08 09:00", "2026-10-08 17:30", false},
	} {
		now, h := at(t, china, c.now), shop(china)
		if got := h.Next(now).Format(minute); got != c.next {
			t.Errorf("%s: open next %s, want %s", c.now, got, c.next)
		}
		if got := h.Closes(now).Format(minute); got != c.closes {
			t.Errorf("%s: closes %s, want %s", c.now, got, c.closes)
		}
		if h.Open(now) != c.open || h.Open(now.UTC()) != c.open {
			t.Errorf("%s: open is %v, want %v", c.now, !c.open, c.open)
		}
	}
}

func TestHoursAreThoseOfTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no zones on this machine:", err)
	}
	h := shop(berlin)
	h.Days = append(h.Days, time.Sunday)
	for _, day := range []string{"2026-03-29", "2026-10-25"} { // the clocks are changed at night
		now := at(t, berlin, day+" 00:30")
		if got := h.Next(now).Format(minute); got != day+" 09:00" {
			t.Errorf("opens %s, want 09:00", got)
		}
	}
}

func TestNoHoursAreAlways(t *testing.T) {
	t.Parallel()
	now := at(t, china, "2026-11-22 03:00")
	if h := (crm.Hours{}); !h.Open(now) || !h.Next(now).Equal(now) || !h.Closes(now).IsZero() {
		t.Error("without hours somebody is always there")
	}
	h := shop(china)
	h.Days, h.From, h.To = []time.Weekday{time.Sunday}, 0, 0
	if !h.Open(now) || h.Closes(now).Format(minute) != "2026-11-23 00:00" {
		t.Errorf("a whole day closes %s", h.Closes(now))
	}
	h.Days, h.Holidays = []time.Weekday{time.Sunday}, nil
	for day := range 400 {
		h.Holidays = append(h.Holidays, now.AddDate(0, 0, day).Format(time.DateOnly))
	}
	if !h.Next(now).IsZero() {
		t.Error("a year of holidays ends nowhere")
	}
	company := &bot.Company{Hours: h}
	if back := handoff.Back(company, now); back.IsZero() {
		t.Error("who is closed for a year still promises something")
	}
}

func TestPromiseBy(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]string{
		"2026-11-19 10:00": "2026-11-19 18:00", // a Thursday
		"2026-11-19 17:00": "2026-11-19 18:00", // exactly an hour left
		"2026-11-19 17:01": "2026-11-20 18:00",
		"2026-11-19 23:59": "2026-11-20 18:00",
		"2026-11-20 17:55": "2026-11-23 18:00", // over the weekend
		"2026-11-21 09:00": "2026-11-23 18:00",
		"2026-11-22 09:00": "2026-11-23 18:00",
		"2026-12-31 20:00": "2027-01-01 18:00",
	} {
		if have := handoff.PromiseBy(&bot.Company{}, at(t, china, now)).Format(minute); have != want {
			t.Errorf("PromiseBy(%s) = %s, want %s", now, have, want)
		}
	}
	if have := handoff.PromiseBy(&bot.Company{DayEnds: 20}, at(t, china, "2026-11-19 18:30")).Format(minute); have != "2026-11-19 20:00" {
		t.Errorf("a long day ends %s", have)
	}
}

func TestPromisesKnowTheHours(t *testing.T) {
	t.Parallel()
	company := &bot.Company{Hours: shop(china), DayEnds: 20, Rules: crm.Rules{AnswerWithin: 15 * time.Minute}}
	for _, c := range []struct{ now, by, back string }{
		{"2026-11-19 10:00", "2026-11-19 17:30", "2026-11-19 10:00"},
		{"2026-11-19 16:30", "2026-11-19 17:30", "2026-11-19 16:30"},
		{"2026-11-19 16:31", "2026-11-20 17:30", "2026-11-19 16:31"},
		{"2026-11-19 17:15", "2026-11-20 17:30", "2026-11-19 17:15"},
		{"2026-11-19 17:16", "2026-11-20 17:30", "2026-11-20 09:00"}, // too late for an answer in time
		{"2026-11-20 20:00", "2026-11-21 17:30", "2026-11-21 09:00"}, // Saturday is a working day
		{"2026-11-21 20:00", "2026-11-23 17:30", "2026-11-23 09:00"},
		{"2026-09-30 17:00", "2026-10-08 17:30", "2026-09-30 17:00"},
		{"2026-10-04 12:00", "2026-10-08 17:30", "2026-10-08 09:00"},
	} {
		now := at(t, china, c.now)
		if got := handoff.PromiseBy(company, now).Format(minute); got != c.by {
			t.Errorf("%s: answered by %s, want %s", c.now, got, c.by)
		}
		if got := handoff.Back(company, now).Format(minute); got != c.back {
			t.Errorf("%s: back %s, want %s", c.now, got, c.back)
		}
	}
}
