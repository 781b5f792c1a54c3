package contamination

import "math"

// stable is the symmetric alpha-stable distribution whose characteristic function is exp(-|t|^alpha),
// for alpha from 1.1 to 2, by Nolan's integrals
//
//	P(X > x)  = 1/π ∫ exp(-g) dφ
//	x·f(x)    = alpha/(π(alpha-1)) ∫ g·exp(-g) dφ,     φ from 0 to π/2
//
// with θ = π/2-φ and g = (x cosθ / sin(alpha·θ))^(alpha/(alpha-1)) · cos((alpha-1)θ)/cosθ.
// In tanφ = exp(u) the integrands fall off exponentially both ways and are analytic, so that the
// trapezoidal rule converges exponentially.
//
// J. P. Nolan, Numerical calculation of stable densities and distribution functions, Comm. Statist.
// Stochastic Models 13 (1997) 759–774, theorem 1.
type stable struct {
	alpha, power float64
	logs         []float64 // log g at x = 1
	weights      []float64 // dφ/π
}

func newStable(alpha float64) *stable {
	s := &stable{alpha: alpha, power: alpha / (alpha - 1)}
	const low, high = -75, 38 // beyond them is less than 1e-16 of a probability of 1e-16, and of one half
	h := 0.3 / s.power
	for i := range int((high-low)/h) + 1 {
		e := math.Exp(low + float64(i)*h)
		phi, theta := math.Atan(e), math.Atan(1/e)
		turn := alpha * theta
		if e < 1 {
			turn = (2-alpha)*math.Pi/2 + alpha*phi // of the same sine, to the last digit near π too
		}
		g := s.power*math.Log(math.Sin(phi)/math.Sin(turn)) + math.Log(math.Cos((alpha-1)*theta)/math.Sin(phi))
		s.logs = append(s.logs, g)
		s.weights = append(s.weights, h/math.Pi/(e+1/e))
	}
	return s
}

func (s *stable) tail(logx float64) (p, xf float64) {
	for i, w := range s.weights {
		l := s.logs[i] + s.power*logx
		if l > 6.5 {
			continue // exp(-g) is less than 1e-280
		}
		if l < -40 {
			p += w
			continue
		}
		g := math.Exp(l)
		e := w * math.Exp(-g)
		p += e
		xf += g * e
	}
	return p, xf * s.power
}

func (s *stable) middle() float64 { return math.Gamma(1+1/s.alpha) / math.Pi }
