package router

import (
	"testing"

	"crmbot/bot/locale"
)

// TestFurtherLines: in a message of several lines each may say that it stays among
// colleagues.
func TestFurtherLines(t *testing.T) {
	t.Parallel()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &Router{catalog: catalog}
	r.marks = r.markWords()
	for text, inside := range map[string]bool{
		"all right\nnote: she is angry":       true,
		"tomorrow\n备注：她很急":                    true,
		"tomorrow\n> what she said":           true,
		"Our address:\n12 Main Road\nNanjing": false,
		"好的\n明天上午10点发货\n运费另算":                 false,
	} {
		if got := r.marksInside(text); got != inside {
			t.Errorf("%q stays inside: %v, want %v", text, got, inside)
		}
	}
}
