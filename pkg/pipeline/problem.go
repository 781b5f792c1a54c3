package pipeline

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Problem is one mistake in a spec.
type Problem struct {
	Path  string // such as stages[1].with.hurst.max; empty: the whole document
	Line  int    // zero: not known
	Value any    // what was there; nil: nothing, or not worth showing
	Text  string // what is wrong and what is allowed
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	if p.Value != nil {
		b.WriteString(short(p.Value) + " ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// SpecError is every mistake that was found in a spec.
type SpecError struct {
	Problems []Problem
}

const maxShown = 20

func (e *SpecError) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for i, p := range e.Problems {
		if i == maxShown {
			lines = append(lines, fmt.Sprintf("and %d more", len(e.Problems)-maxShown))
			break
		}
		lines = append(lines, p.String())
	}
	if len(lines) == 1 {
		return "the spec is not valid: " + lines[0]
	}
	return "the spec is not valid:\n  " + strings.Join(lines, "\n  ")
}

// oneProblem is a SpecError with a single mistake.
func oneProblem(path string, line int, format string, args ...any) error {
	return &SpecError{[]Problem{{Path: path, Line: line, Text: fmt.Sprintf(format, args...)}}}
}

// pathOf writes a JSON pointer's tokens the way people write paths.
func pathOf(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		switch {
		case t != "" && strings.Trim(t, "0123456789") == "":
			b.WriteString("[" + t + "]")
		case b.Len() == 0:
			b.WriteString(t)
		default:
			b.WriteString("." + t)
		}
	}
	return b.String()
}

// at returns what a document holds at a JSON pointer's tokens, or nil.
func at(doc any, tokens []string) any {
	for _, t := range tokens {
		switch v := doc.(type) {
		case map[string]any:
			doc = v[t]
		case []any:
			var i int
			if _, err := fmt.Sscan(t, &i); err != nil || i < 0 || i >= len(v) {
				return nil
			}
			doc = v[i]
		default:
			return nil
		}
	}
	switch doc.(type) {
	case map[string]any, []any:
		return nil // too long to show
	case json.Number, string, bool:
		return doc
	}
	return doc
}
