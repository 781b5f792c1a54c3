package significance

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// Long memory is claimed of no more than 5 % of series without it, of any of the kinds that the test
// knows. Of 250 series of 128 values more than 10.4 % would be a false alarm in 1 of 10,000 runs for each
// kind. The accuracy suite has the table.
func TestFalseClaims(t *testing.T) {
	t.Parallel()
	const n, many = 128, 250
	none := func(float64) float64 { return 0 }
	for name, c := range map[string]struct {
		phi  float64
		over func(u float64) float64
	}{
		"white":         {0, none},
		"phi 0.5":       {0.5, none},
		"phi 0.8":       {0.8, none},
		"with a trend":  {0, func(u float64) float64 { return 2 * u }},
		"with a shift":  {0, func(u float64) float64 { return math.Round(u) }},
		"0.5 and shift": {0.5, func(u float64) float64 { return 2 * math.Round(u) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, rng, claims := make([]float64, n), process.Source(1, "size/"+name, 0), 0
			for i := range many {
				first(x, c.phi, rng)
				for j := range x {
					x[j] += c.over(float64(j) / n)
				}
				r, err := Test(x, Options{Draws: MinDraws, Seed: uint64(i), Class: estimator.Noise})
				require.NoError(t, err)
				claims += count(r.Verdict == Long)
			}
			require.LessOrEqual(t, claims, 26)
		})
	}
}

func TestDrawsAllocateNothing(t *testing.T) {
	o, err := Options{}.complete()
	require.NoError(t, err)
	x, rng := make([]float64, 500), process.Source(1, "allocations", 0)
	first(x, 0.5, rng)
	require.NoError(t, estimator.Standardise(x, x))
	for take := range adjusted {
		b := newBench(len(x), take, o)
		o.Draws = MinDraws
		h := b.try(x, o)
		require.Zero(t, testing.AllocsPerRun(10, func() { b.draw(&h, rng) }))
	}
}

func BenchmarkDraw(b *testing.B) {
	for take := range adjusted {
		b.Run(take.name()+"/n=1024", func(b *testing.B) {
			o, err := Options{Draws: MinDraws}.complete()
			require.NoError(b, err)
			x, rng := make([]float64, 1024), process.Source(1, "benchmark", 0)
			first(x, 0.5, rng)
			bench := newBench(len(x), take, o)
			h := bench.try(x, o)
			for b.Loop() {
				bench.draw(&h, rng)
			}
		})
	}
}
