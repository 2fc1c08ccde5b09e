package telegram

import (
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// form is params as the API takes them where there is no file. It writes what
// url.Values.Encode does, but for the order, and copies no text twice.
func form(params tgbotapi.Params) string {
	size := 0
	for key, value := range params {
		size += len(key) + 2 + len(value)
		for i := range len(value) {
			if !bare(value[i]) {
				size += 2
			}
		}
	}
	var b strings.Builder
	b.Grow(size)
	for key, value := range params {
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(key)
		b.WriteByte('=')
		quote(&b, value)
	}
	return b.String()
}

// quote writes a value so that it may stand in a form.
func quote(b *strings.Builder, value string) {
	const digits = "0123456789ABCDEF"
	for i := range len(value) {
		switch c := value[i]; {
		case c == ' ':
			b.WriteByte('+')
		case bare(c):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
}

// bare says whether a byte takes one place in a form.
func bare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '~' || c == ' '
}
