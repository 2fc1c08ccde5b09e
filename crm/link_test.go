package crm

import (
	"regexp"
	"testing"
)

func TestCode(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)
	known := map[string]bool{}
	for range 1000 {
		code := newCode()
		if !shape.MatchString(code) || known[code] {
			t.Fatalf("code %q", code)
		}
		known[code] = true
	}
	want := hashCode("7F3K-9QX0")
	for _, typed := range []string{"7f3k-9qx0", " 7F3K 9QX0 ", "7F3K－9QXO", "7f3k9qxo"} {
		if hashCode(typed) != want {
			t.Errorf("hashCode(%q) differs", typed)
		}
	}
	if hashCode("7F3K-9QX1") == want || len(want) != 64 {
		t.Error("hashes do not tell codes apart")
	}
}
