package router

import (
	"slices"
	"testing"

	"crmbot/bot/customer"
	"crmbot/bot/grammar"
)

// everything is in every text.
var everything = grammar.NewNeedles([]string{""})

// TestWordsOfTheCatalog: a text is a word of a key if and only if the catalog has
// it there, and a sentence calls for a person as if all of it were tried.
func TestWordsOfTheCatalog(t *testing.T) {
	t.Parallel()
	r, _ := staffTurn(t)
	keys := append(r.wordKeys(), "words.courtesy.hello", "words.polite.before")
	var texts []string
	for _, key := range keys {
		texts = append(texts, r.catalog.Every(key)...)
	}
	for _, key := range r.wordKeys() {
		for i, text := range texts {
			if normal := customer.Normal(text); i%7 == 0 || slices.Contains(r.catalog.Every(key), text) {
				want := slices.ContainsFunc(r.catalog.Every(key), func(w string) bool { return customer.Normal(w) == normal })
				if r.isWord(key, normal) != want {
					t.Errorf("%q is a word of %s: %v, want %v", normal, key, !want, want)
				}
			}
		}
	}
	r.exact = map[string]string{}
	for _, w := range append(r.catalog.Every("command.person"), r.catalog.Every("command.stop")...) {
		r.exact[r.phrases.Core(w)] = "stop"
	}
	for _, w := range r.catalog.Every("command.person") {
		r.exact[r.phrases.Core(w)] = "person"
	}
	r.listen()
	all, needles := r.catalog.Every("command.person"), r.calls
	for i, text := range texts {
		for _, before := range []string{"", "your bot is useless. ", "你好，", "no, "} {
			for _, after := range []string{"", "!", "，谢谢", " please", "? 👍"} {
				line := before + text + after
				if i%5 == 0 {
					line = before + all[i%len(all)] + after
				}
				said := r.phrases.Hear(line)
				r.calls = needles
				got := r.wantsPerson(said)
				if r.calls = everything; got != r.wantsPerson(said) {
					t.Errorf("%q calls for a person: %v", line, got)
				}
			}
		}
	}
	if said := r.phrases.Hear("HUMAN!"); !r.wantsPerson(said) {
		t.Error("nobody is called")
	}
}
