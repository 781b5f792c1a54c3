package train_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/process"
)

// TestMain holds that no test leaves a worker behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// smallBank is a filter bank of a few hundred weights, which learns the rough of H in a second.
func smallBank() nn.Spec {
	return nn.Spec{
		Input: nn.Input{Channels: 1, Series: true, MinLength: 32},
		Layers: []nn.Layer{
			{Kind: nn.Parallel, Branches: [][]nn.Layer{
				{{Kind: nn.Conv1D, Units: 4, Kernel: 5}, {Kind: nn.Square}, {Kind: nn.MeanPool}},
				{{Kind: nn.Conv1D, Units: 4, Kernel: 5, Dilation: 4}, {Kind: nn.Square}, {Kind: nn.MeanPool}},
			}},
			{Kind: nn.Log},
			{Kind: nn.BatchNorm},
			{Kind: nn.Dense, Units: 8}, {Kind: nn.GELU},
		},
		Head: nn.Head{Kind: nn.Point},
	}
}

func layout(t testing.TB, s nn.Spec) *nn.Plan {
	t.Helper()
	p, err := s.Plan()
	require.NoError(t, err)
	return p
}

func engine() nn.Engine { return native.New(native.Options{}) }

// fresh returns the source of clean series of these lengths.
func fresh(t testing.TB, name string, count int, lengths ...int) train.Source {
	t.Helper()
	s, err := train.Fresh(train.Recipe{Seed: 7, Name: name, Count: count, Lengths: lengths})
	require.NoError(t, err)
	return s
}

// draw returns clean series of n points and their H.
func draw(t testing.TB, name string, count, n int) (x [][]float64, h []float64) {
	t.Helper()
	g := process.NewFGN(n)
	for i := range count {
		rng := process.Source(11, "train/test/"+name, uint64(i))
		h = append(h, 0.1+0.8*rng.Float64())
		x = append(x, make([]float64, n))
		require.NoError(t, g.Generate(x[i], h[i], rng))
	}
	return x, h
}

// job is a short training of the small bank on fresh series of two lengths.
func job(t testing.TB) train.Job {
	t.Helper()
	return train.Job{
		Plan: layout(t, smallBank()), Engine: engine(),
		Config: train.Config{Seed: 3, Steps: 60, Batch: 16, LearningRate: 0.01, WeightDecay: 0.01, Average: 0.9, Every: 20},
		Source: fresh(t, "train", 0, 64, 100), Validation: fresh(t, "validation", 40, 64, 100),
	}
}
