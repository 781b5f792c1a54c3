package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// systematic scales and moves all values.
type systematic struct{ gain, offset float64 }

func (s systematic) apply(x []float64, u unit, _ *process.Stream) {
	for i, v := range x {
		x[i] = u.mean + s.gain*(v-u.mean) + s.offset*u.sd
	}
}

// gain scales the deviations from some point on.
type gain struct {
	ratio float64
	at    []float64
}

func (s gain) apply(x []float64, u unit, rng *process.Stream) {
	at := s.at
	if len(at) == 0 {
		at = []float64{rng.Float64()}
	}
	for i := place(at[0], len(x)); i < len(x); i++ {
		x[i] = u.mean + s.ratio*(x[i]-u.mean)
	}
}

// fade scales the deviations by a factor that changes steadily from 1.
type fade struct{ end float64 }

func (s fade) apply(x []float64, u unit, _ *process.Stream) {
	last := float64(len(x) - 1)
	for i := 1; i < len(x); i++ {
		t := float64(i) / last
		x[i] = u.mean + (1+t*(s.end-1))*(x[i]-u.mean)
	}
}

// volatility scales the deviations by exp(v - sigma²), where v is a stationary Gaussian AR(1)
// process: a factor whose mean square is 1.
//
// S. J. Taylor, Modelling Financial Time Series (Wiley, 1986): the log-normal autoregressive model.
type volatility struct{ sigma, phi float64 }

func (s volatility) apply(x []float64, u unit, rng *process.Stream) {
	g, innovation := gaussian{rng: rng}, s.sigma*math.Sqrt((1-s.phi)*(1+s.phi))
	v := s.sigma * g.next()
	for i := range x {
		x[i] = u.mean + math.Exp(v-s.sigma*s.sigma)*(x[i]-u.mean)
		v = s.phi*v + innovation*g.next()
	}
}
