package teach_test

import (
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/bottest"
)

// plays says lines one after the other and checks what each leads to: "line |
// part | part", where a part that begins with ! must not be there.
func plays(t *testing.T, h *bottest.House, lines ...string) {
	t.Helper()
	for _, x := range lines {
		parts := strings.Split(x, " | ")
		have := h.Say(parts[0])
		_, answer, _ := strings.Cut(have, "\n")
		for _, want := range parts[1:] {
			if part, not := strings.CutPrefix(want, "!"); not == strings.Contains(answer, part) {
				t.Errorf("%s\nwant %q:\n%.2000s", parts[0], want, have)
			}
		}
	}
	if missed := h.Catalog.Missed(); len(missed) > 0 {
		t.Errorf("words that are missing: %v", missed)
	}
}

// asked is a house where customers asked what nobody wrote down, and he.min
// answered the first of them.
func asked(t *testing.T, language string) *bottest.House {
	t.Helper()
	h := bottest.New(t, language)
	h.Threads("office:team#support")
	h.Say("* with hold 0s")
	for _, line := range []string{
		"customer:ana> Nehmt ihr Muscheln?", "customer:ana> person",
		"he.min#support/1> reply: By bank transfer: 30% with the order, the rest before loading. Letters of credit at sight from 20 t.",
		"customer:eve> Hvor er min traktor?",
		"customer:dan> Wo liegt mein Kranwagen?",
	} {
		h.Say(line)
	}
	return h
}

func refresh(t *testing.T, h *bottest.House) {
	t.Helper()
	if err := h.Matcher.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestNothingToTeach: nobody boasts of no question, nor of one.
func TestNothingToTeach(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	h.Say("* with hold 0s")
	plays(t, h,
		"he.min> misses | Nobody asked me anything | !missed",
		"customer:eve> Hvor er min traktor?",
		"he.min> misses | **1** question I could not answer | [Ignore]",
		"he.min> [Ignore]", "* wait 1m",
		"he.min> misses | Nothing is left to teach me: 1 question was asked | !%",
		"customer:dan> Wo liegt mein Kranwagen?",
		"he.min> misses | [Ignore]",
		"he.min> [Ignore]", "* wait 1m",
		"he.min> misses | Nothing is left to teach me: 2 questions were asked | !%",
		"customer:ana> what is your MOQ", "* wait 1m",
		"he.min> misses | I missed nothing: of 3 questions, 33% were settled",
	)
}

// TestOneTap: a miss is listed with what a colleague answered, one button teaches
// it, and the next customer gets the answer.
func TestOneTap(t *testing.T) {
	t.Parallel()
	h := asked(t, "en")
	plays(t, h,
		"he.min> misses | **3** questions | Nehmt ihr Muscheln? | Asked once | 何敏 answered: “By bank transfer: 30% | [Add to “How can I pay?”] | [Ignore]",
		"he.min> [Add to “How can I pay?”] | Learned: “Nehmt ihr Muscheln?” | **How can I pay?** | [Undo] | [Another article] | [What else]",
		"he.min> misses | **2** questions | !Muscheln",
	)
	refresh(t, h)
	plays(t, h, "customer:bob> nehmt ihr muscheln | !Did you mean | Letters of credit")
}

// TestUndoOfTeaching: the phrasing goes, and the question is open again.
func TestUndoOfTeaching(t *testing.T) {
	t.Parallel()
	h := asked(t, "en")
	plays(t, h,
		"he.min> misses",
		"he.min> [Add to “How can I pay?”]",
		"he.min> [Undo] | Undone | “Nehmt ihr Muscheln?” is open again",
		"he.min> misses | **3** questions | Muscheln",
		"he.min> ART-17 | !Muscheln",
		"he.min> misses",
		"he.min> [Ignore] | Set aside: “Wo liegt mein Kranwagen?”",
		"he.min> [Undo] | “Wo liegt mein Kranwagen?” is open again",
		"he.min> misses | **3** questions | Wo liegt mein Kranwagen",
	)
}

// TestAnotherArticle: what went to the wrong article moves to the right one.
func TestAnotherArticle(t *testing.T) {
	t.Parallel()
	h := asked(t, "en")
	plays(t, h,
		"he.min> misses",
		"he.min> [Add to “How can I pay?”]",
		"he.min> [Another article] | Which article answers it?",
		"he.min> invoice | “Nehmt ihr Muscheln?” is now answered like “Can I get an invoice?” | !Mind",
		"he.min> ART-17 | !Muscheln",
		"he.min> misses | !Muscheln",
	)
}

// TestChosenArticle: where no article comes near one is named.
func TestChosenArticle(t *testing.T) {
	t.Parallel()
	h := asked(t, "zh-CN")
	plays(t, h,
		"he.min> 语言 中文",
		"he.min> 没答上的 | Wo liegt mein Kranwagen",
		"he.min> [选择文章] | 用哪篇文章回答",
		"he.min> 文章18 | 以后问“Wo liegt mein Kranwagen?”，会按“How can I pay?”回答",
		"he.min> 没答上的 全部 | **2** | !Kranwagen",
	)
	refresh(t, h)
	plays(t, h, "customer:bob> Wo liegt mein Kranwagen? | !要转人工")
}

// TestDraftOfAnAnswer: what a colleague answered becomes a draft with one tap, and
// is out once somebody approved it.
func TestDraftOfAnAnswer(t *testing.T) {
	t.Parallel()
	h := asked(t, "en")
	h.Say("* wait 4m") // the job has looked by then
	plays(t, h,
		"li.wei> misses | [Draft an article]",
		"li.wei> [Ignore]", "li.wei> misses", "li.wei> [Ignore]",
		"li.wei> misses | **1** question | Muscheln | 何敏 answered: “By bank transfer",
		"li.wei> [Draft an article] | Drafted **ART-25 Nehmt ihr Muscheln?** | [Publish]",
		"li.wei> misses | Nothing is left to teach me | ![Draft",
		"li.wei> knowledge | Waiting for approval: 1 draft | [1 to approve]",
		"li.wei> [1 to approve] | Nehmt ihr Muscheln? · draft",
		"li.wei> ART-25 | By bank transfer: 30% | [Approve] | [Reject]",
		"li.wei> [Approve] | gets this answer",
	)
	refresh(t, h)
	plays(t, h, "customer:bob> Nehmt ihr Muscheln? | By bank transfer: 30%")
}

// TestSalesMayDraftOnly: sales sees what was missed and writes; teaching and
// setting aside is for those who keep the knowledge base.
func TestSalesMayDraftOnly(t *testing.T) {
	t.Parallel()
	h := asked(t, "en")
	plays(t, h,
		"wang.fang> misses | **3** questions | [Draft an article] | ![Ignore] | ![Add | ![Choose",
		"wang.fang> [Draft an article] | And what shall I answer?",
		"wang.fang> Yes, with the QR code on the invoice. | waits for approval | to li.wei | 王芳 suggests an answer | Yes, with the QR code",
		"wang.fang> misses | **2** questions",
		"li.wei> [Approve] | gets this answer | to wang.fang | 李伟 approved **Wo liegt mein Kranwagen?**",
		"wang.fang> ART-17 also how do I pay you | waits for approval | to li.wei | + “how do I pay you”",
		"li.wei> ART-17 | Suggested change: 王芳 · + “how do I pay you” | [Approve]",
		"wang.fang> ART-17 withdraw | Taken back",
		"li.wei> ART-17 | !how do I pay you | ![Approve]",
		"wang.fang> knowledge | questions",
	)
}

// TestSince: how far back is said in words.
func TestSince(t *testing.T) {
	t.Parallel()
	h := asked(t, "en")
	h.Say("* wait 240h")
	plays(t, h,
		"he.min> misses | Nobody asked me anything",
		"he.min> misses 9 days | Nobody asked me anything",
		"he.min> misses 30 days | **3** questions",
		"he.min> misses all | **3** questions",
		"he.min> 没答上的 全部 | 有 **3** 个问题",
		"he.min> 没答上 最近两周 | 有 **3** 个问题",
		"he.min> misses next door | I don't know the time “next door”",
		"he.min> misses 30 days | **3** questions",
	)
}

// TestPages: a list goes on where it ended, and keeps to its time.
func TestPages(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	for i, text := range strings.Split("cranes,elephants,violins,rockets,castles,diamonds,volcanos", ",") {
		h.Say("customer:c" + string(rune('a'+i)) + "> Do you rent " + text + "?")
	}
	h.Say("* wait 240h")
	first := h.Say("he.min> misses 30 days")
	for _, want := range []string{"**7** questions", "1. ", "more]"} {
		if !strings.Contains(first, want) {
			t.Fatalf("no %q in:\n%s", want, first)
		}
	}
	seen := 0
	page := first
	for range 7 {
		_, page, _ = strings.Cut(page, "\n") // what was typed
		seen += strings.Count(page, "Asked once")
		i := strings.Index(page, "more]")
		if i < 0 {
			break
		}
		label := page[strings.LastIndex(page[:i], "[")+1 : i+len("more")]
		page = h.Say("he.min> [" + label + "]")
	}
	if seen != 7 {
		t.Errorf("%d of 7 were seen", seen)
	}
}

// TestWeekly: the keepers get the week once, each in his own language, and not
// when nothing happened.
func TestWeekly(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	h.Company.Knowledge.Weekly = bot.Weekly{Day: time.Monday, Minute: 9 * 60}
	h.Company.Knowledge.Keepers = []string{"he.min", "li.wei"}
	h.Say("li.wei> 语言 中文")
	if said := h.Say("* wait 11m"); strings.Contains(said, "to ") {
		t.Errorf("a week without questions:\n%s", said)
	}
	h.Say("customer:eve> Hvor er min traktor?")
	if said := h.Say("* wait 11m"); strings.Contains(said, "traktor") {
		t.Errorf("before it is time:\n%s", said)
	}
	said := h.Say("* wait 96h") // Monday, after nine: the job comes back by itself
	for _, want := range []string{
		"to he.min", "The week of the knowledge base", "to li.wei", "知识库一周情况", "Hvor er min traktor?", "[Ignore]", "[忽略]",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in:\n%s", want, said)
		}
	}
	for _, wait := range []string{"1h", "24h", "100h"} {
		if said := h.Say("* wait " + wait); strings.Contains(said, "traktor") {
			t.Errorf("once more after %s:\n%s", wait, said)
		}
	}
}

// TestWeeklyAfterAPause: who was down at the time tells when he is back, within two
// days, and then of the week that it was for.
func TestWeeklyAfterAPause(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		down string // from Thursday 10:00 on; it is due on Monday at 9:00
		told bool
	}{{"96h", true}, {"142h", true}, {"144h", false}} {
		t.Run(test.down, func(t *testing.T) {
			t.Parallel()
			h := bottest.New(t, "en")
			h.Company.Knowledge.Weekly = bot.Weekly{Day: time.Monday, Minute: 9 * 60}
			h.Say("customer:eve> Hvor er min traktor?")
			said := h.Say("* wait " + test.down)
			if strings.Contains(said, "to li.wei") != test.told {
				t.Errorf("told is %v:\n%s", !test.told, said)
			}
			if strings.Contains(said, "to gu.yan") {
				t.Errorf("the admin is told though there is a manager:\n%s", said)
			}
		})
	}
}

// TestUnsure: what was only suggested is offered too: what customers chose, with
// that article, and after a while what nobody did.
func TestUnsure(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	said := h.Say("customer:ana> bank transfer bottle sample storage")
	if !strings.Contains(said, "None of these") {
		t.Fatalf("it is sure of it:\n%s", said)
	}
	_, first, _ := strings.Cut(said, "[")
	first, _, _ = strings.Cut(first, "]")
	plays(t, h,
		"he.min> misses | !unsure",
		"customer:eve> bank transfer bottle sample storage",
		"customer:eve> ["+first+"]",
		"he.min> misses | [1 I was unsure of]",
		"he.min> [1 I was unsure of] | bank transfer bottle sample storage | Chosen by a customer: “"+first+"” | [Add to “"+first+"”]",
		"he.min> [Add to “"+first+"”] | Learned | So is 1 question",
		"he.min> misses | !unsure",
		"customer:bob> bottle storage sample drum",
		"he.min> misses | !unsure",
		"* wait 3h",
		"he.min> misses | [1 I was unsure of]",
		"he.min> [1 I was unsure of] | bottle storage sample drum | [Ignore]",
		"he.min> [Ignore] | Set aside",
		"customer:dan> bottle storage sample drum",
		"* wait 3h",
		"he.min> misses | !unsure", // it stays set aside
	)
}
