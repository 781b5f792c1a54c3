package significance

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// NullOptions are how [Null] simulates. The zero value is 2,000 series of white noise.
type NullOptions struct {
	Draws int    // series; zero means 2,000
	Seed  uint64 // of the simulation
	// Phi is the first autocorrelation of the noise, between -1 and 1: zero is white, any other an
	// autoregression of order 1, whose memory is short. [Persistence] fits it to a series.
	Phi float64
	// Stop, unless it is nil, is asked between series, by several goroutines, whether to end early.
	Stop func() bool
}

// NullDistribution is what an estimator says of series of one length that have no long memory, whose
// H is 1/2.
type NullDistribution struct {
	N      int       // length of the series
	Phi    float64   // their first autocorrelation
	Mean   float64   // of the estimates of H; less 1/2 it is the estimator's bias
	SD     float64   // their standard deviation
	Sorted []float64 // the estimates, the least first
}

// Null simulates the distribution of an estimator on Gaussian series of n values without long memory.
// The estimator should be told that they are noise. Null fails when an option is out of range, n is
// less than estimator.MinLength or more than process.MaxLength, a series cannot be estimated, or with
// [ErrStopped].
func Null(e estimator.Estimator, n int, o NullOptions) (NullDistribution, error) {
	if o.Draws == 0 {
		o.Draws = 2000
	}
	switch {
	case n < estimator.MinLength || n > process.MaxLength:
		return NullDistribution{}, fmt.Errorf("%w: length is %d; allowed: %d to %d", ErrOption, n, estimator.MinLength, process.MaxLength)
	case o.Draws < MinDraws || o.Draws > MaxDraws:
		return NullDistribution{}, fmt.Errorf("%w: %d draws; allowed: %d to %d", ErrOption, o.Draws, MinDraws, MaxDraws)
	case !(o.Phi > -1 && o.Phi < 1):
		return NullDistribution{}, fmt.Errorf("%w: first autocorrelation is %v; allowed: between -1 and 1", ErrOption, o.Phi)
	}
	d := NullDistribution{N: n, Phi: o.Phi, Sorted: make([]float64, o.Draws)}
	if err := d.simulate(e, o); err != nil {
		return NullDistribution{}, err
	}
	for _, h := range d.Sorted {
		d.Mean += h / float64(o.Draws)
	}
	for _, h := range d.Sorted {
		d.SD += (h - d.Mean) * (h - d.Mean)
	}
	d.SD = math.Sqrt(d.SD / float64(o.Draws-1))
	slices.Sort(d.Sorted)
	return d, nil
}

// simulate estimates the series, each of a stream of its own, so that it does not matter who does it.
func (d *NullDistribution) simulate(e estimator.Estimator, o NullOptions) error {
	workers := min(runtime.GOMAXPROCS(0), len(d.Sorted))
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			x, p, rng := make([]float64, d.N), e.Prepare(d.N), process.Source(o.Seed, nullStage, 0)
			for i := w; i < len(d.Sorted) && errs[w] == nil; i += workers {
				if stopped(o.Stop) {
					errs[w] = ErrStopped
					return
				}
				rng.Reset(o.Seed, nullStage, uint64(i))
				first(x, d.Phi, rng)
				var found estimator.Estimate
				found, errs[w] = p.Estimate(x)
				d.Sorted[i] = found.H
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("estimate simulated noise: %w", err)
		}
	}
	return nil
}

const nullStage = "significance/null"

// first fills x with a stationary autoregression of order 1 and unit variance.
func first(x []float64, phi float64, rng *process.Stream) {
	rng.Normals(x)
	if phi == 0 {
		return
	}
	scale := math.Sqrt((1 - phi) * (1 + phi))
	for i := 1; i < len(x); i++ {
		x[i] = phi*x[i-1] + scale*x[i]
	}
}

// Quantile returns the H that a part q of memoryless series stays below, between the estimates that
// are next to it. It panics unless q is within 0 to 1.
func (d NullDistribution) Quantile(q float64) float64 {
	if !(q >= 0 && q <= 1) {
		panic(fmt.Sprintf("significance: quantile %v is outside 0 to 1", q))
	}
	at := q * float64(len(d.Sorted)-1)
	i := min(int(at), len(d.Sorted)-2)
	return d.Sorted[i] + (at-float64(i))*(d.Sorted[i+1]-d.Sorted[i])
}

// Above returns the p-value of h against persistence: how often a memoryless series gives as much or
// more. It counts h itself among the draws, so that it is never zero.
func (d NullDistribution) Above(h float64) float64 {
	i, _ := slices.BinarySearch(d.Sorted, h)
	return float64(len(d.Sorted)-i+1) / float64(len(d.Sorted)+1)
}

// Below returns the p-value of h against antipersistence: how often a memoryless series gives as
// little or less.
func (d NullDistribution) Below(h float64) float64 {
	i, _ := slices.BinarySearch(d.Sorted, math.Nextafter(h, math.Inf(1)))
	return float64(i+1) / float64(len(d.Sorted)+1)
}

// PValue returns the two-sided p-value of h: twice the smaller of the one-sided ones, at most 1.
func (d NullDistribution) PValue(h float64) float64 {
	return min(1, 2*min(d.Above(h), d.Below(h)))
}

// Persistence returns the first autocorrelation of the autoregression of order 1 that fits a series,
// for [NullOptions]. It fails as estimator.Standardise does.
func Persistence(x []float64) (phi float64, err error) {
	z := make([]float64, len(x))
	if err := estimator.Standardise(z, x); err != nil {
		return 0, err
	}
	a := newAutoregression(len(z), 1)
	a.fit(z, 1)
	return a.rows[1][0], nil
}
