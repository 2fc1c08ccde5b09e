package adapters_test

import (
	"slices"
	"strings"

	"crmbot/bot"
)

// place is where colleagues answer customers: a channel, a group, a page. There
// is one thread.
type place interface {
	sitter
	// Colleagues' side. Each brings one thing into the inbox: a line as it is
	// typed for colleagues, one with the sign that lets it go, one by the Reply
	// button, a photo with words to the customer, and a pressed button.
	note(who, text string)
	reply(who, text string)
	answer(who, text string)
	send(who, photo, text string)
	press(who, label string)
	// shown is what came since the last time.
	shown() []shown
}

const (
	theThread = "the thread"
	cardIs    = "card" // what a thread begins with
	alone     = " alone"
)

// outside is a customer's screen of which is known all that it was sent.
type outside interface {
	seat
	reached() string
}

// letsGo begins a line to the customer, in a language.
var letsGo = map[string]string{"en": "reply: ", "zh-CN": "回复："}

// userSeat is a colleague's account on a platform.
func userSeat(platform, handle string) string {
	for _, p := range townsfolk() {
		for _, seat := range p.seats {
			if p.Handle == handle && seat.Platform == platform {
				return seat.Sender
			}
		}
	}
	return ""
}

// drawn remembers how messages looked, by their native id.
type drawn map[string][]string

// first keeps a new message.
func (d drawn) first(id, text string) { d[id] = lines(text) }

// again is a message that was changed: what is gone of it, and what is new.
func (d drawn) again(id, text string) string {
	was, is := d[id], lines(text)
	d[id] = is
	var out []string
	for _, line := range was {
		if !slices.Contains(is, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// labels are buttons as a line.
func labels(options []string) string {
	if len(options) == 0 {
		return ""
	}
	return "[" + strings.Join(options, "] [") + "]"
}

// change makes x one of a message that was changed, buttons and all.
func (d drawn) change(x *shown, id string) {
	x.changed = true
	x.text, x.options = d.again(id, x.text+"\n"+labels(x.options)), nil
}

func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// opensHere is a door behind which threads open.
func opensHere(d door, chat bot.ChatID) door {
	d.threads = chat
	return d
}
