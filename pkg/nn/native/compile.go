package native

import (
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// unit is an op with its place in the network.
type unit struct {
	op     op
	site   *site
	needs  needs
	out    int   // the node whose values it computes
	ins    []int // the nodes that it reads; -1 is the input
	params []nn.Param
	state  []nn.Param
	// places are where the gradients of params are summed: in the network's vector if direct, else in
	// a chunk's sums.
	places   []int
	direct   bool
	saved    *buffer
	prepared int // where its prepared weights begin
	own      int // where its own memory begins in that of a worker
}

// value is a node's output and its gradient.
type value struct {
	root     int // the node whose memory it is
	channels int
	reads    int     // of root: by how many inputs of units
	written  int     // of root: by how many units the gradient has been written so far
	act      *buffer // of root
	grad     *buffer // of root; nil if it is not wanted
}

// program is a compiled plan.
type program struct {
	plan      *nn.Plan
	size      nn.Size
	kernels   kernel.Set
	training  bool
	readers   [][]int
	points    []int   // most points of each value
	values    []value // of node i: at i+1
	units     []*unit
	preparers []*unit
	buffers   []*buffer

	forward, backward    []*step
	forwardPhases        []span
	backwardPhases       []span
	chunks, rows         int // most chunks, most series in one
	local, wide          int // values of memory: of a worker, and of a trainer or of a predictor's worker
	sums                 int // values of a chunk's sums
	prepared             int
	own                  int
	views                int // most inputs of a unit
	groups, times, steps int
}

func (p *program) value(node int) *value { return &p.values[node+1] }

// root returns the value whose memory a node's values are in.
func (p *program) root(node int) *value { return p.value(p.value(node).root) }

// compile lays a plan out for batches of a size.
func compile(plan *nn.Plan, size nn.Size, k kernel.Set, training bool) (*program, error) {
	p := &program{plan: plan, size: size, kernels: k, training: training, readers: plan.Readers()}
	p.chunks, p.rows = p.reserve(size.Rows)
	if err := p.measure(); err != nil {
		return nil, err
	}
	p.findUnits()
	p.place()
	p.schedule()
	p.local = arrange(p.buffers, false, 1)
	rows := p.rows
	if training {
		rows = size.Rows
	}
	p.wide = arrange(p.buffers, true, rows)
	return p, nil
}

// What a batch is cut into.
const (
	mostChunks     = 16 // in training: as many threads can be used
	recurrentRows  = 8  // series in a chunk of a network with recurrent layers, before there are so many chunks
	predictionRows = 16 // series in a chunk of a prediction, which share a pass over a matrix of weights
)

// cut returns how many chunks a batch has, and the most series in one. In training it depends on the
// batch and the network alone.
func (p *program) cut(rows int) (chunks, most int) {
	if !p.training {
		threads := max(1, p.size.Threads)
		most = min(predictionRows, (rows+threads-1)/threads)
		chunks = (rows + most - 1) / most
		return chunks, (rows + chunks - 1) / chunks
	}
	chunks = min(rows, mostChunks)
	if p.recurrent() {
		chunks = min(mostChunks, (rows+recurrentRows-1)/recurrentRows)
	}
	return chunks, (rows + chunks - 1) / chunks
}

func (p *program) recurrent() bool {
	return slices.ContainsFunc(p.plan.Nodes, func(n nn.Node) bool { return n.Layer.Kind == nn.LSTM || n.Layer.Kind == nn.GRU })
}

// reserve returns the most chunks, and the most series in one, of batches of up to so many series.
func (p *program) reserve(rows int) (chunks, most int) {
	chunks, most = p.cut(rows)
	if p.training && p.recurrent() {
		most = max(most, min(rows, recurrentRows))
	}
	if !p.training {
		most = min(rows, predictionRows)
	}
	return chunks, most
}

// measure finds the most points of each value.
func (p *program) measure() error {
	in := p.plan.Spec.Input
	p.points = make([]int, len(p.plan.Nodes)+1)
	p.points[0] = 1
	if in.Series {
		p.points[0] = p.size.Length
	}
	for i, n := range p.plan.Nodes {
		p.points[i+1] = points(&n, p.points[n.Inputs[0]+1])
		if p.points[i+1] < 1 {
			return fmt.Errorf("native: node %s: no points are left of %d", n.Name, p.size.Length)
		}
	}
	return nil
}

// points returns how many points a node gives.
func points(n *nn.Node, in int) int {
	if !n.Out.Series {
		return 1
	}
	return n.OutLength(in)
}

// findUnits makes ops of nodes.
func (p *program) findUnits() {
	p.values = make([]value, len(p.plan.Nodes)+1)
	p.values[0] = value{root: -1, channels: p.plan.Spec.Input.Channels}
	taken := make([]bool, len(p.plan.Nodes))
	wanted := p.wanted()
	for i, n := range p.plan.Nodes {
		p.values[i+1] = value{root: i, channels: n.Out.Channels}
	}
	for i, n := range p.plan.Nodes {
		if taken[i] {
			continue
		}
		if passes(p.plan, p.readers, i, p.training) {
			p.value(i).root = p.value(n.Inputs[0]).root
			continue
		}
		chain := fuse(p.plan, p.readers, i, p.training, wanted[n.Inputs[0]+1])
		for _, j := range chain {
			taken[j] = true
		}
		p.addUnit(chain, wanted)
	}
	for _, u := range p.units {
		for _, in := range u.ins {
			p.root(in).reads++
		}
	}
}

// wanted tells for each value whether its gradient is needed: some parameter stands before it.
func (p *program) wanted() []bool {
	wanted := make([]bool, len(p.plan.Nodes)+1)
	for i, n := range p.plan.Nodes {
		wanted[i+1] = len(n.Params) > 0
		for _, in := range n.Inputs {
			wanted[i+1] = wanted[i+1] || wanted[in+1]
		}
	}
	return wanted
}

func (p *program) addUnit(chain []int, wanted []bool) {
	first, last := chain[0], chain[len(chain)-1]
	n := p.plan.Nodes[first]
	s := &site{
		plan: p.plan, node: n, index: first, kernels: p.kernels, training: p.training,
		points: p.points[n.Inputs[0]+1], outPoints: p.points[last+1],
		batch: p.size.Rows, rows: p.rows, chunks: p.chunks,
	}
	u := &unit{site: s, out: last, ins: n.Inputs}
	for _, in := range n.Inputs {
		s.inputGrad = s.inputGrad || wanted[in+1]
	}
	for i, j := range chain {
		node := &p.plan.Nodes[j]
		if i > 0 {
			s.fused = append(s.fused, *node)
		}
		for _, k := range node.Params {
			u.params = append(u.params, p.plan.Params[k])
		}
		for _, k := range node.State {
			u.state = append(u.state, p.plan.State[k])
		}
	}
	u.op = newOp(s)
	u.needs = u.op.needs()
	p.units = append(p.units, u)
	if _, ok := u.op.(preparer); ok && u.needs.prepared > 0 {
		p.preparers = append(p.preparers, u)
	}
	p.views = max(p.views, len(u.ins))
	if p.training && wanted[last+1] {
		p.value(last).grad = p.buffer(s.outPoints * p.value(last).channels)
	}
}

func (p *program) buffer(size int) *buffer {
	b := newBuffer(size)
	p.buffers = append(p.buffers, b)
	return b
}
