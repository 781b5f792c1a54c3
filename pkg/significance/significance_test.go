package significance_test

import (
	"encoding/json"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/significance"
)

// noise returns fractional Gaussian noise.
func noise(t testing.TB, n int, h float64, seed uint64) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(seed, "significance/test", uint64(n))))
	return x
}

func nile(t *testing.T) []float64 {
	t.Helper()
	data, err := os.ReadFile("../../testdata/nile_min.csv")
	require.NoError(t, err)
	var x []float64
	for line := range strings.Lines(string(data)) {
		if _, value, _ := strings.Cut(strings.TrimSpace(line), ","); value != "value" {
			v, err := strconv.ParseFloat(value, 64)
			require.NoError(t, err)
			x = append(x, v)
		}
	}
	require.Len(t, x, 663)
	return x
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	const n = 2048
	white := noise(t, n, 0.5, 3) // not among the 5 % of a test by chance, as some seeds are
	short, stepped, sloped, walk := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i, v := range white {
		short[i], stepped[i], sloped[i], walk[i] = v, v, v+3*float64(i)/n, v
		if i > 0 {
			short[i] += 0.7 * short[i-1]
			walk[i] += walk[i-1]
		}
		if i > n/3 {
			stepped[i]++
		}
	}
	o := significance.Options{Draws: 199}
	for name, c := range map[string]struct {
		x       []float64
		verdict string
		class   string
	}{
		"white":          {white, significance.NoMemory, estimator.Noise},
		"autoregression": {short, significance.Short, estimator.Noise},
		"step":           {stepped, significance.TrendOrShift, estimator.Noise},
		"trend":          {sloped, significance.TrendOrShift, estimator.Noise},
		"random walk":    {walk, significance.NoMemory, estimator.Walk},
		"long":           {noise(t, n, 0.8, 1), significance.Long, estimator.Noise},
		"antipersistent": {noise(t, n, 0.2, 1), significance.Antipersistent, estimator.Noise},
		"Nile":           {nile(t), significance.Long, estimator.Noise},
	} {
		r, err := significance.Test(c.x, o)
		require.NoError(t, err)
		require.Equal(t, []string{c.verdict, c.class}, []string{r.Verdict, r.Estimate.Class}, "%s: %s", name, r.Summary())
		require.Contains(t, r.Summary(), "of the series of "+strconv.Itoa(r.Estimate.N)+" values")
		require.Len(t, r.Hypotheses, 3)
		if name == "step" {
			require.InDelta(t, n/3+1, r.Hypotheses[2].At, 20)
		}
	}
}

// The scale, the mean, who computes and how often do not matter: not a bit, when the scale is a power
// of two.
func TestSameAnswer(t *testing.T) {
	x := noise(t, 300, 0.7, 2)
	o := significance.Options{Draws: 99, Seed: 5}
	want, err := significance.Test(x, o)
	require.NoError(t, err)
	procs := runtime.GOMAXPROCS(1)
	again, err := significance.Test(x, o)
	runtime.GOMAXPROCS(procs)
	require.NoError(t, err)
	require.Equal(t, want, again)
	for _, scale := range []float64{0x1p-40, 0x1p40, -1} {
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = scale * v
		}
		got, err := significance.Test(y, o)
		require.NoError(t, err)
		require.Equal(t, want.Verdict, got.Verdict)
		require.InDelta(t, want.PLong, got.PLong, 1e-12)
		require.InDelta(t, want.Estimate.H, got.Estimate.H, 1e-12)
	}
}

// A short walk of h has an estimate of its increments.
func TestClassCanBeTold(t *testing.T) {
	t.Parallel()
	x := noise(t, 300, 0.5, 3)
	for i := 1; i < len(x); i++ {
		x[i] += x[i-1]
	}
	r, err := significance.Test(x, significance.Options{Draws: 99, Class: estimator.Walk})
	require.NoError(t, err)
	require.InDelta(t, 0.5, r.Estimate.H, 0.3)
	require.InDelta(t, r.Estimate.H, r.Hypotheses[0].H, 1e-4, "both are local Whittle of the same increments")
	require.Contains(t, r.Summary(), "the increments of the series of")
	r, err = significance.Test(x, significance.Options{Draws: 99, Class: estimator.Noise})
	require.NoError(t, err)
	require.Greater(t, r.Estimate.H, 0.9)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	x := noise(t, 100, 0.5, 1)
	for says, o := range map[string]significance.Options{
		"level is 1; allowed: 0.5 to below 1":   {Level: 1},
		"level is NaN":                          {Level: math.NaN()},
		"98 draws; allowed: 99 to 100000":       {Draws: 98},
		"exponent of the bandwidth is 2":        {Exponent: 2},
		"-1 lags; allowed: 1 or more":           {Lags: -1},
		`class is "x"; allowed: noise, walk`:    {Class: "x"},
		"499 draws give no p-value below 0.002": {Level: 0.999},
	} {
		_, err := significance.Test(x, o)
		require.ErrorIs(t, err, significance.ErrOption)
		require.ErrorContains(t, err, says)
	}
	_, err := significance.Test(x, significance.Options{Stop: func() bool { return true }})
	require.ErrorIs(t, err, significance.ErrStopped)
	_, err = significance.Null(estimator.GPH{}, 100, significance.NullOptions{Stop: func() bool { return true }})
	require.ErrorIs(t, err, significance.ErrStopped)
	_, err = significance.Test(x[:63], significance.Options{})
	require.ErrorIs(t, err, estimator.ErrTooShort)
	_, err = significance.Test(make([]float64, 99), significance.Options{})
	require.ErrorIs(t, err, estimator.ErrConstant)
	x[7] = math.Inf(1)
	_, err = significance.Test(x, significance.Options{})
	require.ErrorIs(t, err, estimator.ErrNotFinite)
}

func FuzzTest(f *testing.F) {
	for _, seed := range [][]byte{{}, {0, 0, 0}, {1, 2}, {255, 127, 3, 9, 8, 200}, []byte(strings.Repeat("ab", 40)), []byte(strings.Repeat("a", 70) + "b")} {
		for kind := range byte(6) {
			f.Add(seed, kind)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, kind byte) {
		x := make([]float64, 0, 300)
		for i := range min(300, 60+len(data)) {
			v := float64(i % 7)
			if len(data) > 0 {
				v = float64(int8(data[i%len(data)]))
			}
			switch kind % 6 {
			case 1:
				v *= 1e306
			case 2:
				v *= 5e-324
			case 3:
				v += 1e15
			case 4:
				if v == 0 {
					v = math.NaN()
				}
			case 5:
				v = math.Copysign(1, v)
			}
			x = append(x, v)
		}
		r, err := significance.Test(x, significance.Options{Draws: significance.MinDraws})
		if err != nil {
			return
		}
		_, err = json.Marshal(r)
		require.NoError(t, err, "a value that is not finite")
		require.NotContains(t, r.Summary(), "NaN")
		require.Contains(t, []string{significance.NoMemory, significance.Short, significance.Long, significance.TrendOrShift, significance.Antipersistent}, r.Verdict)
		for _, h := range r.Hypotheses {
			require.True(t, h.PLong > 0 && h.PLong <= 1 && h.PAnti > 0 && h.PAnti <= 1 && h.VS.P > 0 && h.VS.P <= 1)
		}
	})
}

func BenchmarkTest(b *testing.B) {
	for _, n := range []int{128, 1024, 8192} {
		b.Run("n="+strconv.Itoa(n), func(b *testing.B) {
			x := noise(b, n, 0.7, 1)
			for b.Loop() {
				_, err := significance.Test(x, significance.Options{})
				require.NoError(b, err)
			}
		})
	}
}
