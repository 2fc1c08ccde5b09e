package commands_test

import (
	"slices"
	"testing"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/bot/commands"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// known is a house whose matcher knows what was written since.
func known(t *testing.T, h *bottest.House) {
	t.Helper()
	if err := h.Matcher.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestWhoseArticlesAreOut: an approver's go out at once; everybody else's wait,
// and both sides hear of it.
func TestWhoseArticlesAreOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ who, waits, told string }{
		{"gu.yan", "", ""},
		{"li.wei", "", ""},
		{"he.min", "何敏", "to li.wei"},
		{"wang.fang", "王芳", "to li.wei"},
	} {
		t.Run(test.who, func(t *testing.T) {
			t.Parallel()
			h := bottest.New(t, "en")
			if test.waits == "" {
				plays(t, h, test.who+`> article new "Do you rent cranes?" Only on Sundays. | Whoever asks “Do you rent cranes?” gets this answer | [Undo] | [Show] | !suggests`)
			} else {
				plays(t, h, test.who+`> article new "Do you rent cranes?" Only on Sundays. | waits for approval | `+test.told+` | `+test.waits+` suggests an answer | Only on Sundays.`)
				known(t, h)
				plays(t, h,
					"customer:ana> Do you rent cranes? | !Only on Sundays",
					"li.wei> [Approve] | gets this answer | to "+test.who+" | 李伟 approved **Do you rent cranes?**",
				)
			}
			known(t, h)
			plays(t, h, "customer:ana> Do you rent cranes? | Only on Sundays.")
		})
	}
}

// TestSuggestedChange: customers get the old answer until somebody approves, and
// who approves sees both.
func TestSuggestedChange(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	plays(t, h,
		"he.min> ART-21 edit By e-mail, on the day of loading. | waits for approval; until then customers get the old answer | to li.wei | 何敏 suggests a change | another answer | By e-mail, on the day",
		"li.wei> ART-21 | Suggested change: 何敏 · another answer | 何敏 suggests: | By e-mail, on the day of loading. | [Approve]",
		"he.min> ART-21 | ![Approve]",
		"he.min> articles waiting | **1** article | Can I get an invoice? · change to approve",
		"li.wei> ART-21 approve | gets this answer | to he.min | approved",
		"li.wei> ART-21 | By e-mail, on the day of loading. | version 3 | !Suggested | ![Approve]",
		"li.wei> ART-21 approve | is out already",
		"li.wei> ART-21 reject | Nothing of",
		"li.wei> [Undo]",
	)
}

// TestTurnedDown: the author reads why, and may take back his own.
func TestTurnedDown(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	plays(t, h,
		"wang.fang> ART-21 title Where is my invoice? | waits for approval",
		"li.wei> ART-21 reject it is long enough | Turned down: **Can I get an invoice?** | to wang.fang | 李伟 turned down | Why: it is long enough",
		"wang.fang> ART-21 | Can I get an invoice? | !Suggested",
		"wang.fang> ART-21 title Where is my invoice?",
		"he.min> ART-21 withdraw | That takes the role manager",
		"wang.fang> ART-21 withdraw | Taken back | !to wang.fang",
		"wang.fang> ART-21 publish | not allowed",
		"wang.fang> ART-21 archive | not allowed",
	)
}

// TestVersions: who changed what, and back.
func TestVersions(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	plays(t, h,
		"li.wei> ART-21 title Where is my invoice?",
		"li.wei> ART-21 edit In the box.",
		"he.min> ART-21 also send me the bill | is now answered like “Where is my invoice?”",
		"li.wei> ART-21 versions | 4 · today 10:00 · 何敏: + “send me the bill” | 3 · today 10:00 · 李伟: another answer | new title “Where is my invoice?” | system: written | [Back to version 3] | [Back to version 1]",
		"li.wei> [Back to version 1] | is as it was in version 1",
		"li.wei> ART-21 | Can I get an invoice? | version 5 | !In the box",
		"li.wei> history ART-21 | 5 · today 10:00 · 李伟: new title “Can I get an invoice?”, another answer, − “send me the bill”",
		"li.wei> ART-21 restore version=99 | no version 99",
		"he.min> ART-21 versions | !Back to",
		"he.min> ART-21 restore version=1 | not allowed",
		"li.wei> ART-21 restore | [Back to version",
	)
}

// TestWaysToAsk: they are listed, added and taken away by words, by number and by
// a button.
func TestWaysToAsk(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	plays(t, h,
		"li.wei> ART-17 phrasings | ways to ask besides its title | 1. payment terms | [✕ 1. payment terms] | [Add a way to ask]",
		"li.wei> [✕ 1. payment terms] | “payment terms” no longer leads to **How can I pay?**",
		"li.wei> ART-17 phrasings | !payment terms",
		"li.wei> [Undo]",
		"li.wei> ART-17 phrasings",
		"li.wei> [Add a way to ask] | How do customers ask for it?",
		"li.wei> to which bank goes the money | “to which bank goes the money” is now answered like",
		"li.wei> ART-17 drop to which bank goes the money? | no longer leads",
		"li.wei> ART-17 drop 99 | has no such way to ask",
		"li.wei> ART-17 drop unheard of | has no such way to ask",
		"li.wei> ART-17 drop 1 | no longer leads",
	)
}

// TestTooNear: who adds what another article has is told, with a way out.
func TestTooNear(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	known(t, h)
	plays(t, h,
		"li.wei> ART-21 also payment terms | is now answered like | Mind: **Can I get an invoice?** can be mixed up | “payment terms” is a way to ask for ART-17 How can I pay? too | [Drop “payment terms”]",
		"li.wei> [Drop “payment terms”] | no longer leads to **Can I get an invoice?**",
		"li.wei> ART-21 also where is the paper for the taxman | is now answered like | !Mind",
	)
}

// TestArchived: customers do not get it any more, and do again.
func TestArchived(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	known(t, h)
	plays(t, h,
		"customer:ana> Can I get an invoice? | !Did you mean",
		"li.wei> ART-21 | Used: once in 30 days",
		"li.wei> [Archive] | Archived: **Can I get an invoice?**",
		"li.wei> articles archived | Can I get an invoice? · archived",
	)
	known(t, h)
	plays(t, h,
		"customer:bob> Can I get an invoice? | !every",
		"li.wei> ART-21 restore | gets this answer",
		"li.wei> articles archived | No articles there",
	)
}

// TestSavedAgain: the same question once more changes the answer and nothing else.
func TestSavedAgain(t *testing.T) {
	t.Parallel()
	h := bottest.New(t, "en")
	plays(t, h,
		`li.wei> article new "Do you rent cranes?" No. also="got a crane; cranes for hire" tags="crane, rent"`,
		`li.wei> save answer question="Do you rent cranes" answer="Yes, since May."`,
		"li.wei> ART-25 | Do you rent cranes | Yes, since May. | got a crane / cranes for hire | Tags: crane, rent | version 2",
		"li.wei> articles crane | **1** article",
		"li.wei> articles unheard of | No article has “unheard of”",
	)
}

// TestKeepers: who is named, else the managers, else the admins; never who left.
func TestKeepers(t *testing.T) {
	t.Parallel()
	db := storagetest.New(t)
	for _, u := range []*crm.User{
		{Handle: "boss", Role: crm.RoleAdmin, Active: true},
		{Handle: "mei", Role: crm.RoleManager, Active: true},
		{Handle: "gone", Role: crm.RoleManager},
		{Handle: "ana", Role: crm.RoleService, Active: true},
	} {
		u.Name = u.Handle
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		named, want []string
	}{
		"nobody is named":   {nil, []string{"mei"}},
		"somebody is named": {[]string{"ana", "boss"}, []string{"ana", "boss"}},
		"who left is named": {[]string{"gone"}, []string{"mei"}},
		"a slip":            {[]string{"nobody"}, []string{"mei"}},
	} {
		company := &bot.Company{Knowledge: bot.Knowledge{Keepers: test.named}}
		found, err := commands.Keepers(t.Context(), db, company)
		var have []string
		for _, u := range found {
			have = append(have, u.Handle)
		}
		if err != nil || !slices.Equal(have, test.want) {
			t.Errorf("%s: %v, %v, want %v", name, have, err, test.want)
		}
	}
	mei, err := db.UserByHandle(t.Context(), "mei")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.UpdateUser(t.Context(), mei.ID, func(u *crm.User) error { u.Active = false; return nil }); err != nil {
		t.Fatal(err)
	}
	if found, err := commands.Keepers(t.Context(), db, &bot.Company{}); err != nil || len(found) != 1 || found[0].Handle != "boss" {
		t.Errorf("without a manager: %v, %v", found, err)
	}
}
