package router

import (
	"regexp"
	"slices"
	"testing"

	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/customer"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// TestGuide looks at who is shown what.
func TestGuide(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Commands: slices.Concat(commands.All(), customer.All()), Catalog: catalog, Company: &bot.Company{}})
	if err != nil {
		t.Fatal(err)
	}
	lines := func(items []bot.MenuItem) []string {
		var out []string
		for _, i := range items {
			if out = append(out, i.Line); i.About.In("en") == "" || i.About.In("zh-CN") == "" || !regexp.MustCompile(`^[a-z ]+$`).MatchString(i.Line) {
				t.Errorf("shown as %+v", i)
			}
		}
		return out
	}
	outside, inside := r.Guide(crm.AudienceCustomers), r.Guide(crm.AudienceStaff)
	if got, want := lines(outside.Everybody), []string{"help", "cancel", "get a quote", "report a problem", "person", "progress", "stop"}; !slices.Equal(got, want) {
		t.Errorf("customers see %q, want %q", got, want)
	}
	if got, want := lines(inside.Everybody), []string{"help", "cancel"}; !slices.Equal(got, want) {
		t.Errorf("strangers where colleagues write see %q, want %q", got, want)
	}
	staff := lines(inside.Staff)
	for _, want := range []string{"help", "today", "my leads", "lead new", "pipeline", "note", "undo"} {
		if !slices.Contains(staff, want) {
			t.Errorf("colleagues do not see %q: %q", want, staff)
		}
	}
	for _, not := range []string{"user add", "person", "stop"} {
		if slices.Contains(staff, not) {
			t.Errorf("colleagues see %q", not)
		}
	}
	if !slices.Equal(staff, lines(outside.Staff)) {
		t.Error("colleagues see something else where customers write")
	}
	if len(staff) > 100 {
		t.Errorf("%d are too many", len(staff))
	}
}
