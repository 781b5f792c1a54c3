package native

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/nntest"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// bank is the filter bank of the study that the peers' figures come from: six convolutions side by
// side, energies, their logs, dense layers.
func bank() nn.Spec {
	var branches [][]nn.Layer
	for i := range 6 {
		branches = append(branches, []nn.Layer{
			{Kind: nn.Conv1D, Units: 16, Kernel: 9, Dilation: 1 << i}, {Kind: nn.Square}, {Kind: nn.MeanPool}, {Kind: nn.Log},
		})
	}
	return nn.Spec{
		Input: nn.Input{Channels: 1, Series: true, Length: 500},
		Layers: []nn.Layer{
			{Kind: nn.Parallel, Branches: branches},
			{Kind: nn.Dense, Units: 64}, {Kind: nn.ReLU}, {Kind: nn.Dense, Units: 32}, {Kind: nn.ReLU},
		},
		Head: nn.Head{Kind: nn.Point},
	}
}

func benchmarked(tb testing.TB) map[string]*nn.Plan {
	plans := map[string]*nn.Plan{}
	for name, spec := range map[string]nn.Spec{
		"adaptive-cnn":         zoo.AdaptiveCNN(zoo.Options{Length: 500}),
		"filter-bank":          bank(),
		"zoo-filter-bank":      zoo.FilterBank(zoo.Options{Length: 500}),
		"adaptive-transformer": zoo.AdaptiveTransformer(zoo.Options{Length: 500}),
	} {
		p, err := spec.Plan()
		require.NoError(tb, err)
		plans[name] = p
	}
	return plans
}

func benchBatch(p *nn.Plan, rows int) *nn.Batch {
	rng := rand.New(rand.NewPCG(1, 2))
	b := &nn.Batch{Rows: rows, Length: 500}
	for range rows * 500 {
		b.X = append(b.X, float32(rng.NormFloat64()))
	}
	return b
}

// cpu returns the processor time of the program so far: on a shared machine it says more than the
// clock.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// report reports the processor time per series since start.
func report(b *testing.B, start time.Duration, rows int) {
	b.ReportMetric(float64((cpu()-start).Nanoseconds())/1e3/float64(b.N*rows), "cpu-µs/series")
}

func BenchmarkStep(b *testing.B) {
	for name, p := range benchmarked(b) {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/rows=32/points=500/threads=%d", name, threads), func(b *testing.B) {
				tr, err := New(Options{}).NewTrainer(p, nn.Size{Rows: 32, Length: 500, Threads: threads})
				require.NoError(b, err)
				defer tr.Close()
				batch, w := benchBatch(p, 32), nntest.Weights(p, 5)
				out, grad := make([]float32, 32*p.Outputs()), make([]float32, p.Size)
				pass := nn.Pass{Seed: 1}
				start := cpu()
				for b.Loop() {
					pass.Step++
					require.NoError(b, tr.Forward(out, w, batch, pass))
					require.NoError(b, tr.Backward(grad, out))
				}
				report(b, start, 32)
			})
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	for name, p := range benchmarked(b) {
		for _, rows := range []int{1, 200} {
			b.Run(fmt.Sprintf("%s/rows=%d/points=500", name, rows), func(b *testing.B) {
				pr, err := New(Options{}).NewPredictor(p, nn.Size{Rows: rows, Length: 500})
				require.NoError(b, err)
				defer pr.Close()
				require.NoError(b, pr.SetWeights(nntest.Weights(p, 5)))
				batch, out := benchBatch(p, rows), make([]float32, rows*p.Outputs())
				start := cpu()
				for b.Loop() {
					require.NoError(b, pr.Predict(out, batch))
				}
				report(b, start, rows)
			})
		}
	}
}
