package telegramtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	tag    = regexp.MustCompile(`<(/?)(b|i|code|pre|a)( href="[^"<>]*")?>`)
	entity = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&")
)

// check is Telegram's view of the text in a field of a message: without its
// tags, or what is wrong with it.
func check(p map[string]string, field string, most int) (text, wrong string) {
	if _, err := strconv.ParseInt(p["chat_id"], 10, 64); err != nil {
		return "", "chat not found"
	}
	if thread, given := p["message_thread_id"]; given {
		if n, err := strconv.ParseInt(thread, 10, 64); err != nil || n <= 1 {
			return "", "message thread not found"
		}
	}
	text = p[field]
	if p["parse_mode"] == "HTML" {
		if text, wrong = parse(text); wrong != "" {
			return "", "can't parse entities: " + wrong
		}
	}
	if Units(text) > most {
		return "", "message " + map[string]string{"text": "", "caption": "caption "}[field] + "is too long"
	}
	return text, checkKeyboard(p["reply_markup"])
}

// Plain is HTML as Telegram shows it, without its tags, or what is wrong with
// it.
func Plain(html string) (text, wrong string) { return parse(html) }

func parse(html string) (text, wrong string) {
	var open []string
	var plain strings.Builder
	for html != "" {
		at := strings.IndexByte(html, '<')
		if at < 0 {
			plain.WriteString(html)
			break
		}
		plain.WriteString(html[:at])
		m := tag.FindStringSubmatch(html[at:])
		switch {
		case m == nil || !strings.HasPrefix(html[at:], m[0]):
			return "", fmt.Sprintf("Unsupported start tag at byte offset %d", at)
		case m[1] == "":
			open = append(open, m[2])
		case len(open) == 0 || open[len(open)-1] != m[2]:
			return "", "Unexpected end tag"
		default:
			open = open[:len(open)-1]
		}
		html = html[at+len(m[0]):]
	}
	if len(open) > 0 {
		return "", "Can't find end tag"
	}
	return entity.Replace(plain.String()), ""
}

// Units is the length of a text as Telegram counts: in UTF-16 units.
func Units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

func checkKeyboard(raw string) string {
	if raw == "" {
		return ""
	}
	var k struct {
		Inline [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
			URL  string `json:"url"`
		} `json:"inline_keyboard"`
	}
	if err := json.Unmarshal([]byte(raw), &k); err != nil {
		return "object expected as reply markup"
	}
	var f struct {
		Force       *bool  `json:"force_reply"`
		Placeholder string `json:"input_field_placeholder"`
	}
	if json.Unmarshal([]byte(raw), &f) == nil && f.Force != nil && (!*f.Force || Units(f.Placeholder) > 64) {
		return "can't parse reply keyboard markup JSON object"
	}
	for _, row := range k.Inline {
		for _, b := range row {
			switch {
			case b.Text == "":
				return "button text is empty"
			case len(b.Data) > 64 || b.Data == "" && b.URL == "":
				return "BUTTON_DATA_INVALID"
			}
		}
	}
	return ""
}

var commandShape = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func checkCommands(raw string) (list []Command, wrong string) {
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return nil, "can't parse commands"
	}
	if len(list) > 100 {
		return nil, "too many commands"
	}
	for _, c := range list {
		switch n := Units(c.Description); {
		case !commandShape.MatchString(c.Command):
			return nil, "BOT_COMMAND_INVALID"
		case n < 1 || n > 256:
			return nil, "BOT_COMMAND_DESCRIPTION_INVALID"
		}
	}
	return list, ""
}
