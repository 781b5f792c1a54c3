//go:build accuracy

package accuracy

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// timeLengths are the lengths that classicalTime has figures for.
var timeLengths = []int{128, 256, 512, 1024, 2048}

// classicalTime is the MAE of time-domain estimators on clean series with H ~ U(0.1, 0.9), as
// independent implementations in Python measured it, per process and length of timeLengths.
var classicalTime = map[string]map[string][]float64{
	"fgn": {
		"rs":      {0.1253, 0.1013, 0.0894, 0.0769, 0.0690},
		"rs-al":   {0.0949, 0.0761, 0.0650, 0.0575, 0.0517},
		"dfa":     {0.0909, 0.0622, 0.0436, 0.0337, 0.0265},
		"dfa2":    {0.0894, 0.0593, 0.0417, 0.0303, 0.0237},
		"aggvar":  {0.0962, 0.0770, 0.0606, 0.0508, 0.0423},
		"higuchi": {0.0649, 0.0535, 0.0437, 0.0375, 0.0327},
		"ghe":     {0.0640, 0.0442, 0.0306, 0.0219, 0.0165},
		"ghe2":    {0.0642, 0.0439, 0.0300, 0.0216, 0.0161},
		"lag1":    {0.0559, 0.0397, 0.0285, 0.0205, 0.0150},
	},
	"arfima": {
		"rs":      {0.1377, 0.1217, 0.1043, 0.0901, 0.0827},
		"rs-al":   {0.1133, 0.0972, 0.0839, 0.0723, 0.0670},
		"dfa":     {0.1045, 0.0755, 0.0577, 0.0445, 0.0377},
		"dfa2":    {0.1116, 0.0794, 0.0594, 0.0459, 0.0386},
		"aggvar":  {0.1047, 0.0794, 0.0646, 0.0526, 0.0445},
		"higuchi": {0.0802, 0.0656, 0.0556, 0.0474, 0.0407},
		"ghe":     {0.0796, 0.0618, 0.0504, 0.0425, 0.0395},
		"ghe2":    {0.0800, 0.0617, 0.0502, 0.0425, 0.0395},
		"lag1":    {0.0830, 0.0730, 0.0631, 0.0593, 0.0575},
	},
}

// scores are what one method's estimates of one cell come to.
type scores struct{ mae, square, covered float64 }

// add counts the estimate of one of count series.
func (s *scores) add(e estimator.Estimate, h float64, count int) {
	miss := math.Abs(e.H - h)
	s.mae += miss / float64(count)
	s.square += miss * miss / float64(count)
	if e.Lower <= h && h <= e.Upper {
		s.covered += 1 / float64(count)
	}
}

// atMost is the MAE that is allowed beside a reference that was drawn by chance too: 5 % more, and two
// standard errors of ours.
func (s scores) atMost(reference float64, count int) float64 {
	return 1.05*reference + 2*math.Sqrt((s.square-s.mae*s.mae)/float64(count))
}

// timeCell estimates the same series by every time-domain method.
func timeCell(t *testing.T, methods []estimator.Method, kind string, n int) []scores {
	t.Helper()
	g, err := process.New(process.Spec{Kind: kind}, n)
	require.NoError(t, err)
	x, out, prepared := make([]float64, n), make([]scores, len(methods)), []*estimator.Prepared{}
	for _, m := range methods {
		prepared = append(prepared, m.New(estimator.Settings{Class: estimator.Noise}).Prepare(n))
	}
	for i := range cell {
		rng := process.Source(testSeed, "accuracy/time/"+kind, uint64(n)<<32|uint64(i))
		h := 0.1 + 0.8*rng.Float64()
		require.NoError(t, g.Generate(x, h, rng))
		for j, p := range prepared {
			e, err := p.Estimate(x)
			require.NoError(t, err, methods[j].Name)
			out[j].add(e, h, cell)
		}
	}
	return out
}

// The limit leaves 5 % for what both sides draw by chance: about 2 % each. Intervals are those of
// fractional Gaussian noise, and are held to it there only.
func TestTimeDomainIsAsAccurateAsItsReference(t *testing.T) {
	var methods []estimator.Method
	for _, m := range estimator.Methods() {
		if m.Family == estimator.FamilyTime {
			methods = append(methods, m)
		}
	}
	for _, kind := range []string{"fgn", "arfima"} {
		found := make([][]scores, len(timeLengths))
		t.Run(kind, func(t *testing.T) {
			for i, n := range timeLengths {
				t.Run(strconv.Itoa(n), func(t *testing.T) {
					t.Parallel()
					found[i] = timeCell(t, methods, kind, n)
				})
			}
		})
		for i, n := range timeLengths {
			for j, m := range methods {
				s := found[i][j]
				ratio := math.NaN()
				if limits, ok := classicalTime[kind][m.Name]; ok {
					ratio = s.mae / limits[i]
				}
				t.Logf("%-6s n=%-5d %-10s MAE %.4f  to the reference %.2f  95 %% coverage %.3f", kind, n, m.Name, s.mae, ratio, s.covered)
				require.False(t, ratio > 1.05, "%s %s n=%d: MAE %.4f", kind, m.Name, n, s.mae)
				if kind == "fgn" {
					require.InDelta(t, 0.95, s.covered, 0.02, "%s n=%d: coverage", m.Name, n)
				}
			}
		}
	}
}
