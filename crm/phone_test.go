package crm

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalPhone(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, have, country, want string
	}{
		{"mobile", "13800000000", "CN", "+8613800000000"},
		{"spaces", " 138 0000 0000 ", "CN", "+8613800000000"},
		{"dashes", "138-0000-0000", "CN", "+8613800000000"},
		{"full width", "１３８　００００－００００", "CN", "+8613800000000"},
		{"full-width prefix", "＋８６ 138 0000 0000", "CN", "+8613800000000"},
		{"plus", "+86 138 0000 0000", "CN", "+8613800000000"},
		{"double zero", "0086 138 0000 0000", "CN", "+8613800000000"},
		{"prefix without plus", "8613800000000", "CN", "+8613800000000"},
		{"landline", "021-5555 1234", "CN", "+862155551234"},
		{"landline of Beijing", "(010) 6555 1234", "CN", "+861065551234"},
		{"landline of a county", "0536-8123456", "CN", "+865368123456"},
		{"service number", "400-820-8820", "CN", "+864008208820"},
		{"foreign in China", "+49 30 123456", "CN", "+4930123456"},
		{"trunk in brackets", "+44 (0)20 7946 0958", "GB", "+442079460958"},
		{"national British", "020 7946 0958", "GB", "+442079460958"},
		{"American", "(415) 555-2671", "US", "+14155552671"},
		{"American with 1", "1-415-555-2671", "us", "+14155552671"},
		{"Hong Kong", "2345 6789", "HK", "+85223456789"},
		{"dots", "415.555.2671", "US", "+14155552671"},

		{"nothing", "", "CN", ""},
		{"words", "call me", "CN", ""},
		{"amount", "280000", "CN", ""},
		{"too long", "138000000001", "CN", ""},
		{"too short", "1380000000", "CN", ""},
		{"no mobile", "12800000000", "CN", ""},
		{"mobile after trunk", "013800000000", "CN", ""},
		{"no area code", "5555 1234", "CN", ""},
		{"letters inside", "138x0000000", "CN", ""},
		{"two plus", "++8613800000000", "CN", ""},
		{"plus inside", "86+13800000000", "CN", ""},
		{"bad Chinese prefix", "+86 12345", "CN", ""},
		{"zeros", "00000000000", "CN", ""},
		{"country unknown", "13800000000", "", ""},
		{"endless", strings.Repeat("1", 500), "CN", ""},
		{"prefix alone", "+", "CN", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			got, ok := NormalPhone(x.have, x.country)
			if got != x.want || ok != (x.want != "") {
				t.Errorf("NormalPhone(%q, %q) = %q, %v, want %q", x.have, x.country, got, ok, x.want)
			}
		})
	}
}

// Whatever is taken is in its final form already, however it is written.
func TestNormalPhoneIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom([]string{"CN", "US", "GB", "DE", "HK", "IT", "RU", ""}).Draw(t, "country")
		typed := rapid.StringMatching(`[+＋]?[0-9０-９ ()\-.]{1,20}`).Draw(t, "typed")
		once, ok := NormalPhone(typed, country)
		if !ok {
			return
		}
		if !strings.HasPrefix(once, "+") || len(once) < 9 || len(once) > 16 {
			t.Fatalf("NormalPhone(%q, %q) = %q", typed, country, once)
		}
		for _, there := range []string{country, "CN", ""} {
			if again, ok := NormalPhone(once, there); !ok || again != once {
				t.Fatalf("NormalPhone(%q, %q) = %q, and of that %q", typed, there, once, again)
			}
		}
		spaced := strings.Join(strings.Split(once, ""), " ")
		if again, _ := NormalPhone(spaced, country); again != once {
			t.Fatalf("NormalPhone(%q) = %q, want %q", spaced, again, once)
		}
	})
}

func TestNormalPhoneTakesAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		NormalPhone(rapid.String().Draw(t, "typed"), rapid.String().Draw(t, "country"))
	})
}
