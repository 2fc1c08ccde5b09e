package crm

import (
	"errors"
	"fmt"
)

// Code says what kind of thing went wrong. Machines decide by it.
type Code string

// The codes. A person is told a sentence that fits; see package bot.
const (
	CodeInvalid      Code = "invalid"      // the input is wrong: ask again
	CodeNotFound     Code = "not_found"    // no such record, or out of scope
	CodeConflict     Code = "conflict"     // somebody else changed or holds it
	CodeForbidden    Code = "forbidden"    // the role does not allow it
	CodeUnidentified Code = "unidentified" // we do not know who is asking
	CodeUnsupported  Code = "unsupported"  // not possible here
	CodeUnavailable  Code = "unavailable"  // try again: a database or platform is away
	CodeInternal     Code = "internal"     // a fault of ours
)

// Error is an error that a person can be told about. Key names the sentence in
// the locale files, Args are its placeholders as name, value pairs, Field is
// the form field at fault if there is one, and Err is the cause for the log.
type Error struct {
	Code  Code
	Key   string
	Args  []any
	Field string
	Err   error
}

// Fail makes an Error. Args are name, value pairs for the sentence of key.
func Fail(code Code, key string, args ...any) *Error {
	return &Error{Code: code, Key: key, Args: args}
}

// In names the form field at fault.
func (e *Error) In(field string) *Error {
	e.Field = field
	return e
}

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// Error is for logs; people read the sentence of Key instead.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s (%s): %v", e.Key, e.Code, e.Err)
	}
	return fmt.Sprintf("%s (%s)", e.Key, e.Code)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of err: "" for nil, CodeInternal for an error that
// is not ours.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
