package estimator

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// The interval that Whittle searches, and how a walk is told from noise.
const (
	minHurst, maxHurst = 0.001, 0.999
	suspicious         = 0.7
	// evidence is the log likelihood by which a walk has to beat noise: at H near 0 and 1 the two
	// look alike, and noise is the more common answer.
	evidence = 3
)

// Whittle estimates the H of fractional Gaussian noise by maximum likelihood in Whittle's
// approximation, over all Fourier frequencies, with mean and scale unknown. A series with H above 0.7
// is differenced once, and is a walk when its increments, as noise, are predicted better than it is.
//
// P. Whittle, Estimation and information in stationary time series, Arkiv för Matematik 2 (1953)
// 423–434; J. Beran, Statistics for long-memory processes, Chapman & Hall 1994, chapter 6.
type Whittle struct {
	Level float64 // of the confidence interval; zero means 0.95
}

// Estimate estimates H. It fails with [ErrTooShort], [ErrConstant] or [ErrNotFinite]. For many
// series of one length, [Whittle.Prepare] once.
func (w Whittle) Estimate(x []float64) (Estimate, error) {
	if len(x) < MinLength {
		return Estimate{}, fmt.Errorf("%w: %d values, want at least %d", ErrTooShort, len(x), MinLength)
	}
	return w.Prepare(len(x)).Estimate(x)
}

// Prepare returns an estimator for series of n values, which keeps what depends on n alone. It
// panics when n is less than MinLength.
func (w Whittle) Prepare(n int) *Prepared {
	if n < MinLength {
		panic(fmt.Sprintf("estimator: length %d is less than %d", n, MinLength))
	}
	return &Prepared{level: w.Level, values: newGrid(n), x: make([]float64, n)}
}

// Prepared is a Whittle estimator for one length. It is not safe for concurrent use.
type Prepared struct {
	level      float64
	values     *grid
	increments *grid // made when the first walk comes
	x          []float64
}

// Estimate estimates H; see [Whittle.Estimate]. It panics when x is not of the length prepared for.
func (p *Prepared) Estimate(x []float64) (Estimate, error) {
	if len(x) != len(p.x) {
		panic(fmt.Sprintf("estimator: %d values for an estimator of length %d", len(x), len(p.x)))
	}
	level := p.level
	if level == 0 {
		level = 0.95
	}
	if !(level > 0 && level < 1) {
		return Estimate{}, fmt.Errorf("confidence level %v is not between 0 and 1", p.level)
	}
	if err := Standardise(p.x, x); err != nil {
		return Estimate{}, err
	}
	g, class := p.values, Noise
	h := g.fit(p.x)
	if h >= suspicious {
		if asWalk, ok := p.fitIncrements(h); ok {
			h, g, class = asWalk, p.increments, Walk
		}
	}
	se := g.standardError(h)
	z := math.Sqrt2 * math.Erfinv(level)
	return Estimate{
		H: h, SE: se, Lower: max(0, h-z*se), Upper: min(1, h+z*se), Level: level,
		Estimand: "hurst", Class: class, N: len(x),
	}, nil
}

// fitIncrements differences p.x in place and fits the result. It is not ok when noise with the
// exponent given predicts the next value as well as a walk does, or when the increments are
// constant (a straight line).
//
// Innovations are the same before and after differencing, so that their variances can be compared.
// The walk's are taken from both periodograms, since each leaks for some: that of the values where
// H > 1/2, that of the increments where H < 1/2.
func (p *Prepared) fitIncrements(asNoise float64) (h float64, ok bool) {
	if p.increments == nil {
		p.increments = newGrid(len(p.x) - 1)
	}
	d := p.x[:len(p.x)-1]
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range d {
		d[i] = p.x[i+1] - p.x[i]
		lo, hi = min(lo, d[i]), max(hi, d[i])
	}
	if hi-lo < 1e-9*max(hi, -lo) {
		return 0, false
	}
	h = p.increments.fit(d)
	noise := p.values.logInnovation(asNoise)
	walk := min(p.increments.logInnovation(h), p.values.logInnovationOfWalk())
	return h, walk < noise-evidence/float64(len(p.values.weight))
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
