package nntest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// How gradients are checked. The loss is Σ out·g in float64 of outputs in float32.
const (
	// narrow is the step of the central differences. Outputs of size one round to about 2e-7, so that
	// a difference over ±1/256 is known to about 5e-5; what the third derivative adds is of the order
	// of narrow² = 2e-5.
	narrow = 1.0 / 256
	// gradientTolerance is for what is said above, relative to the largest gradient of the case. A
	// wrong term in a gradient is larger by one or two orders.
	gradientTolerance = 2e-3
	// wide is a second step, to find kinks, where a ReLU or a maximum switches within a step; such
	// weights are skipped. At a kink the two slopes disagree, or, where it lies close to the middle,
	// the two bends. Slopes of smooth functions differ by wide² f‴/6, and so do bends.
	wide = 8 * narrow
	kink = gradientTolerance / 3
	// perTensor is how many weights of each tensor are checked.
	perTensor = 10
)

// Gradients checks an engine's gradients against central differences of its own outputs, for a
// sample of each tensor's weights. At least a fifth of those of each case must be free of kinks.
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
	check(t, trainer.Forward(outputs, w.Clone(), b, pass()), "forward")
	for i := range grad {
		grad[i] = float32(math.NaN()) // Backward writes, and does not add
	}
	check(t, trainer.Backward(grad, g), "backward")
	finite(t, "gradient", grad)

	loss := func(w nn.Weights) float64 {
		check(t, trainer.Forward(outputs, w.Clone(), b, pass()), "forward")
		sum := 0.0
		for i, v := range outputs {
			sum += float64(v) * float64(g[i])
		}
		return sum
	}
	scale, here := max(largest(grad), 1e-3), loss(w)
	checked, skipped := 0, 0
	for _, tensor := range p.Params {
		for _, i := range sample(tensor.Len()) {
			at := tensor.Offset + i
			slope, bend := differences(loss, here, w, at, narrow)
			wideSlope, wideBend := differences(loss, here, w, at, wide)
			checked++
			if max(math.Abs(wideSlope-slope), math.Abs(wideBend*narrow/wide-bend)) > kink*scale {
				skipped++
				continue
			}
			if diff := math.Abs(float64(grad[at]) - slope); !(diff <= gradientTolerance*scale) {
				t.Errorf("%s[%d]: gradient %v, differences say %v; the largest is %.3g", tensor.Name, i, grad[at], slope, scale)
				break
			}
		}
	}
	if skipped > checked*4/5 {
		t.Errorf("%d of %d weights lie at kinks: choose another case", skipped, checked)
	}
}

// differences returns the slope of the loss in one weight, and its bend: by how much the slopes on
// the two sides differ. The step is what float32 makes of h.
func differences(loss func(nn.Weights) float64, here float64, w nn.Weights, at int, h float32) (slope, bend float64) {
	old := w.Params[at]
	defer func() { w.Params[at] = old }()
	high, low := old+h, old-h
	w.Params[at] = high
	above := (loss(w) - here) / (float64(high) - float64(old))
	w.Params[at] = low
	below := (here - loss(w)) / (float64(old) - float64(low))
	return (above + below) / 2, above - below
}

// sample returns up to perTensor places of n.
func sample(n int) []int {
	places := rand.New(rand.NewPCG(uint64(n), 9)).Perm(n)
	return places[:min(n, perTensor)]
}
