package main

import (
	"errors"
	"fmt"
	"io"

	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// The exit codes.
const (
	exitFine   = 0
	exitFailed = 1 // failed while running
	exitWrong  = 2 // wrong use or configuration
)

// usageError is the caller's mistake rather than ours.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// wrongUse marks err as the caller's mistake.
func wrongUse(err error) error { return &usageError{err} }

// spokenError ends a command that has said everything already but its last
// sentence, which is in the person's language.
type spokenError struct {
	text string
	code int
}

func (e *spokenError) Error() string { return e.text }

// exitCode prints err and returns the code for it.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exitFine
	}
	if spoken, ok := errors.AsType[*spokenError](err); ok {
		fmt.Fprintln(stderr, spoken.text)
		return spoken.code
	}
	fmt.Fprintln(stderr, "crmbot:", inWords(err))
	var wrong *usageError
	if errors.As(err, &wrong) {
		return exitWrong
	}
	return exitFailed
}

// inWords is an error as the person at the terminal reads it: what has a
// sentence is said in it, with the cause behind it.
func inWords(err error) string {
	catalog, failed := locale.Load()
	if failed != nil {
		return err.Error()
	}
	if wrong, is := errors.AsType[*fault](err); is {
		return wrong.in(catalog.Words(wrong.lang))
	}
	var known *crm.Error
	if !errors.As(err, &known) {
		return err.Error()
	}
	said := markup.Plain(catalog.Words("en").Error(known))
	if known.Err != nil {
		said += "\n  " + known.Err.Error()
	}
	return said
}
