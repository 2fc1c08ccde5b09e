package bottest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// errSetting is a line that nobody understands.
var errSetting = errors.New("no such setting")

// Threads has customers answered at the places from now on, each written as
// "platform:install#group".
func (h *House) Threads(places ...string) {
	h.t.Helper()
	if err := h.with("threads", strings.Join(places, " ")); err != nil {
		h.t.Fatal(err)
	}
}

// with changes what the config says, as a new process with another config
// would:
//
//	threads office:team#support floor:team#floor   from=window:shop and team=East behind a place narrow it
//	hours mon-fri 09:00-18:00 · hours always
//	translator on   what it is asked stands behind the language, "en‹你好›"; "???" it does not know
//	model on        words answers from the articles; a question with "???" finds it away
//	model away      it never comes back with anything
//	weekly thu 10:00   when the keepers are told of the week's misses
//	hold 0s · survey off · answer 10m · each 8 · idle 12h · reopen 168h · live 15m · flood 20 10m
func (h *House) with(key, value string) error {
	c := *h.Company
	if err := change(&c, key, value); err != nil {
		return fmt.Errorf("%s %s: %w", key, value, err)
	}
	h.Company = &c
	h.Restart()
	return nil
}

func change(c *bot.Company, key, value string) error {
	spans := map[string]*time.Duration{
		"hold": &c.Hold, "answer": &c.Rules.AnswerWithin, "idle": &c.Rules.Idle,
		"reopen": &c.Rules.Reopen, "live": &c.Rules.LiveFor,
	}
	var err error
	switch key {
	case "threads":
		c.Threads, err = places(strings.Fields(value))
		return err
	case "hours":
		c.Hours, err = hours(value, c.Zone)
		return err
	case "survey":
		c.Survey = value == "on"
		return nil
	case "translator":
		c.Translates = value == "on"
		return nil
	case "model":
		c.Knowledge.Answers, c.Knowledge.Embeds = value == "on", value == "away"
		return nil
	case "weekly":
		c.Knowledge.Weekly, err = weekly(value)
		return err
	case "each":
		c.Rules.OpenEach, err = strconv.Atoi(value)
		return err
	case "flood":
		minute, mute, _ := strings.Cut(value, " ")
		if c.Flood.PerMinute, err = strconv.Atoi(minute); err != nil {
			return err
		}
		c.Flood.Mute, err = time.ParseDuration(mute)
		return err
	}
	if to := spans[key]; to != nil {
		*to, err = time.ParseDuration(value)
		return err
	}
	return errSetting
}

// places reads "platform:install#group from=… team=…".
func places(words []string) (all []bot.ThreadPlace, err error) {
	for _, word := range words {
		key, value, narrows := strings.Cut(word, "=")
		if narrows && len(all) > 0 {
			last := &all[len(all)-1]
			switch key {
			case "from":
				last.From = append(last.From, value)
			case "team":
				last.Team = value
			default:
				return nil, errSetting
			}
			continue
		}
		at, group, ok := strings.Cut(word, "#")
		platform, install, ok2 := strings.Cut(at, ":")
		if !ok || !ok2 {
			return nil, errSetting
		}
		all = append(all, bot.ThreadPlace{Platform: bot.Platform(platform), Install: bot.Install(install), Chat: bot.ChatID("#" + group)})
	}
	return all, nil
}

// weekdays as scripts name them, from Sunday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// weekly reads "thu 10:00".
func weekly(value string) (bot.Weekly, error) {
	day, clock, _ := strings.Cut(value, " ")
	at, err := time.Parse("15:04", clock)
	n := slices.Index(weekdays, day)
	if err != nil || n < 0 {
		return bot.Weekly{}, errSetting
	}
	return bot.Weekly{Day: time.Weekday(n), Minute: at.Hour()*60 + at.Minute()}, nil
}

// hours reads "mon-fri 09:00-18:00".
func hours(value string, zone *time.Location) (crm.Hours, error) {
	if value == "always" {
		return crm.Hours{}, nil
	}
	days, times, _ := strings.Cut(value, " ")
	first, last, ok := strings.Cut(days, "-")
	from, to, ok2 := strings.Cut(times, "-")
	h := crm.Hours{Zone: zone}
	for n, in := 0, false; n < 14; n++ { // twice around, so that sat-mon is found
		if in = in || weekdays[n%7] == first; !in {
			continue
		}
		h.Days = append(h.Days, time.Weekday(n%7))
		if weekdays[n%7] == last {
			break
		}
	}
	begin, err := time.Parse("15:04", from)
	end, err2 := time.Parse("15:04", to)
	if !ok || !ok2 || err != nil || err2 != nil || len(h.Days) == 0 || len(h.Days) > 7 {
		return h, errSetting
	}
	midnight := time.Date(begin.Year(), begin.Month(), begin.Day(), 0, 0, 0, 0, time.UTC)
	h.From, h.To = begin.Sub(midnight), end.Sub(midnight)
	return h, nil
}

// interpreter is a Translator that translates nothing and shows what it was
// asked.
type interpreter struct{}

// Translate implements bot.Translator.
func (interpreter) Translate(_ context.Context, text, _, to string, _ []string) (string, error) {
	if strings.Contains(text, "???") {
		return "", bot.Unavailable(errors.New("as the script says"))
	}
	return to + "‹" + text + "›", nil
}
