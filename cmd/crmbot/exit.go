package main

import (
	"errors"
	"fmt"
	"io"
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

// exitCode prints err and returns the code for it.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exitFine
	}
	fmt.Fprintln(stderr, "crmbot:", err)
	var wrong *usageError
	if errors.As(err, &wrong) {
		return exitWrong
	}
	return exitFailed
}
