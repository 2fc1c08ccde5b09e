package customer

import (
	"testing"
	"time"
)

func TestPromiseBy(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
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
		at, err := time.ParseInLocation("2006-01-02 15:04", now, zone)
		if err != nil {
			t.Fatal(err)
		}
		if have := PromiseBy(at, 0).Format("2006-01-02 15:04"); have != want {
			t.Errorf("PromiseBy(%s) = %s, want %s", now, have, want)
		}
	}
}
