package estimator

import "math"

// WhittleARFIMA estimates the memory of ARFIMA(0, d, 0), as H = d + 1/2, by maximum likelihood in
// Whittle's approximation over all Fourier frequencies, with mean and scale unknown.
//
// R. Fox, M. S. Taqqu, Large-sample properties of parameter estimates for strongly dependent
// stationary Gaussian time series, Annals of Statistics 14 (1986) 517–532; J. Beran, Statistics for
// long-memory processes, Chapman & Hall 1994, chapter 6.
type WhittleARFIMA struct {
	Settings
	// AR adds an autoregressive coefficient φ between -0.99 and 0.99, which is estimated with d:
	// ARFIMA(1, d, 0). The two are hard to tell apart, and the standard error is three times what it
	// is without φ.
	AR bool
	// Integral replaces the sum of the log density over frequencies by the integral, zero, as R's
	// longmemo does. It is worse: at n = 128 the mean absolute error of H is 7 % more.
	Integral bool
}

// Estimate implements [Estimator].
func (w WhittleARFIMA) Estimate(x []float64) (Estimate, error) { return estimateOne(w, x) }

// Prepare implements [Estimator].
func (w WhittleARFIMA) Prepare(n int) *Prepared {
	return prepare(n, w.Settings, Memory, func(n int, _ float64) core {
		l := newLikelihood(n, newARFIMADensity(n), options{integral: w.Integral})
		if w.AR {
			return newShortMemory(l)
		}
		return &spectralCore{l}
	})
}

// maxAR bounds |φ|.
const maxAR = 0.99

// shortMemory is Whittle's likelihood of ARFIMA(1, d, 0), whose density is
//
//	f(λ) ∝ (2 sin(λ/2))^-2d / (1 + φ² - 2φ cos λ).
//
// For each d the sum Σ I/f is (1+φ²) A - 2φ B, with A = Σ I g and B = Σ I g cos λ, g the density of
// ARFIMA(0, d, 0) upside down, and the sum of the logarithms of |1 - φ exp(iλ)|² over the frequencies
// is log((1-φⁿ)/(1-φ)), so that φ costs no sum over frequencies.
type shortMemory struct {
	l      *likelihood
	cosine []float64 // cos λ
	power  []float64 // I cos λ
	over   *scan     // of H, with the best φ
}

func newShortMemory(l *likelihood) *shortMemory {
	s := &shortMemory{l: l, cosine: make([]float64, len(l.power)), power: make([]float64, len(l.power))}
	for i := range s.cosine {
		s.cosine[i] = math.Cos(2 * math.Pi * float64(i+1) / float64(l.n))
	}
	s.over = newScan(minHurst, maxHurst, steps, func(k int) float64 {
		a, b := s.sums(k)
		_, value := s.autoregression(a, b)
		return value - l.logs[k]
	})
	return s
}

// estimate implements core.
func (s *shortMemory) estimate(z []float64) (outcome, error) {
	if err := s.l.loadSeries(z); err != nil {
		return outcome{}, err
	}
	return s.best(), nil
}

// estimatePower implements fromPower.
func (s *shortMemory) estimatePower(power []float64) (outcome, error) {
	if err := s.l.load(power); err != nil {
		return outcome{}, err
	}
	return s.best(), nil
}

func (s *shortMemory) best() outcome {
	for i, p := range s.l.power {
		s.power[i] = p * s.cosine[i]
	}
	s.over.forget()
	u, _ := s.over.peakNear(s.over.highest()) // there may be two hills
	k := int(math.Round(u))
	a, b := s.sums(k)
	phi, _ := s.autoregression(a, b)
	h := s.over.x(u)
	return outcome{h: beyond(h), se: s.standardError(phi), fit: s.l.fitShape(h, shape{phi: phi})}
}

// sums returns A and B at a node of H.
func (s *shortMemory) sums(k int) (a, b float64) {
	g := s.l.inverse(k)
	return dot(s.l.power, g), dot(s.power, g)
}

// autoregression returns the φ of the largest likelihood, with its logarithm less what φ does not
// change.
func (s *shortMemory) autoregression(a, b float64) (phi, value float64) {
	n := float64(s.l.n)
	contrast := func(phi float64) float64 {
		value := s.l.count * math.Log((1+phi*phi)*a-2*phi*b)
		if s.l.integral {
			return value
		}
		return value - math.Log((1-math.Pow(phi, n))/(1-phi))
	}
	phi = minimise(contrast, -maxAR, maxAR, 1e-7)
	return phi, -contrast(phi)
}

// standardError returns the asymptotic standard error of H, from Fisher's information for d and φ with
// the scale unknown.
func (s *shortMemory) standardError(phi float64) float64 {
	var n, d, f, dd, df, ff float64
	logs := s.l.model.(*arfimaDensity).log
	for i, c := range s.cosine {
		w := 1.0
		if i == len(s.cosine)-1 {
			w = s.l.last
		}
		x := -2 * logs[i]                            // ∂ log f/∂d
		y := 2 * (c - phi) / (1 + phi*phi - 2*phi*c) // ∂ log f/∂φ
		n += w
		d += w * x
		f += w * y
		dd += w * x * x
		df += w * x * y
		ff += w * y * y
	}
	dd, df, ff = dd-d*d/n, df-d*f/n, ff-f*f/n
	return math.Sqrt(ff / (dd*ff - df*df))
}
