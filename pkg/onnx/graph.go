package onnx

import (
	"fmt"
	"strings"

	"github.com/longmemory/hurst/pkg/nn"
)

// layout is the order of a tensor's dimensions: N samples, T points, C values of each.
type layout string

const (
	vectors  layout = "NC"
	points   layout = "NTC" // as networks read series: what is computed at each point
	channels layout = "NCT" // convolutions, pools and batch norm
	steps    layout = "TNC" // recurrent layers
)

func (l layout) axis(dimension string) int { return strings.Index(string(l), dimension) }

// form is a tensor in one layout.
type form struct {
	name string
	layout
}

// value is what flows between two layers. It gains a form each time that a layer wants it in another
// layout, so that all readers share one transposition.
type value struct{ forms []form }

// graph is a model's graph in the making.
type graph struct {
	plan         *nn.Plan
	weights      nn.Weights
	at           nn.Node // the layer that is being written
	nodes        []node
	initialisers []tensor
	known        map[string]bool // initialisers that several layers share
}

// build writes all layers. The last operation gives what the network answers, by the given name.
func build(p *nn.Plan, w nn.Weights, input, output string) *graph {
	g := &graph{plan: p, weights: w, known: map[string]bool{}}
	first := &value{[]form{{input, vectors}}}
	if p.Spec.Input.Series {
		first.forms[0].layout = points
	}
	values := make([]*value, len(p.Nodes))
	for i, n := range p.Nodes {
		in := make([]*value, len(n.Inputs))
		for j, at := range n.Inputs {
			in[j] = first
			if at >= 0 {
				in[j] = values[at]
			}
		}
		g.at = n
		values[i] = g.layer(in)
	}
	g.nodes[len(g.nodes)-1].outputs[0] = output
	return g
}

// add writes an operation and returns the name of its first output: that of the layer for its last
// operation, where step is empty, else one below it.
func (g *graph) add(op, step string, inputs []string, attributes ...attribute) string {
	name := g.at.Name
	if step != "" {
		name += "/" + step
	}
	g.nodes = append(g.nodes, node{op, name, inputs, []string{name}, attributes})
	return name
}

// in returns a value's form in a layout.
func (g *graph) in(v *value, want layout) form {
	for _, f := range v.forms {
		if f.layout == want {
			return f
		}
	}
	from := v.forms[0]
	order := make([]int, len(want))
	for i, dimension := range string(want) {
		order[i] = from.axis(string(dimension))
	}
	to := form{from.name + "/" + string(want), want}
	g.nodes = append(g.nodes, node{"Transpose", to.name, []string{from.name}, []string{to.name}, []attribute{integers("perm", order...)}})
	v.forms = append(v.forms, to)
	return to
}

// channelsLast returns a form whose last dimension is the channels.
func (g *graph) channelsLast(v *value) form {
	for _, f := range v.forms {
		if f.layout != channels {
			return f
		}
	}
	return g.in(v, points)
}

// whole returns a value that is the layer's last operation so far, in a layout.
func whole(name string, l layout) *value { return &value{[]form{{name, l}}} }

// weight is the values of the layer's parameter i, nil if it has none.
func (g *graph) weight(i int) []float32 {
	if i >= len(g.at.Params) {
		return nil
	}
	return g.plan.Params[g.at.Params[i]].Of(g.weights.Params)
}

// parameter adds the layer's parameter i as it is, but of other dimensions where they are given, and
// returns its name.
func (g *graph) parameter(i int, dims ...int) string {
	p := g.plan.Params[g.at.Params[i]]
	if dims == nil {
		dims = p.Shape
	}
	return g.floats(p.Name, p.Of(g.weights.Params), dims...)
}

func (g *graph) floats(name string, v []float32, dims ...int) string {
	g.initialisers = append(g.initialisers, tensor{name: name, dims: dims, floats: v})
	return name
}

func (g *graph) doubles(name string, v []float64) string {
	g.initialisers = append(g.initialisers, tensor{name: name, dims: []int{len(v)}, doubles: v})
	return name
}

// list is a constant vector of whole numbers: a shape, or axes.
func (g *graph) list(v ...int) string {
	return g.shared(tensor{name: "list" + strings.ReplaceAll(fmt.Sprint(v), " ", ","), dims: []int{len(v)}, whole: v})
}

// scalar is a whole number without dimensions.
func (g *graph) scalar(v int) string {
	return g.shared(tensor{name: fmt.Sprintf("scalar[%d]", v), whole: []int{v}})
}

// number is a constant without dimensions.
func (g *graph) number(v float32) string {
	return g.shared(tensor{name: fmt.Sprintf("number[%g]", v), floats: []float32{v}})
}

func (g *graph) shared(t tensor) string {
	if !g.known[t.name] {
		g.known[t.name] = true
		g.initialisers = append(g.initialisers, t)
	}
	return t.name
}

// encode returns a GraphProto.
func (g *graph) encode(input, output port) []byte {
	size := 0
	for _, t := range g.initialisers {
		_, bytes := t.kind()
		size += bytes + len(t.name) + 64
	}
	m := make(message, 0, size+256*len(g.nodes))
	for _, n := range g.nodes {
		m.bytes(graphNode, n.encode())
	}
	m.text(graphName, "hurst")
	for _, t := range g.initialisers {
		m.tensor(graphInitialiser, t)
	}
	m.bytes(graphInput, input.encode())
	m.bytes(graphOutput, output.encode())
	return m
}
