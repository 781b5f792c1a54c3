// Package fault gives errors one of five codes, which cross the wire where Go types cannot:
// rpc carries them in headers, job turns them into retry or archive, the CLI into exit codes.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Code says what kind of failure an error is, and with that what its receiver should do.
type Code string

// The five codes.
const (
	Invalid     Code = "invalid"     // the request or its data is wrong: do not retry, mend it
	NotFound    Code = "not_found"   // what was named does not exist
	Conflict    Code = "conflict"    // it exists already, or changed meanwhile: reload and decide
	Unavailable Code = "unavailable" // something needed cannot be reached now: retry later
	Internal    Code = "internal"    // a defect of ours
)

// Error is an error with a code.
type Error struct {
	Code Code
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error that was given a code.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error with a code; format and args are as in [fmt.Errorf].
func New(code Code, format string, args ...any) error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}

// With gives err a code. It returns nil for nil.
func With(code Code, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Err: err}
}

// CodeOf returns the code of the outermost [Error] in err's chain. Errors without one are
// Unavailable when a context ended, and Internal otherwise; nil has the empty code.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Unavailable
	}
	return Internal
}

// Parse returns the code that s names; what is not one of the five is Internal.
func Parse(s string) Code {
	switch c := Code(s); c {
	case Invalid, NotFound, Conflict, Unavailable:
		return c
	}
	return Internal
}
