// Package feature summarises a series of any length by a fixed number of values that say how its
// fluctuations grow with scale, for models to learn from.
package feature

import (
	"fmt"
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
}

// How many scales of each kind the set "basic" has.
const (
	basicBands   = 9
	basicOctaves = 7
	basicBlocks  = 4
)

// Sets returns the names that Lookup knows.
func Sets() []string { return []string{"basic"} }

// Lookup returns the set of a name.
func Lookup(name string) (Set, error) {
	if name != "basic" {
		return Set{}, fmt.Errorf("there is no feature set %q: known are %s", name, strings.Join(Sets(), ", "))
	}
	s := Set{Name: "basic", Version: 1}
	add := func(format string, args ...any) { s.Names = append(s.Names, fmt.Sprintf(format, args...)) }
	for b := range basicBands {
		add("band%d", b)
	}
	add("slope")
	for j := range basicOctaves {
		add("haar%d", j+1)
	}
	for _, k := range acfLags {
		add("acf%d", k)
	}
	for j := range basicBlocks {
		add("aggvar%d", 4<<j)
	}
	add("log_n")
	add("root_n")
	return s, nil
}
