package teach_test

import (
	"slices"
	"strings"
	"testing"

	"crmbot/bot/commands"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/relay"
	"crmbot/bot/teach"
)

// TestWordsMeanOneCommand: what is typed for a command here means no other one,
// and every command has its help in every language.
func TestWordsMeanOneCommand(t *testing.T) {
	t.Parallel()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, c := range slices.Concat(commands.All(), customer.All(), relay.Commands(), handoff.Commands()) {
		for _, p := range catalog.Every("command." + c.Name) {
			taken[strings.ToLower(p)] = c.Name
		}
	}
	for _, c := range teach.Commands(knowledge.Of(nil, knowledge.Words{})) {
		for _, p := range catalog.Every("command." + c.Name) {
			if other := taken[strings.ToLower(p)]; other != "" {
				t.Errorf("%q is %s and %s", p, c.Name, other)
			}
		}
		for _, lang := range catalog.Languages() {
			for _, key := range []string{"command.", "help.", "usage."} {
				if !c.Hidden && !catalog.Words(lang).Has(key+c.Name) {
					t.Errorf("%s: no %s%s", lang, key, c.Name)
				}
			}
		}
	}
}

// TestExamples: what help shows is understood as it stands, in both languages.
func TestExamples(t *testing.T) {
	t.Parallel()
	h := asked(t, "en")
	for _, lang := range h.Catalog.Languages() {
		for _, c := range teach.Commands(h.Matcher) {
			if c.Hidden {
				continue
			}
			line := h.Catalog.Words(lang).Label("usage." + c.Name)
			said := h.Say("li.wei> " + line)
			for _, lost := range []string{"did not understand", "没明白", "没看懂", "don't know"} {
				if strings.Contains(said, lost) {
					t.Errorf("%q is not understood:\n%s", line, said)
				}
			}
		}
	}
}
