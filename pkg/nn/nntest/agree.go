package nntest

import (
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// How far two engines may be apart, relative to the largest value of what is compared. Outputs are
// sums of some tens of rounded products through a few layers: some ten roundings of 6e-8. Gradients
// pass through twice as many, and through the differences of batch norms over few points, which
// lose another digit.
const (
	outputTolerance     = 1e-5
	agreedGradTolerance = 1e-4
)

// Agree checks that two engines give the same outputs, gradients, running moments and predictions
// from the same weights, batch and pass, within rounding.
func Agree(t *testing.T, a, b nn.Engine, cases ...Case) {
	t.Helper()
	each(t, cases, func(t *testing.T, c Case) {
		p, batch := c.Plan(t), c.Batch(c.Rows, 7)
		w := Weights(p, 5)
		want, got := compute(t, a, p, w, batch, 1), compute(t, b, p, w, batch, 1)
		near(t, "outputs", want.outputs, got.outputs, outputTolerance)
		near(t, "gradient", want.grad, got.grad, agreedGradTolerance)
		near(t, "state", want.state, got.state, outputTolerance)
		near(t, "predictions", want.predicted, got.predicted, outputTolerance)
	})
}

// Threads checks that outputs, gradients, running moments and predictions have the same bits for
// any number of threads, and when computed again, with more series than threads and with fewer.
func Threads(t *testing.T, e nn.Engine, cases ...Case) {
	t.Helper()
	each(t, cases, func(t *testing.T, c Case) {
		p := c.Plan(t)
		w := Weights(p, 5)
		for _, rows := range []int{c.Rows, 37} {
			b := c.Batch(rows, 7)
			want := compute(t, e, p, w, b, 1)
			for _, threads := range []int{1, 2, 4, 16} {
				got := compute(t, e, p, w, b, threads)
				same(t, "outputs", want.outputs, got.outputs)
				same(t, "gradient", want.grad, got.grad)
				same(t, "state", want.state, got.state)
				same(t, "predictions", want.predicted, got.predicted)
			}
		}
	})
}

// MixedLengths checks that the prediction of a batch equals those of its series alone, within
// tolerance relative to the largest; zero: bit for bit.
func MixedLengths(t *testing.T, e nn.Engine, tolerance float64, cases ...Case) {
	t.Helper()
	each(t, cases, func(t *testing.T, c Case) {
		p, b := c.Plan(t), c.Batch(2*c.Rows+1, 7)
		predictor := newPredictor(t, e, p, size(b, 2))
		check(t, predictor.SetWeights(Weights(p, 5)), "set weights")
		together, one := make([]float32, b.Rows*p.Outputs()), make([]float32, b.Rows*p.Outputs())
		check(t, predictor.Predict(together, b), "predict")
		for i := range b.Rows {
			check(t, predictor.Predict(one[i*p.Outputs():][:p.Outputs()], alone(b, i)), "predict alone")
		}
		finite(t, "predictions", together)
		if tolerance == 0 {
			same(t, "predictions", one, together)
			return
		}
		near(t, "predictions", one, together, tolerance)
	})
}
