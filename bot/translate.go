package bot

import "context"

// Translator puts plain text into another language. It is slow and may fail:
// only jobs call it, and without it the original goes through untouched.
type Translator interface {
	// Translate keeps line breaks, names, numbers and links as they are. from and
	// to are languages of ours ("en", "zh-CN"); glossary are names of products
	// that stay as they are. CodeUnavailable when it cannot be had.
	Translate(ctx context.Context, text, from, to string, glossary []string) (string, error)
}
