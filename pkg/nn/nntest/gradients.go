package nntest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// How gradients are checked. The loss is Σ out·g in float64 of outputs in float32.
const (
	// step of the central differences, for weights of about 0.5. Outputs of size one round to about
	// 2e-7, so that a difference over ±1/64 is known to about 2e-5 for the few outputs of a case.
	// With a second difference at half the step, extrapolated (Richardson), what the third derivative
	// adds cancels, and what is left is of the order step⁴ = 6e-8.
	step = 1.0 / 64
	// gradientTolerance is for what is said above, relative to the largest gradient of the case; a
	// wrong term in a gradient is two orders larger.
	gradientTolerance = 2e-3
	// kink is how far the two differences may be apart, in the same measure: where a ReLU or a
	// maximum switches between, the differences are not the derivative, and the weight is skipped.
	kink = 8e-3
	// perTensor is how many weights of each tensor are checked.
	perTensor = 10
)

// Gradients checks an engine's gradients against central differences of its own outputs, for a
// sample of each tensor's weights. At least half of those of each case must be free of kinks.
func Gradients(t *testing.T, e nn.Engine, cases ...Case) {
	t.Helper()
	each(t, cases, func(t *testing.T, c Case) { gradients(t, e, c) })
}

func gradients(t *testing.T, e nn.Engine, c Case) {
	p, b := c.Plan(t), c.Batch(c.Rows, 7)
	w := Weights(p, 5)
	outputs, grad := make([]float32, b.Rows*p.Outputs()), make([]float32, p.Size)
	g := outer(len(outputs))
	trainer := newTrainer(t, e, p, size(b, 1))
	check(t, trainer.Forward(outputs, w.Clone(), b, pass), "forward")
	for i := range grad {
		grad[i] = float32(math.NaN()) // Backward writes, and does not add
	}
	check(t, trainer.Backward(grad, g), "backward")
	finite(t, "gradient", grad)

	loss := func(w nn.Weights) float64 {
		check(t, trainer.Forward(outputs, w.Clone(), b, pass), "forward")
		sum := 0.0
		for i, v := range outputs {
			sum += float64(v) * float64(g[i])
		}
		return sum
	}
	scale := max(largest(grad), 1e-3)
	checked, skipped := 0, 0
	for _, tensor := range p.Params {
		for _, i := range sample(tensor.Len()) {
			at := tensor.Offset + i
			wide, narrow := difference(loss, w, at, step), difference(loss, w, at, step/2)
			if checked++; math.Abs(wide-narrow) > kink*scale {
				skipped++
				continue
			}
			want := narrow + (narrow-wide)/3
			if diff := math.Abs(float64(grad[at]) - want); !(diff <= gradientTolerance*scale) {
				t.Errorf("%s[%d]: gradient %v, differences say %v; the largest is %.3g", tensor.Name, i, grad[at], want, scale)
				break
			}
		}
	}
	if skipped > checked/2 {
		t.Errorf("%d of %d weights lie at kinks: choose another case", skipped, checked)
	}
}

// difference is the central difference at one weight, over the step that float32 makes of h.
func difference(loss func(nn.Weights) float64, w nn.Weights, at int, h float32) float64 {
	old := w.Params[at]
	defer func() { w.Params[at] = old }()
	high, low := old+h, old-h
	w.Params[at] = high
	above := loss(w)
	w.Params[at] = low
	return (above - loss(w)) / (float64(high) - float64(low))
}

// sample returns up to perTensor places of n.
func sample(n int) []int {
	places := rand.New(rand.NewPCG(uint64(n), 9)).Perm(n)
	return places[:min(n, perTensor)]
}
