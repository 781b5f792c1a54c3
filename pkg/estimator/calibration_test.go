package estimator

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every method that says so has rows of its own: make calibrate -methods NAME writes them.
func TestCalibrationIsComplete(t *testing.T) {
	t.Parallel()
	table := calibrationTable()
	require.IsIncreasing(t, table.N)
	require.IsIncreasing(t, table.H)
	names := map[string]bool{}
	for _, m := range Calibrated() {
		names[m.Name] = true
		s, ok := table.Methods[m.Name]
		require.True(t, ok, "%s has no rows", m.Name)
		require.Len(t, s.Bias, len(table.N), m.Name)
		require.Len(t, s.SD, len(table.N), m.Name)
		for i := range table.N {
			require.Len(t, s.Bias[i], len(table.H), m.Name)
			require.Len(t, s.SD[i], len(table.H), m.Name)
			for k := range table.H {
				require.Positive(t, s.SD[i][k], m.Name)
			}
		}
	}
	for name := range table.Methods {
		require.True(t, names[name], "%s is no calibrated method any more", name)
	}
}

func TestCalibrationAtItsNodesAndBetween(t *testing.T) {
	t.Parallel()
	table := calibrationTable()
	s := table.Methods["dfa"]
	at := func(n, k int) (se, bias float64) {
		i := 0
		for table.N[i] != n {
			i++
		}
		se, bias, ok := calibrated("dfa", n, table.H[k]+s.Bias[i][k])
		require.True(t, ok)
		require.InDelta(t, s.SD[i][k], se, 1e-12)
		require.InDelta(t, s.Bias[i][k], bias, 1e-12)
		return se, bias
	}
	for k := range table.H {
		short, _ := at(256, k)
		long, _ := at(512, k)
		mean := (s.Bias[2][k] + s.Bias[3][k]) / 2
		se, bias, ok := calibrated("dfa", 362, table.H[k]+mean) // half way in log n
		require.True(t, ok)
		require.InDelta(t, math.Sqrt(short*long), se, 1e-4)
		require.InDelta(t, mean, bias, 1e-3)
	}
	// Beyond the table the last power law goes on: two octaves from 16384 as from 4096 to it.
	before, _, _ := calibrated("dfa", 4096, 0.5)
	last, _, _ := calibrated("dfa", 16384, 0.5)
	beyond, _, _ := calibrated("dfa", 65536, 0.5)
	require.InEpsilon(t, last/before, beyond/last, 0.03)
	_, _, ok := calibrated("no such method", 512, 0.5)
	require.False(t, ok)
}

// The interval holds the true exponents under which the estimate is not among the 5 % that are
// extreme: at its ends the estimate is the 2.5 % or the 97.5 % point of what is simulated.
func TestCalibratedIntervalInvertsTheTest(t *testing.T) {
	t.Parallel()
	c := newCalibration("rs", 512, 0.95)
	for h := 0.2; h < 0.85; h += 0.05 {
		o := c.outcome(h, nil)
		truth := h - o.bias
		require.Less(t, o.lower, truth)
		require.Greater(t, o.upper, truth)
		for _, end := range []struct{ truth, sign float64 }{{o.lower, 1}, {o.upper, -1}} {
			if end.truth < 0.05 || end.truth > 0.95 {
				continue
			}
			i := segment(c.h, end.truth)
			w := (end.truth - c.h[i]) / (c.h[i+1] - c.h[i])
			mean := (1-w)*c.middle[i] + w*c.middle[i+1]
			require.InDelta(t, h, mean+end.sign*1.959964*c.spread(end.truth), 1e-6)
		}
	}
	none := (*calibration)(nil).outcome(0.7, nil)
	require.Equal(t, []float64{0.7, 0, 1}, []float64{none.h, none.lower, none.upper})
	for _, h := range []float64{-5, 0, 1, 5} {
		o := c.outcome(h, nil)
		require.LessOrEqual(t, o.lower, o.upper)
		require.Positive(t, o.se)
	}
}
