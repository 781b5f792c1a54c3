package graph

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/nntest"
)

func plan(t *testing.T, in nn.Input, l ...nn.Layer) *nn.Plan {
	t.Helper()
	p, err := nn.Spec{Input: in, Layers: l, Head: nn.Head{Kind: nn.Point}}.Plan()
	require.NoError(t, err)
	return p
}

// TestParts holds that a batch too large for one graph is predicted in parts, with the same answers.
func TestParts(t *testing.T) {
	t.Parallel()
	in := nn.Input{Channels: 1, Series: true, MinLength: 4}
	p := plan(t, in, nn.Layer{Kind: nn.Conv1D, Units: 3, Kernel: 3, Padding: 1}, nn.Layer{Kind: nn.Tanh}, nn.Layer{Kind: nn.MeanPool})
	c := nntest.Case{Spec: p.Spec, Lengths: []int{9, 4, 7}}
	b := c.Batch(8, 1)
	var answers [2][]float32
	for i, each := range []float64{0, partValues / 3} {
		made, err := New().NewPredictor(p, nn.Size{Rows: 8, Length: 9})
		require.NoError(t, err)
		q := made.(*predictor)
		if each > 0 {
			q.each = each
			require.Equal(t, 3, q.atOnce())
		}
		require.NoError(t, q.SetWeights(nntest.Weights(p, 1)))
		answers[i] = make([]float32, 8)
		require.NoError(t, q.Predict(answers[i], b))
	}
	require.InDeltaSlice(t, answers[0], answers[1], 1e-6)
}

// TestKeepsFewGraphs holds that graphs are kept for the shapes last used, and used again.
func TestKeepsFewGraphs(t *testing.T) {
	t.Parallel()
	p := plan(t, nn.Input{Channels: 1, Series: true, MinLength: 1}, nn.Layer{Kind: nn.MeanPool})
	made, err := New().NewTrainer(p, nn.Size{Rows: 1, Length: 50})
	require.NoError(t, err)
	q := made.(*trainer)
	run := func(n int) {
		b := &nn.Batch{X: make([]float32, n), Rows: 1, Length: n}
		require.NoError(t, q.Forward(make([]float32, 1), p.NewWeights(1), b, nn.Pass{}))
	}
	run(1)
	first := q.last
	for n := 2; n <= 20; n++ {
		run(n)
		run(1)
	}
	require.Same(t, first, q.last)
	require.Len(t, q.networks, kept)
	require.Len(t, q.order, kept)
}

// TestWeightsReachEveryGraph holds that new weights reach the graphs that were built before.
func TestWeightsReachEveryGraph(t *testing.T) {
	t.Parallel()
	p := plan(t, nn.Input{Channels: 2}, nn.Layer{Kind: nn.BatchNorm})
	made, err := New().NewPredictor(p, nn.Size{Rows: 3})
	require.NoError(t, err)
	answers := map[int][]float32{}
	for seed := uint64(1); seed <= 2; seed++ {
		w := nntest.Weights(p, seed)
		require.NoError(t, made.SetWeights(w))
		clear(w.Params) // the predictor has its own
		for _, rows := range []int{3, 1} {
			dst := make([]float32, rows)
			require.NoError(t, made.Predict(dst, &nn.Batch{X: []float32{1, 2, 3, 4, 5, 6}[:2*rows], Rows: rows, Length: 1}))
			require.NotEqual(t, answers[rows], dst)
			answers[rows] = dst
		}
		require.Equal(t, answers[3][:1], answers[1])
	}
}

// TestRefusesWhatIsTooMuch holds the errors for what a graph cannot hold.
func TestRefusesWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	series := nn.Input{Channels: 4, Series: true, MinLength: 1}
	long := plan(t, series, nn.Layer{Kind: nn.GRU, Units: 2}, nn.Layer{Kind: nn.LastPoint})
	made, err := New().NewPredictor(long, nn.Size{Rows: 1, Length: maxSteps + 1})
	require.NoError(t, err)
	require.NoError(t, made.SetWeights(long.NewWeights(1)))
	n := maxSteps + 1
	err = made.Predict(make([]float32, 1), &nn.Batch{X: make([]float32, 4*n), Rows: 1, Length: n})
	require.ErrorContains(t, err, "layer 0.gru: 513 points")

	wide := plan(t, series, nn.Layer{Kind: nn.Attention, Heads: 2}, nn.Layer{Kind: nn.MeanPool})
	_, err = New().NewPredictor(wide, nn.Size{Rows: 1, Length: 1 << 17})
	require.ErrorContains(t, err, "131072 points")
	_, err = New().NewTrainer(wide, nn.Size{Rows: 1 << 62, Length: 1 << 20})
	require.Error(t, err)
}
