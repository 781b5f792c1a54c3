//go:build accuracy

package accuracy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// The filter bank at n = 500 is at what is possible after a minute of two cores; the first 0.0225 are
// what Whittle's estimator has, and come in seconds.
func TestFilterBankReachesTheLimit(t *testing.T) {
	const n = 500
	network, took := nnFit(t, nnPlan(t, zoo.NameFilterBank, zoo.Options{Length: n}),
		nnFresh(t, "accuracy/nn/fit", 0, n), nnFresh(t, "accuracy/nn/validation", 2000, n),
		train.Config{Seed: 1, Steps: 8_000, Batch: 128, LearningRate: 3e-3, Schedule: train.Schedule{Warmup: 200}, Loss: train.MAE})
	mae, se := nnScore(t, network, "nn/500", n, 5*cell)
	nnReport(t, "filter bank", n, mae, se)
	t.Logf("trained in %v on %d cores", took.Round(time.Second), nnThreads)
	require.LessOrEqual(t, mae, 0.0225)
}

// One filter bank for all lengths, which takes turns in training. Where the limit is known, it is at
// most 6 % above it, of which chance has its part.
func TestFilterBankOfAllLengths(t *testing.T) {
	lengths := []int{64, 90, 128, 180, 256, 360, 512, 720, 1024, 1440, 2048, 4096, 8192}
	network, took := nnFit(t, nnPlan(t, zoo.NameFilterBank, zoo.Options{}),
		nnFresh(t, "accuracy/nn/fit", 0, lengths...), nnFresh(t, "accuracy/nn/validation", 2600, lengths...),
		train.Config{Seed: 1, Steps: 16_000, Batch: 64, LearningRate: 3e-3, Schedule: train.Schedule{Warmup: 200}, Loss: train.MAE})
	t.Logf("trained in %v on %d cores", took.Round(time.Second), nnThreads)
	for _, n := range []int{64, 100, 128, 256, 500, 512, 1024, 2048, 4096, 8192} {
		mae, se := nnScore(t, network, "nn/lengths", n, min(cell, 4_000_000/n))
		if ratio := nnReport(t, "filter bank", n, mae, se); ratio == ratio {
			require.LessOrEqual(t, ratio, 1.06+2*se/mae)
		}
	}
}
