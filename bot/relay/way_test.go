package relay_test

import (
	"testing"

	"crmbot/bot/locale"
	"crmbot/bot/relay"
)

func TestHowALineBegins(t *testing.T) {
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		line, rest string
		way        relay.Way
	}{
		{"hello", "hello", relay.Plain},
		{"reply: hello", "hello", relay.Out},
		{"Reply : hello", "hello", relay.Out},
		{"r:hello", "hello", relay.Out},
		{"R： 你好", "你好", relay.Out},
		{"ｒ：你好", "你好", relay.Out},
		{"回复：你好", "你好", relay.Out},
		{"回:你好", "你好", relay.Out},
		{"\u200br: hello", "hello", relay.Out},
		{"r﹕hello", "hello", relay.Out},
		{"r: a: b", "a: b", relay.Out},
		{"r:", "", relay.Out},
		{"reply:\nline one\nline two", "line one\nline two", relay.Out},
		{"re: hello", "re: hello", relay.Plain},
		{"reply to him: no", "reply to him: no", relay.Plain},
		{"please reply: no", "please reply: no", relay.Plain},
		{"我回复：好", "我回复：好", relay.Plain},
		{"14:30 call", "14:30 call", relay.Plain},
		{"> r: quoted", "> r: quoted", relay.Inside},
		{"》r：引用", "》r：引用", relay.Inside},
		{"&gt; reply: quoted", "&gt; reply: quoted", relay.Inside},
		{"note: he is angry", "he is angry", relay.Inside},
		{"备注：他很急", "他很急", relay.Inside},
		{"", "", relay.Plain},
		{":", ":", relay.Plain},
	} {
		for _, lang := range catalog.Languages() {
			rest, way := relay.Spoken(catalog.Words(lang), c.line)
			if rest != c.rest || way != c.way {
				t.Errorf("%s %q: %q, %d, want %q, %d", lang, c.line, rest, way, c.rest, c.way)
			}
		}
	}
}
