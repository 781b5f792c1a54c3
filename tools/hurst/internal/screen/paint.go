package screen

import "io"

// Paint colours text, or leaves it as it is. The zero value leaves it.
type Paint struct{ on bool }

// PaintFor returns colours for what is written to w: none unless it is a terminal, and none when
// NO_COLOR is set to something (no-color.org) or TERM is dumb.
func PaintFor(w io.Writer, getenv func(string) string) Paint {
	return Paint{IsTerminal(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"}
}

func (p Paint) sgr(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Bold is for what matters most.
func (p Paint) Bold(s string) string { return p.sgr("1", s) }

// Dim is for what only some look at.
func (p Paint) Dim(s string) string { return p.sgr("2", s) }

// Good is for success.
func (p Paint) Good(s string) string { return p.sgr("32", s) }

// Bad is for failure.
func (p Paint) Bad(s string) string { return p.sgr("31", s) }

// Warn is for what deserves a look.
func (p Paint) Warn(s string) string { return p.sgr("33", s) }

// Status colours the status of a run or a stage by what it means.
func (p Paint) Status(s string) string {
	switch s {
	case "succeeded", "done", "ok", "promoted":
		return p.Good(s)
	case "failed":
		return p.Bad(s)
	case "cancelled", "cancelling", "warning":
		return p.Warn(s)
	case "waiting":
		return p.Dim(s)
	}
	return s
}
