package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// Freeze returns a network that computes the same as n does after training, without dropout and,
// where a dense layer or a convolution is next to it, without batch norm, which becomes part of that
// layer. Such a network can be trained on a few samples, whose moments would say little.
func Freeze(n *Network) (*Network, error) {
	if err := n.Check(); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	spec := n.Plan.Spec
	head := []nn.Layer{{Kind: nn.Dense, Units: spec.Head.Outputs()}}
	f := &freezer{plan: n.Plan, weights: n.Weights}
	pieces := f.chain(append(slices.Clone(spec.Layers), head...))
	spec.Layers = layersOf(pieces[:len(pieces)-1])
	p, err := spec.Plan()
	if err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	frozen := &Network{Plan: p, Weights: p.NewWeights(0), Inputs: n.Inputs}
	params, state := tensorsOf(pieces)
	if copy(frozen.Weights.Params, params) != p.Size || copy(frozen.Weights.State, state) != p.StateSize {
		return nil, fmt.Errorf("freeze: %d weights became %d", n.Plan.Size, p.Size)
	}
	return frozen, nil
}

// piece is a layer with its tensors, in the plan's order.
type piece struct {
	layer    nn.Layer
	channels int // of its input
	tensors  [][]float32
	state    [][]float32
	branches [][]piece
}

type freezer struct {
	plan    *nn.Plan
	weights nn.Weights
	node    int // the next one
}

// chain takes layers that follow one another.
func (f *freezer) chain(layers []nn.Layer) []piece {
	var all []piece
	for _, l := range layers {
		p := piece{layer: l}
		for _, b := range l.Branches {
			p.branches = append(p.branches, f.chain(b))
		}
		n := f.plan.Nodes[f.node]
		f.node++
		p.channels = n.In.Channels
		for _, i := range n.Params {
			p.tensors = append(p.tensors, slices.Clone(f.plan.Params[i].Of(f.weights.Params)))
		}
		for _, i := range n.State {
			p.state = append(p.state, slices.Clone(f.plan.State[i].Of(f.weights.State)))
		}
		if l.Kind != nn.Dropout {
			all = append(all, p)
		}
	}
	return mergeNorms(all)
}

// mergeNorms makes batch norms part of the layer before them, or of a dense layer behind.
func mergeNorms(all []piece) []piece {
	var kept []piece
	for i := range all {
		p := all[i]
		last := len(kept) - 1
		switch {
		case p.layer.Kind != nn.BatchNorm:
			kept = append(kept, p)
		case last >= 0 && (kept[last].layer.Kind == nn.Dense || kept[last].layer.Kind == nn.Conv1D):
			kept[last].scaleOutputs(p.affine())
		case i+1 < len(all) && all[i+1].layer.Kind == nn.Dense:
			all[i+1].scaleInputs(p.affine())
		default:
			kept = append(kept, p)
		}
	}
	return kept
}

// affine returns what a batch norm does to each channel: x·factor + shift.
func (p piece) affine() (factor, shift []float64) {
	gain, bias, mean, variance := p.tensors[0], p.tensors[1], p.state[0], p.state[1]
	for c := range gain {
		a := float64(gain[c]) / math.Sqrt(float64(variance[c])+nn.BatchNormEpsilon)
		factor = append(factor, a)
		shift = append(shift, float64(bias[c])-float64(float64(mean[c])*a))
	}
	return factor, shift
}

// bias returns the layer's bias, which it gets if it had none.
func (p *piece) bias() []float32 {
	if p.layer.NoBias {
		p.layer.NoBias = false
		p.tensors = append(p.tensors, make([]float32, p.layer.Units))
	}
	return p.tensors[1]
}

func (p *piece) scaleOutputs(factor, shift []float64) {
	bias, units := p.bias(), p.layer.Units
	for i, v := range p.tensors[0] {
		p.tensors[0][i] = float32(float64(v) * factor[i%units])
	}
	for u, v := range bias {
		bias[u] = float32(float64(float64(v)*factor[u]) + shift[u])
	}
}

// scaleInputs is exact of a dense layer only: a convolution's padding would have to be shifted too.
func (p *piece) scaleInputs(factor, shift []float64) {
	bias, units := p.bias(), p.layer.Units
	sums := make([]float64, units)
	for i, v := range p.tensors[0] {
		c, u := i/units, i%units
		sums[u] += float64(float64(v) * shift[c])
		p.tensors[0][i] = float32(float64(v) * factor[c])
	}
	for u := range bias {
		bias[u] = float32(float64(bias[u]) + sums[u])
	}
}

func layersOf(pieces []piece) []nn.Layer {
	var layers []nn.Layer
	for _, p := range pieces {
		l := p.layer
		l.Branches = nil
		for _, b := range p.branches {
			l.Branches = append(l.Branches, layersOf(b))
		}
		layers = append(layers, l)
	}
	return layers
}

func tensorsOf(pieces []piece) (params, state []float32) {
	for _, p := range pieces {
		for _, b := range p.branches {
			inner, moments := tensorsOf(b)
			params, state = append(params, inner...), append(state, moments...)
		}
		params = append(params, slices.Concat(p.tensors...)...)
		state = append(state, slices.Concat(p.state...)...)
	}
	return params, state
}
