package commands_test

import (
	"strings"
	"testing"

	"crmbot/bot/bottest"
)

// called is a house with a thread about Ana, in which 王芳 is asked for.
func called(t *testing.T, language string) *bottest.House {
	t.Helper()
	h := bottest.New(t, language)
	h.Threads("office:team#support")
	h.Say("* with hold 0s")
	h.Say("customer:ana> hello")
	h.Say("customer:ana> person")
	return h
}

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
				t.Errorf("%s\nwant %q:\n%.1500s", parts[0], want, have)
			}
		}
	}
	if missed := h.Catalog.Missed(); len(missed) > 0 {
		t.Errorf("words that are missing: %v", missed)
	}
}

// TestSecondClicker: who comes second hears who was first, and may insist.
func TestSecondClicker(t *testing.T) {
	t.Parallel()
	h := called(t, "en")
	plays(t, h,
		"he.min#support/1> [Take] | In charge: 何敏 | !(only you)",
		"li.wei#support/1> @ take | (only you) | 何敏 has been answering here since today 10:00 | [Take over] | !In charge",
		"he.min#support/1> @ take | You are answering Ana already",
		"li.wei#support/1> @ live | 何敏 has been answering | !Live:",
		"li.wei#support/1> [Take over] | In charge: 李伟",
		"li.wei#support/1> @ live | Live: 李伟",
		"he.min#support/1> @ close | Ana has had no answer yet | [Close anyway] | !has closed",
		"he.min#support/1> [Close anyway] | has closed this",
		"he.min#support/1> @ close | The bot is answering here already | !has closed",
		"he.min#support/1> @ hand back | The bot is answering here already",
		"he.min#support/1> @ live off | Nobody is live here",
	)
}

// TestTwoTakeAtOnce: the presses arrive together; one is in charge and the other
// hears so.
func TestTwoTakeAtOnce(t *testing.T) {
	t.Parallel()
	h := called(t, "en")
	have := h.Say("he.min#support/1>> [Take]\nli.wei#support/1> [Take]")
	if strings.Count(have, "In charge: ") != 1 || !strings.Contains(have, "In charge: 何敏") || !strings.Contains(have, "何敏 has been answering here") {
		t.Errorf("one is in charge, the other is told:\n%s", have)
	}
}

// TestAnswerFromAnywhere: a customer is answered from a colleague's own chat too.
func TestAnswerFromAnywhere(t *testing.T) {
	t.Parallel()
	h := called(t, "en")
	plays(t, h,
		"wang.fang> waiting | 1 customer | **CONV-1** Ana | waiting since today 10:00 (0 min) | [Take Ana]",
		"* wait 2h",
		"wang.fang> today | (2 h)",
		"wang.fang> [Take Ana] | You answer Ana, unless somebody was faster | [Reply] [Show]",
		"wang.fang> [Reply] | What shall the customer read?",
		"wang.fang> Good morning, Ana | to customer:ana | Good morning, Ana",
		"wang.fang> reply CON-1 and one more line | to customer:ana | and one more line",
		"wang.fang> CONV-1 | Ana | In charge: 王芳",
		"wang.fang> waiting | answered | [Reply to Ana]",
		"wang.fang> reply CON-9 hello | can't find CON-9",
		"he.min> assign CONV-1 wang.fang | is asked to answer Ana",
		"wang.fang> CONV-1 hand back | The bot goes on with Ana",
		"wang.fang> waiting | No customer is waiting for you",
	)
}

// TestAwayAndBack: nobody waits for who is not there.
func TestAwayAndBack(t *testing.T) {
	t.Parallel()
	h := called(t, "zh-CN")
	plays(t, h,
		"wang.fang> 离开 | 您手上的1位客户转给同事 | [我回来了] | to chen.jie",
		"wang.fang> 离开 | 已经是离开状态",
		"he.min#support/1> @ 转给 王芳 | 王芳现在不在",
		"wang.fang> 回来 | 欢迎回来 | 有1位客户在等 | [谁在等]",
		"wang.fang> 回来 | 您在岗",
		"wang.fang> [谁在等] | CONV-1",
		"he.min#support/1> @ 转给 王芳 | 王芳",
	)
}

// TestBlock: somebody who is blocked disturbs nobody, and nothing is lost.
func TestBlock(t *testing.T) {
	t.Parallel()
	h := called(t, "en")
	plays(t, h,
		"he.min#support/1> @ block | Ana is blocked on Desk | has blocked Ana here | !to customer:ana",
		"customer:ana> are you there? | !to #support | !    ",
		"customer:ana> person | !to #support | !    ",
		"he.min#support/1> @ block | no chat with us that could be blocked",
		"he.min> CON-1 | Ana: are you there? | Blocked on: Desk",
		"he.min#support/1> [Unblock] | can write on Desk again",
		"customer:ana> person | will answer you here",
		"he.min> unblock CON-1 | Ana is not blocked",
	)
}

// TestMerge: two contacts become one after a look at what that means, and two
// again; each of their chats is answered where it is.
func TestMerge(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	h.Threads("office:team#support")
	h.Say("* with hold 0s")
	for _, line := range []string{"customer:ana> hello", "customer:ana@plain> hello", "customer:ana> <contact 13800000000>", "customer:ana@plain> <contact 13800000000>", "customer:eve> hello"} {
		h.Say(line)
	}
	plays(t, h,
		"gu.yan> CON-1 | Same person? | [Merge CON-2…]",
		"gu.yan> [Merge CON-2…] | Merge CON-2 Ana into CON-1 Ana? | Moves: 1 conversation | each chat keeps its own address | [Merge] [The other way round] | !Two people",
		"gu.yan> [The other way round] | Merge CON-1 Ana into CON-2 Ana?",
		"gu.yan> merge CON-2 CON-1 | Merge CON-2 Ana into CON-1 Ana?",
		"gu.yan> [Merge] | CON-2 Ana is one with CON-1 Ana now | [Undo]",
		"gu.yan> CON-2 | CON-1 Ana | !Same person?",
		"gu.yan> reply CONV-1 to the first | to customer:ana\n | !to customer:ana@plain",
		"gu.yan> reply CONV-2 to the second | to customer:ana@plain | !to customer:ana\n",
		"gu.yan> [Undo] | Undone",
		"gu.yan> CON-2 | CON-2 Ana",
		"gu.yan> reply CONV-2 still to the second | to customer:ana@plain | !to customer:ana\n",
		"gu.yan> merge CON-2 CON-1 sure=yes | Merge CON-2 Ana into CON-1 Ana? | !is one with",
		"gu.yan> merge CON-3 CON-1 | Two people?: Desk: Eve and Ana | [They are one person: merge]",
		"gu.yan> merge CON-1 CON-1 | !is one with",
	)
}

// TestPlaces: where colleagues work, and how they get there.
func TestPlaces(t *testing.T) {
	t.Parallel()
	h := called(t, "en")
	plays(t, h,
		"he.min> page | There is no page for colleagues yet",
		"gu.yan> where | your own chat",
		"gu.yan#sales> @ where | `threads:` | place: desk:team/#sales",
		"gu.yan#support> @ where | already: `office:team/#support`",
		"he.min#support> @ where | not allowed",
	)
	h.Company.Page = "https://bot.example.com/chat/desk"
	h.Restart()
	plays(t, h,
		"he.min> page | signs you in | [Open the page]",
		"gu.yan> user code he.min | link | https://bot.example.com/chat/desk",
	)
}

// TestSavedFromAThread: a reply becomes a draft with the customer's question, or
// another way to ask for what is there already.
func TestSavedFromAThread(t *testing.T) {
	t.Parallel()
	h := called(t, "en")
	plays(t, h,
		"customer:ana> Do you sell malt extract in bags?",
		"he.min#support/1> reply: Yes, in bags of 25 kg. | to customer:ana",
		"he.min#support/1> @ save answer | “Do you sell malt extract in bags?” waits for approval | to li.wei | 何敏 suggests an answer | !to he.min\n",
		"li.wei> [Approve] | gets this answer | to he.min | 李伟 approved **Do you sell malt extract in bags?**",
	)
	if err := h.Matcher.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	plays(t, h,
		"customer:eve> Do you sell malt extract in bags? | Yes, in bags of 25 kg.",
		"customer:ana> thanks",
		"customer:ana> What about the storage temperature of maltose?",
		"he.min#support/1> reply: Maltose syrup keeps 18 months unopened at 10 to 30 °C. | to customer:ana",
		"he.min#support/1> @ save answer question=\"Until when is maltose syrup good, and at which temperature?\" | is now answered like “How long does maltose syrup keep?”",
		"wang.fang#support/1> @ save answer question=\"How warm may it be?\" | waits for approval | to li.wei | 王芳 suggests an answer",
		"wang.fang> articles waiting | How warm may it be? · draft",
		"wang.fang> [ART-26 How warm may it be?] | !Approve | draft · English · version 1 | [Edit] [Ways to ask] [History]",
		"li.wei> [Reject] | Turned down | to wang.fang | 李伟 turned down **How warm may it be?**",
	)
}

// TestMergeIsDrawn: the head of a thread says whose it is, after a merge and after
// its undo.
func TestMergeIsDrawn(t *testing.T) {
	t.Parallel()
	h := called(t, "en")
	h.Say("customer:eve> hello")
	h.Say("customer:eve> person")
	h.Say("gu.yan> set CON-2 name=Eve")
	plays(t, h,
		"gu.yan> merge CON-2 CON-1 | into CON-1 Ana?",
		"gu.yan> [They are one person: merge] | is one with CON-1 Ana now | to #support/2 | ≈ | Ana",
		"gu.yan> [Undo] | Undone | to #support/2 | ≈ | Eve",
	)
}
