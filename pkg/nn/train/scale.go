package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// Standardise writes x, less its mean and divided by its standard deviation, to dst, of as many
// values. All is done in float64, so that neither the level nor the scale of a series is seen: a
// factor from 1e-280 to 1e300 changes no more than rounding. It fails with [ErrConstant], or where
// a value is not finite. It panics where the lengths differ.
func Standardise(dst []float32, x []float64) error {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("train: %d values for %d points", len(dst), len(x)))
	}
	return standardise(dst, 1, x)
}

// standardise writes to every stride-th value of dst.
func standardise(dst []float32, stride int, x []float64) error {
	low, high, err := span(x)
	if err != nil {
		return err
	}
	// Halves, lest the range overflow. What is divided by it is within ±1 and has no tiny squares.
	middle, half := low/2+high/2, high/2-low/2
	if half < 1e-290 {
		return fmt.Errorf("%w: its range is no more than %v", ErrConstant, 2*half)
	}
	per := 1 / half
	mean, sd := moments(x, middle, per)
	mean = middle + float64(mean*half)
	scale := per / sd
	for i, v := range x {
		dst[i*stride] = float32((v - mean) * scale)
	}
	return nil
}

// span returns the least and the greatest value.
func span(x []float64) (low, high float64, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	zero := 0.0 // until a value is not finite
	for _, v := range x {
		zero += v - v
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	if zero != 0 {
		i := slices.IndexFunc(x, func(v float64) bool { return !finite(v) })
		return 0, 0, fmt.Errorf("point %d is %v", i, x[i])
	}
	if !(low < high) {
		return 0, 0, fmt.Errorf("%w: each of its points is %v", ErrConstant, low)
	}
	return low, high, nil
}

// moments returns mean and standard deviation of (x - middle)·per, which is within ±1. About the
// middle of the range little cancels. Sums are in four chains, which is three times faster than one.
func moments(x []float64, middle, per float64) (mean, sd float64) {
	var s, q [4]float64
	for i := 0; i < len(x); i += 4 {
		for k, v := range x[i:min(i+4, len(x))] {
			z := float64((v - middle) * per)
			s[k] += z
			q[k] += float64(z * z)
		}
	}
	n := float64(len(x))
	mean = ((s[0] + s[1]) + (s[2] + s[3])) / n
	squares := ((q[0] + q[1]) + (q[2] + q[3])) / n
	return mean, math.Sqrt(max(squares-float64(mean*mean), 1e-30))
}

// Inputs says how a network's inputs are made of what is given to it. Of series there is nothing to
// say: each is standardised by itself.
type Inputs struct {
	Mean  []float64 `json:"mean,omitempty"`  // of features
	Scale []float64 `json:"scale,omitempty"` // of features, positive
}

// featureLimit is how many standard deviations a feature may be away.
const featureLimit = 10

// check tells what is wrong with the inputs of a network.
func (in Inputs) check(p *nn.Plan) error {
	want := p.Spec.Input.Channels
	if p.Spec.Input.Series {
		if want > 2 {
			return fmt.Errorf("the network reads %d values a point: want 1, the series, or 2, with the logarithm of its length", want)
		}
		want = 0
	}
	if len(in.Mean) != want || len(in.Scale) != want {
		return fmt.Errorf("%d means and %d scales of features: want %d", len(in.Mean), len(in.Scale), want)
	}
	for j := range in.Mean {
		if !finite(in.Mean[j]) || !(in.Scale[j] > 0) || !finite(in.Scale[j]) {
			return fmt.Errorf("feature %d: mean %v and scale %v", j, in.Mean[j], in.Scale[j])
		}
	}
	return nil
}

// encode writes a sample's inputs to dst: of features one value each; of a series, point by point,
// the series and, in a second channel, how long it is.
func (in Inputs) encode(dst []float32, channels int, x []float64) error {
	if in.Mean == nil {
		if channels == 2 {
			length := logLength(len(x))
			for i := range x {
				dst[2*i+1] = length
			}
		}
		return standardise(dst, channels, x)
	}
	for j, v := range x {
		z := (v - in.Mean[j]) / in.Scale[j]
		if math.IsNaN(z) {
			z = 0
		}
		dst[j] = float32(max(-featureLimit, min(featureLimit, z)))
	}
	return nil
}

// logLength is the second channel: zero at 512 points and ±1 at a factor of 8.
func logLength(n int) float32 { return float32(math.Log2(float64(n)/512) / 3) }

// scaleOf returns mean and standard deviation, or a unit of 1 where all values are the same.
func scaleOf(v []float64) Scale {
	mean, squares, n := 0.0, 0.0, float64(len(v))
	for _, x := range v {
		mean += x / n
	}
	for _, x := range v {
		squares += float64((x-mean)*(x-mean)) / n
	}
	s := Scale{mean, math.Sqrt(squares)}
	if !(s.Unit > 1e-12*math.Abs(mean)) || !finite(s.Unit) {
		s.Unit = 1
	}
	return s
}

// learnInputs takes the mean and scale of each feature from sources' samples, of the first of them
// if there is no end. What is missing does not count.
func learnInputs(columns int, sources ...Source) (Inputs, error) {
	values := make([][]float64, columns)
	for _, s := range sources {
		if err := gather(values, s); err != nil {
			return Inputs{}, err
		}
	}
	in := Inputs{Mean: make([]float64, columns), Scale: make([]float64, columns)}
	for j, v := range values {
		one := sturdyScale(v)
		in.Mean[j], in.Scale[j] = one.Centre, one.Unit
	}
	return in, nil
}

// sturdyScale is scaleOf without the values that featureLimit would cut: one that is mad among a
// thousand would leave the others no room. It reorders v.
func sturdyScale(v []float64) Scale {
	s := Scale{Unit: 1}
	for n := -1; n != len(v) && len(v) > 0; {
		s, n = scaleOf(v), len(v)
		v = slices.DeleteFunc(v, func(x float64) bool { return math.Abs(x-s.Centre) > featureLimit*s.Unit })
	}
	return s
}

// gather adds a source's features to values, column by column.
func gather(values [][]float64, s Source) error {
	const most = 4096
	n := s.Info().Len
	if n == 0 {
		n = most
	}
	maker, sample := s.Maker(), Sample{}
	for i := range n {
		if err := maker.Make(uint64(i), &sample); err != nil {
			return fmt.Errorf("sample %d: %w", i, err)
		}
		if len(sample.X) != len(values) {
			return fmt.Errorf("sample %d has %d features: want %d", i, len(sample.X), len(values))
		}
		for j, v := range sample.X {
			if finite(v) {
				values[j] = append(values[j], v)
			}
		}
	}
	return nil
}
