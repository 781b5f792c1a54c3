package contamination_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/process"
)

func addedBeta(t testing.TB, beta float64, seed uint64) []float64 {
	t.Helper()
	return added(t, fmt.Sprintf(`[{"kind": "coloured", "size": 1, "beta": %v}]`, beta), 1<<14, seed)
}

// band returns the mean power of frequencies from low to high of a Hann-tapered series.
func band(x []float64, low, high int) float64 {
	y := slices.Clone(x)
	for i := range y {
		y[i] *= 1 - math.Cos(2*math.Pi*float64(i)/float64(len(y)))
	}
	sum := 0.0
	for _, c := range fft.NewReal(len(y)).Coefficients(nil, y)[low:high] {
		sum += real(c)*real(c) + imag(c)*imag(c)
	}
	return sum / float64(high-low)
}

// The copulas keep ranks and quartiles, and give the marginal that they name.
func TestCopulasGiveMarginals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		far  float64 // quantile 0.99 over quantile 0.75: scipy 1.17.1, t.ppf and levy_stable.ppf
	}{
		{`[{"kind": "student", "df": 3}]`, 4.540702858568136 / 0.7648923284043543},
		{`[{"kind": "stable", "alpha": 1.7}]`, 5.15193792 / 0.96273786},
		{`[{"kind": "stable", "alpha": 2}]`, 2.3263478740408408 / 0.6744897501960817},
	} {
		x := clean(t, 100_000, 0.5)
		y := slices.Clone(x)
		require.NoError(t, chain(t, c.text).Apply(y, process.Source(1, "", 0)))
		require.Equal(t, ranks(x), ranks(y), c.text)
		mean, _ := moments(x)
		slices.Sort(x)
		slices.Sort(y)
		require.InDelta(t, x[75_000], y[75_000], 1e-3*x[75_000])
		// A quantile of 0.99 of 1e5 values spreads by 1.2 % (normal) to 2 % (t3).
		require.InEpsilon(t, c.far, (y[99_000]-mean)/(y[75_000]-mean), 0.08, c.text)
	}
}

func ranks(x []float64) []int {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	return order
}

func TestGaps(t *testing.T) {
	t.Parallel()
	x := clean(t, 100_000, 0.5)
	y := slices.Clone(x)
	require.NoError(t, chain(t, `[{"kind": "missing", "rate": 0.2, "length": 8, "interpolate": 0}]`).Apply(y, process.Source(1, "", 0)))
	gone, gaps := 0.0, 0.0
	for i, v := range y {
		if math.IsNaN(v) {
			gone++
			if i == 0 || !math.IsNaN(y[i-1]) {
				gaps++
			}
		} else {
			require.Equal(t, x[i], v)
		}
	}
	require.InDelta(t, 0.2, gone/1e5, 0.03)
	require.InDelta(t, 8, gone/gaps, 0.9, "2500 gaps of a geometric length: 5.3 deviations of the mean")

	straight := []float64{math.NaN(), 1, math.NaN(), math.NaN(), 4, math.NaN()}
	for i, want := range []float64{1, 1, 2, 3, 4, 4} {
		require.InDelta(t, want, contamination.Interpolate(straight)[i], 1e-15)
	}
}

func TestBoundedValues(t *testing.T) {
	t.Parallel()
	x := clean(t, 5000, 0.7)
	mean, sd := moments(x)
	y := slices.Clone(x)
	require.NoError(t, chain(t, `[{"kind": "clipping", "limit": 1}]`).Apply(y, process.Source(1, "", 0)))
	require.InDelta(t, mean+sd, slices.Max(y), 1e-12)
	require.InDelta(t, mean-sd, slices.Min(y), 1e-12)

	copy(y, x)
	require.NoError(t, chain(t, `[{"kind": "quantisation", "levels": 4}]`).Apply(y, process.Source(1, "", 0)))
	for i, v := range y {
		require.LessOrEqual(t, math.Abs(v-x[i]), sd/8+1e-12)
		level := (v - mean) / (sd / 4)
		require.InDelta(t, math.Round(level), level, 1e-9)
	}

	copy(y, x)
	require.NoError(t, chain(t, `[{"kind": "irregular", "jitter": 1}]`).Apply(y, process.Source(1, "", 0)))
	for i := 1; i+1 < len(x); i++ {
		low, high := min(x[i-1], x[i], x[i+1]), max(x[i-1], x[i], x[i+1])
		require.True(t, y[i] >= low && y[i] <= high)
	}

	copy(y, x)
	require.NoError(t, chain(t, `[{"kind": "stuck", "rate": 0.3, "length": 10}]`).Apply(y, process.Source(1, "", 0)))
	same := 0.0
	for i := 1; i < len(y); i++ {
		if y[i] == y[i-1] {
			same++
		} else {
			require.Equal(t, x[i], y[i])
		}
	}
	require.InDelta(t, 0.3, same/5000, 0.13, "5.3 deviations of the share of 150 episodes")
}

func TestGains(t *testing.T) {
	t.Parallel()
	x := clean(t, 40_000, 0.5)
	mean, sd := moments(x)
	half := func(text string) (first, second float64) {
		y := slices.Clone(x)
		require.NoError(t, chain(t, text).Apply(y, process.Source(1, "", 0)))
		for i := range y {
			y[i] = (y[i] - mean) / sd
		}
		return rms(y[:20_000]), rms(y[20_000:])
	}
	a, b := half(`[{"kind": "gain", "ratio": 3, "at": 0.5}]`)
	require.InDelta(t, 3, b/a, 0.1)
	a, b = half(`[{"kind": "fade", "end": 0}]`)
	require.InDelta(t, math.Sqrt(7), a/b, 0.15, "of the squares of 1-t: 7/24 against 1/24")
	a, b = half(`[{"kind": "systematic", "gain": 2, "offset": 1.5}]`)
	require.InDelta(t, math.Sqrt(4+1.5*1.5), math.Sqrt((a*a+b*b)/2), 1e-9)
	a, b = half(`[{"kind": "volatility", "sigma": 0.5, "phi": 0.9}]`)
	require.InDelta(t, 1, math.Sqrt((a*a+b*b)/2), 0.12, "the mean square stays")
}

func FuzzApply(f *testing.F) {
	f.Add(`[{"kind": "student"}]`, []byte{}, uint64(1))
	for _, k := range contamination.Kinds() {
		f.Add(`["`+k.Name+`"]`, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8}, uint64(1))
	}
	f.Add(`["missing", "stable", "irregular"]`, []byte{9, 9, 10, 9, 0}, uint64(3))
	f.Add(`[{"kind": "missing", "rate": 0.9, "interpolate": 0}, "student", "quantisation"]`, []byte{1, 2}, uint64(3))
	pool := []float64{0, 1, -1, 1e308, -1e308, 5e-324, 1e100, -1e100, math.NaN(), math.Inf(1), 3, 1e-200}
	f.Fuzz(func(t *testing.T, text string, which []byte, seed uint64) {
		var specs []process.Spec
		if json.Unmarshal([]byte(text), &specs) != nil {
			return
		}
		c, err := contamination.New(specs)
		if err != nil || len(which) > 64 {
			return
		}
		x := make([]float64, len(which))
		for i, b := range which {
			x[i] = pool[int(b)%len(pool)]
		}
		before := slices.Clone(x)
		if err := c.Apply(x, process.Source(seed, "fuzz", 0)); err != nil {
			require.ErrorIs(t, err, contamination.ErrValue)
			require.Equal(t, fmt.Sprint(before), fmt.Sprint(x))
			return
		}
		for _, v := range x {
			require.False(t, math.IsInf(v, 0), "%s", c)
		}
	})
}
