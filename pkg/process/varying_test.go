package process_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// varyingSpecs has every kind whose exponent changes, with its defaults and otherwise.
func varyingSpecs() []process.Spec {
	return []process.Spec{
		{Kind: "regimes"},
		{Kind: "regimes", Params: map[string][]float64{"count": {9}, "jump": {0.6}}},
		{Kind: "regimes", Params: map[string][]float64{"at": {0.1, 0.35, 0.9}}},
		{Kind: "break"},
		{Kind: "break", Params: map[string][]float64{"position": {0.2}, "jump": {0.5}, "spread": {3}}},
		{Kind: "drift-linear"},
		{Kind: "drift-linear", Params: map[string][]float64{"change": {-0.9}}},
		{Kind: "drift-sine"},
		{Kind: "drift-sine", Params: map[string][]float64{"cycles": {7.3}, "phase": {0.2}, "change": {0.8}}},
		{Kind: "drift-logistic"},
		{Kind: "drift-exponential"},
	}
}

func newPather(t *testing.T, spec process.Spec, n int) process.Pather {
	t.Helper()
	g, err := process.New(spec, n)
	require.NoError(t, err)
	p, ok := g.(process.Pather)
	require.True(t, ok, "%v", spec)
	return p
}

// The definition, point by point: the value of the fractional Gaussian noise that the same stream gives
// for the exponent there. The tolerance is what interpolation leaves.
func TestVaryingIsFractionalGaussianNoiseAtEachPoint(t *testing.T) {
	t.Parallel()
	const n = 300
	for _, spec := range varyingSpecs() {
		g, x, path, want := newPather(t, spec, n), make([]float64, n), make([]float64, n), make([]float64, n)
		noise := process.NewFGN(n)
		for _, h := range []float64{0.05, 0.5, 0.93} {
			require.NoError(t, g.Generate(x, h, process.Source(8, "varying", 0)))
			g.Path(path)
			factor := func(t int) float64 { return 1 }
			if spec.Params["spread"] != nil {
				before := 1 / math.Sqrt(0.2+0.8*9)
				factor = func(t int) float64 {
					if t < 60 {
						return before
					}
					return 3 * before
				}
			}
			for s := 0; s < n; s += 7 {
				require.NoError(t, noise.Generate(want, path[s], process.Source(8, "varying", 0)))
				require.InDelta(t, want[s]*factor(s), x[s], 0.001, "%v h=%v t=%d", spec, h, s)
			}
		}
	}
}

func TestPathsHaveTheMeanThatWasAskedFor(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 50, 1000} {
		for _, spec := range varyingSpecs() {
			g, err := process.New(spec, n)
			if err != nil {
				require.Contains(t, err.Error(), "regimes", "%v n=%d", spec, n)
				continue
			}
			x, path := make([]float64, n), make([]float64, n)
			for _, h := range []float64{0.011, 0.1, 0.5, 0.8, 0.989} {
				require.NoError(t, g.Generate(x, h, process.Source(1, "", 0)))
				g.(process.Pather).Path(path)
				mean := 0.0
				for _, v := range path {
					require.Greater(t, v, process.MinHurst)
					require.Less(t, v, process.MaxHurst)
					mean += v / float64(n)
				}
				require.InDelta(t, h, mean, 1e-12, "%v n=%d h=%v", spec, n, h)
			}
		}
	}
}

func TestPathsAreAsDescribed(t *testing.T) {
	t.Parallel()
	path := func(n int, h float64, spec string) []float64 {
		var s process.Spec
		require.NoError(t, s.UnmarshalJSON([]byte(spec)))
		g, x, path := newPather(t, s, n), make([]float64, n), make([]float64, n)
		require.NoError(t, g.Generate(x, h, process.Source(1, "", 0)))
		g.Path(path)
		return path
	}
	near := func(want, got []float64) { t.Helper(); require.InDeltaSlice(t, want, got, 1e-12) }
	near([]float64{0.4, 0.5, 0.6}, path(3, 0.5, `{"kind":"drift-linear","change":0.2}`))
	near([]float64{0.6, 0.5, 0.4}, path(3, 0.5, `{"kind":"drift-linear","change":-0.2}`))
	near([]float64{0.3, 0.4, 0.5, 0.4}, path(4, 0.4, `{"kind":"drift-sine","change":0.2,"cycles":0.75}`))
	near([]float64{0.55, 0.55, 0.55, 0.35}, path(4, 0.5, `{"kind":"break","position":0.75,"jump":-0.2}`))
	near([]float64{0.45, 0.45, 0.55, 0.45, 0.55}, path(5, 0.49, `{"kind":"regimes","at":[0.4,0.6,0.8],"jump":0.1}`))
	// 0.9 is 0.09 from the limit: 0.3 shrinks to 0.95·0.09·2
	near([]float64{0.8145, 0.9855}, path(2, 0.9, `{"kind":"break","jump":0.3}`))
	e := path(101, 0.5, `{"kind":"drift-exponential","change":0.3,"rate":2}`)
	require.InDelta(t, 0.3, e[100]-e[0], 1e-12)
	require.InDelta(t, math.Exp(1), (e[51]-e[50])/(e[1]-e[0]), 1e-9)
	l := path(101, 0.5, `{"kind":"drift-logistic","change":0.3,"position":0.4,"width":0.05}`)
	require.InDelta(t, 0.3/4/0.05, (l[41]-l[39])/0.02, 0.02)
	require.InDelta(t, 0.3*(0.5-1/(1+math.Exp(8))), l[40]-l[0], 1e-12)
}

func TestRegimesAreDrawn(t *testing.T) {
	t.Parallel()
	const n, count = 160, 5
	g := newPather(t, process.Spec{Kind: "regimes", Params: map[string][]float64{"count": {count}}}, n)
	x, path, upper := make([]float64, n), make([]float64, n), 0
	starts := map[int]bool{}
	for i := range 200 {
		require.NoError(t, g.Generate(x, 0.5, process.Source(1, "regimes", uint64(i))))
		g.Path(path)
		last, segments := 0, 1
		for s := 1; s < n; s++ {
			if path[s] != path[s-1] {
				require.InDelta(t, 0.3, math.Abs(path[s]-path[s-1]), 1e-12)
				require.GreaterOrEqual(t, s-last, n/(4*count))
				last, segments, starts[s] = s, segments+1, true
			}
		}
		require.Equal(t, count, segments)
		if path[0] > path[n-1] {
			upper++
		} else if path[0] == path[n-1] && path[0] > 0.5 {
			upper++
		}
	}
	require.InDelta(t, 100, upper, 32) // 4.5 deviations of a fair coin
	require.Greater(t, len(starts), 100)
}

// On each side of a break there is fractional Gaussian noise of its own exponent: sample covariances of
// 3,000 series at 4.5 standard errors, 20 checks; a right generator fails once in 10,000 seeds.
func TestBreakHasTheCovarianceOfEachSide(t *testing.T) {
	t.Parallel()
	const n, series, start = 120, 3000, 48
	g := newPather(t, process.Spec{Kind: "break", Params: map[string][]float64{"position": {0.4}, "jump": {0.4}, "spread": {2}}}, n)
	x := make([]float64, n)
	sides := []struct {
		from, to     int
		h, variance  float64
		sum, squares [5]float64
	}{
		{from: 0, to: start, h: 0.5 - 0.6*0.4, variance: 1 / (0.4 + 0.6*4)},
		{from: start, to: n, h: 0.5 + 0.4*0.4, variance: 4 / (0.4 + 0.6*4)},
	}
	lags := [5]int{0, 1, 2, 10, 40}
	for i := range series {
		require.NoError(t, g.Generate(x, 0.5, process.Source(4, "break", uint64(i))))
		for s := range sides {
			part := x[sides[s].from:sides[s].to]
			for j, k := range lags {
				c := 0.0
				for u := range len(part) - k {
					c += part[u] * part[u+k] / float64(len(part)-k)
				}
				sides[s].sum[j] += c / series
				sides[s].squares[j] += c * c / series
			}
		}
	}
	for _, s := range sides {
		for j, k := range lags {
			se := math.Sqrt((s.squares[j] - s.sum[j]*s.sum[j]) / series)
			require.InDelta(t, s.variance*process.Autocovariance(s.h, k), s.sum[j], 4.5*se, "h=%v lag=%d", s.h, k)
		}
	}
}

// Along a drift the variance is one, and neighbours have the covariance of the exponent there, but for
// how much that changes from point to point: 0.002 here, a tenth of a standard error. 24 checks at 4.5.
func TestDriftHasTheLocalCovariance(t *testing.T) {
	t.Parallel()
	const n, series = 400, 3000
	for _, kind := range []string{"drift-linear", "drift-sine"} {
		g := newPather(t, process.Spec{Kind: kind, Params: map[string][]float64{"change": {0.6}}}, n)
		x, path := make([]float64, n), make([]float64, n)
		at := []int{0, 60, 130, 200, 300, 398}
		variance, next := make([]float64, len(at)), make([]float64, len(at))
		for i := range series {
			require.NoError(t, g.Generate(x, 0.5, process.Source(4, kind, uint64(i))))
			for j, s := range at {
				variance[j] += x[s] * x[s] / series
				next[j] += x[s] * x[s+1] / series
			}
		}
		g.Path(path)
		for j, s := range at {
			rho := process.Autocovariance((path[s]+path[s+1])/2, 1)
			require.InDelta(t, 1, variance[j], 4.5*math.Sqrt(2./series), "%s t=%d", kind, s)
			require.InDelta(t, rho, next[j], 0.002+4.5*math.Sqrt((1+rho*rho)/series), "%s t=%d", kind, s)
		}
	}
}

func TestWithoutChangeItIsFractionalGaussianNoise(t *testing.T) {
	t.Parallel()
	want, x, path := make([]float64, 100), make([]float64, 100), make([]float64, 100)
	require.NoError(t, process.NewFGN(100).Generate(want, 0.7, process.Source(1, "", 0)))
	g := newPather(t, process.Spec{Kind: "drift-linear", Params: map[string][]float64{"change": {0}}}, 100)
	require.NoError(t, g.Generate(x, 0.7, process.Source(1, "", 0)))
	require.Equal(t, want, x)
	g.Path(path)
	require.Equal(t, 0.7, path[50])
	require.Panics(t, func() { g.Path(path[1:]) })
}

func TestRegimesRefuses(t *testing.T) {
	t.Parallel()
	for want, params := range map[string]map[string][]float64{
		"count is 2.5":                  {"count": {2.5}},
		"count is 10; series of 9":      {"count": {10}},
		"at is [0.5 0.5]":               {"at": {0.5, 0.5}},
		"at is [0]":                     {"at": {0}},
		"at is [1]":                     {"at": {1}},
		"at is [0.5 0.51]; allowed are": {"at": {0.5, 0.51}},
	} {
		_, err := process.New(process.Spec{Kind: "regimes", Params: params}, 9)
		require.ErrorContains(t, err, want, "%v", params)
	}
}
