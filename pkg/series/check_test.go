package series

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// ramp is a series of n points that passes.
func ramp(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i % 7)
	}
	return x
}

func TestCheck(t *testing.T) {
	t.Parallel()
	with := func(x []float64, change func(x []float64)) []float64 {
		change(x)
		return x
	}
	all := func(v float64) func([]float64) {
		return func(x []float64) {
			for i := range x {
				x[i] = v
			}
		}
	}
	for name, c := range map[string]struct {
		x    []float64
		is   error
		says string
	}{
		"shortest":      {x: ramp(MinPoints)},
		"longest":       {x: ramp(MaxPoints)},
		"none":          {nil, ErrTooShort, "0 points"},
		"short":         {ramp(63), ErrTooShort, "63 points, at least 64"},
		"long":          {ramp(MaxPoints + 1), ErrTooLong, "1000001"},
		"constant":      {with(ramp(100), all(3)), ErrConstant, "every point is 3"},
		"infinite":      {with(ramp(100), func(x []float64) { x[4] = math.Inf(-1) }), ErrInfinite, "point 5 is -Inf"},
		"all gaps":      {with(ramp(100), all(math.NaN())), ErrNoData, "all 100"},
		"mostly gaps":   {with(ramp(100), func(x []float64) { all(math.NaN())(x[:40]) }), ErrTooShort, "leaves 60"},
		"rounding":      {with(ramp(100), func(x []float64) { all(1e9)(x); x[1] = math.Nextafter(1e9, 2e9) }), ErrConstant, "rounding"},
		"overflow":      {with(ramp(100), func(x []float64) { x[1], x[2] = 1e308, -1e308 }), ErrInfinite, "overflows"},
		"tiny values":   {x: with(ramp(100), func(x []float64) { scale(x, 1e-300) })},
		"large offsets": {x: with(ramp(100), func(x []float64) { x[0] = 1e9 })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean, gaps, err := Check(c.x)
			if c.is == nil {
				require.NoError(t, err)
				require.Zero(t, gaps)
				require.Equal(t, c.x, clean)
				return
			}
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func scale(x []float64, c float64) {
	for i := range x {
		x[i] *= c
	}
}

func TestCheckFillsACopy(t *testing.T) {
	t.Parallel()
	x := ramp(100)
	x[0], x[50], x[99] = math.NaN(), math.NaN(), math.NaN()
	clean, gaps, err := Check(x)
	require.NoError(t, err)
	require.Equal(t, 3, gaps)
	require.True(t, math.IsNaN(x[0]))
	require.Equal(t, x[1], clean[0])
	require.Equal(t, (x[49]+x[51])/2, clean[50])
	require.Equal(t, x[98], clean[99])
	for _, v := range clean {
		require.True(t, finite(v))
	}
}
