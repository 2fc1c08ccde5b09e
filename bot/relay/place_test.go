package relay

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
)

func TestWhereThreadsAreOpened(t *testing.T) {
	place := func(install, chat, team string, from ...string) bot.ThreadPlace {
		return bot.ThreadPlace{Platform: "office", Install: bot.Install(install), Chat: bot.ChatID(chat), From: from, Team: team}
	}
	all := []bot.ThreadPlace{
		place("team", "east", "East"), place("team", "shop", "", "desk:shop"), place("team", "rest", ""),
		place("page", "desk", ""),
	}
	for _, c := range []struct {
		name  string
		from  string
		teams []string
		want  []bot.ChatID
	}{
		{"the first that fits at each install", "desk:shop", []string{"East"}, []bot.ChatID{"east", "desk"}},
		{"another team goes by where the customer writes", "desk:shop", []string{"West"}, []bot.ChatID{"shop", "desk"}},
		{"nobody's customer from elsewhere", "plain:shop", []string{}, []bot.ChatID{"rest", "desk"}},
		{"any team", "plain:shop", nil, []bot.ChatID{"east", "desk"}},
	} {
		var got []bot.ChatID
		for _, p := range fitting(all, c.from, c.teams) {
			got = append(got, p.Chat)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
	if found := fitting([]bot.ThreadPlace{place("team", "west", "West")}, "desk:shop", []string{"East"}); len(found) != 0 {
		t.Errorf("a place of another team: %v", found)
	}
}
