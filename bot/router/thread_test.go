package router_test

import (
	"strings"
	"testing"

	"crmbot/bot/bottest"
)

// inThread opens a thread about Ana where he.min is in charge, at a place with
// forms and private words (office) or with quotes and without them (floor). What
// is held goes out at once.
func inThread(t *testing.T, place string) *bottest.House {
	t.Helper()
	h := bottest.New(t, "en")
	h.Threads(place + ":team#support")
	h.Say("* with hold 0s")
	h.Say("customer:ana> How long does maltose syrup keep?")
	says(t, h, "customer:ana> person", "to #support/1")
	says(t, h, "he.min#support/1> [Take]", "In charge: 何敏")
	return h
}

// words are what a customer was shown in a transcript.
func words(have, who string) string {
	_, have, ok := strings.Cut(have, "  to "+who+"\n")
	if !ok {
		return ""
	}
	var lines []string
	for _, line := range strings.Split(have, "\n") {
		if !strings.HasPrefix(line, "    ") {
			break
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

// outside fails unless a line in the thread brings the customer want, "" for
// nothing.
func outside(t *testing.T, h *bottest.House, line, want string) string {
	t.Helper()
	have := h.Say(line)
	got := strings.TrimPrefix(words(have, "customer:ana"), "何敏: ")
	if got != want {
		t.Errorf("%s\nthe customer reads %q, want %q\n%.1500s", line, got, want, have)
	}
	return have
}

// TestWhatGoesOut: only a word of the list with its colon sends a line.
func TestWhatGoesOut(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	for _, test := range []struct{ line, want string }{
		{"reply: hello", "hello"},
		{"r: hello again", "hello again"},
		{"R:no space", "no space"},
		{"REPLY ： wide colon", "wide colon"},
		{"回复：你好", "你好"},
		{"回复: 半角", "半角"},
		{"回：短的", "短的"},
		{"  ｒ： full width", "full width"},
		{"reply: r: twice", "r: twice"},
		{"re: your order", ""},
		{"reply to him: no", ""},
		{"reply hello", ""},
		{"replies: no", ""},
		{"回复客户：不行", ""},
		{"Re：不行", ""},
		{"> reply: quoted", ""},
		{"》回复：引用", ""},
		{"&gt; reply: quoted", ""},
		{"note: reply: inside", ""},
		{"备注：回复：内部", ""},
		{"he asked r: what", ""},
		{"https://example.com/r:1", ""},
		{"14:30 he called", ""},
		{"just a note", ""},
		{"@ nonsense reply: x", ""},
	} {
		outside(t, h, "he.min#support/1> "+test.line, test.want)
	}
	have := outside(t, h, "he.min#support/1> <photo bag.jpg | r: the bag>", "the bag\n📎 bag.jpg")
	outside(t, h, "he.min#support/1> <photo bag.jpg | the bag>", "")
	outside(t, h, "he.min#support/1> <photo bag.jpg>", "")
	if strings.Contains(have, "Note only") {
		t.Errorf("a caption that goes out is no note:\n%s", have)
	}
}

// TestLiveLines: in a live thread lines go out, but for what may be meant for
// somebody else.
func TestLiveLines(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "he.min#support/1> @ live", "Live: 何敏")
	const asked = "looks like a command"
	for _, test := range []struct{ line, want, says string }{
		{"Good morning, Ana", "Good morning, Ana", ""},
		{"Today we ship 5 t", "Today we ship 5 t", ""},
		{"fine", "fine", ""},
		{"It is done: the bags are new", "It is done: the bags are new", ""},
		{"您好，请问要几吨？", "您好，请问要几吨？", ""},
		{"reply: with its word", "with its word", ""},
		{"note: she is angry", "", ""},
		{"备注：她很急", "", ""},
		{"> Good morning", "", ""},
		{"@he.min look at this", "", ""},
		{"@li.wei look at this", "", ""},
		{"@ waiting", "", "1 customer"},
		{"notr: she is angry", "", asked},
		{"note; she is angry", "", asked},
		{"note she is angry", "", asked},
		{"备住：她很急", "", asked},
		{"repyl: hello", "", asked},
		{"回复客户说在路上了", "", asked},
		{"跟进 要5吨", "", asked},
		{"/close", "", asked},
		{"!close", "", asked},
		{"TIC-1 is solved", "", asked},
		{"pipeline", "", asked},
		{"pipelin", "", asked},
		{"结束会话", "", asked},
	} {
		have := outside(t, h, "he.min#support/1> "+test.line, test.want)
		have = strings.ReplaceAll(have, "这句像是命令", asked)
		if test.says != "" && !strings.Contains(have, test.says) {
			t.Errorf("%s\nwant %q:\n%s", test.line, test.says, have)
		}
	}
	outside(t, h, "he.min#support/1> [发出]", "结束会话")
	outside(t, h, "he.min#support/1> <photo bag.jpg>", "📎 bag.jpg")
	outside(t, h, "li.wei#support/1> I am not live", "")
	says(t, h, "he.min#support/1> @ live off", "Live is off")
	outside(t, h, "he.min#support/1> not live any more", "")
}

// Each test below is about two neighbouring rules of a thread: the line would
// mean something to both, and the first one has it.

func TestStrangerBeforeNote(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "bob#support/1> reply: hi", "We have not met")
	outside(t, h, "bob#support/1> r： hi", "")
	outside(t, h, "bob#support/1> nice weather", "")
	says(t, h, "bob#support/1> @ close", "We have not met")
}

func TestNoteBeforeReply(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	have := outside(t, h, "he.min#support/1> note: reply: hello", "")
	if strings.Contains(have, "Note only") {
		t.Errorf("who says note is not told that it is one:\n%s", have)
	}
}

// TestReplyOutsideAThread: beside the threads nothing is sent, and it is said.
func TestReplyOutsideAThread(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	have := outside(t, h, "he.min#support> reply: hello", "")
	if !strings.Contains(have, "Nothing was sent") {
		t.Errorf("he is not told:\n%s", have)
	}
	outside(t, h, "he.min#support> hello", "")
	outside(t, h, "he.min#sales> reply: hello", "")
}

func TestReplyBeforeAnswer(t *testing.T) {
	t.Parallel()
	h := inThread(t, "floor")
	says(t, h, "he.min#support/1> @ plan", "When?")
	outside(t, h, "he.min#support/1> ^ reply: tomorrow", "tomorrow")
	says(t, h, "he.min#support/1> @ cancel", "Cancelled")
}

func TestAnswerBeforeCommand(t *testing.T) {
	t.Parallel()
	h := inThread(t, "floor")
	says(t, h, "he.min#support/1> reply:", "What shall the customer read?")
	outside(t, h, "he.min#support/1> a plain line is none", "")
	says(t, h, "he.min#support/1> reply:", "What shall the customer read?")
	outside(t, h, "he.min#support/1> ^ note", "note") // the words to the customer, and no command
	outside(t, h, "he.min#support/1> ^ a quote of something else", "")
}

func TestCommandBeforeLive(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "he.min#support/1> @ live", "Live: 何敏")
	have := outside(t, h, "he.min#support/1> @ plan tomorrow 10:00 call", "")
	if !strings.Contains(have, "for **CON-1 Ana**, tomorrow 10:00: call") {
		t.Errorf("no plan:\n%s", have)
	}
	outside(t, h, "he.min#support/1> @ no command at all", "")
}

func TestLiveBeforePlain(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	outside(t, h, "he.min#support/1> hello", "")
	h.Say("he.min#support/1> @ live")
	outside(t, h, "he.min#support/1> hello", "hello")
}

// TestOpenQuestionWaits: somebody who was asked something goes on talking to the
// others; a mention answers, a plain line does not.
func TestOpenQuestionWaits(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "li.wei#support/1> @ plan", "When?")
	says(t, h, "li.wei#support/1> tomorrow 10:00", "Note only")
	says(t, h, "li.wei#support/1> @ tomorrow 10:00", "What is to be done?")
	says(t, h, "li.wei#support/1> @ call her", "for **CON-1 Ana**, tomorrow 10:00: call her")
	says(t, h, "he.min#support/1> reply:", "What shall the customer read?")
	says(t, h, "he.min#support/1> @ close", "Ana has had no answer yet")
	says(t, h, "he.min#support/1> [Close anyway]", "has closed this")
}

// TestOneSubject: a command that names nobody is about the thread's customer.
func TestOneSubject(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	for _, test := range []struct{ line, want string }{
		{"@", "the customer does not see it"},
		{"@ note wants 5 t", "Noted on **CON-1 Ana**: wants 5 t"},
		{"@ note Ana wants 6 t", "Noted on **CON-1 Ana**: wants 6 t"},
		{"@ note called: she wants 5 t", "Noted on **CON-1 Ana**: called: she wants 5 t"},
		{"@ 跟进 要5吨", "已记到 **CON-1 Ana**：要5吨"},
		{"@ plan tomorrow 10:00 call", "for **CON-1 Ana**, tomorrow 10:00: call"},
		{"@ remind me tomorrow 9am to call", "for **CON-1 Ana**, tomorrow 09:00"},
		{"@ contact", "| CON-1 Ana"},
		{"@ solve", "no open ticket"},
		{"@ won", "did not understand"},
		{"@ ticket kind=complaint torn bags", "New ticket **TIC-1 torn bags**"},
		{"@ ticket", "| TIC-1 torn bags"},
		{"@ priority urgent", "TIC-1"},
		{"@ lead", "The phone number?"},
		{"@ cancel", "Cancelled"},
		{"@ history", "CON-1 Ana"},
		{"/ conversation", "In charge: 何敏"},
		{"@ deal 280k close=12-20", "OPP-1"},
		{"@ stage negotiation", "OPP-1"},
		{"@ won", "OPP-1"},
		{"@ convert", "no open lead"},
	} {
		says(t, h, "li.wei#support/1> "+test.line, test.want)
	}
	says(t, h, "li.wei#support/1> @ assign chen.jie", "to answer Ana")
}

// TestModals: what a thread's buttons open knows the thread's customer.
func TestModals(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	for _, test := range []struct{ line, want string }{
		{"[Reply]", "The customer wrote: person\n"},
		{`<fill text="Good morning">`, "to customer:ana\n    何敏: Good morning"},
		{"[Note]", "About* (subject search): CON-1"},
		{`<fill body="wants 5 t">`, "Noted on **CON-1 Ana**: wants 5 t"},
		{"[Plan]", "About* (subject search): CON-1"},
		{"[Ticket]", "CON-1"},
		{`<fill body="torn bags">`, "New ticket **TIC-1 torn bags**"},
		{"<open note>", "About* (subject search): CON-1"},
		{"<open conversation.reply>", "The customer wrote"},
		{`<fill text="and once more">`, "何敏: and once more"},
		{"<open answer.save>", "and once more"},
	} {
		have := h.Say("he.min#support/1> " + test.line)
		if !strings.Contains(have, test.want) && !strings.Contains(have, strings.ReplaceAll(test.want, "何敏: ", "")) {
			t.Errorf("%s\nwant %q:\n%.1500s", test.line, test.want, have)
		}
	}
	says(t, h, "wang.fang#support/1> [Lead]", "Name* (name): Ana")
}

// TestQuestionIsQuoted: where a question is answered by quoting it, it calls for
// that and has no buttons.
func TestQuestionIsQuoted(t *testing.T) {
	t.Parallel()
	h := inThread(t, "floor")
	have := h.Say("he.min#support/1> @ note")
	if !strings.Contains(have, "What happened?") || strings.Contains(have, "[Cancel]") {
		t.Errorf("the question:\n%s", have)
	}
	says(t, h, "he.min#support/1> ^ wants 5 t", "Noted on **CON-1 Ana**: wants 5 t")
}

// TestShownOnce: everything that a customer does while a person answers him is
// shown to colleagues, once.
func TestShownOnce(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	for _, test := range []struct{ line, want string }{
		{"hello there", "**Ana**: hello there"},
		{"How long does maltose syrup keep?", "**Ana**: How long does maltose syrup keep?"},
		{"<photo bag.jpg>", "bag.jpg"},
		{"<contact 13800000000>", "13800000000"},
		{"person", "**Ana**: person"},
		{"cancel", "**Ana**: cancel"},
		{"help", "**Ana**: help"},
		{"[Report a problem]", "**Ana**: "},
	} {
		_, have, _ := strings.Cut(h.Say("customer:ana> "+test.line)+h.Say("* wait 5s"), "\n")
		if n := strings.Count(have, test.want); n != 1 {
			t.Errorf("%s: shown %d times:\n%s", test.line, n, have)
		}
	}
}

// TestWaiting: who waits for a person is answered what we surely know, and
// nothing else.
func TestWaiting(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	h.Threads("office:team#support")
	h.Say("customer:ana> hello")
	says(t, h, "customer:ana> person", "will answer you here")
	for _, test := range []struct{ line, want string }{
		{"How long does maltose syrup keep?", "18 months"},
		{"do you ship to Kenya?", ""},
		{"quantum physics", ""},
		{"I want to buy 2 t maltose", ""},
		{"the bags arrived torn", ""},
	} {
		have := h.Say("customer:ana> " + test.line)
		have += h.Say("* wait 5s")
		answer, _, _ := strings.Cut(strings.SplitN(have, "\n", 2)[1], "  to #")
		if test.want == "" && strings.TrimSpace(strings.ReplaceAll(answer, "* wait 5s", "")) != "" || !strings.Contains(answer, test.want) {
			t.Errorf("%s\nanswer %q, want %q", test.line, answer, test.want)
		}
	}
}

// TestNeverAnother: whatever names of others a line in a thread has, it is for the
// thread's own customer, or for nobody.
func TestNeverAnother(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	h.Say("customer:cai> hello")
	says(t, h, "customer:cai> person", "to #support/2")
	says(t, h, "customer:cai> my name is Cai", "Cai")
	says(t, h, "he.min#support/2> [Take]", "In charge: 何敏")
	for _, test := range []struct{ line, cai, says string }{
		{"@ reply Ana will call you tomorrow", "Ana will call you tomorrow", ""},
		{"@ reply Ana: will call you", "Ana: will call you", ""},
		{"@ reply CON-1 hello", "", "Nothing was done"},
		{"@ reply CON-1: hello", "", "Nothing was done"},
		{"@ reply CONV-1 hello", "", "Nothing was done"},
		{"@ close Ana", "", "Nothing was done"},
		{"@ close CON-1", "", ""},
		{"@ note Ana is a friend", "", "Ana is a friend"},
	} {
		have := h.Say("he.min#support/2> " + test.line)
		if got := words(have, "customer:ana"); got != "" {
			t.Errorf("%s\nAna reads %q", test.line, got)
		}
		if got := strings.TrimPrefix(words(have, "customer:cai"), "何敏: "); got != test.cai || !strings.Contains(have, test.says) {
			t.Errorf("%s\nCai reads %q, want %q and %q:\n%s", test.line, got, test.cai, test.says, have)
		}
		if strings.HasPrefix(test.line, "@ note") && strings.Contains(have, "Noted on **CON-1") {
			t.Errorf("noted on somebody else:\n%s", have)
		}
	}
}
