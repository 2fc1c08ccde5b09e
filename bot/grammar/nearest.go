package grammar

import (
	"slices"
	"strings"
)

// Nearest are the phrases that come closest to a line, best first, at most n
// and one for each command. After a reference they are words that belong
// there, with the reference.
func (m *Matcher) Nearest(line string, n int) []string {
	f := fold(strings.TrimPrefix(strings.TrimSpace(line), "/"), true)
	ref, end, isRef := m.refAt(f, 0)
	typed := f.runes
	if isRef {
		typed = f.runes[f.skip(end):]
	}
	typed = typed[:min(len(typed), longestSubject)]
	type near struct {
		text, name string
		cost       int
	}
	var found []near
	for _, p := range m.order {
		if (p.subject != "") != isRef || isRef && p.subject != ref.Kind || len(p.runes) == 0 {
			continue
		}
		if cost, ok := closeness(typed, p.runes); ok {
			text := p.text
			if isRef {
				text = ref.String() + " " + p.text
			}
			found = append(found, near{text, p.name, cost})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.cost - b.cost })
	seen := map[string]bool{}
	var out []string
	for _, x := range found {
		if len(out) < n && !seen[x.name] {
			seen[x.name] = true
			out = append(out, x.text)
		}
	}
	return out
}

// Near says whether a word is another one mistyped.
func Near(typed, word string) bool {
	a, b := []rune(Bare(typed)), []rune(Bare(word))
	if len(a) == 0 || len(b) == 0 || len(a) > longestSubject {
		return false
	}
	_, ok := closeness(a, b)
	return ok
}

// closeness is how far the beginning of what was typed is from a phrase, in
// thousandths of the phrase; ok is false if that is too far.
func closeness(typed, phrase []rune) (cost int, ok bool) {
	head := typed
	if isHan(phrase[0]) {
		head = typed[:min(len(typed), len(phrase))]
	} else if words := countWords(phrase); countWords(typed) > words {
		head = firstWords(typed, words)
	}
	d := Distance(head, phrase)
	allowed := len(phrase) / 4
	if isHan(phrase[0]) {
		allowed = len(phrase) / 2
		if len(phrase) <= 2 && (len(head) == 0 || head[0] != phrase[0]) {
			allowed = 0 // 明天 is not 今天 mistyped
		}
	}
	return d * 1000 / len(phrase), d <= allowed
}

func countWords(r []rune) int { return strings.Count(string(r), " ") + 1 }

func firstWords(r []rune, n int) []rune {
	for i, x := range r {
		if x == ' ' {
			if n--; n == 0 {
				return r[:i]
			}
		}
	}
	return r
}

// Distance is the number of letters to insert, drop, replace or swap that make one
// text of another.
func Distance(a, b []rune) int {
	two, one := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one = one, row
	}
	return one[len(b)]
}
