package openai

import (
	"regexp"
	"strings"

	"crmbot/bot/markup"
)

// marked is Markdown that markup does not have, and what is left of it.
var marked = []struct {
	mark *regexp.Regexp
	left string
}{
	{regexp.MustCompile("(?m)^[ \t]*```.*(?:\n|$)"), ""},                                         // fences of code
	{regexp.MustCompile(`(?m)^[ \t]*#{1,6}[ \t]+`), ""},                                          // headings
	{regexp.MustCompile(`(?m)^[ \t]*[-*•][ \t]+`), ""},                                           // lists
	{regexp.MustCompile(`(^|[^\p{L}\p{N}_]|\p{Han})__([^\s_](?:[^_\n]*[^\s_])?)__`), "${1}${2}"}, // bold
	{regexp.MustCompile(`(^|[^\p{L}\p{N}*]|\p{Han})\*([^\s*](?:[^*\n]*[^\s*])?)\*`), "${1}${2}"}, // italics
}

// words is what a model says without the marks that it sets although it is told
// not to: bold, links, headings and lists become their words. Nothing may be
// checked before, or an address could hide behind them.
func words(s string) string {
	for _, m := range marked {
		s = m.mark.ReplaceAllString(s, m.left)
	}
	return strings.TrimSpace(markup.Plain(s))
}
