package bot

import (
	"regexp"

	"crmbot/crm"
)

// Menu is what people can ask for, in the order in which it is shown.
type Menu struct {
	Everybody []MenuItem // shown to whoever writes in the install
	Staff     []MenuItem // shown to people who work here, and to nobody else
	// Places are chats of people who work here, in an install where customers
	// write: there the lists of both are shown.
	Places []ChatID
}

// MenuItem is one line of a Menu.
type MenuItem struct {
	Line  string // the command line that choosing it types: small letters and spaces
	About Local  // what it does, plain text on one line
}

// Guide is an Adapter of a platform that shows people what they can ask for.
// SetMenu is called once, before Run and Send.
type Guide interface {
	Adapter
	SetMenu(m Menu)
}

var sceneShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// CheckScene checks the scene of an Inviter. CodeInvalid if it is none.
func CheckScene(scene string) error {
	if !sceneShape.MatchString(scene) {
		return crm.Fail(crm.CodeInvalid, "error.invalid").In("scene")
	}
	return nil
}

// Unsupported is the error of an account that has no right to what it was asked
// for. The cause is for the log.
func Unsupported(cause error) error {
	return crm.Fail(crm.CodeUnsupported, "error.unsupported").Because(cause)
}

// Unavailable is the error of something outside that cannot be had right now. The
// cause is for the log.
func Unavailable(cause error) error {
	return crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(cause)
}

// Missing says whether an error of the Host means that there is no such thing,
// rather than that it cannot be had right now.
func Missing(err error) bool { return crm.CodeOf(err) == crm.CodeNotFound }
