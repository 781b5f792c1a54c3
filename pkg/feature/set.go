// Package feature summarises a series of any length by a fixed number of values that say how its
// fluctuations grow with scale, for models to learn from.
//
// The sets are named and versioned. "basic" is small and fast. "standard" has marginal and scale
// features; "robust" the scale features again after transformations that trends, outliers or heavy tails
// do not survive; "expert" what classical estimators say. The sets "reference-…" are those of earlier
// systems, by their own definitions, to compare with. Sets are joined by a plus: "standard+expert".
package feature

import (
	"fmt"
	"slices"
	"strings"
)

// MinLength and MaxLength bound the series that features are extracted from.
const (
	MinLength = 64
	MaxLength = 1_000_000
)

// Set names an ordered list of features. A change of what they mean is a new Version.
type Set struct {
	Name    string   `json:"name"`
	Version int      `json:"version"`
	Names   []string `json:"names"`
	parts   []part
}

// part is a set that is not several others joined.
type part struct {
	name    string
	version int
	text    string // what it is, for people
	names   []string
	bytes   int  // that a frame holds for each value of a series, about
	raw     bool // the features are not bounded, and may depend on mean and scale
	frame   func(n int) frame
}

// A frame computes the features of a part for series of one length. It holds what depends on the
// length alone and is not safe for concurrent use.
type frame interface {
	// fill writes the features of a series, given standardised and as it was.
	fill(dst, z, raw []float64)
}

func parts() []part {
	return append([]part{basicPart(), standardPart(), robustPart(), expertPart()}, referenceParts()...)
}

// Sets returns the names that Lookup knows, with a line about each.
func Sets() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// Describe returns a line for people about a set that is not several others joined.
func Describe(name string) string {
	for _, p := range parts() {
		if p.name == name {
			return p.text
		}
	}
	return ""
}

// Lookup returns the set of a name, or of several joined by a plus. A feature that several of them
// have, such as the length, is there once.
func Lookup(name string) (Set, error) {
	s := Set{Name: name}
	for _, one := range strings.Split(name, "+") {
		i := slices.IndexFunc(parts(), func(p part) bool { return p.name == one })
		if i < 0 {
			return Set{}, fmt.Errorf("there is no feature set %.40q: known are %s, and several of them joined by a plus", one, strings.Join(Sets(), ", "))
		}
		p := parts()[i]
		if slices.ContainsFunc(s.parts, func(q part) bool { return q.name == p.name }) {
			return Set{}, fmt.Errorf("feature set %.80q names %s twice", name, one)
		}
		if err := s.join(p); err != nil {
			return Set{}, err
		}
	}
	return s, nil
}

// join adds a part. Two parts may share what says something about the length alone; those of the
// reference systems share names for what is the same.
func (s *Set) join(p part) error {
	for _, f := range p.names {
		if !slices.Contains(s.Names, f) {
			s.Names = append(s.Names, f)
			continue
		}
		for _, q := range s.parts {
			same := f == "log_n" || f == "root_n" || p.raw && q.raw
			if !same && slices.Contains(q.names, f) {
				return fmt.Errorf("feature sets %s and %s both have a %s, and mean different things by it: take one of them", q.name, p.name, f)
			}
		}
	}
	s.parts = append(s.parts, p)
	s.Version = s.Version*1000 + p.version
	return nil
}
