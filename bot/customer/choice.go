package customer

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"crmbot/bot"
)

// longestChoice bounds a typed number with the words around it, in runes.
const longestChoice = 16

// Choice is the number that a message chooses, from 1 on: "2", "２。", "②",
// "(2)", "2️⃣", "第2个".
func Choice(r *bot.Request, text string) (int, bool) {
	if len([]rune(text)) > longestChoice {
		return 0, false
	}
	text = norm.NFKC.String(spoken(text))
	if !strings.ContainsAny(text, "0123456789") {
		return 0, false
	}
	text = around(Normal(text))
	if n, err := strconv.Atoi(text); err == nil {
		return n, n > 0
	}
	text = without(r.Words.Every("words.choice.before"), text, strings.CutPrefix)
	text = without(r.Words.Every("words.choice.after"), text, strings.CutSuffix)
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0
}

// around takes off the marks that stand about a number. A sign is none of them.
func around(text string) string { return strings.Trim(text, between+"#()[]<>【】《》") }

// without cuts the longest of the words off one end.
func without(words []string, text string, cut func(s, word string) (string, bool)) string {
	words = slices.SortedFunc(slices.Values(words), func(a, b string) int { return len(b) - len(a) })
	for _, w := range words {
		if rest, ok := cut(text, Normal(w)); ok {
			return around(rest)
		}
	}
	return text
}
