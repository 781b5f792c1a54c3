package train

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// Network is a network with its weights: what a training gives. Its outputs are in the targets' unit.
type Network struct {
	Plan    *nn.Plan
	Weights nn.Weights
	Inputs  Inputs
}

// Check tells what keeps a network from being used, such as one that was read.
func (n *Network) Check() error { return n.check() }

func (n *Network) check() error {
	if n.Plan == nil {
		return errors.New("there is no plan")
	}
	if len(n.Weights.Params) != n.Plan.Size || len(n.Weights.State) != n.Plan.StateSize {
		return fmt.Errorf("%d weights and %d moments: the plan has %d and %d",
			len(n.Weights.Params), len(n.Weights.State), n.Plan.Size, n.Plan.StateSize)
	}
	if !allFinite(n.Weights.Params) || !allFinite(n.Weights.State) {
		return errors.New("a weight is not finite")
	}
	return n.Inputs.check(n.Plan)
}

// of tells whether the network's plan is another.
func (n *Network) of(p *nn.Plan) error {
	if n.Plan == p {
		return nil
	}
	same := n.Plan.Size == p.Size && n.Plan.StateSize == p.StateSize &&
		slices.EqualFunc(n.Plan.Params, p.Params, func(a, b nn.Param) bool { return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) })
	if !same || n.Plan.Spec.Head.Kind != p.Spec.Head.Kind {
		return errors.New("the network has another plan")
	}
	return nil
}

// network returns a network with a copy of weights, in the targets' unit.
func (t *training) network(w nn.Weights) *Network {
	w = w.Clone()
	fold(t.plan, w, t.target)
	return &Network{Plan: t.plan, Weights: w, Inputs: t.inputs}
}

// fold makes a network whose outputs are in a scale's unit of one whose outputs are in training's,
// in the dense layer that is its head.
func fold(p *nn.Plan, w nn.Weights, s Scale) {
	rescale(p, w, s.Unit, s.Centre, 2*math.Log(s.Unit))
}

// unfold undoes fold.
func unfold(p *nn.Plan, w nn.Weights, s Scale) {
	rescale(p, w, 1/s.Unit, -s.Centre/s.Unit, -2*math.Log(s.Unit))
}

// rescale multiplies what a head gives, and adds to it; to log variances it adds only.
func rescale(p *nn.Plan, w nn.Weights, factor, shift, variance float64) {
	if p.Spec.Head.Sigmoid {
		return
	}
	last := p.Nodes[len(p.Nodes)-1] // there is no sigmoid behind
	weight, bias := p.Params[last.Params[0]].Of(w.Params), p.Params[last.Params[1]].Of(w.Params)
	outputs := len(bias)
	apart := -1
	if p.Spec.Head.Kind == nn.Gaussian {
		apart = 1
	}
	for i, v := range weight {
		if i%outputs != apart {
			weight[i] = float32(float64(v) * factor)
		}
	}
	for j, v := range bias {
		if j == apart {
			bias[j] = float32(float64(v) + variance)
		} else {
			bias[j] = float32(float64(float64(v)*factor) + shift)
		}
	}
}
