package estimator

import (
	"fmt"
	"math"
	"slices"
)

// findFilled appends to dst the places of values that were put into gaps: those that lie, but for
// rounding, on the straight line between their neighbours, and those that equal a neighbour. Among
// measured values that happens by chance only where they are rounded so far that they repeat; then,
// and where most values are on straight lines, nothing is found. scratch is of the length of x.
func findFilled(dst []int, x, scratch []float64) []int {
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	tolerance := 1e-11 * (hi - lo)
	dst = dst[:0]
	for i := range x {
		if onLine(x, i, tolerance) {
			dst = append(dst, i)
		}
	}
	if len(dst) == 0 {
		return dst
	}
	if len(dst) > len(x)/2 || repeats(x, dst, scratch) {
		return dst[:0]
	}
	return dst
}

// onLine tells whether value i is on the line between its neighbours or equals one of them.
func onLine(x []float64, i int, tolerance float64) bool {
	last := len(x) - 1
	switch {
	case i > 0 && math.Abs(x[i]-x[i-1]) <= tolerance, i < last && math.Abs(x[i+1]-x[i]) <= tolerance:
		return true
	case i > 0 && i < last:
		return math.Abs((x[i+1]-x[i])-(x[i]-x[i-1])) <= tolerance
	}
	return false
}

// repeats tells whether, of the values other than those at some places, one in twenty or more occurs
// twice.
func repeats(x []float64, places []int, scratch []float64) bool {
	rest := withoutPlaces(scratch[:0], x, places)
	slices.Sort(rest)
	same := 0
	for i := 1; i < len(rest); i++ {
		if rest[i] == rest[i-1] {
			same++
		}
	}
	return 20*same >= len(rest)
}

// withoutPlaces appends the values of x that are not at some places, ascending, to dst.
func withoutPlaces(dst, x []float64, places []int) []float64 {
	for i, v := range x {
		if len(places) > 0 && places[0] == i {
			places = places[1:]
			continue
		}
		dst = append(dst, v)
	}
	return dst
}

// A gapped is a core that can do without some values.
type gapped interface {
	core
	// miss says which values, ascending, of the series that comes next are missing: the places are
	// valid until then. What is there instead is a straight line.
	miss(places []int)
}

// gapFiller puts straight lines where values are NaN, for what needs a value everywhere.
type gapFiller struct {
	x          []float64
	places     []int
	increments []int
}

func newGapFiller(n int) *gapFiller { return &gapFiller{x: make([]float64, n)} }

// fill returns x with straight lines across its gaps, and the nearest value at the ends. It fails with
// ErrTooShort when fewer than MinLength/2 values are known.
func (g *gapFiller) fill(x []float64) ([]float64, error) {
	g.places = g.places[:0]
	last := -1 // the last place with a value
	for i, v := range x {
		g.x[i] = v
		if math.IsNaN(v) {
			g.places = append(g.places, i)
			continue
		}
		for k := last + 1; k < i; k++ {
			g.x[k] = v
			if last >= 0 {
				u := float64(k-last) / float64(i-last)
				g.x[k] = (1-u)*x[last] + u*v
			}
		}
		last = i
	}
	if known := len(x) - len(g.places); known < MinLength/2 {
		return nil, fmt.Errorf("%w: %d of %d values are known, want at least %d", ErrTooShort, known, len(x), MinLength/2)
	}
	for k := last + 1; k < len(x); k++ {
		g.x[k] = x[last]
	}
	return g.x, nil
}

// of returns the places that are missing of the series or, of a walk, of its increments.
func (g *gapFiller) of(class string) []int {
	if class != Walk {
		return g.places
	}
	g.increments = g.increments[:0]
	for _, i := range g.places {
		if k := len(g.increments); i > 0 && (k == 0 || g.increments[k-1] != i-1) {
			g.increments = append(g.increments, i-1)
		}
		if i < len(g.x)-1 {
			g.increments = append(g.increments, i)
		}
	}
	return g.increments
}
