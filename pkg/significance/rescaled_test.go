package significance

import (
	_ "embed"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

//go:embed testdata/reference.json
var referenceData []byte

// reference is what testdata/reference.py computes: scipy 1.x and statsmodels 0.15.0.
type reference struct {
	Series     []float64
	Kolmogorov []struct{ V, Tail float64 }
	Kuiper     []struct{ V, Tail float64 }
	Statistic  []struct {
		Lags            int
		Variance, Range float64
	}
	Burg []struct {
		Order        int
		Coefficients []float64
		Variance     float64
	}
	LjungBox struct {
		Lags int
		Q, P float64
	}
}

func load(t *testing.T) reference {
	t.Helper()
	var r reference
	require.NoError(t, json.Unmarshal(referenceData, &r))
	return r
}

// The tails come from sums and integrals to 1e-12.
func TestTailsMatchScipy(t *testing.T) {
	t.Parallel()
	r := load(t)
	for _, c := range r.Kolmogorov {
		require.InDelta(t, c.Tail, varianceTail(c.V), 1e-12, "V/S = %v", c.V)
	}
	for _, c := range r.Kuiper {
		require.InDelta(t, c.Tail, rangeTail(c.V), 1e-12, "R/S = %v", c.V)
	}
	// Lo 1991, table II: the range exceeds 1.747 with 5 %; Giraitis et al. 2003: V/S exceeds 0.1869.
	require.InDelta(t, 0.05, rangeTail(1.747), 1e-4)
	require.InDelta(t, 0.05, varianceTail(0.1869), 1e-4)
}

func TestRescaledMatchesNumpy(t *testing.T) {
	t.Parallel()
	r := load(t)
	x := make([]float64, len(r.Series))
	asIs.apply(x, r.Series)
	for _, c := range r.Statistic {
		got := rescale(x, c.Lags)
		require.InEpsilon(t, c.Variance, got.variance, 1e-12)
		require.InEpsilon(t, c.Range, got.rng, 1e-12)
		require.Equal(t, c.Lags, got.lags)
	}
}

func TestBurgMatchesStatsmodels(t *testing.T) {
	t.Parallel()
	r := load(t)
	x := make([]float64, len(r.Series))
	asIs.apply(x, r.Series)
	a := newAutoregression(len(x), 8)
	for _, c := range r.Burg {
		a.fit(x, c.Order)
		require.InDeltaSlice(t, c.Coefficients, a.rows[c.Order], 1e-12)
		require.InEpsilon(t, c.Variance, a.variances[c.Order], 1e-12)
	}
}

func TestLjungBoxMatchesStatsmodels(t *testing.T) {
	t.Parallel()
	r := load(t)
	x := make([]float64, len(r.Series))
	asIs.apply(x, r.Series)
	got := portmanteau(x)
	require.Equal(t, r.LjungBox.Lags, got.Lags)
	require.InEpsilon(t, r.LjungBox.Q, got.Q, 1e-12)
	require.InEpsilon(t, r.LjungBox.P, got.P, 1e-9)
}

// Qu 2011, table 1: W exceeds 1.022, 1.155 and 1.426 with 10, 5 and 1 % when 5 % of the frequencies are
// trimmed. Of 4,000 white series of 2,000 values and 760 frequencies; the tolerance is five standard
// errors and 1 % for the finite number of frequencies.
func TestQuHasItsDistribution(t *testing.T) {
	t.Parallel()
	const n, many = 2000, 4000
	s, x, rng := newLowSpectrum(n, 0.75), make([]float64, n), process.Source(1, "qu", 0)
	w := make([]float64, many)
	for i := range w {
		rng.Normals(x)
		s.load(x)
		w[i] = s.waver(s.memory(), trimmed)
	}
	for level, critical := range map[float64]float64{0.1: 1.022, 0.05: 1.155, 0.01: 1.426} {
		above := 0
		for _, v := range w {
			above += count(v > critical)
		}
		require.InDelta(t, level, float64(above)/many, 5*math.Sqrt(level*(1-level)/many)+0.01, "critical value %v", critical)
	}
	require.True(t, slices.Max(w) < 3)
}
