package bot

import "strings"

// LineName is the name that a command line begins with, for logs: behind it may
// stand what somebody said. "…" for a line that begins with no name.
func LineName(line string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz._") != "" {
		return "…"
	}
	return name
}
