package estimator

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// Shares of 200 series that are taken for walks, about the percentages stated at detector: limits are
// four standard deviations away, so that one run in ten thousand fails by chance, had it other seeds.
func TestWhatIsTakenForAWalk(t *testing.T) {
	t.Parallel()
	const n, series = 500, 200
	rise := func(size float64) func(x []float64) {
		return func(x []float64) {
			for i := range x {
				x[i] += size * float64(i) / n
			}
		}
	}
	step := func(size float64) func(x []float64) {
		return func(x []float64) {
			for i := n/2 + 1; i < n; i++ {
				x[i] += size
			}
		}
	}
	walk := func(x []float64) {
		process.FBM(x)
		require.NoError(t, Standardise(x, x))
	}
	for _, c := range []struct {
		name     string
		change   func(x []float64)
		h        float64
		from, to float64
	}{
		{"noise", rise(0), 0.5, 0, 0}, {"noise", rise(0), 0.8, 0, 0.03}, {"noise", rise(0), 0.9, 0, 0.03},
		{"rise", rise(2), 0.2, 0, 0.01}, {"rise", rise(2), 0.5, 0, 0.01}, {"rise", rise(2), 0.8, 0, 0.05},
		{"step", step(1), 0.2, 0, 0.01}, {"step", step(1), 0.5, 0, 0.01}, {"step", step(1), 0.8, 0, 0.11},
		{"step of two", step(2), 0.2, 0, 0.01}, {"step of two", step(2), 0.8, 0, 0.2},
		{"walk", walk, 0.1, 0.68, 0.92}, {"walk", walk, 0.2, 0.76, 0.96}, {"walk", walk, 0.3, 0.94, 1}, {"walk", walk, 0.7, 1, 1},
		{"walk with a rise", func(x []float64) { walk(x); rise(3)(x) }, 0.2, 0.74, 0.96},
	} {
		d := newDetector(n)
		g, x := process.NewFGN(n), make([]float64, n)
		walks := 0
		for i := range uint64(series) {
			require.NoError(t, g.Generate(x, c.h, process.Source(31, c.name, i)))
			c.change(x)
			require.NoError(t, Standardise(x, x))
			if class, _ := d.class(x); class == Walk {
				walks++
			}
		}
		share := float64(walks) / series
		assert.True(t, c.from <= share && share <= c.to, "%s of H=%v: %.3f", c.name, c.h, share)
	}
}

// A line, and what differs from one by rounding, is not a walk: its increments are constant.
func TestLinesAreNotWalks(t *testing.T) {
	t.Parallel()
	for _, n := range []int{64, 101, 20_000} {
		d, x := newDetector(n), make([]float64, n)
		for i := range x {
			x[i] = 0.1*float64(i) + 1e-13*math.Sin(float64(i))
		}
		require.NoError(t, Standardise(x, x))
		class, _ := d.class(x)
		require.Equal(t, Noise, class, "n=%d", n)
	}
}
