package bottest

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"crmbot/bot"
	"crmbot/bot/script"
	"crmbot/crm"
)

// Whatever customers and colleagues do, in any order, with platforms that fail
// and processes that die: nothing internal leaves, nothing is lost or doubled,
// order holds, and at each moment exactly one is responsible.
//
// Every run opens a house, so there are few, from one seed, unless -rapid.checks
// and -rapid.seed say otherwise.
func TestThreadsKeepTheirPromises(t *testing.T) {
	for name, value := range map[string]string{"rapid.checks": "15", "rapid.seed": "1"} {
		if f := flag.Lookup(name); f.Value.String() == f.DefValue {
			if err := flag.Set(name, value); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = flag.Set(name, f.DefValue) }()
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newBridge(t, rt)
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			w.act()
			w.responsible()
		}
		w.drain()
		w.check()
	})
}

// Words of the test are a letter and a number, so that they are found again
// wherever they go: c of a customer, n for a plain line of a colleague, r for a
// reply, s of a line that stays inside whatever the thread is.
var words = regexp.MustCompile(`\b([cnrs])(\d+)zz\b`)

// bridge is a house between three customers and their threads.
type bridge struct {
	*House
	rt    *rapid.T
	n     int
	may   map[string]bool     // plain lines that may have been let out
	typed map[string][]string // by whom and where: plain lines
	last  map[string]string   // what somebody said last, as "c5zz", "" for anything else
	must  map[string]bool     // said to a person: every thread shows it
	gone  map[string]bool     // taken back by the customer
	fresh []string            // said by customers in this step
}

var (
	bridgeCustomers  = []string{"customer:ana", "customer:bo@plain", "customer:cai@window"}
	bridgeColleagues = []string{"he.min", "li.wei"}
)

func newBridge(t *testing.T, rt *rapid.T) *bridge {
	w := &bridge{
		House: New(t, "en"), rt: rt, may: map[string]bool{}, typed: map[string][]string{}, last: map[string]string{},
		must: map[string]bool{}, gone: map[string]bool{},
	}
	w.Threads("office:team#support", "floor:team#lounge")
	return w
}

// do plays a line. A button that is not there is not pressed.
func (w *bridge) do(line string) bool {
	lines, err := script.Parse(strings.NewReader(line))
	if err != nil {
		w.rt.Fatalf("%s: %v", line, err)
	}
	var said strings.Builder
	err = script.Play(context.Background(), lines, w.House, &said)
	if err != nil && strings.Contains(err.Error(), "no button") {
		return false
	}
	if err != nil {
		w.rt.Fatalf("%s: %v", line, err)
	}
	w.rt.Logf("%s", strings.TrimRight(said.String(), "\n"))
	return true
}

// say has somebody say a line, of which word is what is found again.
func (w *bridge) say(by, line, word string) {
	w.last[by] = word
	if word != "" && word[0] == 'c' {
		w.fresh = append(w.fresh, word)
	}
	w.do(line)
}

func (w *bridge) word(kind string) string {
	w.n++
	return fmt.Sprintf("%s%dzz", kind, w.n)
}

func (w *bridge) pick(name string, from ...string) string {
	return rapid.SampledFrom(from).Draw(w.rt, name)
}

// act is one thing that anybody does.
func (w *bridge) act() {
	w.rt.Helper()
	w.fresh = nil
	what := w.pick(
		"what", "speaks", "speaks", "speaks", "person", "person", "note", "note", "reply", "reply", "reply", "quote", "inside",
		"press", "press", "press", "wait", "wait", "restart", "at once", "asks", "down", "up", "typo", "mends", "takes back",
		"changes", "changes", "withdraws", "form", "rates", "goes", "blocks", "merges",
	)
	switch what {
	case "wait":
		w.do("* wait " + w.pick("how long", "3s", "10s", "70s", "11m", "16m", "13h"))
	case "restart":
		w.do("* restart")
	case "down", "up":
		w.do("* " + what + " " + w.pick("platform", "office", "floor", "desk", "window"))
	case "goes":
		w.do(w.pick("colleague", bridgeColleagues...) + "> " + w.pick("where", "away", "back"))
	case "merges":
		w.do("he.min> " + w.pick("merge", "merge CON-2 CON-1", "merge CON-3 CON-2", "undo"))
		w.do("he.min> [" + w.pick("sure", "Yes", "Merge", "Cancel") + "]")
	case "speaks", "at once", "asks", "person", "rates", "mends", "takes back":
		w.customer(what)
	default:
		w.staff(what)
	}
	w.toPerson()
}

// customer is one thing that a customer does.
func (w *bridge) customer(what string) {
	c := w.pick("customer", bridgeCustomers...)
	switch what {
	case "speaks":
		word := w.word("c")
		w.say(c, c+"> the parcel "+word+" is blue", word)
	case "at once": // the process dies before anything was made of it
		one, two := w.word("c"), w.word("c")
		w.say(c, c+">> the parcel "+one+" is red", one)
		w.say(c, c+">> and "+two+" too", two)
		w.do("* restart")
	case "asks":
		w.say(c, c+"> how long does delivery take?", "")
	case "person":
		w.say(c, c+"> human", "")
	case "rates":
		w.say(c, c+"> "+w.pick("rating", "5", "2"), "")
	case "mends":
		if word := w.last[c]; word != "" {
			w.do(c + "> <edit the parcel " + word + " is green>")
		}
	case "takes back":
		if word := w.last[c]; word != "" {
			w.gone[word], w.last[c] = true, ""
			w.do(c + "> <delete>")
		}
	}
}

// toPerson: what was said to a person is shown to people.
func (w *bridge) toPerson() {
	if len(w.fresh) == 0 {
		return
	}
	for _, c := range w.conversations() {
		if !c.Person() {
			continue
		}
		for _, m := range w.said(c.ID) {
			for _, word := range words.FindAllString(m.Body, -1) {
				if slices.Contains(w.fresh, word) && m.AuthorKind == crm.AuthorContact {
					w.must[word] = true
				}
			}
		}
	}
}

// staff is one thing that a colleague does in a thread.
func (w *bridge) staff(what string) {
	opened := w.opened()
	if len(opened) == 0 {
		return
	}
	at := w.pick("thread", opened...)
	name := w.pick("colleague", bridgeColleagues...)
	by := name + "#" + at
	plain := func(line string) { // [Send it] alone lets it out
		word := w.plain(by)
		w.say(by, by+"> "+fmt.Sprintf(line, word), word)
	}
	switch what {
	case "note":
		word := w.plain(by)
		w.may[word] = w.liveFor(at, name)
		w.say(by, by+"> careful, "+word+" is a difficult one", word)
	case "typo":
		plain(w.pick("typo", "/clsoe %s", "!take %s", "clsoe %s"))
	case "reply":
		word := w.word("r")
		w.say(by, by+"> "+fmt.Sprintf(w.pick("prefix", "reply: %s is on its way", "r：%s 已寄出", "回复:%s", "R: %s"), word), word)
	case "quote":
		plain(w.pick("quote", "> reply: %s", "》%s", "> %s", "@he.min %s, can you?"))
	case "inside":
		word := w.word("s")
		w.say(by, by+"> "+fmt.Sprintf(w.pick("inside", "note: %s", "备注：%s", "@ note %s"), word), word)
	case "form": // his next line is no word to the customer, whatever it is
		w.say(by, by+"> @ "+w.pick("form", "plan", "ticket"), "")
		plain("tomorrow 10:00 %s")
	case "blocks":
		w.say(by, by+"> @ "+w.pick("listen", "block", "unblock", "unblock"), "")
		w.do(by + "> [Yes]")
	case "changes", "withdraws":
		w.revises(by, what == "withdraws")
	case "press":
		w.presses(by, at)
	}
}

// plain is the word of a line that stays inside unless its author has it sent.
func (w *bridge) plain(by string) string {
	word := w.word("n")
	w.typed[by] = append(w.typed[by], word)
	return word
}

// revises changes or takes back what a colleague said last. What goes out stays
// what it was, and what is inside does not get out that way.
func (w *bridge) revises(by string, back bool) {
	word := w.last[by]
	switch {
	case word == "":
		return
	case back:
		w.last[by] = ""
		w.do(by + "> <delete>")
	case word[0] == 'r':
		to := w.pick("to", "reply: "+word+" will come later", "note: "+w.plain(by), "> "+w.plain(by), "/clsoe "+w.plain(by))
		w.do(by + "> <edit " + to + ">")
	default:
		w.do(by + "> <edit " + w.pick("to", "note: "+w.plain(by), "@he.min "+w.plain(by), "/clsoe "+w.plain(by), "plan tomorrow "+w.plain(by)) + ">")
	}
}

func (w *bridge) presses(by, at string) {
	label := w.pick(
		"label", "Take", "Close", "Back to the bot", "Go live", "Go live", "End live", "Stop", "Send it", "Keep as note", "Send again", "Send anyway",
	)
	if label == "Send it" && w.do(by+"> [Send it]") {
		for _, colleague := range bridgeColleagues { // where nobody can be told alone, others may press it too
			for _, word := range w.typed[colleague+"#"+at] {
				w.may[word] = true
			}
		}
	} else if label != "Send it" {
		w.do(by + "> [" + label + "]")
	}
}

// opened are the threads that there are, "support/1".
func (w *bridge) opened() []string {
	var out []string
	for _, t := range w.threads() {
		if t.Topic != "" && t.State != crm.ThreadLost {
			out = append(out, strings.TrimPrefix(t.Chat, "#")+"/"+t.Topic)
		}
	}
	slices.Sort(out)
	return out
}

func (w *bridge) threads() []*crm.Thread {
	all, _, err := w.Store.Threads(context.Background(), crm.ThreadFilter{Page: crm.Page{Limit: 100}})
	if err != nil {
		w.rt.Fatal(err)
	}
	return all
}

// conversation is that of a thread.
func (w *bridge) conversation(at string) *crm.Conversation {
	for _, t := range w.threads() {
		if strings.TrimPrefix(t.Chat, "#")+"/"+t.Topic != at {
			continue
		}
		c, err := w.Store.Conversation(context.Background(), t.ConversationID)
		if err != nil {
			w.rt.Fatal(err)
		}
		return c
	}
	w.rt.Fatalf("no thread %s", at)
	return nil
}

// liveFor says whether all that somebody writes in a thread goes out.
func (w *bridge) liveFor(at, name string) bool {
	id := w.conversation(at).LiveID
	if id == 0 {
		return false
	}
	u, err := w.Store.User(context.Background(), id)
	if err != nil {
		w.rt.Fatal(err)
	}
	return u.Handle == name
}

func (w *bridge) conversations() []*crm.Conversation {
	all, _, err := w.Store.ConversationList(context.Background(), crm.ConversationFilter{Scope: crm.Everything(), Page: crm.Page{Limit: 100}})
	if err != nil {
		w.rt.Fatal(err)
	}
	return all
}

func (w *bridge) said(id crm.ConversationID) []*crm.Message {
	all, err := w.Store.Messages(context.Background(), id, 0, 500)
	if err != nil {
		w.rt.Fatal(err)
	}
	return all
}

// responsible: the bot, or one person who works here.
func (w *bridge) responsible() {
	w.rt.Helper()
	all := w.conversations()
	for _, c := range all {
		switch {
		case c.Person() && c.AssigneeID == 0:
			w.rt.Fatalf("%s is %s and nobody is responsible", c.ID, c.Status)
		case !c.Person() && c.AssigneeID != 0:
			w.rt.Fatalf("%s is %s and both %s and the bot are responsible", c.ID, c.Status, c.AssigneeID)
		case c.LiveID != 0 && c.LiveID != c.AssigneeID:
			w.rt.Fatalf("%s is live for %s, who is not in charge", c.ID, c.LiveID)
		}
		if c.AssigneeID != 0 {
			if u, err := w.Store.User(context.Background(), c.AssigneeID); err != nil || !u.Active || !u.AwayAt.IsZero() {
				w.rt.Fatalf("%s stays with %v, %v", c.ID, u, err)
			}
		}
	}
}

// drain lets everything come to its end.
func (w *bridge) drain() {
	for _, p := range []string{"office", "floor", "desk", "window"} {
		w.do("* up " + p)
	}
	for range 5 {
		w.do("* wait 6m")
	}
}

// shownTo are the words at an address, in order: those that were posted, or
// all, with what was changed.
func (w *bridge) shownTo(at bot.Address, changed bool) []string {
	var out []string
	for _, p := range platforms {
		r := w.rooms[p]
		r.mu.Lock()
		for _, s := range r.shown {
			if s.out.Reply != nil && s.out.To == at && (changed || s.out.Op != bot.OpEdit) {
				out = append(out, words.FindAllString(s.out.Reply.Text, -1)...)
			}
		}
		r.mu.Unlock()
	}
	return out
}

func (w *bridge) check() {
	w.rt.Helper()
	for _, c := range bridgeCustomers {
		w.outside(c)
	}
	for _, t := range w.threads() {
		if t.State != crm.ThreadLost {
			w.inside(t)
		}
	}
}

// outside: a customer reads what was released for him, once, in order, and
// nothing else of ours.
func (w *bridge) outside(customer string) {
	w.rt.Helper()
	s, err := script.Parse(strings.NewReader(customer + "> x"))
	if err != nil {
		w.rt.Fatal(err)
	}
	at := w.address(s[0].Speaker)
	for _, word := range w.shownTo(at, true) {
		if word[0] == 's' || word[0] == 'n' && !w.may[word] {
			w.rt.Fatalf("%s read %s, which was never let out", customer, word)
		}
	}
	got := slices.DeleteFunc(w.shownTo(at, false), func(word string) bool { return word[0] == 'c' })
	if want := w.released(at); !slices.Equal(got, want) {
		w.rt.Fatalf("%s read %v of us, released was %v", customer, got, want)
	}
}

// released are the words that were let go to an address and taken by its
// platform, in the order in which they were due.
func (w *bridge) released(at bot.Address) []string {
	ctx := context.Background()
	key := crm.ConversationKey{Platform: string(at.Platform), Install: string(at.Install), Chat: string(at.Chat)}
	found, err := w.Store.Conversations(ctx, []crm.ConversationKey{key})
	if err != nil || found[key] == nil {
		return nil
	}
	all, _, err := w.Store.Releases(ctx, crm.ReleaseFilter{Conversation: found[key].ID, Page: crm.Page{Limit: 200}})
	if err != nil {
		w.rt.Fatal(err)
	}
	slices.SortFunc(all, func(a, b *crm.Release) int { return int(a.MessageID - b.MessageID) })
	var out []string
	for _, r := range all {
		if r.State == crm.ReleaseHeld {
			w.rt.Fatalf("release %d is held for ever: %q", r.ID, r.Body)
		}
		if r.State == crm.ReleaseSent && (r.Delivery == crm.DeliveryAccepted || r.Delivery == crm.DeliveryDelivered) {
			out = append(out, words.FindAllString(r.Body, -1)...)
		}
	}
	return out
}

// inside: a thread shows what its customer said to a person, each once and in
// order.
func (w *bridge) inside(t *crm.Thread) {
	w.rt.Helper()
	said := w.said(t.ConversationID)
	place := bot.Address{Platform: bot.Platform(t.Platform), Install: bot.Install(t.Install), Chat: bot.ChatID(t.Chat), Topic: bot.TopicID(t.Topic)}
	shown := slices.DeleteFunc(w.shownLines(place), func(word string) bool { return word[0] != 'c' || w.gone[word] })
	var all, must []string
	for _, m := range said {
		if m.Direction != crm.In || m.AuthorKind != crm.AuthorContact {
			continue
		}
		for _, word := range words.FindAllString(m.Body, -1) {
			if w.gone[word] {
				continue
			}
			all = append(all, word)
			if w.must[word] && !m.Muted {
				must = append(must, word)
			}
		}
	}
	if t.State == crm.ThreadOpen && len(said) > 0 {
		last := said[len(said)-1]
		if last.ID > t.Cursor && last.Happened.Before(w.Pipeline.Now().Add(-time.Hour)) {
			w.rt.Fatalf("thread %d looked until %d of %d", t.ID, t.Cursor, last.ID)
		}
	}
	if !subsequence(shown, all) {
		w.rt.Fatalf("thread %d shows %v of %v: lost the order, or doubled", t.ID, shown, all)
	}
	if !subsequence(must, shown) {
		w.rt.Fatalf("thread %d shows %v and must show %v", t.ID, shown, must)
	}
}

// shownLines are the words in the lines of a thread that are the customer's, not
// in its card.
func (w *bridge) shownLines(at bot.Address) []string {
	var out []string
	r := w.rooms[at.Platform]
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.shown {
		if s.out.To == at && s.out.Reply != nil && s.out.Op == bot.OpPost && len(s.out.Reply.Cards) == 0 {
			out = append(out, words.FindAllString(s.out.Reply.Text, -1)...)
		}
	}
	return out
}

func subsequence(part, whole []string) bool {
	i := 0
	for _, word := range whole {
		if i < len(part) && part[i] == word {
			i++
		}
	}
	return i == len(part)
}
