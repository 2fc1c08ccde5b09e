package main

import (
	"fmt"
	"regexp"
	"strings"

	"crmbot/adapters/webchat"
	"crmbot/crm"
)

// The days that init offers.
var workdays = []struct{ key, days string }{
	{"init.hours.mon_fri", "mon, tue, wed, thu, fri"},
	{"init.hours.mon_sat", "mon, tue, wed, thu, fri, sat"},
	{"init.hours.daily", "mon, tue, wed, thu, fri, sat, sun"},
	{"init.hours.always", ""},
}

var spanOfDay = regexp.MustCompile(`^([0-2]?\d:[0-5]\d)\s*[-–~]\s*([0-2]?\d:[0-5]\d)$`)

// hours asks when somebody is there to answer, and writes it down.
func (a *asker) hours(b *strings.Builder) {
	names := make([]string, len(workdays))
	for i, w := range workdays {
		names[i] = a.say(w.key)
	}
	picked := workdays[a.choose(a.say("init.hours"), names)]
	if picked.days == "" {
		return
	}
	answer := a.askFor(a.say("init.hours.times"), "09:00-18:00", func(s string) bool {
		m := spanOfDay.FindStringSubmatch(s)
		if m == nil {
			return false
		}
		from, err := clock("", m[1])
		to, err2 := clock("", m[2])
		return err == nil && err2 == nil && from < to
	}, func(string) string { return a.say("init.pattern") })
	if m := spanOfDay.FindStringSubmatch(answer); m != nil {
		fmt.Fprintf(b, "hours:\n  days: [%s]\n  from: %s\n  to: %s\n", picked.days, quote(m[1]), quote(m[2]))
	}
}

// place asks in which chat of an install customers' conversations are to open.
func (a *asker) place(o *opening) {
	field := o.setup.Place
	if field == nil || a.ended {
		return
	}
	right := regexp.MustCompile(field.Pattern)
	chat := a.askFor(hinted(o.fill(a.local(field.Ask), ""), a.say("init.skip")), "",
		func(s string) bool { return s == "" || right.MatchString(s) }, func(string) string { return a.say("init.pattern") })
	if chat == "" || !right.MatchString(chat) {
		fmt.Fprintln(a.out, a.say("init.place.later", "file", configName(o.path)))
		return
	}
	o.draft.places = append(o.draft.places, "  - place: "+quote(o.name+":"+o.install+"/"+chat)+"\n")
	if after := a.local(field.After); after != "" {
		fmt.Fprintln(a.out, o.fill(after, chat))
	}
}

// staffPage offers the page where colleagues answer in the browser, once.
func (a *asker) staffPage(d *draft) {
	if d.page || a.ended {
		return
	}
	fmt.Fprintln(a.out)
	if !a.yes(a.say("init.page")) {
		return
	}
	install := "staff"
	for n := 2; d.taken[string(webchat.Platform)+"/"+install]; n++ {
		install = fmt.Sprintf("staff%d", n)
	}
	d.taken[string(webchat.Platform)+"/"+install] = true
	d.blocks = append(d.blocks, fmt.Sprintf("  - platform: %s\n    install: %s\n    audience: %s\n", webchat.Platform, quote(install), crm.AudienceStaff))
	fmt.Fprintln(a.out, a.say("init.page.next"))
}
