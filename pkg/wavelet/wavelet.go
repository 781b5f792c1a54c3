// Package wavelet computes wavelet transforms of real series: the discrete one of Daubechies' wavelets
// and symlets under several treatments of the boundary, the maximal overlap one, and the continuous
// one of the Mexican hat and of Morlet's wavelet.
//
// Plans hold all that depends on the length, so that transforming allocates nothing. They are not
// safe for concurrent use.
package wavelet

import (
	"fmt"
	"slices"
	"strings"
)

// Wavelet is an orthonormal wavelet of compact support, given by its filters.
type Wavelet struct {
	name string
	low  []float64
	high []float64
}

// New returns a wavelet by its name, which is one of [Names].
func New(name string) (Wavelet, error) {
	low := scaling(name)
	if low == nil {
		return Wavelet{}, fmt.Errorf("there is no wavelet %.40q; there are: %s", name, strings.Join(Names(), ", "))
	}
	high := make([]float64, len(low))
	for i := range high {
		high[i] = low[len(low)-1-i]
		if i%2 == 1 {
			high[i] = -high[i]
		}
	}
	return Wavelet{name: name, low: low, high: high}, nil
}

// Names returns the names of all wavelets: haar (which is db1), db1 to db10 and sym2 to sym10. The
// number is that of vanishing moments.
func Names() []string {
	names := []string{"haar"}
	for i := 1; i <= 10; i++ {
		names = append(names, fmt.Sprintf("db%d", i))
	}
	for i := 2; i <= 10; i++ {
		names = append(names, fmt.Sprintf("sym%d", i))
	}
	return names
}

// Name returns the wavelet's name.
func (w Wavelet) Name() string { return w.name }

// Len returns how many taps the filters have: twice the number of vanishing moments.
func (w Wavelet) Len() int { return len(w.low) }

// Moments returns how many moments vanish: polynomials of lower degree have no wavelet coefficients.
func (w Wavelet) Moments() int { return len(w.low) / 2 }

// Low returns a copy of the scaling filter h: the next approximation is Σ h[i] a[2k+i]. PyWavelets
// calls it rec_lo.
func (w Wavelet) Low() []float64 { return slices.Clone(w.low) }

// High returns a copy of the wavelet filter g[i] = (-1)^i h[L-1-i]: the detail is Σ g[i] a[2k+i].
// PyWavelets calls it rec_hi.
func (w Wavelet) High() []float64 { return slices.Clone(w.high) }

// MaxLevels returns the largest j for which 2^j·(L-1) ≤ n, where L is the length of the filters: at
// least one coefficient of level j does not touch the boundary then. It is 0 when n is too short for
// any level.
func (w Wavelet) MaxLevels(n int) int {
	levels := 0
	for n >= 2*(len(w.low)-1) && n > 1 {
		n /= 2
		levels++
	}
	return levels
}

// checkLevels refuses levels that a series of n values does not have.
func (w Wavelet) checkLevels(n, levels int) error {
	if w.low == nil {
		return fmt.Errorf("a wavelet is needed, as New gives it")
	}
	most := w.MaxLevels(n)
	if most == 0 {
		return fmt.Errorf("%d values are too few for %s; it takes at least %d", n, w.name, 2*max(1, len(w.low)-1))
	}
	if levels < 1 || levels > most {
		return fmt.Errorf("%d levels of %s for %d values; allowed are 1 to %d", levels, w.name, n, most)
	}
	return nil
}
