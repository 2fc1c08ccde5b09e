package customer

import (
	"net/url"
	"strings"

	"crmbot/bot"
)

// SourceOf is the company's name for where a start payload, a scene or a page
// address comes from, "" if none fits: the words of a source stand at the
// beginning, or in the campaign source of an address.
func SourceOf(scene string, sources []bot.Source) string {
	words := []string{strings.TrimPrefix(scene, "qrscene_")}
	if u, err := url.Parse(scene); err == nil && u.Host != "" {
		words = []string{u.Query().Get("utm_source"), u.Query().Get("source"), u.Query().Get("from")}
	}
	for _, word := range words {
		for _, s := range sources {
			for _, known := range append([]string{s.Name}, s.Words...) {
				if begins(word, known) {
					return s.Name
				}
			}
		}
	}
	return ""
}

// begins says whether a payload is the word, or the word and more behind a
// mark: "baidu", "baidu_2026-11", "baidu-a".
func begins(payload, word string) bool {
	payload, word = strings.ToLower(payload), strings.ToLower(word)
	rest, ok := strings.CutPrefix(payload, word)
	return word != "" && ok && (rest == "" || strings.ContainsAny(rest[:1], "_-.:/ 0123456789"))
}
