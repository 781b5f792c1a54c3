package main

import (
	"fmt"
	"math"
)

// score sums the errors of estimates whose truth is known.
type score struct {
	n, covered        int
	sum, square, bias float64
}

func (s *score) add(err float64, covered bool) {
	s.n++
	s.sum += math.Abs(err)
	s.square += err * err
	s.bias += err
	if covered {
		s.covered++
	}
}

// String writes the mean absolute error with its standard error, and what else tells how good the
// estimates are.
func (s score) String() string {
	n := float64(s.n)
	mae := s.sum / n
	se := math.Sqrt(max(0, s.square/n-mae*mae) / n)
	return fmt.Sprintf("MAE %.4f ± %.4f over %s, bias %+.4f, %.0f %% of the labels inside the interval",
		mae, se, plural(s.n, "series"), s.bias/n, 100*float64(s.covered)/n)
}
