//go:build accuracy

package accuracy

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
	"github.com/longmemory/hurst/pkg/process"
)

const nnThreads = 2 // that networks are trained with: what the times below are for

func nnEngine() nn.Engine { return native.New(native.Options{}) }

func nnPlan(t *testing.T, name string, o zoo.Options) *nn.Plan {
	t.Helper()
	spec, err := zoo.New(name, o)
	require.NoError(t, err)
	plan, err := spec.Plan()
	require.NoError(t, err)
	return plan
}

// nnFit trains on a source and returns the network and the time it took.
func nnFit(t *testing.T, p *nn.Plan, training, validation train.Source, c train.Config) (*train.Network, time.Duration) {
	t.Helper()
	start := time.Now()
	r, err := train.Train(train.Job{
		Plan: p, Engine: nnEngine(), Source: training, Validation: validation, Config: c, Threads: nnThreads,
	})
	require.NoError(t, err)
	return r.Network, time.Since(start)
}

// nnFresh is a source of clean fGn, H ~ U(0.1, 0.9); of no count: without end.
func nnFresh(t *testing.T, name string, count int, lengths ...int) train.Source {
	t.Helper()
	s, err := train.Fresh(train.Recipe{Seed: 1, Name: name, Lengths: lengths, Count: count})
	require.NoError(t, err)
	return s
}

// nnScore returns the MAE on clean fGn of n points and its standard error.
func nnScore(t *testing.T, network *train.Network, stage string, n, series int) (mae, se float64) {
	t.Helper()
	const rows = 50
	p, err := nnEngine().NewPredictor(network.Plan, nn.Size{Rows: rows, Length: n, Threads: nnThreads})
	require.NoError(t, err)
	defer p.Close()
	require.NoError(t, p.SetWeights(network.Weights))
	g, x, truth := process.NewFGN(n), make([]float64, n), make([]float64, rows)
	batch, answers := nn.Batch{X: make([]float32, rows*n), Rows: rows, Length: n}, make([]float32, rows)
	sum, squares := 0.0, 0.0
	for i := 0; i < series; i += rows {
		for j := range rows {
			truth[j] = draw(t, g, x, stage, i+j)
			require.NoError(t, train.Standardise(batch.X[j*n:][:n], x))
		}
		require.NoError(t, p.Predict(answers, &batch))
		for j, a := range answers {
			e := math.Abs(float64(a) - truth[j])
			sum, squares = sum+e, squares+e*e
		}
	}
	count := float64((series + rows - 1) / rows * rows)
	mae = sum / count
	return mae, math.Sqrt((squares/count - mae*mae) / count)
}

// nnReport logs a network's error beside what is possible, and returns the ratio.
func nnReport(t *testing.T, what string, n int, mae, se float64) float64 {
	t.Helper()
	limit, known := model.Limit("fgn", n)
	if !known {
		t.Logf("%-12s n=%-5d MAE %.4f ± %.4f", what, n, mae, se)
		return math.NaN()
	}
	t.Logf("%-12s n=%-5d MAE %.4f ± %.4f  limit %.4f  ratio %.3f", what, n, mae, se, limit, mae/limit)
	return mae / limit
}
