package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// copula gives a Gaussian series other values with the same ranks: z, the distance from the clean
// mean in sd, becomes F⁻¹(Φ(z)), scaled so that the quartiles of a Gaussian series stay where they
// are. Beyond 8 sd, where no Gaussian series of the lengths allowed goes, z counts as 8.
type copula struct {
	of    func() quantiler
	table []float64 // of log(q(z)/z), which is smooth and even, at steps of 1/perSD from -1 step on
}

const (
	lastSD   = 8
	perSD    = 64
	quartile = 0.67448975019608174 // of the standard normal distribution
)

func (s *copula) apply(x []float64, u unit, _ *process.Stream) {
	if u.sd == 0 {
		return
	}
	if s.table == nil {
		s.fill()
	}
	for i, v := range x {
		if !math.IsNaN(v) {
			x[i] = u.mean + u.sd*s.at((v-u.mean)/u.sd)
		}
	}
}

// at returns the scaled quantile: z·exp(c(|z|)), with the cubic c through four points of the table.
// The relative error is below 1e-7.
func (s *copula) at(z float64) float64 {
	z = max(-lastSD, min(z, lastSD))
	place := math.Abs(z) * perSD
	i := int(place)
	t := place - float64(i)
	a, b, c, d := s.table[i], s.table[i+1], s.table[i+2], s.table[i+3]
	left, right := t-1, t+1
	below := b*right*left*(t-2)/2 - a*t*left*(t-2)/6
	above := d*right*t*left/6 - c*right*t*(t-2)/2
	return z * math.Exp(below+above)
}

// fill makes the table.
func (s *copula) fill() {
	q := inverse{of: s.of()}
	s.table = make([]float64, lastSD*perSD+4)
	scale := math.Log(quartile / q.at(quartile))
	s.table[1] = scale + math.Log(q.slope())
	for i := 2; i < len(s.table); i++ {
		z := float64(i-1) / perSD
		s.table[i] = scale + math.Log(q.at(z)/z)
	}
	s.table[0] = s.table[2]
}
