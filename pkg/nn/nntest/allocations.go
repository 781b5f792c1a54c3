package nntest

import (
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// NoAllocations checks that neither a step of training nor a prediction allocates, with one thread
// and with two. Allocations are counted for the whole program, so that no other test may run.
func NoAllocations(t *testing.T, e nn.Engine, cases ...Case) {
	t.Helper()
	if len(cases) == 0 {
		cases = Specs()
	}
	for _, c := range cases {
		for _, threads := range []int{1, 2} {
			if n := allocations(t, e, c, threads); n > 0 {
				t.Errorf("%s: %v allocations a step with %d threads", c.Name, n, threads)
			}
		}
	}
}

func allocations(t *testing.T, e nn.Engine, c Case, threads int) float64 {
	p, b := c.Plan(t), c.Batch(c.Rows, 7)
	w := Weights(p, 5)
	outputs, grad := make([]float32, b.Rows*p.Outputs()), make([]float32, p.Size)
	g := outer(len(outputs))
	trainer, predictor := newTrainer(t, e, p, size(b, threads)), newPredictor(t, e, p, size(b, threads))
	check(t, predictor.SetWeights(w), "set weights")
	return testing.AllocsPerRun(5, func() {
		check(t, trainer.Forward(outputs, w, b, pass()), "forward")
		check(t, trainer.Backward(grad, g), "backward")
		check(t, predictor.Predict(outputs, b), "predict")
	})
}
