package train

import (
	"errors"
	"fmt"
	"math"
)

// Float is what a series may be kept as.
type Float interface{ ~float32 | ~float64 }

// Series returns the source of a set of noise-like series and one target each: a walk is to be
// differenced before. It shares their memory. Every value must be finite, and no series constant.
func Series[T Float](x [][]T, targets []float64) (Source, error) {
	if len(x) != len(targets) {
		return nil, fmt.Errorf("%d series and %d targets", len(x), len(targets))
	}
	for i, s := range x {
		if err := checkSeries(s); err != nil {
			return nil, fmt.Errorf("series %d: %w", i, err)
		}
	}
	f := &fixed[T]{rows: x, targets: targets}
	return f, f.measure("series")
}

// Vectors returns the source of rows of features, of so many columns, and one target each. It shares
// their memory. A NaN is a feature that is missing.
func Vectors(x []float64, columns int, targets []float64) (Source, error) {
	if columns < 1 || len(x) != columns*len(targets) {
		return nil, fmt.Errorf("%d values for %d rows of %d features", len(x), len(targets), columns)
	}
	f := &fixed[float64]{targets: targets}
	for i := range targets {
		f.rows = append(f.rows, x[i*columns:][:columns])
	}
	f.info.Vectors = true
	return f, f.measure("vectors")
}

// fixed is a set of samples that are in memory.
type fixed[T Float] struct {
	rows    [][]T
	targets []float64
	info    Info
}

// ErrConstant says that a series has no variation.
var ErrConstant = errors.New("constant series")

func checkSeries[T Float](x []T) error {
	if len(x) == 0 {
		return errors.New("it has no points")
	}
	constant := true
	for i, v := range x {
		if !finite(float64(v)) {
			return fmt.Errorf("point %d is %v", i, v)
		}
		constant = constant && v == x[0]
	}
	if constant {
		return fmt.Errorf("%w: each of its points is %v", ErrConstant, x[0])
	}
	return nil
}

func (f *fixed[T]) measure(what string) error {
	if len(f.targets) == 0 {
		return errors.New("there are no samples")
	}
	f.info.Len, f.info.Shortest = len(f.rows), len(f.rows[0])
	d := newDigest(what)
	for i, row := range f.rows {
		if y := f.targets[i]; !(math.Abs(y) <= maxTarget) {
			return fmt.Errorf("target %d is %v: want a finite number of at most %v", i, y, float64(maxTarget))
		}
		f.info.Shortest, f.info.Longest = min(f.info.Shortest, len(row)), max(f.info.Longest, len(row))
		d.number(uint64(len(row)))
		for _, v := range row {
			d.float(float64(v))
		}
		d.float(f.targets[i])
	}
	f.info.Target = scaleOf(f.targets)
	f.info.Digest = d.sum()
	return nil
}

// maxTarget bounds targets, so that what leads to them fits float32.
const maxTarget = 1e15

func (f *fixed[T]) Info() Info          { return f.info }
func (f *fixed[T]) Length(i uint64) int { return len(f.rows[i]) }
func (f *fixed[T]) Maker() Maker        { return f }

// Make copies sample i.
func (f *fixed[T]) Make(i uint64, s *Sample) error {
	row := f.rows[i]
	s.X = resize(s.X, len(row))
	for j, v := range row {
		s.X[j] = float64(v)
	}
	s.Target = f.targets[i]
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
