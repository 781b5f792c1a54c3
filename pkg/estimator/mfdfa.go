package estimator

import (
	"fmt"
	"math"
)

// MFDFA is multifractal detrended fluctuation analysis: the q-th moments of how the running sums of a
// series scatter about polynomials in windows of s values grow as powers h(q) of s. As an [Estimator]
// it gives h(2), which is H; Analyse gives the whole spectrum. Windows overlap by half, go from 8 (more
// for high orders) to n/2, and count in proportion to their number; each F(s) is divided by DFA's
// factor for white noise. The standard error holds under fractional Gaussian noise.
//
// J. W. Kantelhardt et al., Multifractal detrended fluctuation analysis of nonstationary time series,
// Physica A 316 (2002) 87–114.
type MFDFA struct {
	Settings
	Order int // of the polynomials, 1 to 3; zero means 1
}

// Multifractal is how the moments of a series scale. Entry i of each list belongs to Q[i]. Lists are
// the caller's.
type Multifractal struct {
	Estimate Estimate  `json:"estimate"` // of H = h(2), with the fit of q = 2
	Q        []float64 `json:"q"`        // -5 to 5 in steps of a half
	H        []float64 `json:"h"`        // generalised Hurst exponents h(q): all alike for a monofractal
	R2       []float64 `json:"r2"`       // of the fits
	Tau      []float64 `json:"tau"`      // mass exponents τ = q h(q) - 1
	Alpha    []float64 `json:"alpha"`    // singularity strengths α = dτ/dq
	F        []float64 `json:"f"`        // f(α) = qα - τ: the dimension of the points of strength α
	Width    float64   `json:"width"`    // largest α less the smallest: 0 for a monofractal, but for chance
}

// Estimate implements [Estimator].
func (m MFDFA) Estimate(x []float64) (Estimate, error) { return estimateOne(m, x) }

// Prepare implements [Estimator].
func (m MFDFA) Prepare(n int) *Prepared {
	const highest = 3
	if m.Order < 0 || m.Order > highest {
		return prepare(n, m.Settings, Hurst, refuse(fmt.Errorf("order %d of detrending; allowed are 1 to %d", m.Order, highest)))
	}
	order := max(1, m.Order)
	return prepare(n, m.Settings, Hurst, func(n int, level float64) core { return newMFDFACore(n, order, level) })
}

// Analyse finds the multifractal spectrum of a series; that of its increments when it is a walk. It
// fails as Estimate does. Windows in which nothing fluctuates, such as those of a gap that was filled
// with one value, are left out of all moments: negative ones would be infinite.
func (m MFDFA) Analyse(x []float64) (Multifractal, error) {
	if len(x) < MinLength {
		return Multifractal{}, fmt.Errorf("%w: %d values, want at least %d", ErrTooShort, len(x), MinLength)
	}
	p := m.Prepare(len(x))
	e, err := p.Estimate(x)
	if err != nil {
		return Multifractal{}, err
	}
	used := p.values
	if e.Class == Walk {
		used = p.increments
	}
	return used.(*mfdfaCore).spectrum(e), nil
}

type mfdfaCore struct {
	scales    []detrender
	residuals [][]float64 // mean squares of the windows of each scale
	sums      []float64
	line      *loglog
	spreads   *calibration
}

func newMFDFACore(n, order int, level float64) *mfdfaCore {
	sizes := geometric(4*order+4, n/2, 4)
	c := &mfdfaCore{
		scales:  newDetrenders(n, order, sizes),
		sums:    make([]float64, n+1),
		line:    newLogLog("log2 window", "log2 fluctuation", sizes, 1),
		spreads: newCalibration(orderName("mfdfa", order), n, level),
	}
	for _, s := range c.scales {
		c.residuals = append(c.residuals, make([]float64, s.count))
	}
	return c
}

// estimate implements core.
func (c *mfdfaCore) estimate(z []float64) (outcome, error) {
	profile(c.sums, z)
	y := c.sums[1:]
	for i := range c.scales {
		s := &c.scales[i]
		for k := range s.count {
			at := windowStart(k, s.count, len(y), s.size)
			c.residuals[i][k] = s.residual(y[at:at+s.size]) / float64(s.size)
		}
	}
	if err := c.fit(2); err != nil {
		return outcome{}, err
	}
	return c.spreads.outcome(c.line.fit.Slope, &c.line.fit), nil
}

// fit fits the line of moment q through the windows of the last series.
func (c *mfdfaCore) fit(q float64) error {
	for i := range c.scales {
		if err := c.line.put(i, moment(c.residuals[i], q)/c.scales[i].white); err != nil {
			return err
		}
	}
	c.line.solve()
	return nil
}

// moment returns F_q = (mean of F²^(q/2))^(1/q) over the windows with mean square F² > 0, and for
// q = 0 its limit, exp(½ mean of log F²). Powers are taken of F² over the largest, or for negative q
// the smallest, so that none overflows. It returns 0 when there is no such window.
func moment(squares []float64, q float64) float64 {
	reference, used := 0.0, 0.0
	for _, v := range squares {
		if v == 0 {
			continue
		}
		if used == 0 || (q >= 0) == (v > reference) {
			reference = v
		}
		used++
	}
	if used == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range squares {
		switch {
		case v == 0:
		case q == 0:
			sum += math.Log(v / reference)
		case q == 2:
			sum += v / reference
		default:
			sum += math.Pow(v/reference, q/2)
		}
	}
	if q == 0 {
		return math.Sqrt(reference * math.Exp(sum/used))
	}
	return math.Sqrt(reference) * math.Pow(sum/used, 1/q)
}

// spectrum fits all moments of the series that was estimated last, and ends with that of q = 2 again.
func (c *mfdfaCore) spectrum(e Estimate) Multifractal {
	const first, step, count = -5, 0.5, 21
	m := Multifractal{Estimate: e}
	for i := range count {
		q := first + step*float64(i)
		if c.fit(q) != nil { // q = 2 has been fitted, so that every scale has a window
			panic("estimator: a moment without windows")
		}
		h := c.line.fit.Slope
		m.Q, m.H, m.R2 = append(m.Q, q), append(m.H, h), append(m.R2, c.line.fit.R2)
		m.Tau = append(m.Tau, q*h-1)
	}
	_ = c.fit(2)
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, q := range m.Q {
		// Differences to both sides, to one at the ends.
		a, b := max(0, i-1), min(count-1, i+1)
		alpha := (m.Tau[b] - m.Tau[a]) / (m.Q[b] - m.Q[a])
		m.Alpha, m.F = append(m.Alpha, alpha), append(m.F, q*alpha-m.Tau[i])
		lo, hi = min(lo, alpha), max(hi, alpha)
	}
	m.Width = hi - lo
	return m
}
