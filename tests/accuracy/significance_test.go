//go:build accuracy

package accuracy

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/significance"
)

// A kind of series that the test for long memory is tried on: a process, under a slow change of so
// many standard deviations.
type tried struct {
	name  string
	spec  process.Spec
	h     float64
	over  func(u float64) float64 // nil: nothing
	power map[int]float64         // least part that is called long memory or antipersistent, by length; nil: it has none
}

func triedKinds() []tried {
	arma := func(ar, ma float64) process.Spec {
		return process.Spec{Kind: "arfima", Params: map[string][]float64{"ar": {ar}, "ma": {ma}}}
	}
	fgn := process.Spec{Kind: "fgn"}
	rise := func(size float64) func(float64) float64 { return func(u float64) float64 { return size * u } }
	step := func(size float64) func(float64) float64 {
		return func(u float64) float64 {
			if u < 0.4 {
				return 0
			}
			return size
		}
	}
	return []tried{
		{name: "white", spec: fgn, h: 0.5},
		{name: "AR(1) 0.5", spec: arma(0.5, 0), h: 0.5},
		{name: "AR(1) 0.8", spec: arma(0.8, 0), h: 0.5},
		{name: "AR(1) -0.5", spec: arma(-0.5, 0), h: 0.5},
		{name: "MA(1) 0.5", spec: arma(0, 0.5), h: 0.5},
		{name: "MA(1) -0.5", spec: arma(0, -0.5), h: 0.5},
		{name: "white, rise of 2", spec: fgn, h: 0.5, over: rise(2)},
		{name: "white, step of 1", spec: fgn, h: 0.5, over: step(1)},
		{name: "white, step of 2", spec: fgn, h: 0.5, over: step(2)},
		{name: "AR(1) 0.5, rise of 3", spec: arma(0.5, 0), h: 0.5, over: rise(3)},
		{name: "AR(1) 0.5, step of 2", spec: arma(0.5, 0), h: 0.5, over: step(2)},
		{name: "fGn 0.3", spec: fgn, h: 0.3, power: map[int]float64{512: 0.25, 2048: 0.6}},
		{name: "fGn 0.6", spec: fgn, h: 0.6, power: map[int]float64{2048: 0.3}},
		{name: "fGn 0.7", spec: fgn, h: 0.7, power: map[int]float64{512: 0.25, 2048: 0.7}},
		{name: "fGn 0.8", spec: fgn, h: 0.8, power: map[int]float64{512: 0.45, 2048: 0.8}},
		{name: "fGn 0.9", spec: fgn, h: 0.9, power: map[int]float64{512: 0.45, 2048: 0.8}},
	}
}

// trials returns how many series of a length are tested.
func trials(n int) int {
	if n > 1000 {
		return 300
	}
	return 1000
}

// Long memory, and antipersistence, are claimed of no more than 5 % of series that have neither, with
// 3.7 binomial standard errors to spare (false alarms 1e-4), and of most that have it and are long.
func TestLongMemoryClaims(t *testing.T) {
	for _, n := range []int{128, 512, 2048} {
		t.Run(fmt.Sprintf("n=%d", n), func(t *testing.T) {
			for _, k := range triedKinds() {
				v := verdicts(t, k, n)
				t.Logf("n=%-5d %-21s none %5.1f  short %5.1f  long %5.1f  trend or shift %5.1f  antipersistent %5.1f %%  (AR alone %4.1f, with trend %4.1f, with shift %4.1f)",
					n, k.name, 100*v[significance.NoMemory], 100*v[significance.Short], 100*v[significance.Long],
					100*v[significance.TrendOrShift], 100*v[significance.Antipersistent],
					100*v["not "+significance.ShortMemory], 100*v["not "+significance.ShortMemoryTrend], 100*v["not "+significance.ShortMemoryShift])
				if k.power != nil || k.h != 0.5 {
					require.GreaterOrEqual(t, v[significance.Long]+v[significance.Antipersistent], k.power[n], k.name)
					continue
				}
				limit := 0.05 + 3.7*math.Sqrt(0.05*0.95/float64(trials(n)))
				require.LessOrEqual(t, v[significance.Long], limit, k.name)
				require.LessOrEqual(t, v[significance.Antipersistent], limit, k.name)
			}
		})
	}
}

// verdicts returns how often each verdict is given, and each hypothesis rejected.
func verdicts(t *testing.T, k tried, n int) map[string]float64 {
	t.Helper()
	g, err := process.New(k.spec, n)
	require.NoError(t, err)
	x, rng, v := make([]float64, n), process.Source(testSeed, "", 0), map[string]float64{}
	each := 1 / float64(trials(n))
	for i := range trials(n) {
		rng.Reset(testSeed, "accuracy/significance/"+k.name, uint64(i))
		require.NoError(t, g.Generate(x, k.h, rng))
		for j := range x {
			if k.over != nil {
				x[j] += k.over(float64(j) / float64(n))
			}
		}
		r, err := significance.Test(x, significance.Options{Draws: significance.MinDraws, Seed: uint64(i)})
		require.NoError(t, err)
		v[r.Verdict] += each
		for _, h := range r.Hypotheses {
			if h.PLong <= 0.05 {
				v["not "+h.Name] += each
			}
		}
	}
	return v
}
