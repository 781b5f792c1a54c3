package estimator

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// Whittle estimates the H of fractional Gaussian noise by maximum likelihood in Whittle's
// approximation, over all Fourier frequencies, with mean and scale unknown.
//
// P. Whittle, Estimation and information in stationary time series, Arkiv för Matematik 2 (1953)
// 423–434; J. Beran, Statistics for long-memory processes, Chapman & Hall 1994, chapter 6.
type Whittle struct {
	Settings
}

// Estimate implements [Estimator].
func (w Whittle) Estimate(x []float64) (Estimate, error) { return estimateOne(w, x) }

// Prepare implements [Estimator].
func (w Whittle) Prepare(n int) *Prepared {
	return prepare(n, w.Settings, Hurst, func(n int, _ float64) core { return newGrid(n) })
}

// grid is Whittle's likelihood at the Fourier frequencies λ_j = 2πj/n, j = 1 … (n-1)/2.
type grid struct {
	plan      *fft.Real
	coeff     []complex128
	loglambda []float64 // log λ
	u         []float64 // (λ/2π)²
	weight    []float64 // 1 / (2 - 2 cos λ)
	power     []float64 // periodogram times weight, up to a constant
}

func newGrid(n int) *grid {
	m := (n - 1) / 2
	g := &grid{
		plan: fft.NewReal(n), coeff: make([]complex128, n/2+1),
		loglambda: make([]float64, m), u: make([]float64, m), weight: make([]float64, m), power: make([]float64, m),
	}
	for i := range m {
		f := float64(i+1) / float64(n)
		g.loglambda[i] = math.Log(2 * math.Pi * f)
		g.u[i] = f * f
		half := math.Sin(math.Pi * f) // 2 - 2 cos λ = 4 sin²(λ/2), without cancellation
		g.weight[i] = 1 / (4 * half * half)
	}
	return g
}

// fit returns the H of the largest likelihood. The scale σ² is profiled out: its best value for
// given H is the mean of periodogram/density, which leaves
//
//	log mean_j (I_j / f_j) + mean_j log f_j
//
// to minimise. Constant factors of f, and the factor 2 - 2 cos λ in the second term, drop out.
func (g *grid) fit(x []float64) float64 {
	g.plan.Coefficients(g.coeff, x)
	total := 0.0
	for i, w := range g.weight {
		c := g.coeff[i+1]
		g.power[i] = w * (real(c)*real(c) + imag(c)*imag(c))
		total += g.power[i]
	}
	if !(total > 0) {
		return 0.5 // no power at any frequency that counts, as in an alternating ±1
	}
	return minimise(g.contrast, minHurst, maxHurst, 1e-6)
}

// estimate implements core.
func (g *grid) estimate(z []float64) (outcome, error) {
	h := g.fit(z)
	return outcome{h: h, se: g.standardError(h)}, nil
}

func (g *grid) contrast(h float64) float64 {
	f := newNoiseSpectrum(h)
	u, power := g.u[:len(g.loglambda)], g.power[:len(g.loglambda)]
	ratio, logs, product := 0.0, 0.0, 1.0
	for i, l := range g.loglambda {
		b := f.at(l, u[i])
		ratio += power[i] / b
		// One logarithm for eight factors: each is between 1e-2 and 1e19.
		product *= b
		if i&7 == 7 {
			logs += math.Log(product)
			product = 1
		}
	}
	m := float64(len(u))
	return math.Log(ratio/m) + (logs+math.Log(product))/m
}

// logInnovation returns the logarithm of the variance of the best prediction's error, one step
// ahead, that the fit with exponent h leaves (Szegő and Kolmogorov's formula): the contrast with all
// its constants but those that length does not change.
func (g *grid) logInnovation(h float64) float64 {
	logs := 0.0
	for _, w := range g.weight {
		logs -= math.Log(w)
	}
	return g.contrast(h) + logs/float64(len(g.weight)) - math.Log(float64(g.plan.Len()))
}

// logInnovationOfWalk is logInnovation under the best walk, whose density lacks the factor
// 2 - 2 cos λ. It changes g.power.
func (g *grid) logInnovationOfWalk() float64 {
	for i, w := range g.weight {
		g.power[i] /= w
	}
	h := minimise(g.contrast, minHurst, maxHurst, 1e-3)
	return g.contrast(h) - math.Log(float64(g.plan.Len()))
}

// standardError is the asymptotic one, from Fisher's information for H with the scale unknown:
// n/2 times the variance of ∂ log f/∂H over the frequencies.
func (g *grid) standardError(h float64) float64 {
	const step = 1e-4
	lo, hi := max(h-step, minHurst/2), min(h+step, 1-minHurst/2)
	f0, f1 := newNoiseSpectrum(lo), newNoiseSpectrum(hi)
	sum, square := 0.0, 0.0
	for i, l := range g.loglambda {
		d := math.Log(f1.at(l, g.u[i])/f0.at(l, g.u[i])) / (hi - lo)
		sum += d
		square += d * d
	}
	m := float64(len(g.u))
	return 1 / math.Sqrt(square-sum*sum/m)
}
