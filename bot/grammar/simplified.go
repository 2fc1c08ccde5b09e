package grammar

import "strings"

// phrases are a few that are written in other characters where greetings are
// typed in dialect.
var phrases = strings.NewReplacer("哈囉", "哈喽", "甚麼", "什么", "甚么", "什么")

// simple turns the characters of traditional into those of simplified, and some
// that stand for the same word in a greeting.
var simple = func() map[rune]rune {
	from, to := []rune(traditional), []rune(simplified)
	all := make(map[rune]rune, len(from)+2)
	for i := range min(len(from), len(to)) {
		all[from[i]] = to[i]
	}
	all['妳'], all['嘜'] = '你', '吗'
	return all
}()

// Simplified writes the traditional characters of a text in their simplified
// form, so that both are compared alike. The text keeps its length in bytes.
func Simplified(s string) string {
	if !farEast(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if simple, ok := simple[r]; ok {
			return simple
		}
		return r
	}, phrases.Replace(s))
}

// farEast says whether a text may have characters of the table: they all take
// three bytes and more, of which the first is at least 0xE3.
func farEast(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xe3 {
			return true
		}
	}
	return false
}
