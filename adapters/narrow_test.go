package adapters_test

import (
	"strings"
	"testing"
)

// TestNarrowEverywhere answers customers where little may be sent: an account
// with five messages after each of the customer's, the last of which takes
// several lines along, and one that may answer only what it is asked.
func TestNarrowEverywhere(t *testing.T) {
	for name, passive := range map[string]bool{"credits": false, "passive": true} {
		for _, language := range []string{"en", "zh-CN"} {
			short, _, _ := strings.Cut(language, "-")
			t.Run(name+"."+short, func(t *testing.T) {
				t.Parallel()
				c := newCircle(t, language, func(t *testing.T, _ string) (outside, door) { return newWechat(t, passive) }, newSlackPlace)
				script := narrowScript[name+"."+short]
				c.play(script)
				c.stayedInside(script)
				keep(t, "thread."+name+"."+short, c.text.String())
			})
		}
	}
}

var narrowScript = map[string][]act{
	"credits.en": {
		{"ana", "say", "hello"},
		{"ana", "say", "talk to a person"},
		{"wang.fang", "reply", "Hello Ana."},
		{"wang.fang", "reply", "Blue we cannot do."},
		{"wang.fang", "reply", "But green."},
		{"wang.fang", "wait", "ten seconds pass"},
		{"wang.fang", "reply", "The price is the same."},
		{"wang.fang", "wait", "ten seconds pass"},
		{"wang.fang", "reply", "I send you a sample."},
		{"wang.fang", "wait", "ten seconds pass"},
		{"wang.fang", "wait", "ten seconds pass"},
		{"wang.fang", "reply", "It arrives tomorrow."},
		{"wang.fang", "press", "button.send.later"},
		{"wang.fang", "wait", "ten seconds pass"},
		{"ana", "say", "thank you very much"},
	},
	"credits.zh": {
		{"ana", "say", "你好"},
		{"ana", "say", "人工"},
		{"wang.fang", "reply", "您好。"},
		{"wang.fang", "reply", "蓝色做不了。"},
		{"wang.fang", "reply", "绿色可以。"},
		{"wang.fang", "wait", "过了十秒"},
		{"wang.fang", "reply", "价格一样。"},
		{"wang.fang", "wait", "过了十秒"},
		{"wang.fang", "reply", "我给您寄样品。"},
		{"wang.fang", "wait", "过了十秒"},
		{"wang.fang", "wait", "过了十秒"},
		{"wang.fang", "reply", "明天到。"},
		{"wang.fang", "press", "button.send.later"},
		{"wang.fang", "wait", "过了十秒"},
		{"ana", "say", "太感谢了"},
	},
	"passive.en": {
		{"ana", "enter", "fair_2026"},
		{"ana", "say", "talk to a person"},
		{"wang.fang", "note", "a regular"},
		{"wang.fang", "reply", "Hello Ana, how can I help?"},
		{"wang.fang", "wait", "ten seconds pass"},
		{"wang.fang", "reply", "I am here until six."},
		{"wang.fang", "wait", "ten seconds pass"},
		{"ana", "say", "are you there?"},
		{"ana", "say", "I need blue syrup"},
	},
	"passive.zh": {
		{"ana", "enter", "fair_2026"},
		{"ana", "say", "人工"},
		{"wang.fang", "note", "老客户"},
		{"wang.fang", "reply", "您好，有什么可以帮您？"},
		{"wang.fang", "wait", "过了十秒"},
		{"wang.fang", "reply", "我六点前都在。"},
		{"wang.fang", "wait", "过了十秒"},
		{"ana", "say", "在吗"},
		{"ana", "say", "我要蓝色的糖浆"},
	},
}
