package telegram_test

import (
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
)

// TestExamine compares what is found out with what is the matter.
func TestExamine(t *testing.T) {
	hook := "https://bot.example.com/hook/telegram/support"
	me := func(joins, reads string) adaptertest.Answer {
		return adaptertest.Answer{Body: `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"B","username":"thebot","can_join_groups":` + joins + `,"can_read_all_group_messages":` + reads + `}}`}
	}
	now := adaptertest.Clock().Unix()
	for _, c := range []struct {
		name   string
		set    func(s *telegramtest.Server, c *telegram.Config)
		levels string   // the first letters
		says   []string // each in one of the findings
	}{
		{"fine", func(s *telegramtest.Server, _ *telegram.Config) { s.Force("getMe", me("true", "true")) }, "fn", []string{"https://t.me/thebot", "?start=expo"}},
		{"privacy", func(*telegramtest.Server, *telegram.Config) {}, "fnn", []string{"/setprivacy"}},
		{"no groups", func(s *telegramtest.Server, _ *telegram.Config) { s.Force("getMe", me("false", "false")) }, "fnn", []string{"/setjoingroups"}},
		{"a webhook of another program", func(s *telegramtest.Server, _ *telegram.Config) { s.SetWebhook("https://else.example", "x") }, "fnnw", []string{"another address"}},
		{"waiting", func(s *telegramtest.Server, _ *telegram.Config) { s.Queue(s.Text(ana, "1"), s.Text(ana, "2")) }, "fnnn", []string{"2 messages wait"}},
		{"no webhook", func(_ *telegramtest.Server, c *telegram.Config) { c.Mode = "webhook" }, "fnnw", []string{"does not know yet"}},
		{"other webhook", func(s *telegramtest.Server, c *telegram.Config) {
			c.Mode = "webhook"
			s.SetWebhook("https://else.example", "x")
		}, "fnnw", []string{"another address"}},
		{"old updates", func(s *telegramtest.Server, c *telegram.Config) {
			c.Mode = "webhook"
			s.SetWebhook(hook, "x")
		}, "fnnw", []string{"everything we need"}},
		{"failing webhook", func(s *telegramtest.Server, c *telegram.Config) {
			c.Mode = "webhook"
			s.SetWebhook(hook, "x")
			s.Fail("Wrong response from the webhook: 502 Bad Gateway", now-60)
		}, "fnnw", []string{"502 Bad Gateway", hook}},
		{"short secret", func(_ *telegramtest.Server, c *telegram.Config) { c.Mode, c.SecretToken = "webhook", "x" }, "fnnww", []string{"guessed"}},
		{"wrong token", func(_ *telegramtest.Server, c *telegram.Config) { c.Token = "111111111:another" }, "b", []string{"@BotFather"}},
		{"nobody there", func(_ *telegramtest.Server, c *telegram.Config) { c.APIURL = "http://127.0.0.1:1" }, "b", []string{"proxy"}},
		{"something else there", func(s *telegramtest.Server, _ *telegram.Config) {
			s.Force("getMe", adaptertest.Answer{Status: 403, Body: "<html>"})
		}, "b", []string{"proxy"}},
		{"half", func(s *telegramtest.Server, _ *telegram.Config) {
			s.Force("getWebhookInfo", adaptertest.Answer{Status: 500, Body: `{"ok":false,"error_code":500,"description":"Internal"}`})
		}, "fnnb", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			conf := config(s)
			conf.SecretToken, conf.PublicURL = s.Secret, "https://bot.example.com/"
			c.set(s, &conf)
			levels, en, zh := "", "", ""
			for _, f := range open(t, conf, adaptertest.NewHouse()).Examine(t.Context()) {
				levels += string(f.Level)[:1]
				for _, text := range []bot.Local{f.Text, f.Next} {
					en, zh = en+text.In("en")+"\n", zh+text.In("zh-CN")+"\n"
				}
				if f.Err != nil && strings.Contains(f.Err.Error(), conf.Token) {
					t.Error("the token got out")
				}
			}
			if levels != c.levels || strings.ContainsAny(en+zh, "{}") {
				t.Errorf("levels %s, want %s:\n%s%s", levels, c.levels, en, zh)
			}
			for _, want := range c.says {
				if !strings.Contains(en, want) {
					t.Errorf("it does not say %q:\n%s", want, en)
				}
			}
			if methods := s.Calls("setWebhook", "deleteWebhook", "setMyCommands"); len(methods) > 0 {
				t.Errorf("it changes something: %v", methods)
			}
			checkRequests(t, s.Calls())
		})
	}
}
