package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/graph"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/nn/nntest"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// BenchmarkAdaptiveCNN500 compares the engines on series of 500 points, one thread for native:
// gonum's matrix products, behind gorgonia, use all processors unless GOMAXPROCS is 1.
func BenchmarkAdaptiveCNN500(b *testing.B) { benchmark(b, zoo.AdaptiveCNN(zoo.Options{Length: 500})) }

// BenchmarkFilterBank500 is the same for the filter bank.
func BenchmarkFilterBank500(b *testing.B) { benchmark(b, zoo.FilterBank(zoo.Options{Length: 500})) }

func benchmark(b *testing.B, spec nn.Spec) {
	c := nntest.Case{Spec: spec}
	p := c.Plan(b)
	w := p.NewWeights(1)
	for _, e := range []nn.Engine{graph.New(), native.New(native.Options{})} {
		b.Run(e.Name()+"/step32", func(b *testing.B) {
			trainer, err := e.NewTrainer(p, nn.Size{Rows: 32, Length: 500})
			require.NoError(b, err)
			defer trainer.Close()
			batch, out, grad := c.Batch(32, 1), make([]float32, 32), make([]float32, p.Size)
			for b.Loop() {
				require.NoError(b, trainer.Forward(out, w, batch, nn.Pass{}))
				require.NoError(b, trainer.Backward(grad, out))
			}
		})
		for _, rows := range []int{1, 200} {
			b.Run(e.Name()+map[int]string{1: "/predict1", 200: "/predict200"}[rows], func(b *testing.B) {
				predictor, err := e.NewPredictor(p, nn.Size{Rows: rows, Length: 500})
				require.NoError(b, err)
				defer predictor.Close()
				require.NoError(b, predictor.SetWeights(w))
				batch, out := c.Batch(rows, 1), make([]float32, rows)
				for b.Loop() {
					require.NoError(b, predictor.Predict(out, batch))
				}
			})
		}
	}
}
