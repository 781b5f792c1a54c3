package nntest

import (
	"slices"
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// Steps checks what a trainer keeps between steps, and what not: smaller batches and shorter ones
// after larger give what a new trainer gives, the same pass drops the same values and another one
// others, weights are not changed, and gradients are those of the last forward.
func Steps(t *testing.T, e nn.Engine, cases ...Case) {
	t.Helper()
	each(t, cases, func(t *testing.T, c Case) {
		p := c.Plan(t)
		w := Weights(p, 5)
		large, small := c.Batch(c.Rows+3, 8), c.Batch(c.Rows, 7)
		want := compute(t, e, p, w, small, 1)

		trainer := newTrainer(t, e, p, size(large, 1))
		outputs, grad := make([]float32, large.Rows*p.Outputs()), make([]float32, p.Size)
		check(t, trainer.Forward(outputs, w.Clone(), large, nn.Pass{Seed: 4}), "forward")
		check(t, trainer.Backward(grad, outer(len(outputs))), "backward")
		check(t, trainer.Forward(outputs, w.Clone(), large, pass()), "forward")

		outputs = outputs[:small.Rows*p.Outputs()]
		after := w.Clone()
		check(t, trainer.Forward(outputs, after, small, pass()), "forward")
		check(t, trainer.Backward(grad, outer(len(outputs))), "backward")
		same(t, "parameters", w.Params, after.Params)
		near(t, "outputs", want.outputs, outputs, outputTolerance)
		near(t, "state", want.state, after.State, outputTolerance)
		near(t, "gradient", want.grad, grad, agreedGradTolerance)

		other := slices.Clone(outputs)
		check(t, trainer.Forward(other, w.Clone(), small, nn.Pass{Seed: pass().Seed, Step: pass().Step + 1}), "forward")
		if drops(p) == slices.Equal(outputs, other) {
			t.Errorf("another pass gives the same outputs: %v; the network drops values: %v", slices.Equal(outputs, other), drops(p))
		}
	})
}

func drops(p *nn.Plan) bool {
	return slices.ContainsFunc(p.Nodes, func(n nn.Node) bool { return n.Layer.Kind == nn.Dropout && n.Layer.Rate > 0 })
}
