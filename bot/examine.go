package bot

import (
	"context"
	"strings"
)

// Local is a text by language, "en" and "zh-CN", for what only an adapter can
// say: the names of its platform's pages and rights. Placeholders are {name}.
type Local map[string]string

// In is the text in a language, in English if it has none.
func (l Local) In(language string) string {
	if text := l[language]; text != "" {
		return text
	}
	return l["en"]
}

// With is the text with pairs of name and value in its placeholders.
func (l Local) With(pairs ...string) Local {
	for i := 0; i+1 < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	fill := strings.NewReplacer(pairs...)
	filled := make(Local, len(l))
	for language, text := range l {
		filled[language] = fill.Replace(text)
	}
	return filled
}

// Examiner is an Adapter that can try its credentials and say what its account
// is, what it cannot do and what to do about it, in sentences that the owner of
// a shop understands. It changes nothing on the platform. ctx bounds it; the
// findings come in the order in which they are to be read.
type Examiner interface {
	Adapter
	Examine(ctx context.Context) []Finding
}

// PlaceExaminer is an Adapter with OpThread that can say whether threads can be
// opened in a chat of colleagues and heard there, and what to do if not. It
// changes nothing on the platform.
type PlaceExaminer interface {
	Adapter
	ExaminePlace(ctx context.Context, chat ChatID) []Finding
}

// Finding is one thing that was found out about an install.
type Finding struct {
	Level Level
	// Text is one sentence. nil says what Err means in general: that the
	// platform is out of reach, or does not accept the credentials.
	Text Local
	// Next is the next step, one sentence; nil if there is none. {paste} in it
	// is the file with Setup.Paste, written anew.
	Next Local
	// Key is the key of the install's block that has the wrong value, "" if it
	// is none: whoever reads it is told where that value stands.
	Key string
	Err error // the cause, for the engineer; must not hold a secret
}

// Level is how a Finding is to be taken.
type Level string

// The levels.
const (
	LevelFine    Level = "fine"    // works
	LevelNote    Level = "note"    // good to know: what this account cannot do
	LevelWarning Level = "warning" // works, but somebody should do something
	LevelBroken  Level = "broken"  // does not work
)

// Broken is the Finding of an error as it came from the platform. A Failure is
// worded by its Class.
func Broken(err error) Finding { return Finding{Level: LevelBroken, Err: err} }
