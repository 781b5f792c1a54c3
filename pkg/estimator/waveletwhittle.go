package estimator

import (
	"fmt"
	"math"
)

// WaveletWhittle estimates H by a likelihood of wavelet energies: that of independent coefficients
// with a variance σ_j² for each octave j, which minimises
//
//	log Σ_j n_j S_j/σ_j²(H) + Σ_j n_j log σ_j²(H) / Σ_j n_j,
//
// S_j being the mean square of an octave and n_j what it has of decimated coefficients inside the
// series. It is more efficient than a regression of logarithms over the same octaves.
//
// The local likelihood takes σ_j² for a power law 2^((2H-1)j), true of any long memory process from
// some octave on; the parametric one has the exact variances of fractional Gaussian noise, so that
// no octave is biased, whatever the wavelet. As for [AbryVeitch], coefficients of all places are
// used, and the standard error, bias and interval are those under fractional Gaussian noise.
//
// E. Moulines, F. Roueff, M. S. Taqqu, A wavelet Whittle estimator of the memory parameter of a
// nonstationary Gaussian time series, Annals of Statistics 36 (2008) 1925–1956, equation 13.
type WaveletWhittle struct {
	Settings
	Wavelet string // as in package wavelet; empty means haar, or db2 where it is Parametric
	From    int    // the first octave; zero means 2, or 1 where it is Parametric
	// Parametric takes the octaves' variances of fractional Gaussian noise, not a power law.
	Parametric bool
}

// Estimate implements [Estimator].
func (w WaveletWhittle) Estimate(x []float64) (Estimate, error) { return estimateOne(w, x) }

// Prepare implements [Estimator].
func (w WaveletWhittle) Prepare(n int) *Prepared {
	estimand, name, from := Memory, w.Wavelet, w.From
	if w.Parametric {
		estimand = Hurst
	}
	if name == "" && w.Parametric {
		name = "db2"
	}
	if from == 0 && !w.Parametric {
		from = 2
	}
	return prepare(n, w.Settings, estimand, func(n int, level float64) core {
		o, err := newOctaves(name, n, max(1, from), false)
		if err != nil {
			return unable{err}
		}
		return newEnergyLikelihood(o, max(1, from)-1, w.Parametric, level)
	})
}

// energyLikelihood is the core of WaveletWhittle.
type energyLikelihood struct {
	octaves     *octaves
	from        int
	share       []float64   // n_j / Σ n_j of the octaves from the first on; zero before
	excess      [][]float64 // for each exponent of the bank, σ_j² over the power law; nil: one
	h           []float64   // those exponents
	bend        []float64   // log excess at one exponent
	calibration *calibration
	fit         Fit
}

func newEnergyLikelihood(o *octaves, from int, parametric bool, level float64) *energyLikelihood {
	n := len(o.counts)
	l := &energyLikelihood{octaves: o, from: from, share: make([]float64, n), bend: make([]float64, n)}
	total := 0.0
	for j := from; j < n; j++ {
		l.share[j] = math.Ldexp(float64(o.counts[j]), -j-1)
		total += l.share[j]
	}
	for j := range l.share {
		l.share[j] /= total
	}
	b := o.bank()
	l.h = b.h
	for k := 0; k < bankNodes && parametric; k++ {
		excess := make([]float64, n)
		for j, e := range b.energy[k] {
			// Energies of the bank grow like 1/H near H = 0. Without that they are smooth.
			excess[j] = b.h[k] * math.Exp(e-(2*b.h[k]-1)*math.Ln2*float64(j))
		}
		l.excess = append(l.excess, excess)
	}
	l.calibration = l.theory(b, level)
	l.fit = Fit{XLabel: "octave", YLabel: "log2 energy", X: o.number, Y: make([]float64, n), From: from, To: n}
	if parametric {
		l.fit.Curve = make([]float64, n)
	}
	return l
}

// variances sets l.bend for the exponent h: the polynomial through the bank's exponents, by the
// barycentric formula for Chebyshev points, whose weights are (-1)^k sin((2k+1)π/2K).
func (l *energyLikelihood) variances(h float64) {
	if l.excess == nil {
		return
	}
	clear(l.bend)
	total, sign := 0.0, 1.0
	for k, at := range l.h {
		away := h - at
		if math.Abs(away) < 1e-12 {
			away = 1e-12 // the point itself, which outweighs the others
		}
		w := sign * math.Sqrt(at*(1-at)) / away
		sign = -sign
		total += w
		for j, e := range l.excess[k] {
			l.bend[j] += w * e
		}
	}
	for j, v := range l.bend {
		l.bend[j] = math.Log(max(v/total, math.SmallestNonzeroFloat64))
	}
}

// logVariance returns log σ_j² for the exponent that variances was given last, j counted from 0.
func (l *energyLikelihood) logVariance(h float64, j int) float64 {
	return (2*h-1)*math.Ln2*float64(j) + l.bend[j]
}

// contrast is what is minimised.
func (l *energyLikelihood) contrast(energy []float64, h float64) float64 {
	l.variances(h)
	sum, logs := 0.0, 0.0
	for j := l.from; j < len(energy); j++ {
		v := l.logVariance(h, j)
		sum += l.share[j] * energy[j] * math.Exp(-v)
		logs += l.share[j] * v
	}
	return math.Log(sum) + logs
}

// best returns the exponent of the smallest contrast. The local likelihood may go beyond 0 and 1;
// fractional Gaussian noise does not.
func (l *energyLikelihood) best(energy []float64) float64 {
	lo, hi := -1.0, 2.0
	if l.excess != nil {
		lo, hi = minHurst, maxHurst
	}
	return minimise(func(h float64) float64 { return l.contrast(energy, h) }, lo, hi, 1e-6)
}

// theory returns what H is expected, and how it scatters, for each true one: the exponent that fits
// the expected energies, and by the delta method the spread of
//
//	Σ p_j (u_j - ū) (S_j/E S_j - 1) / Σ p_j (u_j - ū)²,   u_j = ∂ log σ_j²/∂H,
//
// where the shares p_j ∝ n_j E S_j/σ_j² sum to 1 and ū = Σ p_j u_j.
func (l *energyLikelihood) theory(b *bank, level float64) *calibration {
	n := len(l.share)
	mean, sd := make([]float64, bankNodes), make([]float64, bankNodes)
	energy, p, u := make([]float64, n), make([]float64, n), make([]float64, n)
	for k := range b.h {
		for j, e := range b.energy[k] {
			energy[j] = math.Exp(e - b.energy[k][n-1])
		}
		mean[k] = l.best(energy)
		l.influence(p, u, energy, mean[k])
		variance := 0.0
		for i := l.from; i < n; i++ {
			for j := l.from; j < n; j++ {
				variance += p[i] * p[j] * b.spread[k][i*n+j]
			}
		}
		sd[k] = math.Sqrt(variance)
	}
	return newTheory(b.h, mean, sd, level)
}

// influence sets p to what a relative change of each energy changes in H. It uses u.
func (l *energyLikelihood) influence(p, u, energy []float64, h float64) {
	const step = 1e-4
	clear(p)
	clear(u)
	total, centre, square := 0.0, 0.0, 0.0
	for j := l.from; j < len(p); j++ {
		l.variances(h + step)
		above := l.logVariance(h+step, j)
		l.variances(h - step)
		u[j] = (above - l.logVariance(h-step, j)) / (2 * step)
	}
	l.variances(h)
	for j := l.from; j < len(p); j++ {
		p[j] = l.share[j] * energy[j] * math.Exp(-l.logVariance(h, j))
		total += p[j]
		centre += p[j] * u[j]
	}
	centre /= total
	for j := range p {
		p[j] *= u[j] - centre
		square += p[j] * (u[j] - centre)
	}
	for j := range p {
		p[j] /= square
	}
}

// estimate implements core.
func (l *energyLikelihood) estimate(z []float64) (outcome, error) {
	l.octaves.load(z)
	energy := l.octaves.energy
	for j := l.from; j < len(energy); j++ {
		if !(energy[j] > noEnergy) {
			return outcome{}, fmt.Errorf("%w: no energy at octave %d", ErrNoFit, j+1)
		}
	}
	h := l.best(energy)
	l.plot(energy, h)
	return l.calibration.outcome(h, &l.fit), nil
}

// plot draws the fitted variances, as a straight line or as a curve with a line of the same exponent
// through it.
func (l *energyLikelihood) plot(energy []float64, h float64) {
	f := &l.fit
	l.variances(h)
	scale, middle := 0.0, 0.0
	for j, e := range energy {
		f.Y[j] = math.Log2(max(e, noEnergy))
		scale += l.share[j] * e * math.Exp(-l.logVariance(h, j))
		middle += l.share[j] * f.Y[j]
	}
	scale = math.Log(scale)
	f.Slope, f.Intercept = 2*h-1, 0
	left, all := 0.0, 0.0
	for j := range energy {
		model := (scale + l.logVariance(h, j)) / math.Ln2
		if f.Curve != nil {
			f.Curve[j] = model
		}
		f.Intercept += l.share[j] * (model - f.Slope*f.X[j])
		left += l.share[j] * (f.Y[j] - model) * (f.Y[j] - model)
		all += l.share[j] * (f.Y[j] - middle) * (f.Y[j] - middle)
	}
	f.R2 = 0
	if all > 0 {
		f.R2 = max(0, 1-left/all)
	}
}
