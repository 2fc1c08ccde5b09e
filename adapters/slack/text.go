package slack

import (
	"regexp"
	"slices"
	"strings"

	"crmbot/bot"
)

var (
	reference = regexp.MustCompile(`<([^<>]*)>`)
	unescape  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	spaces    = regexp.MustCompile(`[ \t]{2,}`)
)

// words is what somebody wrote as he saw it: references become what they show,
// and mentions of self go. It says whether self was mentioned.
func words(text, self string) (string, bool) {
	mentioned := false
	text = reference.ReplaceAllStringFunc(text, func(ref string) string {
		target, label, _ := strings.Cut(ref[1:len(ref)-1], "|")
		if self != "" && target == "@"+self {
			mentioned = true
			return ""
		}
		return shown(target, label)
	})
	text = unescape.Replace(text)
	if mentioned {
		text = spaces.ReplaceAllString(text, " ")
	}
	return strings.TrimSpace(bot.Clean(text)), mentioned
}

// named are the others whom a text calls by name, each once.
func named(text, self string) []bot.SenderID {
	var all []bot.SenderID
	for _, ref := range reference.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(ref[1], "|")
		who, is := strings.CutPrefix(target, "@")
		if id := bot.SenderID(who); is && person(who) && who != self && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// member is the id of somebody in a workspace.
var member = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

// calling is the beginning of a message that calls people by name.
func calling(people []bot.Sender) string {
	var all []string
	for _, who := range people {
		if member.MatchString(string(who.ID)) {
			all = append(all, "<@"+string(who.ID)+">")
		}
	}
	return strings.Join(all, " ")
}

// shown is what a reference looks like on the screen.
func shown(target, label string) string {
	switch {
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		if label == "" {
			return target
		}
		return target[:1] + strings.TrimLeft(label, "@#")
	case strings.HasPrefix(target, "!"):
		if label != "" {
			return label
		}
		return "@" + target[1:]
	case label == "":
		return strings.TrimPrefix(strings.TrimPrefix(target, "mailto:"), "tel:")
	case strings.HasPrefix(target, "mailto:"), strings.HasPrefix(target, "tel:"),
		strings.HasSuffix(strings.TrimRight(target, "/"), "//"+label), label == target:
		return label
	}
	return label + " " + target
}
