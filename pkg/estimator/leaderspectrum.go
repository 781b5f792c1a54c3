package estimator

import (
	"fmt"
	"math"
)

// LeaderSpectrum is the multifractal spectrum that wavelet leaders give. Entry i of each list belongs
// to Q[i]. Lists are the caller's.
type LeaderSpectrum struct {
	Estimate Estimate  `json:"estimate"` // of H = c1
	Q        []float64 `json:"q"`        // -5 to 5 in steps of a half
	Zeta     []float64 `json:"zeta"`     // scaling exponents: the mean of L^q grows like 2^(ζ(q) j)
	R2       []float64 `json:"r2"`       // of their fits
	Alpha    []float64 `json:"alpha"`    // Hölder exponents
	D        []float64 `json:"d"`        // dimension of the places with the exponent α
	// Log-cumulants: ζ(q) = c1 q + c2 q²/2 + c3 q³/6 + …. Exponents cluster about c1; c2 is zero for a
	// monofractal and negative for a multifractal, whose spectrum is about √-c2 wide; c3 is its skew.
	C1 float64 `json:"c1"`
	C2 float64 `json:"c2"`
	C3 float64 `json:"c3"`
}

// Analyse finds the multifractal spectrum of the running sums of a series, or of a walk itself, by
// fits over the octaves that Estimate uses. It fails as Estimate does.
//
// The cumulants of log L at octave j are c_p^0 + c_p ln 2^j (B. Castaing, Y. Gagne, M. Marchand,
// Log-similarity for turbulent flows?, Physica D 68 (1993) 387–400); α and D follow A. B. Chhabra and
// R. V. Jensen, Direct determination of the f(α) singularity spectrum, Physical Review Letters 62
// (1989) 1327–1330.
func (l Leaders) Analyse(x []float64) (LeaderSpectrum, error) {
	if len(x) < MinLength {
		return LeaderSpectrum{}, fmt.Errorf("%w: %d values, want at least %d", ErrTooShort, len(x), MinLength)
	}
	p := l.Prepare(len(x))
	e, err := p.Estimate(x)
	if err != nil {
		return LeaderSpectrum{}, err
	}
	used := p.values
	if e.Class == Walk {
		used = p.increments
	}
	return used.(*leaderCore).spectrum(e), nil
}

// spectrum analyses the series that was estimated last.
func (c *leaderCore) spectrum(e Estimate) LeaderSpectrum {
	s := LeaderSpectrum{Estimate: e}
	s.C1, s.C2, s.C3 = c.cumulants()
	logs, alpha, d := make([]float64, len(c.octaves)), make([]float64, len(c.octaves)), make([]float64, len(c.octaves))
	for q := -5.0; q <= 5; q += 0.5 {
		for j, o := range c.octaves {
			logs[j], alpha[j], d[j] = leaderMoment(o.log2, q)
		}
		zeta, _, r2 := c.line(logs)
		a, _, _ := c.line(alpha)
		f, _, _ := c.line(d)
		s.Q, s.Zeta, s.R2 = append(s.Q, q), append(s.Zeta, zeta), append(s.R2, r2)
		s.Alpha, s.D = append(s.Alpha, a), append(s.D, 1+f)
	}
	return s
}

// cumulants returns c1, c2 and c3: slopes of the cumulants of ln L over ln 2^j.
func (c *leaderCore) cumulants() (c1, c2, c3 float64) {
	k1, k2, k3 := make([]float64, len(c.octaves)), make([]float64, len(c.octaves)), make([]float64, len(c.octaves))
	for j, o := range c.octaves {
		n, m := float64(len(o.log2)), mean(o.log2)
		for _, v := range o.log2 {
			d := v - m
			k2[j] += d * d
			k3[j] += d * d * d
		}
		k1[j] = m
		k2[j] /= n - 1
		if n > 2 { // the unbiased third cumulant
			k3[j] *= n / ((n - 1) * (n - 2))
		}
	}
	c1, _, _ = c.line(k1)
	c2, _, _ = c.line(k2)
	c3, _, _ = c.line(k3)
	return c1, c2 * math.Ln2, c3 * math.Ln2 * math.Ln2 // from log2 to ln, once for the abscissa
}

// leaderMoment returns log2 of the mean of L^q, and with the shares p ∝ L^q the mean of log2 L and
// log2 n + Σ p log2 p. Powers are relative to the largest, which cannot overflow.
func leaderMoment(log2 []float64, q float64) (log, alpha, d float64) {
	top := math.Inf(-1)
	for _, v := range log2 {
		top = max(top, q*v)
	}
	sum, entropy := 0.0, 0.0
	for _, v := range log2 {
		p := math.Exp2(q*v - top)
		sum += p
		alpha += p * v
		entropy += p * (q*v - top)
	}
	n := math.Log2(float64(len(log2)))
	return top + math.Log2(sum) - n, alpha / sum, n + entropy/sum - math.Log2(sum)
}
