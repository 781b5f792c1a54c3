package train_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
	"github.com/longmemory/hurst/pkg/process"
)

// BenchmarkStep is a step of training with all that belongs to it: fresh series, the network, and
// the optimiser.
func BenchmarkStep(b *testing.B) {
	for _, name := range []string{"filter-bank", "adaptive-cnn"} {
		spec, err := zoo.New(name, zoo.Options{Length: 500})
		require.NoError(b, err)
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/n=500/batch=32/threads=%d", name, threads), func(b *testing.B) { benchmarkSteps(b, layout(b, spec), threads) })
		}
	}
}

func benchmarkSteps(b *testing.B, p *nn.Plan, threads int) {
	b.ReportAllocs()
	step, more := make(chan struct{}), make(chan bool)
	done := make(chan error)
	go func() {
		_, err := train.Train(train.Job{
			Plan: p, Engine: engine(), Source: fresh(b, "bench", 0, 500), Threads: threads,
			Config:   train.Config{Steps: 1 << 20, Average: 0.99, Clip: 1, Every: 1 << 20},
			Progress: func(train.Event) bool { step <- struct{}{}; return <-more },
		})
		done <- err
	}()
	for b.Loop() {
		<-step
		more <- true
	}
	<-step
	more <- false
	require.NoError(b, <-done)
}

func BenchmarkFresh(b *testing.B) {
	for _, n := range []int{100, 500, 4096} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			m := fresh(b, "bench", 0, n).Maker()
			var s train.Sample
			for i := uint64(0); b.Loop(); i++ {
				require.NoError(b, m.Make(i, &s))
			}
		})
	}
}

func BenchmarkStandardise(b *testing.B) {
	for _, n := range []int{500, 8192} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			x, dst := make([]float64, n), make([]float32, n)
			process.Source(1, "bench", 0).Normals(x)
			b.SetBytes(int64(8 * n))
			for b.Loop() {
				require.NoError(b, train.Standardise(dst, x))
			}
		})
	}
}
