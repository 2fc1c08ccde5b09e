package storage_test

import (
	"slices"
	"strings"
	"testing"

	"crmbot/storage"
)

func TestTokens(t *testing.T) {
	for text, want := range map[string][]string{
		"":                      nil,
		" ,，!":                  nil,
		"Zhang Wei":             {"zhang", "wei"},
		"张伟":                    {"张", "伟", "张伟"},
		"融氏Food 20t":            {"融", "氏", "融氏", "food", "20t"},
		"ＲＯＮＧ①":                 {"rong1"},
		"don't":                 {"don", "t"},
		"Zoë":                   {"zoë"},
		"𠮷野家":                   {"𠮷", "野", "𠮷野", "家", "野家"},
		"ｶﾅ한글":                  {"カ", "ナ", "カナ", "한", "ナ한", "글", "한글"},
		"a.b@c":                 {"a", "b", "c"},
		strings.Repeat("x", 50): {strings.Repeat("x", 48), "xx"},
	} {
		if got := storage.Tokens(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPhoneTokens(t *testing.T) {
	for phone, want := range map[string][]string{
		"":           nil,
		"n/a":        nil,
		"12":         {"12"},
		"+86 138-00": {"8613800", "613800", "13800", "3800"},
		"１２３４５":      {"12345", "2345"},
	} {
		if got := storage.Phone(phone); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", phone, got, want)
		}
	}
}

func TestCleanJSON(t *testing.T) {
	for doc, want := range map[string]string{
		`"a\u0000b"`:       `"ab"`,
		`"a\\u0000b"`:      `"a\\u0000b"`,
		`"a\\\u0000b"`:     `"a\\b"`,
		`"\u0000\u0000\n"`: `"\n"`,
		`"\`:               `"\`,
	} {
		if got := storage.CleanJSON(doc); got != want {
			t.Errorf("%s: %s, want %s", doc, got, want)
		}
	}
}
