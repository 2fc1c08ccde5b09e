package adapters_test

import (
	"testing"

	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
	"crmbot/crm"
)

// sitter is what can be put into a town.
type sitter interface {
	sit(w *town, a bot.Adapter)
}

// seat is a screen that can be put into a town.
type seat interface {
	screen
	sitter
}

// raise makes a town of these, each behind its door.
func raise(t *testing.T, language string, sitters []sitter, all []door) *town {
	t.Helper()
	adapters := make([]bot.Adapter, len(all))
	for i, d := range all {
		all[i].open = func(host bot.Host) bot.Adapter {
			adapters[i] = d.open(host)
			return adapters[i]
		}
	}
	w := newTown(t, language, all...)
	for i, s := range sitters {
		s.sit(w, adapters[i])
	}
	return w
}

// open makes a town of screens with their doors. The first is the person's.
func (d doors) open(t *testing.T, language string) (*town, screen, []screen) {
	t.Helper()
	var sitters []sitter
	var all []door
	var others []screen
	for i, x := range d {
		sitters, all = append(sitters, x.seat), append(all, x.door)
		if i > 0 {
			others = append(others, x.seat)
		}
	}
	return raise(t, language, sitters, all), d[0].seat, others
}

type doors []struct {
	seat
	door
}

// with is the person's screen besides the colleagues' Slack.
func with[S seat](t *testing.T, language string, s S, d door) (*town, screen, []screen) {
	t.Helper()
	desk, there := newSlack(t, "")
	return doors{{s, d}, {desk, there}}.open(t, language)
}

var customerStages = map[string]stage{
	"telegram": func(t *testing.T, language string) (*town, screen, []screen) {
		s, d := newTelegram(t, "support", telegramtest.Person{ID: 555, Name: "Ana", Language: language})
		return with(t, language, s, d)
	},
	"webchat": func(t *testing.T, language string) (*town, screen, []screen) {
		s, d := newWebchat(t, language)
		return with(t, language, s, d)
	},
	"wechat": func(t *testing.T, language string) (*town, screen, []screen) {
		s, d := newWechat(t, false)
		return with(t, language, s, d)
	},
	"wechat-passive": func(t *testing.T, language string) (*town, screen, []screen) {
		s, d := newWechat(t, true)
		return with(t, language, s, d)
	},
	"wecom": func(t *testing.T, language string) (*town, screen, []screen) {
		s, d := newWecom(t)
		return with(t, language, s, d)
	},
}

var salesStages = map[string]stage{
	"slack": func(t *testing.T, language string) (*town, screen, []screen) {
		s, d := newSlack(t, "UWANGFANG")
		return doors{{s, d}}.open(t, language)
	},
	"telegram": func(t *testing.T, language string) (*town, screen, []screen) {
		s, d := newTelegram(t, "desk", telegramtest.Person{ID: 702, Name: "王芳", Language: language})
		return doors{{s, d}}.open(t, language)
	},
}

// address is where the first conversation is that is meant.
func (w *town) address(meant func(c *crm.Conversation) bool) bot.Address {
	w.t.Helper()
	for id := crm.ConversationID(1); ; id++ {
		c, err := w.store.Conversation(w.t.Context(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		if meant(c) {
			return bot.Address{Platform: bot.Platform(c.Platform), Install: bot.Install(c.Install), Chat: bot.ChatID(c.Chat), Topic: bot.TopicID(c.Topic)}
		}
	}
}
