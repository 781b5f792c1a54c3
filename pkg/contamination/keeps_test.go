package contamination_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/process"
)

// Of long memory what keeps H leaves the power law at the lowest frequencies, and what does not
// brings its own. Left out are deterministic functions, which their estimator takes off first.
//
// Means over 8 series of 2^15 points of the slope over 64 frequencies, spoilt less clean: the slopes
// of the two go together, so that the difference spreads by much less than 2·sqrt(π²/24/64/8) = 0.06.
func TestLongMemorySurvivesWhatKeepsH(t *testing.T) {
	t.Parallel()
	for text, keeps := range map[string]bool{
		`[{"kind": "levels", "rate": 0.2, "size": 0.7}]`: true,
		`["spikes"]`:                       true,
		`["outliers"]`:                     true,
		`["white"]`:                        true,
		`["impulsive"]`:                    true,
		`["ar1"]`:                          true,
		`["missing"]`:                      true,
		`["irregular"]`:                    true,
		`["student"]`:                      true,
		`["clipping"]`:                     true,
		`["systematic"]`:                   true,
		`["fade"]`:                         true,
		`["gain"]`:                         true,
		`["volatility"]`:                   true,
		`["stuck"]`:                        true,
		`[{"kind": "bursts", "level": 1}]`: true,
		`[{"kind": "pulses", "length": 10, "down": 0.5}]`:  true,
		`[{"kind": "pops", "length": 4}]`:                  true,
		`[{"kind": "quantisation", "levels": 1}]`:          true,
		`[{"kind": "drift", "size": 4}]`:                   false,
		`[{"kind": "coloured", "beta": 1.5, "size": 1.5}]`: false,
	} {
		c := chain(t, text)
		require.Equal(t, keeps, c.KeepsH(), text)
		move := slopeMove(t, c)
		require.Equal(t, keeps, math.Abs(move) < 0.15, "%s moves the slope by %v", text, move)
	}
}

func slopeMove(t *testing.T, c *contamination.Chain) float64 {
	t.Helper()
	const n, many = 1 << 15, 8
	g, plan, rng := process.NewFGN(n), fft.NewReal(n), process.Source(1, "keeps", 0)
	x, sum := make([]float64, n), 0.0
	for range many {
		require.NoError(t, g.Generate(x, 0.8, rng))
		y := slices.Clone(x)
		require.NoError(t, c.Apply(y, rng))
		sum += slope(plan, y) - slope(plan, x)
	}
	return sum / many
}

// slope is that of the log periodogram against the log frequency, over 64 of the lowest.
func slope(plan *fft.Real, x []float64) float64 {
	const first, last = 1, 64
	c := plan.Coefficients(nil, x)
	var mean, cross, square float64
	for j := first; j <= last; j++ {
		mean += math.Log(float64(j)) / (last - first + 1)
	}
	for j := first; j <= last; j++ {
		l := math.Log(float64(j)) - mean
		cross += l * math.Log(real(c[j])*real(c[j])+imag(c[j])*imag(c[j]))
		square += l * l
	}
	return cross / square
}
