package teach

import (
	"testing"
	"time"

	"crmbot/bot"
)

func TestDueBefore(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("CST", 8*3600)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	monday := bot.Weekly{Day: time.Monday, Minute: 9*60 + 30}
	at := func(zone *time.Location, month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, zone)
	}
	for name, test := range map[string]struct {
		weekly    bot.Weekly
		now, want time.Time
	}{
		"to the minute":         {monday, at(shanghai, 11, 23, 9, 30), at(shanghai, 11, 23, 9, 30)},
		"a minute before":       {monday, at(shanghai, 11, 23, 9, 29), at(shanghai, 11, 16, 9, 30)},
		"the day before":        {monday, at(shanghai, 11, 22, 23, 59), at(shanghai, 11, 16, 9, 30)},
		"days later":            {monday, at(shanghai, 11, 26, 0, 0), at(shanghai, 11, 23, 9, 30)},
		"on a Sunday":           {bot.Weekly{Day: time.Sunday}, at(shanghai, 11, 22, 0, 0), at(shanghai, 11, 22, 0, 0)},
		"over the month":        {monday, at(shanghai, 12, 1, 8, 0), at(shanghai, 11, 30, 9, 30)},
		"after the clocks went": {monday, at(berlin, 10, 27, 8, 0), at(berlin, 10, 26, 9, 30)},
	} {
		if have, ok := dueBefore(test.weekly, test.now); !ok || !have.Equal(test.want) {
			t.Errorf("%s: %v, want %v", name, have, test.want)
		}
	}
	if _, ok := dueBefore(bot.Weekly{Day: time.Monday, Off: true}, at(shanghai, 11, 23, 10, 0)); ok {
		t.Error("it is off, and due")
	}
}
