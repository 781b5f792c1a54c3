// Package process generates series whose Hurst exponent is known.
//
// [Kinds] lists the processes. A [Spec] names one with its parameters, and [New] returns a
// [Generator] of series of one length. All that is random comes from a [Stream], so that the same
// seed gives the same series anywhere.
package process

import (
	"fmt"
	"slices"
	"strings"
)

// The lengths that are generated, and the ends of the open interval of exponents.
const (
	MinLength = 2
	MaxLength = 1_000_000
	MinHurst  = 0.01
	MaxHurst  = 0.99
)

// A Generator makes series of the length that it was made for. It reuses its memory and is not safe
// for concurrent use.
type Generator interface {
	// Generate fills dst with a series whose Hurst exponent is h. It fails when h is outside what the
	// kind allows, and panics when dst is not of the length that the generator was made for.
	Generate(dst []float64, h float64, rng *Stream) error
}

// A Pather is the generator of a process whose exponent changes with time.
type Pather interface {
	Generator
	// Path fills dst with the exponent at each point of the series last generated. Its mean is the h
	// that was asked for.
	Path(dst []float64)
}

// Kind describes a process.
type Kind struct {
	Name     string // as in a spec
	Title    string
	Hurst    string // what H means for it
	Walk     bool   // it is a walk (its increments are stationary), not noise
	MinHurst float64
	MaxHurst float64 // H is between these, neither of them allowed
	Params   []Param
	Source   string // where it is from
	build    func(n int, v Values) (Generator, error)
}

// Kinds returns all kinds.
func Kinds() []Kind {
	return slices.Concat(gaussianKinds(), multifractalKinds(), fouKinds(), stableKinds(), varyingKinds())
}

// Lookup returns the kind of a name.
func Lookup(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return Kind{}, fmt.Errorf("there is no process %.40q; there are: %s", name, strings.Join(names, ", "))
}

// New returns a generator of series of n values. It fails when the spec names no kind, or has a
// parameter that the kind does not have or a value outside its limits, or when n is outside
// MinLength to MaxLength.
func New(s Spec, n int) (Generator, error) {
	k, err := Lookup(s.Kind)
	if err != nil {
		return nil, err
	}
	v, err := Check("process "+k.Name, k.Params, s.Params)
	if err != nil {
		return nil, err
	}
	if n < MinLength || n > MaxLength {
		return nil, fmt.Errorf("series of %d points; allowed are %d to %d", n, MinLength, MaxLength)
	}
	return k.build(n, v)
}

// checkHurst refuses an exponent that is outside an open interval.
func checkHurst(h, low, high float64) error {
	if !(h > low && h < high) {
		return fmt.Errorf("hurst exponent %v is outside %v to %v", h, low, high)
	}
	return nil
}

// checkLength refuses a buffer of another length.
func checkLength(dst []float64, n int) {
	if len(dst) != n {
		panic(fmt.Sprintf("process: %d values for a generator of length %d", len(dst), n))
	}
}
