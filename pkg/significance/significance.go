// Package significance tells long memory from what is mistaken for it.
//
// [Null] simulates what an estimator says of series that have no memory, or only a short one, of the
// length at hand. [Test] asks of one series whether an autoregression, alone or with a trend or a
// level shift, explains its low frequencies, and gives a verdict with the words for a paper.
//
// All that is random comes from [process.Source], so that the same series, options and seed give the
// same result, on any number of processors.
package significance

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/estimator"
)

// ErrOption says that an option is outside what is allowed; returned wrapped, with the value.
var ErrOption = errors.New("option out of range")

// ErrStopped says that Stop was true before the end.
var ErrStopped = errors.New("stopped")

// Bounds of the number of simulated series.
const (
	MinDraws = 99
	MaxDraws = 100_000
)

// Options are how [Test] tests. The zero value is the usual choice.
type Options struct {
	// Level is that of the interval of H, and 1 - Level the chance of a false alarm that each claim is
	// allowed; between 0.5 and 1. Zero means 0.95.
	Level float64
	// Class is [estimator.Noise] or [estimator.Walk], whose increments are tested; empty: it is detected.
	Class string
	// Draws is the number of series that each null hypothesis is simulated with; zero means 499.
	Draws int
	// Seed is that of the simulation.
	Seed uint64
	// Exponent is that of the number of low frequencies, n^Exponent, between 0.3 and 0.9; zero means 0.65.
	Exponent float64
	// Lags is the number of autocovariances in the long-run variance of V/S and R/S; zero: as many as
	// fit the first autocorrelation (Lo 1991).
	Lags int
	// Stop, unless it is nil, is asked between simulated series, by several goroutines, whether to end
	// early.
	Stop func() bool
}

// stopped asks a Stop that may be nil.
func stopped(stop func() bool) bool { return stop != nil && stop() }

func (o Options) complete() (Options, error) {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Draws == 0 {
		o.Draws = 499
	}
	if o.Exponent == 0 {
		o.Exponent = 0.65
	}
	switch {
	case !(o.Level >= 0.5 && o.Level < 1):
		return o, fmt.Errorf("%w: level is %v; allowed: 0.5 to below 1", ErrOption, o.Level)
	case o.Draws < MinDraws || o.Draws > MaxDraws:
		return o, fmt.Errorf("%w: %d draws; allowed: %d to %d", ErrOption, o.Draws, MinDraws, MaxDraws)
	case !(o.Exponent >= 0.3 && o.Exponent <= 0.9):
		return o, fmt.Errorf("%w: exponent of the bandwidth is %v; allowed: 0.3 to 0.9", ErrOption, o.Exponent)
	case o.Lags < 0:
		return o, fmt.Errorf("%w: %d lags; allowed: 1 or more, or 0 to choose them", ErrOption, o.Lags)
	case o.Class != "" && o.Class != estimator.Noise && o.Class != estimator.Walk:
		return o, fmt.Errorf("%w: class is %.40q; allowed: %s, %s", ErrOption, o.Class, estimator.Noise, estimator.Walk)
	}
	return o, nil
}

// check refuses what the level does not allow with so few draws: the smallest p-value that a
// simulation can give is 1/(draws+1).
func (o Options) check() error {
	if least := 1 / float64(o.Draws+1); least > 1-o.Level {
		return fmt.Errorf("%w: %d draws give no p-value below %.2g; level %v wants more", ErrOption, o.Draws, least, o.Level)
	}
	return nil
}
