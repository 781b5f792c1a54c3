package engine

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/nn"
)

// probeTolerance is what an engine may be off: some hundred times float32's rounding, and far below
// what any wrong order of weights gives.
const probeTolerance = 2e-5

// probe computes a small network, and compares.
func probe(e nn.Engine) error {
	p, err := probeSpec().Plan()
	if err != nil {
		return err
	}
	w := p.NewWeights(0)
	for i := range w.Params {
		w.Params[i] = float32(0.5 * math.Sin(float64(i+1)))
	}
	b := &nn.Batch{Rows: 2, Length: 8, X: make([]float32, 16)}
	for i := range 8 {
		b.X[i] = float32(math.Sin(1.7 * float64(i+1)))
		b.X[8+i] = float32(math.Sin(0.3 * float64(i+1)))
	}
	size := nn.Size{Rows: b.Rows, Length: b.Length, Threads: 1}
	if err := probePredictor(e, p, size, w, b); err != nil {
		return err
	}
	return probeTrainer(e, p, size, w, b)
}

// probeSpec has a convolution, an activation, a pool and dense layers.
func probeSpec() nn.Spec {
	return nn.Spec{
		Input: nn.Input{Channels: 1, Series: true, Length: 8},
		Layers: []nn.Layer{
			{Kind: nn.Conv1D, Units: 3, Kernel: 3, Padding: 1}, {Kind: nn.GELU}, {Kind: nn.MeanPool},
			{Kind: nn.Dense, Units: 2}, {Kind: nn.Tanh},
		},
		Head: nn.Head{Kind: nn.Point},
	}
}

// What the network gives, and the gradient of the first output less twice the second, computed with
// NumPy 2.4 in float64 from the definitions; the gradient by central differences.
func probeOutputs() []float32 { return []float32{-0.3932293, -0.3905538} }

func probeGradient() []float32 {
	return []float32{
		-0.053065, -0.065824, 0.103808, -0.077938, -0.099722, 0.120151, -0.06204, -0.070087, 0.099959,
		-0.056483, -0.071863, 0.087275, -0.01798, 0.000155, 0.022754, -0.000188, 0.020008, -0.000165,
		-0.415039, 0.003469, -0.089144, -0.465336, -1,
	}
}

func probePredictor(e nn.Engine, p *nn.Plan, size nn.Size, w nn.Weights, b *nn.Batch) error {
	predictor, err := e.NewPredictor(p, size)
	if err != nil {
		return err
	}
	defer predictor.Close()
	if err := predictor.SetWeights(w); err != nil {
		return err
	}
	got := make([]float32, b.Rows)
	if err := predictor.Predict(got, b); err != nil {
		return err
	}
	return compare("output", got, probeOutputs())
}

func probeTrainer(e nn.Engine, p *nn.Plan, size nn.Size, w nn.Weights, b *nn.Batch) error {
	trainer, err := e.NewTrainer(p, size)
	if err != nil {
		return err
	}
	defer trainer.Close()
	got := make([]float32, b.Rows)
	if err := trainer.Forward(got, w, b, nn.Pass{}); err != nil {
		return err
	}
	if err := compare("output in training", got, probeOutputs()); err != nil {
		return err
	}
	grad := make([]float32, p.Size)
	if err := trainer.Backward(grad, []float32{1, -2}); err != nil {
		return err
	}
	return compare("gradient", grad, probeGradient())
}

func compare(what string, got, want []float32) error {
	for i := range want {
		if !(math.Abs(float64(got[i]-want[i])) <= probeTolerance) { // also of NaN
			return fmt.Errorf("it computes wrongly: %s %d of a small network is %v and should be %v", what, i, got[i], want[i])
		}
	}
	return nil
}
