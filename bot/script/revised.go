package script

import (
	"slices"
	"strings"

	"crmbot/bot"
)

// revised writes what became of a message: what it says now, or of a long one
// the lines that are new and those that went without another in their place.
func revised(s Said) string {
	was, is := lines(s.Was), lines(s.Reply)
	if s.Op == bot.OpDelete {
		return "≈ (deleted) " + was[0] + "\n"
	}
	var out []string
	for _, line := range is {
		if len(is) <= 2 || !slices.Contains(was, line) {
			out = append(out, "≈ "+line)
		}
	}
	for _, line := range was {
		if len(is) > 2 && !slices.Contains(is, line) && !slices.ContainsFunc(out, func(now string) bool { return about(now[len("≈ "):]) == about(line) }) {
			out = append(out, "≈ (gone) "+line)
		}
	}
	if len(out) == 0 || slices.Equal(was, is) {
		return "≈ (unchanged) " + is[0] + "\n"
	}
	return strings.Join(out, "\n") + "\n"
}

// lines are what a message looks like, at least one.
func lines(r *bot.Reply) []string {
	return strings.Split(strings.TrimRight(Render(Said{To: Speaker{Thread: 1}, Reply: r}), "\n"), "\n")
}

// about is what a line of a card is about: the name of its field, its buttons.
func about(line string) string {
	if strings.HasPrefix(line, "[") {
		return "["
	}
	name, _, _ := strings.Cut(strings.ReplaceAll(line, "：", ":"), ":")
	return name
}
