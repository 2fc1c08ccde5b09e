package adaptertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"crmbot/bot"
)

// Threads is an adapter with bot.OpThread in front of a stand-in of its
// platform, in which there is a place of colleagues.
type Threads struct {
	API     *API
	New     func(t *testing.T, host bot.Host) bot.Webhook
	Request func(body []byte) *http.Request
	Secrets []string
	// Place is the chat in which threads are opened.
	Place bot.Address
	// Methods are the calls by which a thread is opened, in their order, and
	// Again how many cards there are at most if the answer to one got lost: 1 if
	// it is not in the map.
	Methods []string
	Again   map[string]int
	// Said is what the adapter has said in a thread, the card first. Opened is
	// which threads with a card there are.
	Said   func(thread bot.TopicID) []string
	Opened func() []bot.TopicID
	// Text is what a colleague writes in a thread, perhaps naming others. File,
	// Edit and Delete may be nil. Ours are messages of our own and of other
	// programs.
	Text   func(thread bot.TopicID, text string, named ...bot.SenderID) []byte
	File   func(thread bot.TopicID) []byte
	Edit   func(thread bot.TopicID, text string) []byte
	Delete func(thread bot.TopicID) []byte
	Ours   func(thread bot.TopicID) [][]byte
	// Press is a colleague pressing the button on the card of a thread.
	Press func(opened bot.Sent) []byte
	// Lose ends a thread, Shut closes the place, and Forbid takes the right to
	// open threads away; the last may be nil.
	Lose   func(thread bot.TopicID)
	Shut   func()
	Forbid func()
	// Called is how a message begins that calls somebody by name.
	Called func(who bot.Sender) string
}

// RunThreads runs what of the suite concerns threads; start makes everything
// afresh.
func RunThreads(t *testing.T, start func(t *testing.T) Threads) {
	for name, test := range map[string]func(*testing.T, Threads){
		"opened_once": openedOnce, "opened_in_doubt": openedInDoubt, "heard": heardInThread, "pressed": pressedInThread,
		"ours": oursInThread, "changed": cardChanged, "lost": threadLost, "shut": placeShut, "forbidden": threadsForbidden,
		"named": namedInThread, "notified": notifiedInThread, "whispered": whisperedInThread, "examined": placeExamined,
	} {
		t.Run(name, func(t *testing.T) { test(t, start(t)) })
	}
}

func (h *Threads) card(key, title string) bot.Outgoing {
	return bot.Outgoing{
		V: 1, Key: key, Op: bot.OpThread, To: h.Place,
		Reply: &bot.Reply{Text: "**" + title + "**\nwrites on the web page", Buttons: []bot.Button{{Label: "Take", Action: "b:abcdefgh12345678"}}},
	}
}

// in is something new in a thread.
func (h *Threads) in(thread bot.TopicID, text string) bot.Outgoing {
	out := bot.Outgoing{V: 1, Key: "9-" + text, Op: bot.OpPost, To: h.Place, Reply: bot.Text(text)}
	out.To.Topic = thread
	return out
}

// send performs an operation as a process does that knows of no other.
func (h *Threads) send(t *testing.T, house *House, out bot.Outgoing) (bot.Sent, error) {
	t.Helper()
	sent, err := h.New(t, house).Send(t.Context(), out)
	for _, secret := range h.Secrets {
		if strings.Contains(house.Log()+fmt.Sprint(err), secret) {
			t.Error("a secret got out")
		}
	}
	return sent, err
}

// open opens a thread.
func (h *Threads) open(t *testing.T, house *House, key, title string) bot.Sent {
	t.Helper()
	sent, err := h.send(t, house, h.card(key, title))
	if err != nil || sent.ID == "" || sent.Topic == "" {
		t.Fatalf("%+v, %v", sent, err)
	}
	return sent
}

// take brings a body in, to a process that knows of no other, and returns what
// came of it.
func (h *Threads) take(t *testing.T, house *House, body []byte) []bot.Inbound {
	t.Helper()
	house.Forget()
	w := httptest.NewRecorder()
	h.New(t, house).Webhook(house).ServeHTTP(w, h.Request(body))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	return house.Received()
}

func openedOnce(t *testing.T, h Threads) {
	house := NewHouse()
	first := h.open(t, house, "1-1", "王芳")
	if again := h.open(t, house, "1-1", "王芳"); again != first {
		t.Errorf("the second try gave %+v, the first %+v", again, first)
	}
	other := h.open(t, house, "2-1", "Ana")
	if other.Topic == first.Topic || other.ID == first.ID {
		t.Errorf("two operations, one thread: %+v", other)
	}
	if got := h.Opened(); len(got) != 2 {
		t.Errorf("threads %v, want 2", got)
	}
	if said := h.Said(first.Topic); len(said) != 1 || !strings.Contains(said[0], "王芳") {
		t.Errorf("the thread begins with %q", said)
	}
	for _, text := range []string{"one", "two"} {
		if sent, err := h.send(t, house, h.in(first.Topic, text)); err != nil || sent.ID == "" {
			t.Errorf("%+v, %v", sent, err)
		}
	}
	if said := h.Said(first.Topic); len(said) != 3 || !strings.Contains(said[1], "one") || !strings.Contains(said[2], "two") {
		t.Errorf("in the thread stands %q", said)
	}
	if said := h.Said(other.Topic); len(said) != 1 {
		t.Errorf("in the other thread stands %q", said)
	}
	empty := h.card("3-1", "")
	empty.Reply = &bot.Reply{}
	if _, err := h.send(t, house, empty); bot.FailureOf(err).Class != bot.BadContent || err == nil {
		t.Errorf("a thread without a card: %v", err)
	}
}

// openedInDoubt loses the request, or the answer, of every call on the way, and
// tries again in another process.
func openedInDoubt(t *testing.T, h Threads) {
	for i, method := range h.Methods {
		for j, trouble := range []Answer{{Lost: true}, {Cut: true}, {Status: http.StatusBadGateway, Body: "<html>"}} {
			house, before := NewHouse(), len(h.Opened())
			h.API.Force(method, trouble)
			out := h.card(fmt.Sprintf("%d-%d", i+10, j), "王芳")
			tries := 1
			sent, err := h.send(t, house, out)
			for ; err != nil && tries < 5; tries++ {
				if class := bot.FailureOf(err).Class; class != bot.Transient {
					t.Fatalf("%s %+v: %v is %s", method, trouble, err, class)
				}
				sent, err = h.send(t, house, out)
			}
			if err != nil || tries > 2 {
				t.Fatalf("%s %+v: %d tries, %v", method, trouble, tries, err)
			}
			opened, cards := h.Opened(), h.Said(sent.Topic)
			if most := max(h.Again[method], 1); len(opened) != before+1 || len(cards) < 1 || len(cards) > most {
				t.Errorf("%s %+v: %d threads more, %d cards of %d", method, trouble, len(opened)-before, len(cards), most)
			}
			h.API.Unforce(method)
		}
	}
}

// heardInThread checks that what is said in a thread is heard without a word to
// us, whatever it is, by whoever takes it in.
func heardInThread(t *testing.T, h Threads) {
	house := NewHouse()
	thread := h.open(t, house, "1-1", "王芳").Topic
	kinds := map[bot.Kind][]byte{bot.KindText: h.Text(thread, "he is a regular")}
	if h.File != nil {
		kinds[bot.KindMedia] = h.File(thread)
	}
	if h.Edit != nil {
		kinds[bot.KindEdit] = h.Edit(thread, "she is")
	}
	if h.Delete != nil {
		kinds[bot.KindDelete] = h.Delete(thread)
	}
	want := h.Place
	want.Topic = thread
	for kind, body := range kinds {
		got := h.take(t, house, body)
		if len(got) != 1 {
			t.Errorf("%s: received %d, counted %v", kind, len(got), house.Counts())
			continue
		}
		in := got[0]
		if in.Kind != kind || in.Address != want || in.Direct || in.Mention || in.Quoted || in.ReplyTo != "" || in.Sender.ID == "" || in.EventID == "" {
			t.Errorf("%s: %+v", kind, in)
		}
		if kind == bot.KindMedia && len(in.Files) == 0 || (kind == bot.KindEdit || kind == bot.KindDelete) && in.Target == "" {
			t.Errorf("%s: incomplete: %+v", kind, in)
		}
	}
}

func oursInThread(t *testing.T, h Threads) {
	house := NewHouse()
	thread := h.open(t, house, "1-1", "王芳").Topic
	for _, body := range h.Ours(thread) {
		if got := h.take(t, house, body); len(got) != 0 {
			t.Errorf("%s became %+v", body, got)
		}
	}
}

// pressedInThread checks that a button of the card is pressed in the thread, and
// not in the chat where the card was posted to.
func pressedInThread(t *testing.T, h Threads) {
	house := NewHouse()
	opened := h.open(t, house, "1-1", "王芳")
	got := h.take(t, house, h.Press(opened))
	want := h.Place
	want.Topic = opened.Topic
	if len(got) != 1 || got[0].Kind != bot.KindAction || got[0].Address != want || got[0].Target != opened.ID || got[0].Action != "b:abcdefgh12345678" {
		t.Errorf("%+v", got)
	}
}

func cardChanged(t *testing.T, h Threads) {
	house := NewHouse()
	opened := h.open(t, house, "1-1", "王芳")
	out := h.in(opened.Topic, "王芳, in charge: 李伟")
	out.Op, out.Target = bot.OpEdit, opened.ID
	sent, err := h.send(t, house, out)
	if err != nil || sent.ID != opened.ID {
		t.Errorf("%+v, %v", sent, err)
	}
	if said := h.Said(opened.Topic); len(said) != 1 {
		t.Errorf("it became %q", said)
	}
}

// closed checks how a failure is to be taken.
func closed(t *testing.T, what string, err error, why string) {
	t.Helper()
	f := bot.FailureOf(err)
	if err == nil || f.Class != bot.RecipientGone || f.Why != why {
		t.Errorf("%s: %v, why %q; want %s, %q", what, err, f.Why, bot.RecipientGone, why)
	}
}

func threadLost(t *testing.T, h Threads) {
	house := NewHouse()
	opened := h.open(t, house, "1-1", "王芳")
	h.Lose(opened.Topic)
	_, err := h.send(t, house, h.in(opened.Topic, "hello"))
	closed(t, "a word in it", err, bot.WhyTopic)
	if other := h.open(t, house, "2-1", "王芳"); other.Topic == opened.Topic {
		t.Error("the lost thread was opened again")
	}
}

func placeShut(t *testing.T, h Threads) {
	house := NewHouse()
	opened := h.open(t, house, "1-1", "王芳")
	h.Shut()
	_, err := h.send(t, house, h.in(opened.Topic, "hello"))
	closed(t, "a word in a thread", err, bot.WhyArchived)
	_, err = h.send(t, house, h.card("2-1", "Ana"))
	closed(t, "a thread", err, bot.WhyArchived)
	out := h.in("", "hello")
	_, err = h.send(t, house, out)
	closed(t, "a word in the place", err, bot.WhyArchived)
}

func threadsForbidden(t *testing.T, h Threads) {
	if h.Forbid == nil {
		t.Skip("whoever is there may open threads")
	}
	house := NewHouse()
	h.Forbid()
	_, err := h.send(t, house, h.card("2-1", "Ana"))
	closed(t, "a thread", err, bot.WhyRights)
	if _, err = h.send(t, house, h.in("", "I may not open threads here")); err != nil {
		t.Errorf("nobody can be told: %v", err)
	}
}

func namedInThread(t *testing.T, h Threads) {
	house := NewHouse()
	thread := h.open(t, house, "1-1", "王芳").Topic
	others := []bot.SenderID{"UOTHER", "UTHIRD"}
	if h.Place.Chat[0] == '-' { // people are numbers there
		others = []bot.SenderID{"777", "778"}
	}
	got := h.take(t, house, h.Text(thread, "please look", append(others, others[0])...))
	if len(got) != 1 || !slices.Equal(got[0].Named, others) || got[0].Mention {
		t.Errorf("%+v; want it to name %v", got, others)
	}
}

func notifiedInThread(t *testing.T, h Threads) {
	house := NewHouse()
	thread := h.open(t, house, "1-1", "王芳").Topic
	out := h.in(thread, "a customer waits")
	who := bot.Sender{ID: "UOTHER", Name: "李 <伟>"}
	if h.Place.Chat[0] == '-' {
		who.ID = "777"
	}
	out.Notify = []bot.Sender{who, {ID: "not an id <!channel>"}}
	if _, err := h.send(t, house, out); err != nil {
		t.Fatal(err)
	}
	said := h.Said(thread)
	if last := said[len(said)-1]; !strings.HasPrefix(last, h.Called(who)+" a customer") {
		t.Errorf("it says %q, want it to begin with %q", last, h.Called(who))
	}
}

func whisperedInThread(t *testing.T, h Threads) {
	house := NewHouse()
	a := h.New(t, house)
	if !a.Features().Can(bot.OpEphemeral) {
		if !a.Features().Quotes {
			t.Error("nobody can be told anything alone, and nobody can be quoted")
		}
		return
	}
	thread := h.open(t, house, "1-1", "王芳").Topic
	out := h.in(thread, "note only")
	out.Op, out.For = bot.OpEphemeral, "UOTHER"
	before := len(h.API.Calls())
	if _, err := h.send(t, house, out); err != nil {
		t.Fatal(err)
	}
	calls := h.API.Calls()[before:]
	if len(calls) != 1 || !slices.Contains(values(calls[0]), "UOTHER") || !slices.Contains(values(calls[0]), string(thread)) {
		t.Errorf("calls %v", calls)
	}
	if said := h.Said(thread); len(said) != 1 {
		t.Errorf("all see %q", said)
	}
}

func values(c Call) (all []string) {
	for _, v := range c.Params {
		all = append(all, v)
	}
	return all
}

// placeExamined checks what check says of a place that works, and of one that
// does not.
func placeExamined(t *testing.T, h Threads) {
	house := NewHouse()
	e, ok := h.New(t, house).(bot.PlaceExaminer)
	if !ok {
		t.Fatal("nobody can look whether threads can be opened")
	}
	look := func() bool {
		found := e.ExaminePlace(t.Context(), h.Place.Chat)
		(&Remote{Secrets: h.Secrets}).findings(t, found)
		for _, f := range found {
			if strings.ContainsAny(strings.ReplaceAll(f.Text["en"]+f.Next["en"]+f.Text["zh-CN"]+f.Next["zh-CN"], "{paste}", ""), "{}") {
				t.Errorf("a gap in %v %v", f.Text, f.Next)
			}
			if f.Level == bot.LevelBroken && f.Next == nil {
				t.Errorf("it does not say what to do: %v", f.Text)
			}
		}
		return slices.ContainsFunc(found, func(f bot.Finding) bool { return f.Level == bot.LevelBroken })
	}
	if look() {
		t.Error("a place that works is broken")
	}
	for name, spoil := range map[string]func(){"forbidden": h.Forbid, "shut": h.Shut} {
		if spoil == nil {
			continue
		}
		if spoil(); !look() {
			t.Errorf("nothing is wrong with a place that is %s", name)
		}
	}
	if before := h.API.Calls(h.Methods...); len(before) != 0 {
		t.Errorf("it changes something: %v", before)
	}
}
