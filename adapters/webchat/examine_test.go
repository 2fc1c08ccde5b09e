package webchat_test

import (
	"strings"
	"testing"

	"crmbot/adapters/webchat"
	"crmbot/bot"
)

func TestExamine(t *testing.T) {
	for _, c := range []struct {
		cfg   webchat.Config
		found int
		want  string
	}{
		{webchat.Config{Install: "site"}, 1, "public_url"},
		{webchat.Config{Install: "site", PublicURL: "https://bot.example.com/"}, 2, `src="https://bot.example.com/chat/site/embed.js"`},
		{webchat.Config{Install: "site", PublicURL: "https://bot.example.com", Origins: []string{"https://example.com"}}, 1, "https://bot.example.com/chat/site"},
		{webchat.Config{Install: "office", Staff: true}, 1, "Your colleagues answer customers at /chat/office"},
		{webchat.Config{Install: "office", PublicURL: "https://bot.example.com", Staff: true}, 1, "https://bot.example.com/chat/office"},
	} {
		a, err := webchat.New(c.cfg, newHouse())
		if err != nil {
			t.Fatal(err)
		}
		found := a.Examine(t.Context())
		said := ""
		for _, f := range found {
			for _, language := range []string{"en", "zh-CN"} {
				said += f.Text[language] + "\n" + f.Next[language] + "\n"
				if f.Text[language] == "" || f.Next != nil && f.Next[language] == "" || strings.Contains(f.Text[language]+f.Next[language], "{") {
					t.Errorf("%+v: %s says %q %q", c.cfg, language, f.Text[language], f.Next[language])
				}
			}
			if f.Level == bot.LevelBroken {
				t.Errorf("%+v: %+v", c.cfg, f)
			}
		}
		if len(found) != c.found || !strings.Contains(said, c.want) {
			t.Errorf("%+v: found\n%s", c.cfg, said)
		}
	}
}
