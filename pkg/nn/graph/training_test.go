package graph_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/graph"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// TestTrainingsAgree trains networks on both engines from the same weights and data, dropout
// included, for 20 steps of Adam of 1e-3, in which a weight moves by up to 0.02. All weights, running
// moments and outputs end within 1e-3.
func TestTrainingsAgree(t *testing.T) {
	t.Parallel()
	none := 0.0
	for _, c := range []struct {
		name string
		o    zoo.Options
	}{
		{zoo.NameAdaptiveCNN, zoo.Options{Length: 64}},
		{zoo.NameTransformer, zoo.Options{Length: 64, Units: 16, Heads: 2, Layers: 1}},
		{zoo.NameMLP, zoo.Options{Features: 12, Dropout: &none}},
		{zoo.NameFilterBank, zoo.Options{Length: 64}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			spec, err := zoo.New(c.name, c.o)
			require.NoError(t, err)
			bare(spec.Layers)
			p, err := spec.Plan()
			require.NoError(t, err)
			source := samples(t, p)
			a, b := fitted(t, native.New(native.Options{}), p, source), fitted(t, graph.New(), p, source)
			u, v, begin := a.Weights, b.Weights, p.NewWeights(1)
			moved := 0.0
			for i := range u.Params {
				require.InDelta(t, u.Params[i], v.Params[i], 1e-3, "weight %d", i)
				moved = max(moved, math.Abs(float64(u.Params[i]-begin.Params[i])))
			}
			require.Greater(t, moved, 0.01, "the training moved the weights")
			require.InDeltaSlice(t, u.State, v.State, 1e-3)
			require.InDeltaSlice(t, answers(t, native.New(native.Options{}), a), answers(t, graph.New(), b), 1e-3)
		})
	}
}

// samples is a source of 64 random walks' increments, or vectors, with a target that depends on them.
func samples(t *testing.T, p *nn.Plan) train.Source {
	t.Helper()
	const rows = 64
	rng := rand.New(rand.NewPCG(3, 4))
	width := max(p.Spec.Input.Length, p.Spec.Input.Channels)
	x, targets := make([]float64, rows*width), make([]float64, rows)
	for row := range rows {
		targets[row] = rng.Float64()
		last := 0.0
		for i := range width {
			last = targets[row]*last + rng.NormFloat64()
			x[row*width+i] = last
		}
	}
	if !p.Spec.Input.Series {
		s, err := train.Vectors(x, width, targets)
		require.NoError(t, err)
		return s
	}
	series := make([][]float64, rows)
	for row := range rows {
		series[row] = x[row*width:][:width]
	}
	s, err := train.Series(series, targets)
	require.NoError(t, err)
	return s
}

func fitted(t *testing.T, e nn.Engine, p *nn.Plan, s train.Source) *train.Network {
	t.Helper()
	r, err := train.Train(train.Job{Plan: p, Engine: e, Source: s, Config: train.Config{
		Seed: 1, Steps: 20, Batch: 16, Optimiser: train.Adam, LearningRate: 1e-3, Schedule: train.Schedule{Kind: train.Constant},
	}})
	require.NoError(t, err)
	return r.Network
}

// answers are a network's outputs for random inputs of its own kind.
func answers(t *testing.T, e nn.Engine, n *train.Network) []float32 {
	t.Helper()
	in, rng := n.Plan.Spec.Input, rand.New(rand.NewPCG(5, 6))
	b := &nn.Batch{Rows: 9, Length: max(1, in.Length)}
	b.X = make([]float32, b.Rows*b.Length*in.Channels)
	for i := range b.X {
		b.X[i] = float32(rng.NormFloat64())
	}
	p, err := e.NewPredictor(n.Plan, nn.Size{Rows: b.Rows, Length: b.Length})
	require.NoError(t, err)
	defer p.Close()
	require.NoError(t, p.SetWeights(n.Weights))
	dst := make([]float32, b.Rows*n.Plan.Outputs())
	require.NoError(t, p.Predict(dst, b))
	return dst
}

// bare takes the biases before batch norms away, which take them away again: their gradients are zero
// but for rounding, of which Adam makes steps of full size.
func bare(layers []nn.Layer) {
	for i := range layers[:len(layers)-1] {
		kind := layers[i].Kind
		if layers[i+1].Kind == nn.BatchNorm && (kind == nn.Conv1D || kind == nn.Dense) {
			layers[i].NoBias = true
		}
	}
}
