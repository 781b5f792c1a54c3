package contamination_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/process"
)

// chain reads specs as a pipeline writes them.
func chain(t testing.TB, text string) *contamination.Chain {
	t.Helper()
	var specs []process.Spec
	require.NoError(t, json.Unmarshal([]byte(text), &specs))
	c, err := contamination.New(specs)
	require.NoError(t, err, text)
	return c
}

// clean returns fractional Gaussian noise around 3 of deviation near 2.
func clean(t testing.TB, n int, h float64) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(1, "clean", uint64(n))))
	for i := range x {
		x[i] = 3 + 2*x[i]
	}
	return x
}

// added returns what a chain adds to a series, in the series' sd.
func added(t testing.TB, text string, n int, seed uint64) []float64 {
	t.Helper()
	x := clean(t, n, 0.6)
	y := slices.Clone(x)
	require.NoError(t, chain(t, text).Apply(y, process.Source(seed, "added", 0)))
	_, sd := moments(x)
	for i := range y {
		y[i] = (y[i] - x[i]) / sd
	}
	return y
}

func moments(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		sd += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(sd)
}

func rms(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v / float64(len(x))
	}
	return math.Sqrt(sum)
}

func countNot(x []float64, v float64) (n int) {
	for _, w := range x {
		if w != v {
			n++
		}
	}
	return n
}

func TestTrendsRiseBySize(t *testing.T) {
	t.Parallel()
	for text, middle := range map[string]float64{
		`[{"kind": "trend", "size": 2}]`:                          1,
		`[{"kind": "trend", "size": -2}]`:                         -1,
		`[{"kind": "polynomial", "size": 2, "degree": 3}]`:        0.25,
		`[{"kind": "exponential", "size": 2, "rate": 4}]`:         2 * math.Expm1(2) / math.Expm1(4),
		`[{"kind": "exponential", "size": 2, "rate": -4}]`:        2 * math.Expm1(-2) / math.Expm1(-4),
		`[{"kind": "exponential", "size": 2, "rate": 0}]`:         1,
		`[{"kind": "trend"}, {"kind": "polynomial", "degree":1}]`: 1,
	} {
		d := added(t, text, 1001, 1)
		require.Zero(t, d[0], text)
		require.InDelta(t, middle, d[500], 1e-12, text)
		require.InDelta(t, 2*math.Copysign(1, middle), d[1000], 1e-12, text)
	}
}

// The definitions that the table of limits uses.
func TestDefinitionsOfLimits(t *testing.T) {
	t.Parallel()
	sine := added(t, `[{"kind": "seasonality", "fraction": 0.125, "size": 1}]`, 800, 1)
	require.InDelta(t, math.Sqrt(0.5), rms(sine), 1e-12)
	for i := range 700 {
		require.InDelta(t, sine[i], sine[i+100], 1e-11)
	}
	require.NotEqual(t, sine[0], added(t, `["seasonality"]`, 800, 2)[0], "the phase is by chance")

	shift := added(t, `[{"kind": "shift", "size": 1, "at": 0.5}]`, 1001, 1)
	require.Zero(t, rms(shift[:500]))
	require.InDelta(t, 1, slices.Min(shift[500:]), 1e-12)
	require.InDelta(t, 1, slices.Max(shift[500:]), 1e-12)

	// 10^5 values: the deviation is within 1.2 % of the true one but with chance 1e-7.
	require.InEpsilon(t, math.Pow(10, -0.5), rms(added(t, `[{"kind": "white", "snr": 10}]`, 100_000, 1)), 0.012)

	outliers := added(t, `["outliers"]`, 100_000, 1)
	var up, hit float64
	for _, v := range outliers {
		if v != 0 {
			hit++
			up += (math.Copysign(1, v) + 1) / 2
			require.True(t, math.Abs(v) > 4.999999 && math.Abs(v) < 10.000001, "%v", v)
		}
	}
	require.InDelta(t, 1000, hit, 5.3*math.Sqrt(1000), "false alarms 1e-7")
	require.InDelta(t, 0.5, up/hit, 5.3*0.5/math.Sqrt(1000))

	for _, text := range []string{`[{"kind": "missing", "rate": 0.1, "interpolate": 0}]`, `[{"kind": "missing", "rate": 0.1}]`} {
		x := clean(t, 100_000, 0.6)
		y := slices.Clone(x)
		require.NoError(t, chain(t, text).Apply(y, process.Source(1, "missing", 0)))
		gone := 0
		for i := range x {
			if y[i] != x[i] {
				gone++
			}
		}
		require.InDelta(t, 10_000, gone, 5.3*math.Sqrt(9000), "false alarms 1e-7")
		require.Equal(t, !strings.Contains(text, "interpolate"), !slices.ContainsFunc(y, math.IsNaN))
	}
}

// Root mean squares of what noises add, with the tolerance of one false alarm in 1e7 or less: 5.3
// deviations of the mean square of 2^17 values, of which some depend on each other.
func TestSizeOfNoises(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text      string
		rms, slip float64
	}{
		{`[{"kind": "white", "size": 0.7}]`, 0.7, 0.012},
		{`[{"kind": "coloured", "size": 0.7}]`, 0.7, 1e-12},
		{`[{"kind": "coloured", "size": 0.7, "beta": -1.5}]`, 0.7, 1e-12},
		{`[{"kind": "ar1", "size": 0.7, "phi": 0.9}]`, 0.7, 0.04},
		{`[{"kind": "ar1", "size": 0.7, "phi": -0.9}]`, 0.7, 0.04},
		{`[{"kind": "impulsive", "rate": 0.04, "size": 5}]`, 1, 0.07},
		{`[{"kind": "spikes", "rate": 0.04, "size": 5}]`, 1, 0.04},
		{`[{"kind": "bursts", "rate": 0.04, "length": 5, "size": 5}]`, 1, 0.15},
		{`[{"kind": "bursts", "rate": 0.25, "length": 5, "size": 0, "level": -2}]`, 1, 0.1},
		{`[{"kind": "levels", "rate": 0.1, "size": 1}]`, 1, 0.06},
		{`[{"kind": "beats", "period": 64, "length": 16, "size": 4}]`, math.Sqrt(16 * 3. / 8 / 4), 0.001},
		{`[{"kind": "pulses", "rate": 0.001, "length": 16, "size": 4, "down": 0.5}]`, math.Sqrt(16 * 3. / 8 * 0.016), 0.3},
		{`[{"kind": "pops", "rate": 0.001, "length": 16, "size": 4}]`, math.Sqrt(0.016 * 16 / (1 - math.Exp(-2/16.)) / 16), 0.3},
		{`[{"kind": "aliasing", "size": 1, "frequency": 0.9}]`, math.Sqrt(0.5), 0.001},
	} {
		require.InEpsilon(t, c.rms, rms(added(t, c.text, 1<<17, 1)), c.slip, c.text)
	}
}

func TestDriftSpreadsBySize(t *testing.T) {
	t.Parallel()
	sum := 0.0
	for seed := range uint64(400) {
		d := added(t, `[{"kind": "drift", "size": 2}]`, 50, seed)
		require.Zero(t, d[0])
		sum += d[49] * d[49] / 400
	}
	require.InEpsilon(t, 4, sum, 5.3*math.Sqrt(2./400), "false alarms 1e-7")
}

func TestCountedEvents(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		d := added(t, `[{"kind": "shift", "size": 2, "count": 3}]`, 300, seed)
		steps := 0
		for i := 1; i < len(d); i++ {
			if move := math.Abs(d[i] - d[i-1]); move > 1e-9 {
				require.InDelta(t, 2, move, 1e-9)
				steps++
			}
		}
		if math.Abs(d[0]) > 1e-9 {
			steps++
		}
		require.Equal(t, 3, steps)
		require.Zero(t, rms(added(t, `[{"kind": "shift", "count": 0}, {"kind": "pops", "count": 0}]`, 300, seed)))
		pop := added(t, `[{"kind": "pops", "count": 1, "size": 3, "down": 1, "length": 10}]`, 300, seed)
		at := slices.Index(pop, slices.Min(pop))
		require.InDelta(t, -3, pop[at], 1e-9)
		if at < 290 {
			require.InDelta(t, -3*math.Exp(-0.9), pop[at+9], 1e-9)
		}
	}
}

// The spectrum of coloured noise falls with its exponent: its power in two bands 16 times apart.
func TestColourOfNoise(t *testing.T) {
	t.Parallel()
	for _, beta := range []float64{-1, 0, 1, 2} {
		low, high := 0.0, 0.0
		for seed := range uint64(8) {
			d := addedBeta(t, beta, seed)
			low += band(d, 256, 512)
			high += band(d, 4096, 8192)
		}
		// 2048 and more ordinates each: the ratio's logarithm has a deviation of 0.023. A series cut out
		// of a longer one leaks, which flattens the steepest.
		require.InDelta(t, beta, math.Log(low/high)/math.Log(16), 0.1, "beta %v", beta)
	}
}
