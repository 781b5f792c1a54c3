package feature

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/estimator"
)

// Extractor computes the features of a set. It is not safe for concurrent use.
type Extractor struct {
	set    Set
	frames map[int]*frame
	held   int // values that the frames are for, all together
}

// maxHeld bounds what an extractor keeps for lengths seen before: about 100 MB.
const maxHeld = 2_000_000

// NewExtractor returns an extractor for a set that [Lookup] returned.
func NewExtractor(set Set) *Extractor {
	return &Extractor{set: set, frames: map[int]*frame{}}
}

// Extract writes the features of x to dst, one for each of the set's names. They do not depend on
// the mean and the scale of x. It fails, with the errors of [estimator.Standardise], when x has too
// few or too many values, is constant or not finite. It allocates nothing for a length that it has
// seen lately. It panics when dst is not as long as the set.
func (e *Extractor) Extract(dst, x []float64) error {
	if len(dst) != len(e.set.Names) {
		panic(fmt.Sprintf("feature: %d values for the %d features of %q", len(dst), len(e.set.Names), e.set.Name))
	}
	if len(x) < MinLength {
		return fmt.Errorf("%w: %d values, want at least %d", estimator.ErrTooShort, len(x), MinLength)
	}
	if len(x) > MaxLength {
		return fmt.Errorf("series of %d values is too long: want at most %d", len(x), MaxLength)
	}
	f := e.frame(len(x))
	if err := estimator.Standardise(f.x, x); err != nil {
		return err
	}
	f.basic(dst)
	for i, v := range dst {
		// Periodic series have bands and scales without any power.
		dst[i] = max(-limit, min(limit, v))
	}
	return nil
}

// limit bounds each feature: e^-20 of the variance is as good as none.
const limit = 20

func (e *Extractor) frame(n int) *frame {
	f, ok := e.frames[n]
	if !ok {
		if e.held+n > maxHeld {
			clear(e.frames)
			e.held = 0
		}
		f = newFrame(n)
		e.frames[n] = f
		e.held += n
	}
	return f
}

// logPower returns the logarithm of a mean of squares, without the bias that the logarithm has when
// the mean is over count independent squares of Gaussian values: ψ(count/2) - log(count/2).
func logPower(mean, count float64) float64 {
	if !(mean > 1e-30) {
		mean = 1e-30
	}
	return math.Log(mean) - digamma(count/2) + math.Log(count/2)
}

// digamma is ψ for x > 0: recurrence to where the asymptotic series holds twelve digits.
func digamma(x float64) float64 {
	sum := 0.0
	for x < 10 {
		sum -= 1 / x
		x++
	}
	u := 1 / (x * x)
	return sum + math.Log(x) - 1/(2*x) - u*(1.0/12-u*(1.0/120-u*(1.0/252-u*(1.0/240-u/132))))
}

// shrink moves what was measured from count values towards what the finer scales predict, the more
// the smaller count is: so one feature is about as noisy for a short series as for a long one, and a
// scale that a series is too short for has its predicted value.
func shrink(measured, predicted, count float64) float64 {
	const prior = 3
	return predicted + (measured-predicted)*count/(count+prior)
}
