package mixture_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/mixture"
	"github.com/longmemory/hurst/pkg/process"
)

// outputs draws what a network may give.
func outputs(seed uint64, scale float64) []float32 {
	draws := make([]float64, mixture.GateOutputs())
	process.Source(seed, "gate", 0).Normals(draws)
	out := make([]float32, len(draws))
	for i, v := range draws {
		out[i] = float32(scale * v)
	}
	return out
}

// The gradient is held against central differences; the densities have single precision, which leaves
// differences of 1e-2 with errors of about 1e-5.
func TestGateGradient(t *testing.T) {
	t.Parallel()
	o := read(t, series(t, 100, 0.6, "trend(size=1)", 1))
	g, gradient := mixture.NewGate(), make([]float32, mixture.GateOutputs())
	for seed := range uint64(3) {
		for _, h := range []float64{0.1, 0.613, 0.95} {
			if seed == 2 {
				g.Assume(mixture.FGN, mixture.FD)
			}
			x := outputs(seed, 1)
			g.Load(x, o)
			g.Backward(gradient, h)
			got := slices.Clone(gradient)
			for i := range x {
				const step = 1e-2
				at := x[i]
				x[i] = at + step
				g.Load(x, o)
				up := g.Loss(h)
				x[i] = at - step
				g.Load(x, o)
				down := g.Loss(h)
				x[i] = at
				require.InDelta(t, (up-down)/(2*step), float64(got[i]), 2e-4+2e-3*math.Abs(float64(got[i])), "seed %d h %v output %d", seed, h, i)
			}
		}
	}
}

func TestGateWithOneExpertIsThatExpert(t *testing.T) {
	t.Parallel()
	o := read(t, series(t, 200, 0.6, "", 1))
	g, x := mixture.NewGate(), make([]float32, mixture.GateOutputs())
	x[position(t, "line")] = 100
	g.Load(x, o)
	require.InDelta(t, 1, g.Share(position(t, "line")), 1e-12)
	for _, p := range []float64{0.05, 0.5, 0.95} {
		require.InDelta(t, mixture.Quantile(row(o, position(t, "line")), p, 0.02, 0.98), mixture.Quantile(g.Posterior(), p, 0.02, 0.98), 1e-4)
	}
}

func TestAssumptionsMaskFamilies(t *testing.T) {
	t.Parallel()
	o := read(t, series(t, 200, 0.6, "", 1))
	g := mixture.NewGate()
	g.Assume(mixture.FGN)
	g.Load(outputs(1, 1), o)
	total := g.Share(len(mixture.Experts()))
	for i, e := range mixture.Experts() {
		require.Equal(t, e.Family == mixture.FGN, g.Share(i) > 0, e.Name)
		total += g.Share(i)
	}
	require.InDelta(t, 1, total, 1e-12)
	g.Assume()
	g.Load(outputs(1, 1), o)
	require.Positive(t, g.Share(position(t, "walk")))
}

func TestGateTakesNoMemory(t *testing.T) {
	o := read(t, series(t, 200, 0.6, "", 1))
	g, x, gradient := mixture.NewGate(), outputs(1, 1), make([]float32, mixture.GateOutputs())
	require.Zero(t, testing.AllocsPerRun(5, func() {
		g.Load(x, o)
		g.Backward(gradient, 0.5)
		g.Posterior()
	}))
	require.PanicsWithValue(t, "mixture: 3 outputs and 4825 likelihoods for a gate of 53 and 4825", func() { g.Load(x[:3], o) })
}

func BenchmarkGate(b *testing.B) {
	o := read(b, series(b, 200, 0.6, "", 1))
	g, x, gradient := mixture.NewGate(), outputs(1, 1), make([]float32, mixture.GateOutputs())
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			g.Load(x, o)
		}
	})
	b.Run("backward", func(b *testing.B) {
		for b.Loop() {
			g.Backward(gradient, 0.5)
		}
	})
}
