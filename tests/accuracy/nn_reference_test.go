//go:build accuracy

package accuracy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
	"github.com/longmemory/hurst/pkg/process"
)

// The reference's job: its network, of hidden sizes 64 and 32, learns from 200 fixed series of 500
// points in batches of 32, a fifth of them to tell when to stop. The reference takes 0.30 s for a MAE
// of 0.109, which is chance.
func TestReferenceJob(t *testing.T) {
	const n = 500
	plan := nnPlan(t, zoo.NameReferenceCNN, zoo.Options{Dropout: new(0.0)})
	quickest, worst := time.Hour, 0.0
	for seed := range uint64(5) {
		training, validation, err := train.Split(referenceSeries(t, n, seed), 0.2, seed)
		require.NoError(t, err)
		network, took := nnFit(t, plan, training, validation, train.Config{
			Seed: seed, Epochs: 12, Batch: 32, Patience: 10, LearningRate: 0.02, Schedule: train.Schedule{Warmup: 15},
			Augment: []train.Augmentation{train.Flip, train.Reverse, train.Slice},
		})
		mae, se := nnScore(t, network, "nn/reference", n, cell)
		nnReport(t, "reference", n, mae, se)
		quickest, worst = min(quickest, took), max(worst, mae)
	}
	t.Logf("trained in %v on %d cores", quickest.Round(time.Millisecond), nnThreads)
	require.LessOrEqual(t, worst, 0.036)
}

// referenceSeries are 200 series of fGn, H ~ U(0.1, 0.9).
func referenceSeries(t *testing.T, n int, seed uint64) train.Source {
	t.Helper()
	g := process.NewFGN(n)
	var series [][]float64
	var truth []float64
	for i := range 200 {
		x := make([]float64, n)
		rng := process.Source(seed, "accuracy/nn/reference", uint64(i))
		h := 0.1 + 0.8*rng.Float64()
		require.NoError(t, g.Generate(x, h, rng))
		series, truth = append(series, x), append(truth, h)
	}
	s, err := train.Series(series, truth)
	require.NoError(t, err)
	return s
}
