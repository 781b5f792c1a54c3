package estimator

import (
	"fmt"
	"math"
	"slices"
)

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

// Moments are taken for q = -5, -4.5 … 5.
const (
	highestMoment = 5
	momentStep    = 0.5
	momentsEach   = 10 // on either side of 0
	momentCount   = 2*momentsEach + 1
)

// Analyse finds the multifractal spectrum of a series; that of its increments when it is a walk. It
// fails as Estimate does.
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

// spectrum fits all moments of the series that was estimated last, and leaves the fit of e as it is.
func (c *mfdfaCore) spectrum(e Estimate) Multifractal {
	m := Multifractal{Estimate: e}
	kept := *e.Fit
	kept.Y = slices.Clone(kept.Y)
	m.Estimate.Fit = &kept
	fluctuations := make([][momentCount]float64, len(c.scales))
	for i := range c.scales {
		fluctuations[i] = moments(c.residuals[i])
	}
	for k := range momentCount {
		q := -highestMoment + momentStep*float64(k)
		for i := range c.scales {
			c.line.fit.Y[i] = math.Log2(fluctuations[i][k] / c.scales[i].white)
		}
		h := c.line.solve()
		m.Q, m.H, m.R2 = append(m.Q, q), append(m.H, h), append(m.R2, c.line.fit.R2)
		m.Tau = append(m.Tau, q*h-1)
	}
	m.legendre()
	return m
}

// legendre takes α = dτ/dq, by differences to both sides and at the ends to one, and f(α).
func (m *Multifractal) legendre() {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, q := range m.Q {
		a, b := max(0, i-1), min(len(m.Q)-1, i+1)
		alpha := (m.Tau[b] - m.Tau[a]) / (m.Q[b] - m.Q[a])
		m.Alpha, m.F = append(m.Alpha, alpha), append(m.F, q*alpha-m.Tau[i])
		lo, hi = min(lo, alpha), max(hi, alpha)
	}
	m.Width = hi - lo
}

// moments returns F_q = (mean of F²^(q/2))^(1/q) for every q, over the windows with a mean square
// F² > 0, of which there has to be one; for q = 0 its limit, exp(½ mean of log F²). Steps of a half in
// q are powers of the fourth root of F². It is taken over the largest F², for negative q over the
// smallest, so that no power overflows.
func moments(squares []float64) (f [momentCount]float64) {
	least, most, used := math.Inf(1), 0.0, 0.0
	for _, v := range squares {
		if v > 0 {
			least, most = min(least, v), max(most, v)
			used++
		}
	}
	for _, v := range squares {
		if v == 0 {
			continue
		}
		f[momentsEach] += math.Log(v / most)
		up, down := math.Sqrt(math.Sqrt(v/most)), math.Sqrt(math.Sqrt(least/v))
		rise, fall := up, down
		for k := 1; k <= momentsEach; k++ {
			f[momentsEach+k] += rise
			f[momentsEach-k] += fall
			rise *= up
			fall *= down
		}
	}
	f[momentsEach] = math.Sqrt(most * math.Exp(f[momentsEach]/used))
	for k := 1; k <= momentsEach; k++ {
		q := momentStep * float64(k)
		f[momentsEach+k] = math.Sqrt(most) * math.Pow(f[momentsEach+k]/used, 1/q)
		f[momentsEach-k] = math.Sqrt(least) * math.Pow(f[momentsEach-k]/used, -1/q)
	}
	return f
}
