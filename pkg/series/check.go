package series

import (
	"errors"
	"fmt"
	"math"
)

// What [Check] finds wrong, wrapped with the values and with advice.
var (
	ErrNoData   = errors.New("no data")
	ErrTooShort = errors.New("series too short")
	ErrTooLong  = errors.New("series too long")
	ErrConstant = errors.New("constant series")
	ErrInfinite = errors.New("infinite value")
)

// Check returns x with its gaps (NaN) filled, linearly inside and by the nearest point at the ends,
// and how many there were. It returns x itself, not a copy, where there is none, and never writes
// to x. The errors are this package's sentinels, wrapped.
func Check(x []float64) (clean []float64, gaps int, err error) {
	if len(x) > MaxPoints {
		return nil, 0, fmt.Errorf("%w: %d points, at most %d; aggregate or split it", ErrTooLong, len(x), MaxPoints)
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range x {
		switch {
		case math.IsInf(v, 0):
			return nil, 0, fmt.Errorf("%w: point %d is %v; remove it or mark it as a gap (NaN)", ErrInfinite, i+1, v)
		case math.IsNaN(v):
			gaps++
		default:
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if err := checkPoints(len(x), gaps); err != nil {
		return nil, gaps, err
	}
	if err := checkRange(lo, hi); err != nil {
		return nil, gaps, err
	}
	if gaps == 0 {
		return x, 0, nil
	}
	clean = append([]float64(nil), x...)
	Fill(clean)
	return clean, gaps, nil
}

func checkPoints(n, gaps int) error {
	switch {
	case n > 0 && gaps == n:
		return fmt.Errorf("%w: all %d points are gaps", ErrNoData, n)
	case n < MinPoints:
		return fmt.Errorf("%w: %d points, at least %d are needed", ErrTooShort, n, MinPoints)
	case n-gaps < MinPoints:
		return fmt.Errorf("%w: %d of %d points are gaps, which leaves %d; at least %d are needed",
			ErrTooShort, gaps, n, n-gaps, MinPoints)
	}
	return nil
}

func checkRange(lo, hi float64) error {
	// Differences of a few units in the last place are rounding, not data.
	const rounding = 8 * 0x1p-52
	size := max(math.Abs(lo), math.Abs(hi))
	switch {
	case math.IsInf(hi-lo, 0):
		return fmt.Errorf("%w: the range from %g to %g overflows; divide the series by a constant", ErrInfinite, lo, hi)
	case lo == hi:
		return fmt.Errorf("%w: every point is %g; a Hurst exponent needs variation", ErrConstant, lo)
	case hi-lo <= rounding*size:
		return fmt.Errorf("%w: the range from %g to %g is rounding error; subtract the mean before rounding",
			ErrConstant, lo, hi)
	}
	return nil
}

// Fill replaces the gaps (NaN) of x in place, linearly inside and by the nearest point at the ends, and
// returns how many there were. Where all are gaps, it leaves them.
func Fill(x []float64) (gaps int) {
	last := -1 // the newest point that is no gap
	for i, v := range x {
		if math.IsNaN(v) {
			gaps++
			continue
		}
		if i-last > 1 {
			bridge(x, last, i)
		}
		last = i
	}
	if last >= 0 {
		for i := last + 1; i < len(x); i++ {
			x[i] = x[last]
		}
	}
	return gaps
}

// bridge fills the gap strictly between a and b; a is -1 at the series' start.
func bridge(x []float64, a, b int) {
	for i := a + 1; i < b; i++ {
		if a < 0 {
			x[i] = x[b]
			continue
		}
		near, far := float64(b-i)/float64(b-a), float64(i-a)/float64(b-a)
		x[i] = near*x[a] + far*x[b] // two products: a difference could overflow
	}
}
