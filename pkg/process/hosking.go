package process

import "math"

// hosking generates stationary Gaussian series of any autocovariance, exactly: each value is its
// best prediction from all values before it, whose coefficients the Durbin–Levinson recursion gives,
// and an independent error.
//
// J. R. M. Hosking, Modeling persistence in hydrological time series using fractional differencing,
// Water Resources Research 20 (1984) 1898–1908.
type hosking struct {
	gamma   []float64
	partial []float64 // partial autocorrelations; the first is not used
	sd      []float64 // deviations of the prediction errors
	phi     []float64 // coefficients of the prediction, the nearest value's first
}

// newHosking makes a generator for series of n values, with four buffers of that length.
func newHosking(n int) *hosking {
	return &hosking{
		gamma:   make([]float64, n),
		partial: make([]float64, n),
		sd:      make([]float64, n),
		phi:     make([]float64, n),
	}
}

// embed takes over the autocovariances that gamma fills dst with, from lag 0 on. It returns false when
// their matrix is not positive definite.
func (g *hosking) embed(gamma func(dst []float64)) bool {
	gamma(g.gamma)
	v := g.gamma[0]
	for t := range g.gamma {
		if t > 0 {
			rest := g.gamma[t]
			for j, p := range g.phi[:t-1] {
				rest -= p * g.gamma[t-1-j]
			}
			g.partial[t] = rest / v
			g.extend(t)
			v *= (1 - g.partial[t]) * (1 + g.partial[t])
		}
		if !(v > 0) || math.IsInf(v, 0) {
			return false
		}
		g.sd[t] = math.Sqrt(v)
	}
	return true
}

// extend turns the coefficients of a prediction from t-1 values into those from t.
func (g *hosking) extend(t int) {
	p, phi := g.partial[t], g.phi[:t]
	phi[t-1] = p
	for i, j := 0, t-2; i <= j; i, j = i+1, j-1 {
		phi[i], phi[j] = phi[i]-p*phi[j], phi[j]-p*phi[i]
	}
}

// generate fills dst with a series of the autocovariances last embedded.
func (g *hosking) generate(dst []float64, rng shocks) {
	rng.Normals(dst)
	dst[0] *= g.sd[0]
	for t := 1; t < len(dst); t++ {
		g.extend(t)
		mean := 0.0
		for j, p := range g.phi[:t] {
			mean += p * dst[t-1-j]
		}
		dst[t] = mean + g.sd[t]*dst[t]
	}
}
