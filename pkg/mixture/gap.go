package mixture

import (
	"math"
	"slices"
)

// gaps finds values that are missing, or were put where some were.
type gaps struct {
	flag     []bool
	sorted   []float64
	count    int     // values on a straight line between their neighbours, those that are deleted for it
	exact    bool    // known but for rounding errors, not from values that are all rounded
	rounding float64 // the step that all values are multiples of; zero: none was found
}

// find appends to places, the values that are NaN, those that were interpolated: on the straight line
// between their neighbours, or constant at an end. x has lines where values are NaN; nan says where.
// Of values that are all rounded, a second difference of up to one step counts as none, unless that is
// no more frequent than it would be by chance.
func (s *gaps) find(places []int, x []float64, nan []bool) []int {
	s.count, s.exact = 0, false
	s.rounding = resolution(s.sorted)
	lo, hi := s.sorted[0], s.sorted[len(s.sorted)-1]
	tolerance := min(5e-7*max(math.Abs(lo), math.Abs(hi)), 2e-6*(hi-lo))
	s.exact = s.rounding <= 2*tolerance
	if s.exact {
		s.rounding = 0
	} else {
		tolerance = 1.01 * s.rounding
	}
	s.mark(x, nan, tolerance)
	if s.chance(x, nan, tolerance) {
		s.count = 0
		clear(s.flag)
	}
	for t, v := range nan {
		if v || s.flag[t] {
			places = append(places, t)
		}
	}
	return places
}

// mark flags values that are known and on straight lines.
func (s *gaps) mark(x []float64, nan []bool, tolerance float64) {
	n := len(x)
	clear(s.flag)
	for t := 1; t < n-1; t++ {
		if !nan[t-1] && !nan[t] && !nan[t+1] && math.Abs((x[t+1]-x[t])-(x[t]-x[t-1])) <= tolerance {
			s.flag[t] = true
		}
	}
	if s.exact { // rounded values may repeat
		for t := 0; t < n-1 && x[t] == x[t+1]; t++ {
			s.flag[t] = true
		}
		for t := n - 1; t > 0 && x[t] == x[t-1]; t-- {
			s.flag[t] = true
		}
	}
	for t, f := range s.flag {
		if f && !nan[t] {
			s.count++
		}
	}
}

// chance tells whether as many values on straight lines are nothing to remark on: rounded values have
// some, as many as second differences of two to four steps tell.
func (s *gaps) chance(x []float64, nan []bool, tolerance float64) bool {
	n := len(x)
	if 2*s.count > n || s.count < 2 {
		return true
	}
	if s.exact {
		return false
	}
	near := 0
	for t := 1; t < n-1; t++ {
		d := math.Abs((x[t+1] - x[t]) - (x[t] - x[t-1]))
		if !nan[t-1] && !nan[t] && !nan[t+1] && d > tolerance && d <= 4.5*s.rounding {
			near++
		}
	}
	// Of nine values, -4 … 4 steps, three count as none.
	usual := float64(near) / 2
	return float64(s.count) < 2*usual+3*math.Sqrt(usual)+2
}

// resolution returns the largest step that all differences between values, ascending, are multiples
// of, but for rounding errors of the values; zero when it is too small to tell.
func resolution(sorted []float64) float64 {
	last := len(sorted) - 1
	scale := max(math.Abs(sorted[0]), math.Abs(sorted[last]), sorted[last]-sorted[0])
	finest := 1e-6 * (sorted[last] - sorted[0])
	slack := max(1e-2*finest, 4e-16*scale)
	step := sorted[last] - sorted[0]
	for i := 1; i < len(sorted) && step > finest; i++ {
		step = common(step, sorted[i]-sorted[i-1], slack)
	}
	if step <= finest {
		return 0
	}
	return step
}

// common returns the largest number that a and b are multiples of, but for slack: Euclid's.
func common(a, b, slack float64) float64 {
	for b > slack {
		a, b = b, math.Abs(a-b*math.Round(a/b))
	}
	return a
}

// fill copies x to dst with straight lines where it is NaN, the nearest value at the ends, says where
// that was, and returns how many values are known.
func fill(dst []float64, nan []bool, x []float64) (known int) {
	last := -1
	for i, v := range x {
		nan[i] = math.IsNaN(v)
		dst[i] = v
		if nan[i] {
			continue
		}
		known++
		for k := last + 1; k < i; k++ {
			dst[k] = v
			if last >= 0 {
				u := float64(k-last) / float64(i-last)
				dst[k] = (1-u)*x[last] + u*v
			}
		}
		last = i
	}
	if known > 0 {
		for k := last + 1; k < len(x); k++ {
			dst[k] = x[last]
		}
	}
	return known
}

// merge adds places to others, both ascending and without any in common.
func merge(places, more []int) []int {
	places = append(places, more...)
	slices.Sort(places)
	return places
}
