package contamination

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// white adds independent Gaussian values.
type white struct{ size float64 }

func (s white) apply(x []float64, u unit, rng *process.Stream) {
	g, sd := gaussian{rng: rng}, s.size*u.sd
	for i := range x {
		x[i] += sd * g.next()
	}
}

// autoregression adds a stationary AR(1) process.
type autoregression struct{ size, phi float64 }

func (s autoregression) apply(x []float64, u unit, rng *process.Stream) {
	g, sd := gaussian{rng: rng}, s.size*u.sd
	innovation := sd * math.Sqrt((1-s.phi)*(1+s.phi))
	y := sd * g.next()
	for i := range x {
		x[i] += y
		y = s.phi*y + innovation*g.next()
	}
}

// impulsive adds Gaussian values at some points.
type impulsive struct{ rate, size float64 }

func (s impulsive) apply(x []float64, u unit, rng *process.Stream) {
	g, sd := gaussian{rng: rng}, s.size*u.sd
	for i := gap(s.rate, rng); i < len(x); i += 1 + gap(s.rate, rng) {
		x[i] += sd * g.next()
	}
}

// outliers adds values of a uniform size and random sign at some points.
type outliers struct{ rate, low, high float64 }

func newOutliers(v process.Values) (step, error) {
	s := outliers{rate: v.One("rate"), low: v.One("min"), high: v.One("max")}
	if size := v.List("size"); len(size) > 0 {
		s.low, s.high = size[0], size[0]
	}
	if s.low > s.high {
		return nil, fmt.Errorf("min is %v and max %v; the least must not be above the most", s.low, s.high)
	}
	return s, nil
}

func (s outliers) apply(x []float64, u unit, rng *process.Stream) {
	for i := gap(s.rate, rng); i < len(x); i += 1 + gap(s.rate, rng) {
		x[i] += sign(rng) * u.sd * (s.low + (s.high-s.low)*rng.Float64())
	}
}
