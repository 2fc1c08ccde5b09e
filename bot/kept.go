package bot

import "strings"

// Kept is what the Action of a KeptButton holds: the command line, and what is
// to be known about the message that the button is part of.
type Kept struct {
	Line string
	// Card is the reference of the record whose card it is, alone in its
	// message: such a card is drawn anew when a button of it was obeyed.
	Card string
	// Shared buttons stand in a place that is not their conversation's, where
	// their message was shared.
	Shared bool
}

// The marks stand behind the line, after a sign that no line has.
const (
	keptSign   = "\x1e"
	keptCard   = keptSign + "card "
	keptShared = keptSign + "shared"
)

// String is the Action.
func (k Kept) String() string {
	action := strings.ReplaceAll(k.Line, keptSign, "")
	if k.Card != "" {
		action += keptCard + k.Card
	}
	if k.Shared {
		action += keptShared
	}
	return action
}

// ParseKept reads an Action.
func ParseKept(action string) Kept {
	var k Kept
	action, k.Shared = strings.CutSuffix(action, keptShared)
	k.Line, k.Card, _ = strings.Cut(action, keptCard)
	return k
}
