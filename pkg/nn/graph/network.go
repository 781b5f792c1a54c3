package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/longmemory/hurst/pkg/nn"
)

// network is a plan as a graph for batches of one shape, and the machine that runs it.
type network struct {
	feeds   []*feed
	tracks  []track
	out     *G.Node
	moments []moment
	params  []*G.Node // gradients, of each of the plan's parameters
	machine *machine
	version int // of the weights that it has; of predictions
}

// newNetwork builds the graph of a plan. What gorgonia refuses, or panics at, is an error.
func newNetwork(p *nn.Plan, size shape, training bool) (n *network, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = nil, fmt.Errorf("build a graph for %d series of %d points: %v", size.rows, size.points, r)
		}
	}()
	b := &builder{plan: p, size: size, training: training}
	n = &network{}
	n.out = b.build()
	n.feeds, n.tracks, n.moments = b.feeds, b.tracks, b.moments
	results := []*G.Node{n.out}
	for _, m := range b.moments {
		results = append(results, m.mean, m.variance)
	}
	if training {
		n.params = b.differentiate(n)
	}
	n.machine = newMachine(results, n.params)
	n.fill(always, &given{})
	return n, nil
}

// differentiate adds the gradients of the parameters, given one with respect to the outputs.
func (b *builder) differentiate(n *network) []*G.Node {
	s := n.out.Shape()
	grad := b.feed(s[0], s[1], ofOutputs, func(dst []float64, in *given) { widen(dst, in.outputs) })
	n.feeds = b.feeds
	all, err := G.Backpropagate(G.Nodes{n.out}, G.Nodes{grad}, G.Nodes(b.params))
	if err != nil {
		panic(err)
	}
	return all
}

// fill sets the inputs of one kind.
func (n *network) fill(w when, in *given) {
	for _, f := range n.feeds {
		if f.when == w && n.machine.has(f.node) {
			n.machine.set(f.node, f.value(in))
		}
	}
}

// forward computes the outputs for what has been given.
func (n *network) forward(dst []float32) error {
	if err := n.machine.outputs(); err != nil {
		return err
	}
	return n.read(dst, n.out)
}

// backward computes the gradient of the last forward.
func (n *network) backward(p *nn.Plan, grad, outputs []float32) error {
	n.fill(ofOutputs, &given{outputs: outputs})
	if err := n.machine.gradients(); err != nil {
		return err
	}
	for i, g := range n.params {
		if err := n.read(p.Params[i].Of(grad), g); err != nil {
			return err
		}
	}
	return nil
}

// read copies a result.
func (n *network) read(dst []float32, node *G.Node) error {
	wide, err := values(n.machine.value(node), len(dst))
	for i, v := range wide {
		dst[i] = float32(v)
	}
	return err
}

// move replaces a tenth of the running moments by those of the last forward, the variance in its
// unbiased form; of a single point there is none, and its variance stays zero.
func (n *network) move(p *nn.Plan, state []float32, in *given) error {
	for _, m := range n.moments {
		count := float64(in.batch.Rows)
		if m.track != none {
			count = float64(total(in.lengths[m.track]))
		}
		if err := n.mix(p.State[m.node.State[0]].Of(state), m.mean, 1); err != nil {
			return err
		}
		if err := n.mix(p.State[m.node.State[1]].Of(state), m.variance, count/max(1, count-1)); err != nil {
			return err
		}
	}
	return nil
}

func (n *network) mix(running []float32, node *G.Node, factor float64) error {
	now, err := values(n.machine.value(node), len(running))
	for i, v := range now {
		running[i] = float32((1-nn.BatchNormMomentum)*float64(running[i]) + nn.BatchNormMomentum*factor*v)
	}
	return err
}
