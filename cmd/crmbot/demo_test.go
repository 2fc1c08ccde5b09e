package main

import "testing"

func TestDemoSpeaksTheLanguageOfTheMachine(t *testing.T) {
	for _, test := range []struct{ asked, lang, want string }{
		{"", "", "en"},
		{"", "C", "en"},
		{"", "C.UTF-8", "en"},
		{"", "en_US.UTF-8", "en"},
		{"", "zh_CN.UTF-8", "zh-CN"},
		{"", "zh_TW", "zh-CN"},
		{"", "de_DE.UTF-8", "en"},
		{"zh-CN", "en_US.UTF-8", "zh-CN"},
		{"zh", "", "zh-CN"},
		{"en", "zh_CN.UTF-8", "en"},
	} {
		got, err := demoLanguage(test.asked, func(name string) string {
			return map[string]string{"LANG": test.lang}[name]
		})
		if err != nil || got != test.want {
			t.Errorf("%+v: %q, %v", test, got, err)
		}
	}
	if _, err := demoLanguage("klingon", func(string) string { return "" }); err == nil {
		t.Error("a language that nobody has was taken")
	}
}
