package weixin

import "strings"

// Lines puts what there is of a message's parts under each other.
func Lines(parts ...string) string {
	var there []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, "\n")
}
