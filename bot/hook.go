package bot

import "strings"

// HookURL is the address at which an install's Webhook is reached from outside.
func HookURL(publicURL string, p Platform, i Install) string {
	return strings.TrimRight(publicURL, "/") + "/hook/" + string(p) + "/" + string(i)
}
