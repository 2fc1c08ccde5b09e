package pinyin_test

import (
	"strings"
	"testing"

	"crmbot/bot/pinyin"
)

func TestOf(t *testing.T) {
	for text, want := range map[string]string{"张伟": "zhang wei", "融氏 Foods": "rong shi", "Bob": "", "吕": "lv", "": ""} {
		if have := strings.Join(pinyin.Of(text), " "); have != want {
			t.Errorf("Of(%q) = %q, want %q", text, have, want)
		}
	}
}

func TestHandle(t *testing.T) {
	for name, want := range map[string]string{"王小虎": "wang.xiaohu", "王芳": "wang.fang", "Wang Fang": "", "王": "", "王 Bob": ""} {
		if have := pinyin.Handle(name); have != want {
			t.Errorf("Handle(%q) = %q, want %q", name, have, want)
		}
	}
}
