package main

import (
	"path/filepath"
	"strings"
	"testing"

	"crmbot/adapters/telegram/telegramtest"
)

// TestCustomersSeeTheirCommands looks at the list that a platform shows beside
// the text field, with a customer's eyes.
func TestCustomersSeeTheirCommands(t *testing.T) {
	r := runServe(t, filepath.Join(t.TempDir(), "crmbot.db"))
	list := func(language string) string {
		var lines []string
		for _, c := range r.telegram.Commands("555", language) {
			lines = append(lines, c.Command+": "+c.Description)
		}
		return strings.Join(lines, "\n")
	}
	there := func() bool {
		zh := list("zh")
		return list("fr") != "" && strings.Contains(zh, "get_a_quote: 我要询价") && strings.Contains(zh, "person: 转人工")
	}
	if !r.telegram.Until(patience, there) {
		t.Fatalf("in Chinese:\n%s", list("zh"))
	}
	for _, staff := range []string{"lead", "deal", "pipeline", "ticket", "note", "user", "link"} {
		if strings.Contains(list("en"), staff) {
			t.Errorf("a customer sees %s:\n%s", staff, list("en"))
		}
	}
	ana := telegramtest.Person{ID: 555, Name: "Ana", Language: "en"}
	r.customer(r.telegram.Text(ana, "/get_a_quote"), "")
	if len(r.telegram.Calls("setMyCommands")) == 0 || strings.Contains(list("en"), "lead") {
		t.Errorf("a customer who wrote sees:\n%s", list("en"))
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
