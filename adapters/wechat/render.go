package wechat

import (
	"regexp"
	"strings"

	"crmbot/bot"
	"crmbot/bot/markup"
)

// bullet begins a line of a list.
const bullet = "• "

// render is markup as WeChat shows text: there is nothing but the words and
// <a href>. Whatever else looks like such a tag was written by a person and is
// made harmless.
func render(text string) string {
	var out, plain strings.Builder
	flush := func() {
		out.WriteString(harmless(plain.String()))
		plain.Reset()
	}
	var walk func(list []markup.Span)
	walk = func(list []markup.Span) {
		for _, s := range list {
			if s.Kind != markup.Anchor {
				plain.WriteString(s.Text)
				walk(s.Spans)
				continue
			}
			label := words(s)
			if link, ok := anchor(label, s.URL); ok {
				flush()
				out.WriteString(link)
				continue
			}
			plain.WriteString(beside(label, s.URL))
		}
	}
	for i, line := range markup.Parse(text) {
		if i > 0 {
			plain.WriteByte('\n')
		}
		if line.Item {
			plain.WriteString(bullet)
		}
		walk(line.Spans)
	}
	flush()
	return out.String()
}

// words is the text of a span and those in it.
func words(s markup.Span) string {
	text := s.Text
	for _, inner := range s.Spans {
		text += words(inner)
	}
	return text
}

// anchor is a link with a label of its own; ok is false for what is better
// shown as it is.
func anchor(label, url string) (link string, ok bool) {
	web := strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
	if !web || label == "" || label == url {
		return "", false
	}
	return `<a href="` + urlEscape.Replace(url) + `">` + labelEscape.Replace(label) + "</a>", true
}

// beside is a label with an address that is no page.
func beside(label, url string) string {
	_, address, _ := strings.Cut(url, ":")
	switch {
	case strings.HasPrefix(url, "http"), label == "":
		return url
	case label == address:
		return label
	}
	return label + " " + address
}

var (
	urlEscape   = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", "'", "%27", " ", "%20")
	labelEscape = strings.NewReplacer("<", "＜", ">", "＞")
	tag         = regexp.MustCompile(`<([\s\p{Cf}]*/?[\s\p{Cf}]*[aA](?:\b|_))`)
)

// harmless is text in which no link begins or ends.
func harmless(text string) string { return tag.ReplaceAllString(text, "＜$1") }

// shown is all that a reply says, in one text.
func shown(r *bot.Reply) string {
	text := render(r.Text)
	for _, f := range r.Files {
		text += "\n📎 " + harmless(f.Name)
	}
	if strings.TrimSpace(text) == "" {
		text = harmless(r.Toast)
	}
	return strings.Trim(text, "\n")
}
