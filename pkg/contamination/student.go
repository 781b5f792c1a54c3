package contamination

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// student is Student's t distribution.
type student struct{ df float64 }

// tail is half of P(|T| > x) = I_v(df/2, 1/2) with v = df/(df+x²).
func (s student) tail(logx float64) (p, xf float64) {
	x := math.Exp(logx)
	p = mathext.RegIncBeta(s.df/2, 0.5, s.df/(s.df+x*x)) / 2
	return p, x * s.middle() * math.Exp(-(s.df+1)/2*math.Log1p(x*x/s.df))
}

func (s student) middle() float64 {
	above, _ := math.Lgamma((s.df + 1) / 2)
	below, _ := math.Lgamma(s.df / 2)
	return math.Exp(above-below) / math.Sqrt(s.df*math.Pi)
}
