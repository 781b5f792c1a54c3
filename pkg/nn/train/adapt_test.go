package train_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/process"
)

// normed is a network with batch norms before, behind and between the layers that can take them in,
// inside branches too, and one that cannot be taken in.
func normed() nn.Spec {
	return nn.Spec{
		Input: nn.Input{Channels: 1, Series: true, MinLength: 32},
		Layers: []nn.Layer{
			{Kind: nn.Conv1D, Units: 4, Kernel: 5, NoBias: true}, {Kind: nn.BatchNorm}, {Kind: nn.ReLU}, {Kind: nn.Dropout, Rate: 0.3},
			{Kind: nn.Residual, Branches: [][]nn.Layer{{}, {{Kind: nn.Conv1D, Units: 4, Kernel: 3, Padding: 1}, {Kind: nn.BatchNorm}}}},
			{Kind: nn.BatchNorm}, {Kind: nn.ReLU}, {Kind: nn.MeanPool},
			{Kind: nn.BatchNorm}, {Kind: nn.Dense, Units: 6, NoBias: true}, {Kind: nn.GELU}, {Kind: nn.BatchNorm},
		},
		Head: nn.Head{Kind: nn.Point},
	}
}

func trained(t testing.TB, spec nn.Spec, steps int, source train.Source) *train.Network {
	t.Helper()
	r, err := train.Train(train.Job{
		Plan: layout(t, spec), Engine: engine(), Source: source,
		Config: train.Config{Seed: 1, Steps: steps, LearningRate: 0.01, Batch: 32},
	})
	require.NoError(t, err)
	return r.Network
}

// Float32 sums of some hundred terms of size 1 in another order: 1e-5.
func TestFrozenNetworkIsTheSameFunction(t *testing.T) {
	t.Parallel()
	n := trained(t, normed(), 100, fresh(t, "train", 0, 100))
	frozen, err := train.Freeze(n)
	require.NoError(t, err)
	norms := 0
	for _, node := range frozen.Plan.Nodes {
		require.NotEqual(t, nn.Dropout, node.Layer.Kind)
		norms += map[bool]int{true: 1}[node.Layer.Kind == nn.BatchNorm]
	}
	require.Equal(t, 1, norms, "the one behind the residual")
	x, _ := draw(t, "freeze", 30, 100)
	answers := func(n *train.Network) []float64 {
		p, err := train.NewPredictor(engine(), nn.Size{Rows: 30, Length: 100}, n)
		require.NoError(t, err)
		defer p.Close()
		out := make([]float64, 30)
		require.NoError(t, p.Predict(out, x))
		return out
	}
	require.InDeltaSlice(t, answers(n), answers(frozen), 1e-5)
}

// spoilt returns the source of series under white noise as strong as they are, which moves a network
// that was trained on clean ones by up to 0.3.
func spoilt(t testing.TB, name string, count int) train.Source {
	t.Helper()
	s, err := train.Fresh(train.Recipe{Seed: 5, Name: name, Lengths: []int{256}, Count: count, Mix: []train.Condition{{
		Process:     process.Spec{Kind: "fgn"},
		Contaminate: []process.Spec{{Kind: "white", Params: map[string][]float64{"size": {1}}}},
	}}})
	require.NoError(t, err)
	return s
}

// all returns the samples of a source that has an end.
func all(t testing.TB, s train.Source) (x [][]float64, h []float64) {
	t.Helper()
	m := s.Maker()
	for i := range s.Info().Len {
		var one train.Sample
		require.NoError(t, m.Make(uint64(i), &one))
		x, h = append(x, one.X), append(h, one.Target)
	}
	return x, h
}

// From five series there is often no telling; but it must not get worse.
func TestAdaptLearnsANewKindOfSeriesFromFew(t *testing.T) {
	t.Parallel()
	n := trained(t, smallBank(), 600, fresh(t, "train", 0, 256))
	x, h := all(t, spoilt(t, "test", 500))
	before := mae(t, x, h, n)
	for few, share := range map[int]float64{5: 1.02, 20: 0.95, 50: 0.8} {
		a, err := train.Adapt(train.AdaptJob{Network: n, Engine: engine(), Source: spoilt(t, "few", few), Steps: 100})
		require.NoError(t, err)
		after := mae(t, x, h, a.Network)
		t.Logf("%d series: MAE %.4f to %.4f (they say %.4f to %.4f), %d steps of %s", few, before, after, a.Before, a.After, a.Steps, a.Scope)
		require.LessOrEqual(t, after, share*before, "%d series", few)
	}
}

// On more series of the kind that it knows there is nothing to learn, and little may be lost.
func TestAdaptLeavesWhatIsGood(t *testing.T) {
	t.Parallel()
	n := trained(t, smallBank(), 600, fresh(t, "train", 0, 256))
	x, h := draw(t, "test", 1000, 256)
	before := mae(t, x, h, n)
	for seed := range uint64(4) {
		few, err := train.Fresh(train.Recipe{Seed: seed, Name: "few", Lengths: []int{256}, Count: 8})
		require.NoError(t, err)
		a, err := train.Adapt(train.AdaptJob{Network: n, Engine: engine(), Source: few, Steps: 60})
		require.NoError(t, err)
		require.Less(t, mae(t, x, h, a.Network), 1.15*before, "changed: %v", a.Changed)
	}
}

func TestAdaptRefuses(t *testing.T) {
	t.Parallel()
	n := trained(t, smallBank(), 1, fresh(t, "train", 0, 64))
	for _, count := range []int{4, 501} {
		_, err := train.Adapt(train.AdaptJob{Network: n, Engine: engine(), Source: fresh(t, "few", count, 64)})
		require.ErrorContains(t, err, "want 5 to 500")
	}
	_, err := train.Adapt(train.AdaptJob{Network: n, Engine: engine(), Source: fresh(t, "few", 0, 64)})
	require.Error(t, err)
	_, err = train.Adapt(train.AdaptJob{Network: n, Engine: engine(), Source: fresh(t, "few", 5, 16)})
	require.Error(t, err)
}
