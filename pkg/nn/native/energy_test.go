package native

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

// TestEnergiesOfSmoothSeries holds mean squares of filters to sums in double precision where nearly all
// cancels: a random walk far from zero, and filters that are differences. What is left is known to
// within a few roundings of single precision (6e-8) of the rms of the series times Σ|w|, as it is for
// a convolution. Squaring in single precision would leave about its square root, 2e-4.
func TestEnergiesOfSmoothSeries(t *testing.T) {
	t.Parallel()
	const tolerance = 4e-7
	for _, l := range []nn.Layer{
		{Kind: nn.Conv1D, Units: 8, Kernel: 9},
		{Kind: nn.Conv1D, Units: 8, Kernel: 3, Dilation: 20, NoBias: true},
		{Kind: nn.Conv1D, Units: 8, Kernel: 16, Dilation: 2, NoBias: true},
	} {
		spec := nn.Spec{
			Input:  nn.Input{Channels: 1, Series: true, MinLength: 60},
			Layers: []nn.Layer{l, {Kind: nn.Square}, {Kind: nn.MeanPool}},
			Head:   nn.Head{Kind: nn.Quantiles, Levels: []float64{.1, .2, .3, .4, .5, .6, .7, .8}},
		}
		p, err := spec.Plan()
		require.NoError(t, err)
		w := differences(p, l)
		rng := rand.New(rand.NewPCG(3, 4))
		x := make([]float32, 700)
		walk := 50.0
		for i := range x {
			walk += 0.1 * rng.NormFloat64()
			x[i] = float32(walk)
		}
		for _, e := range engines() {
			got := predict(t, e, p, w, &nn.Batch{X: x, Rows: 1, Length: len(x)})
			for u, want := range direct(x, w.Params, l) {
				require.InDelta(t, want.rms, math.Sqrt(float64(got[u])), tolerance*want.size, "%+v, filter %d", l, u)
			}
		}
	}
}

// differences are weights of filters that are differences of rising order and small offsets, with a
// head that passes the features on.
func differences(p *nn.Plan, l nn.Layer) nn.Weights {
	w := p.NewWeights(1)
	clear(w.Params)
	for u := range l.Units {
		filter := []float64{1}
		for range min(u, l.Kernel-1) {
			next := make([]float64, len(filter)+1)
			for i, v := range filter {
				next[i], next[i+1] = next[i]+v, next[i+1]-v
			}
			filter = next
		}
		for i, v := range filter {
			w.Params[i*l.Units+u] = float32(v)
		}
	}
	head := p.Params[p.Nodes[len(p.Nodes)-1].Params[0]].Of(w.Params)
	for u := range l.Units {
		head[u*l.Units+u] = 1
	}
	return w
}

type energyOf struct{ rms, size float64 }

// direct returns the root mean squares of what filters give, in double precision.
func direct(x, w []float32, l nn.Layer) []energyOf {
	all := make([]energyOf, l.Units)
	window := l.Window()
	for u := range all {
		sum, size, n := 0.0, 0.0, window.Out(len(x))
		for t := range n {
			z, abs := 0.0, 0.0
			for k := range l.Kernel {
				v := float64(x[t+k*window.Dilation]) * float64(w[k*l.Units+u])
				z, abs = z+v, abs+math.Abs(v)
			}
			sum, size = sum+z*z, size+abs*abs
		}
		all[u] = energyOf{math.Sqrt(sum / float64(n)), math.Sqrt(size / float64(n))}
	}
	return all
}

func predict(t *testing.T, e *Engine, p *nn.Plan, w nn.Weights, b *nn.Batch) []float32 {
	t.Helper()
	pr, err := e.NewPredictor(p, nn.Size{Rows: b.Rows, Length: b.Length})
	require.NoError(t, err)
	defer pr.Close()
	require.NoError(t, pr.SetWeights(w))
	out := make([]float32, b.Rows*p.Outputs())
	require.NoError(t, pr.Predict(out, b))
	return out
}

// TestEnergiesOfDegenerateSeries: windows that depend on each other, nothing but zeros, and what is not
// finite, which is passed on.
func TestEnergiesOfDegenerateSeries(t *testing.T) {
	t.Parallel()
	p, err := bank().Plan()
	require.NoError(t, err)
	w := p.NewWeights(1)
	for name, f := range map[string]func(i int) float64{
		"zeros": func(int) float64 { return 0 }, "constant": func(int) float64 { return 3 },
		"line": func(i int) float64 { return float64(i) }, "alternating": func(i int) float64 { return float64(i % 2) },
		"large": func(i int) float64 { return 1e15 * math.Sin(float64(i)) },
	} {
		x := make([]float32, 500)
		for i := range x {
			x[i] = float32(f(i))
		}
		portable := predict(t, engines()["portable"], p, w, &nn.Batch{X: x, Rows: 1, Length: 500})[0]
		require.False(t, math.IsNaN(float64(portable)) || math.IsInf(float64(portable), 0), name)
		require.InEpsilon(t, portable, predict(t, New(Options{}), p, w, &nn.Batch{X: x, Rows: 1, Length: 500})[0], 1e-5, name)
	}
	x := make([]float32, 500)
	x[7] = float32(math.NaN())
	require.True(t, math.IsNaN(float64(predict(t, New(Options{}), p, w, &nn.Batch{X: x, Rows: 1, Length: 500})[0])))
}
