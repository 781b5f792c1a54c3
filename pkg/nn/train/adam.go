package train

import (
	"math"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// The optimisers.
const (
	// Adam: D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015.
	Adam = "adam"
	// AdamW is Adam with a decay apart from the gradient: I. Loshchilov, F. Hutter, Decoupled weight
	// decay regularization, ICLR 2019.
	AdamW = "adamw"
)

// The moments' decay, and what keeps roots from zero.
const (
	beta1       = 0.9
	beta2       = 0.999
	adamEpsilon = 1e-8
)

// adam is either optimiser.
type adam struct {
	kernels       kernel.Set
	parts         []part
	coupled       bool // the decay is part of the gradient
	beta1         float64
	steps         int
	first, second []float32 // means of the gradient and of its square
}

// part is a run of parameters that decay, or do not.
type part struct {
	from, to int
	decays   bool
}

func newAdam(p *nn.Plan, kind string) *adam {
	a := &adam{
		kernels: kernel.Best(), coupled: kind == Adam, beta1: beta1,
		first: make([]float32, p.Size), second: make([]float32, p.Size),
	}
	for _, t := range p.Params {
		if last := len(a.parts) - 1; last >= 0 && a.parts[last].decays == t.Decays {
			a.parts[last].to = t.Offset + t.Len()
			continue
		}
		a.parts = append(a.parts, part{t.Offset, t.Offset + t.Len(), t.Decays})
	}
	return a
}

// reset forgets all gradients.
func (a *adam) reset() {
	a.steps = 0
	clear(a.first)
	clear(a.second)
}

// update moves the parameters against the gradient times scale, which must be positive. It may
// change grad.
func (a *adam) update(params, grad []float32, scale float32, rate, decay float64) {
	a.steps++
	step := kernel.AdamStep{
		Rate: float32(rate), Beta1: float32(a.beta1), Beta2: beta2, Eps: adamEpsilon, Clip: scale,
		Correct1: float32(1 / (1 - math.Pow(a.beta1, float64(a.steps)))),
		Correct2: float32(1 / (1 - math.Pow(beta2, float64(a.steps)))),
	}
	for _, p := range a.parts {
		w, g := params[p.from:p.to], grad[p.from:p.to]
		step.Decay = 0
		if p.decays && a.coupled && decay > 0 {
			a.kernels.AddScaled(g, float32(decay)/scale, w)
		} else if p.decays {
			step.Decay = float32(decay)
		}
		a.kernels.Adam(w, a.first[p.from:p.to], a.second[p.from:p.to], g, step)
	}
}

// norm returns the Euclidean length of v.
func (a *adam) norm(v []float32) float64 {
	return math.Sqrt(float64(a.kernels.SumSquares(v)))
}
