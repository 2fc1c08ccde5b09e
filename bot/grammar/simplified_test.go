package grammar

import (
	"testing"
	"unicode/utf8"
)

func TestSimplified(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{
		"":              "",
		"Hello, world!": "Hello, world!",
		"café ñandú":    "café ñandú",
		"請問這個訂單什麼時候發貨？": "请问这个订单什么时候发货？",
		"退貨運費由誰負擔":      "退货运费由谁负担",
		"帳號密碼忘記了":       "账号密码忘记了",
		"乾燥後裝進紙箱，頭髮與發票": "干燥后装进纸箱，头发与发票",
		"著名的麵館在這裡":      "著名的面馆在这里",
		"甚麼？妳好":         "什么？你好",
		"已经是简体字了，干净":    "已经是简体字了，干净",
	} {
		if got := Simplified(from); got != to {
			t.Errorf("%q: %q, want %q", from, got, to)
		}
	}
}

// TestSimplifiedTable: every pair is two characters of the same length in bytes,
// and what is simplified stays what it is.
func TestSimplifiedTable(t *testing.T) {
	t.Parallel()
	from, to := []rune(traditional), []rune(simplified)
	if len(from) != len(to) || len(from) < 2900 {
		t.Fatalf("%d traditional and %d simplified characters", len(from), len(to))
	}
	for i, r := range from {
		if utf8.RuneLen(r) != utf8.RuneLen(to[i]) || r == to[i] || !farEast(string(r)) {
			t.Errorf("%c and %c", r, to[i])
		}
		if once := Simplified(string(to[i])); Simplified(once) != once {
			t.Errorf("%c becomes %s, and that something else", to[i], once)
		}
	}
}
