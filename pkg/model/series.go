package model

import (
	"errors"
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/dataset"
)

// Series are series with known exponents, for the kinds of models that read series. They are
// stationary noise: of a walk, its increments.
type Series struct {
	X [][]float32
	H []float64
}

// SeriesOf returns the series of a shard's rows, and the increments of those that are walks.
func SeriesOf(rows []dataset.Row) (Series, error) {
	s := Series{X: make([][]float32, len(rows)), H: make([]float64, len(rows))}
	for i, r := range rows {
		s.X[i], s.H[i] = r.Values, r.H
		if r.Class != dataset.Walk {
			continue
		}
		if len(r.Values) < 2 {
			return s, fmt.Errorf("series %d is a walk of %d points", r.Index, len(r.Values))
		}
		s.X[i] = increments(r.Values)
	}
	return s, nil
}

func increments(x []float32) []float32 {
	d := make([]float32, len(x)-1)
	for i := range d {
		d[i] = x[i+1] - x[i]
	}
	return d
}

// JoinSeries returns the series of all parts, in their order.
func JoinSeries(parts []Series) Series {
	var all Series
	for _, p := range parts {
		all.X, all.H = append(all.X, p.X...), append(all.H, p.H...)
	}
	return all
}

// Lengths returns how many points each has.
func (s Series) Lengths() []int {
	n := make([]int, len(s.X))
	for i, x := range s.X {
		n[i] = len(x)
	}
	return n
}

// Check tells whether there are any, each with points that are numbers and an exponent.
func (s Series) Check() error {
	if len(s.X) == 0 {
		return errors.New("there are none")
	}
	if len(s.H) != len(s.X) {
		return fmt.Errorf("%d series with %d labels", len(s.X), len(s.H))
	}
	for i, x := range s.X {
		if len(x) == 0 || !finite(s.H[i]) {
			return fmt.Errorf("series %d has %d points and H = %v", i, len(x), s.H[i])
		}
		if j := slices.IndexFunc(x, func(v float32) bool { return !finite(float64(v)) }); j >= 0 {
			return fmt.Errorf("series %d has the value %v at point %d", i, x[j], j+1)
		}
	}
	return nil
}

// wide returns a series as Predictor reads it.
func wide(dst []float64, x []float32) []float64 {
	dst = dst[:0]
	for _, v := range x {
		dst = append(dst, float64(v))
	}
	return dst
}
