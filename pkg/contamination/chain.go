package contamination

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/longmemory/hurst/pkg/process"
)

const (
	// MaxSteps is how many specs a chain may have.
	MaxSteps = 16
	// MaxValue is how large the values of a clean series may be, so that nothing that is done to them
	// overflows.
	MaxValue = 1e100
)

// ErrValue says that a clean series has a value that is not finite, or beyond MaxValue.
var ErrValue = errors.New("value that cannot be contaminated")

// Chain is contaminations one after the other: the order matters, as a trend that is clipped is not
// a clipped series with a trend. It reuses its memory and is not safe for concurrent use.
type Chain struct {
	specs  []process.Spec
	steps  steps
	keepsH bool
}

// New makes a chain. It fails when there are more than MaxSteps specs, or one names no kind, or has a
// parameter that its kind does not have or a value outside its limits. No specs leave series clean.
func New(specs []process.Spec) (*Chain, error) {
	if len(specs) > MaxSteps {
		return nil, fmt.Errorf("%d contaminations; allowed are %d", len(specs), MaxSteps)
	}
	c := &Chain{specs: specs, keepsH: true}
	for _, s := range specs {
		k, err := Lookup(s.Kind)
		if err != nil {
			return nil, err
		}
		v, err := process.Check("contamination "+k.Name, k.Params, s.Params)
		if err != nil {
			return nil, err
		}
		step, err := k.build(v)
		if err != nil {
			return nil, fmt.Errorf("contamination %s: %w", k.Name, err)
		}
		c.steps = append(c.steps, step)
		c.keepsH = c.keepsH && k.KeepsH
	}
	return c, nil
}

// Apply spoils x in place. Sizes are in units of the standard deviation (with divisor n) that x has
// now; to a constant series, whose deviation is 0, nothing but gaps is done. Points that are missing
// and not interpolated become NaN, and stay NaN through later steps. It fails with [ErrValue], and
// leaves x as it was, when a value is not finite or beyond MaxValue; what it leaves is finite but for
// missing points. Memory is taken only when the length is new, or at the first call.
func (c *Chain) Apply(x []float64, rng *process.Stream) error {
	u, err := measure(x)
	if err != nil {
		return err
	}
	c.steps.apply(x, u, rng)
	return nil
}

// KeepsH says whether every kind of the chain keeps H, in the sense that the package's comment
// defines.
func (c *Chain) KeepsH() bool { return c.keepsH }

// String returns the specs in their order, as in "trend(size=1) + outliers(rate=0.01)", and nothing
// for a chain that leaves series clean.
func (c *Chain) String() string {
	parts := make([]string, len(c.specs))
	for i, s := range c.specs {
		parts[i] = s.String()
	}
	return strings.Join(parts, " + ")
}

// steps are steps one after the other.
type steps []step

func (s steps) apply(x []float64, u unit, rng *process.Stream) {
	for _, one := range s {
		one.apply(x, u, rng)
	}
}

// unit is the scale of a clean series.
type unit struct{ mean, sd float64 }

// measure returns the scale of a series; its deviation is exactly 0 when all values are equal.
func measure(x []float64) (unit, error) {
	if len(x) == 0 {
		return unit{}, nil
	}
	low, high, sum := x[0], x[0], 0.0
	for i, v := range x {
		if !(math.Abs(v) <= MaxValue) {
			return unit{}, fmt.Errorf("%w: value %d is %v; allowed are finite ones of at most %v", ErrValue, i, v, float64(MaxValue))
		}
		low, high, sum = min(low, v), max(high, v), sum+v
	}
	if low == high {
		return unit{mean: low}, nil // exactly, which the sum's rounding would not give
	}
	u := unit{mean: sum / float64(len(x))}
	span := max(high-u.mean, u.mean-low)
	squares := 0.0
	for _, v := range x {
		z := (v - u.mean) / span // so that squares of tiny values do not vanish
		squares += z * z
	}
	u.sd = span * math.Sqrt(squares/float64(len(x)))
	return u, nil
}
