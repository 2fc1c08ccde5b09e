package router

import (
	"slices"

	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// listen gets ready what a text as a whole is compared with.
func (r *Router) listen() {
	r.means = map[string][]string{}
	for _, key := range r.wordKeys() {
		for _, w := range r.catalog.Every(key) {
			if w = customer.Normal(w); !slices.Contains(r.means[w], key) {
				r.means[w] = append(r.means[w], key)
			}
		}
	}
	r.languages = map[string]string{}
	for _, lang := range r.catalog.Languages() {
		for _, w := range append(r.catalog.Every("language."+lang), lang) {
			if w = customer.Normal(w); r.languages[w] == "" {
				r.languages[w] = lang
			}
		}
	}
	for _, w := range r.catalog.Every("words.reference") {
		r.references = append(r.references, customer.Normal(w))
	}
	var calls []string
	for core, name := range r.exact {
		if name == "person" {
			calls = append(calls, r.phrases.Hear(core).Dense())
		}
	}
	r.calls = grammar.NewNeedles(calls)
}

// wordKeys are the lists of words of which a text may be one as a whole.
func (r *Router) wordKeys() []string {
	keys := []string{
		"words.yes", "words.no", "words.skip", "words.back", "words.leave", "words.me",
		"button.notify.yes", "button.notify.no", "words.skip." + subject,
	}
	for _, c := range r.order {
		keys = append(keys, "command."+c.Name, "command."+c.Name+".after")
		for _, a := range c.Args {
			keys = append(keys, "words.skip."+a.Name)
			for _, choice := range a.Choices {
				keys = append(keys, a.Name+"."+choice)
			}
		}
	}
	for _, group := range append([]crm.Kind{daily, workers, chat}, kinds...) {
		keys = append(keys, "noun."+string(group), "words.help."+string(group))
	}
	for _, level := range []crm.Intent{crm.IntentHigh, crm.IntentMiddle, crm.IntentLow} {
		keys = append(keys, "intent."+string(level))
	}
	for _, s := range r.company.Stages {
		keys = append(keys, "stage."+s.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// isWord says whether a normal text is one of the words of a key, in any
// language.
func (r *Router) isWord(key, normal string) bool { return slices.Contains(r.means[normal], key) }
