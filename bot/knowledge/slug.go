package knowledge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"

	"crmbot/bot/grammar"
)

// Slug names the article of a question that nobody named: the same for the
// same question, whoever wrote it, in capitals or not and with whatever mark
// around it.
func Slug(question string) string {
	sum := sha256.Sum256([]byte(cmp.Or(grammar.Bare(question), question)))
	return "chat-" + hex.EncodeToString(sum[:6])
}
