package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/longmemory/hurst/pkg/nn"
)

// builder writes a plan as an expression graph. Its methods panic with what gorgonia refuses;
// [build] makes an error of it.
type builder struct {
	plan     *nn.Plan
	size     shape
	training bool

	g       *G.ExprGraph
	feeds   []*feed
	cached  map[string]*G.Node // inputs that several layers read, by name
	tracks  []track
	params  []*G.Node // of each of the plan's parameters
	moments []moment
	ops     int // rows operations so far
}

// shape is what a graph is built for. masked: series may be shorter than points.
type shape struct {
	rows, points int
	masked       bool
}

// value is what flows between layers: a matrix with a row for each point of each series, or for
// each vector.
type value struct {
	node  *G.Node
	track int // of the sequence's lengths; none for vectors
}

const none = -1

// moment is a batch norm's mean and biased variance in a pass of training.
type moment struct {
	node           nn.Node
	mean, variance *G.Node // 1×C
	track          int
}

func (b *builder) must(n *G.Node, err error) *G.Node {
	if err != nil {
		panic(err)
	}
	return n
}

// build writes the whole network and returns its outputs.
func (b *builder) build() *G.Node {
	b.g, b.cached = G.NewGraph(), map[string]*G.Node{}
	b.tracks = []track{{points: b.size.points}}
	for i := range b.plan.Params {
		b.params = append(b.params, b.param(i))
	}
	values := make([]value, len(b.plan.Nodes))
	input := b.input()
	for i, n := range b.plan.Nodes {
		var in []value
		for _, at := range n.Inputs {
			if at < 0 {
				in = append(in, input)
				continue
			}
			in = append(in, values[at])
		}
		values[i] = b.layer(i, n, in)
	}
	return values[len(values)-1].node
}

// feed adds an input of rows × width. Each has a name of its own, for gorgonia takes inputs of one
// name for one.
func (b *builder) feed(rows, width int, w when, fill func(dst []float64, in *given)) *G.Node {
	name := fmt.Sprintf("feed%d", len(b.feeds))
	n := G.NewMatrix(b.g, tensor.Float64, G.WithShape(rows, width), G.WithName(name))
	b.feeds = append(b.feeds, &feed{n, w, fill})
	return n
}

// shared returns the input of a name, and makes it the first time.
func (b *builder) shared(name string, create func() *G.Node) *G.Node {
	if n, ok := b.cached[name]; ok {
		return n
	}
	n := create()
	b.cached[name] = n
	return n
}

// filled is a matrix that holds one value everywhere.
func (b *builder) filled(rows, width int, v float64) *G.Node {
	return b.shared(fmt.Sprintf("%d×%d of %v", rows, width, v), func() *G.Node {
		return b.feed(rows, width, always, func(dst []float64, _ *given) {
			for i := range dst {
				dst[i] = v
			}
		})
	})
}

// param is a tensor of the plan as a matrix: of all dimensions but the last, by the last.
func (b *builder) param(i int) *G.Node {
	p := b.plan.Params[i]
	width := p.Shape[len(p.Shape)-1]
	return b.feed(p.Len()/width, width, ofParams, func(dst []float64, in *given) { widen(dst, p.Of(in.weights.Params)) })
}

// state is a running moment as a matrix of one row.
func (b *builder) state(i int) *G.Node {
	p := b.plan.State[i]
	return b.feed(1, p.Len(), ofState, func(dst []float64, in *given) { widen(dst, p.Of(in.weights.State)) })
}

// input is the batch, with zeros where there are no points.
func (b *builder) input() value {
	in, at := b.plan.Spec.Input, 0
	if !in.Series {
		at = none
	}
	points := b.points(at)
	return value{b.feed(b.size.rows*points, in.Channels, ofBatch, func(dst []float64, g *given) {
		stride := g.batch.Length * in.Channels
		for row := range g.batch.Rows {
			n := in.Channels
			if in.Series {
				n *= g.batch.Points(row)
			}
			widen(dst[row*points*in.Channels:][:n], g.batch.X[row*stride:][:n])
		}
	}), at}
}

// points are the rows that each series has.
func (b *builder) points(track int) int {
	if track == none {
		return 1
	}
	return b.tracks[track].points
}

func widen(dst []float64, src []float32) {
	for i, v := range src {
		dst[i] = float64(v)
	}
}
