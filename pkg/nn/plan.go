package nn

import (
	"fmt"
	"slices"
)

// Plan is a network laid out flat: nodes in an order in which each follows those that it reads, and
// the places of all weights in one vector.
type Plan struct {
	Spec  Spec
	Nodes []Node
	// Params are the learned tensors, one after the other in a vector of Size values.
	Params []Param
	Size   int
	// State are the running moments of batch norms, in a vector of StateSize values.
	State     []Param
	StateSize int
}

// Node is one operation of a plan.
type Node struct {
	Name   string // such as "3.conv1d" or "4.1.0.dense": the layer's place in the spec, and its kind
	Layer  Layer  // without branches: these are nodes of their own
	Inputs []int  // the nodes that it reads; -1 is the network's input
	In     Shape  // of the first input
	Out    Shape
	Params []int // indices in Plan.Params: weight before bias, as the tables at [Param] say
	State  []int // indices in Plan.State: mean, variance
}

// Param is a tensor in a plan's vector. By kind of node, row-major:
//
//	conv1d          weight (Kernel, in, Units), bias (Units)
//	dense           weight (in, Units), bias (Units)
//	batch_norm      gain (C), bias (C); state: mean (C), variance (C)
//	layer_norm      gain (C), bias (C)
//	prelu           slope (C)
//	attention_pool  query (C)
//	attention       qkv.weight (C, 3C), qkv.bias (3C), out.weight (C, C), out.bias (C)
//	position        table (Length, C), where Learned
//	lstm            for each direction: weight (in, 4 Units), recurrent (Units, 4 Units), bias (4 Units),
//	                gates in the order input, forget, cell, output
//	gru             for each direction: weight (in, 3 Units), recurrent (Units, 3 Units), bias (3 Units),
//	                recurrent_bias (3 Units), gates in the order reset, update, new
type Param struct {
	Name   string // such as "3.conv1d.weight"
	Shape  []int
	Offset int
	Init   Init
	Decays bool // under weight decay: matrices do, biases and gains do not
}

// Len returns the number of values.
func (p Param) Len() int {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	return n
}

// Of returns the tensor's part of a plan's vector.
func (p Param) Of(vector []float32) []float32 { return vector[p.Offset:][:p.Len():p.Len()] }

// Outputs returns how many values the network gives for a series.
func (p *Plan) Outputs() int { return p.Spec.Head.Outputs() }

// Plan checks the spec and lays it out.
func (s Spec) Plan() (*Plan, error) {
	if err := s.checkSelf(); err != nil {
		return nil, err
	}
	p := &Plan{Spec: s}
	in := Shape{Channels: s.Input.Channels, Series: s.Input.Series, Length: s.Input.Length, MinLength: s.Input.MinLength}
	last, out, err := p.chain("", s.Layers, -1, in)
	if err != nil {
		return nil, err
	}
	if out.Series {
		return nil, fmt.Errorf("layers: they end in a sequence (%s): pool it, or flatten it, before the head", out)
	}
	head := []Layer{{Kind: Dense, Units: s.Head.Outputs()}}
	if s.Head.Sigmoid {
		head = append(head, Layer{Kind: Sigmoid})
	}
	if _, _, err := p.chain("head.", head, last, out); err != nil {
		return nil, err
	}
	if p.Size > MaxParameters {
		return nil, fmt.Errorf("the network has %d parameters, at most %d", p.Size, MaxParameters)
	}
	return p, nil
}

// chain adds layers that follow one another behind node at, and returns the last node.
func (p *Plan) chain(path string, layers []Layer, at int, in Shape) (int, Shape, error) {
	var err error
	for i, l := range layers {
		name := fmt.Sprintf("%s%d.%s", path, i, l.Kind)
		if len(l.Branches) > 0 {
			at, in, err = p.branches(fmt.Sprintf("%s%d.", path, i), name, l, at, in)
		} else {
			at, in, err = p.node(name, l, []int{at}, in)
		}
		if err != nil {
			return 0, in, err
		}
	}
	return at, in, nil
}

// branches adds the branches of a residual or parallel layer and the node that joins them.
func (p *Plan) branches(path, name string, l Layer, at int, in Shape) (int, Shape, error) {
	var ends []int
	var shapes []Shape
	for i, b := range l.Branches {
		end, out, err := p.chain(fmt.Sprintf("%s%d.", path, i), b, at, in)
		if err != nil {
			return 0, in, err
		}
		ends, shapes = append(ends, end), append(shapes, out)
	}
	out, err := join(l.Kind, shapes)
	if err != nil {
		return 0, in, fmt.Errorf("layer %s: %w", name, err)
	}
	n := Node{Name: name, Layer: Layer{Kind: l.Kind}, Inputs: ends, In: shapes[0], Out: out}
	return p.add(n), out, nil
}

func join(kind Kind, shapes []Shape) (Shape, error) {
	out := shapes[0]
	for i, s := range shapes[1:] {
		if s.Series != out.Series || s.Length != out.Length || s.MinLength != out.MinLength ||
			kind == Residual && s.Channels != out.Channels {
			return out, fmt.Errorf("branch 0 gives %s and branch %d gives %s", shapes[0], i+1, s)
		}
		if kind == Parallel {
			out.Channels += s.Channels
		}
	}
	if out.Channels > MaxChannels {
		return out, fmt.Errorf("%d channels, at most %d", out.Channels, MaxChannels)
	}
	return out, nil
}

func (p *Plan) node(name string, l Layer, inputs []int, in Shape) (int, Shape, error) {
	out, err := l.out(in)
	if err != nil {
		return 0, in, fmt.Errorf("layer %s: %w", name, err)
	}
	n := Node{Name: name, Layer: l, Inputs: inputs, In: in, Out: out}
	for _, t := range l.tensors(in) {
		t.Name = name + "." + t.Name
		t.Offset = p.Size
		p.Size += t.Len()
		n.Params = append(n.Params, len(p.Params))
		p.Params = append(p.Params, t)
	}
	if l.Kind == BatchNorm {
		for _, t := range []Param{{Name: "mean", Init: Zeros}, {Name: "variance", Init: Ones}} {
			t.Name, t.Shape, t.Offset = name+"."+t.Name, []int{in.Channels}, p.StateSize
			p.StateSize += t.Len()
			n.State = append(n.State, len(p.State))
			p.State = append(p.State, t)
		}
	}
	return p.add(n), out, nil
}

func (p *Plan) add(n Node) int {
	p.Nodes = append(p.Nodes, n)
	return len(p.Nodes) - 1
}

// Varies tells whether series of different lengths may be given.
func (p *Plan) Varies() bool { return p.Spec.Input.Series && p.Spec.Input.Length == 0 }

// Readers returns, for each node, the nodes that read it.
func (p *Plan) Readers() [][]int {
	readers := make([][]int, len(p.Nodes))
	for i, n := range p.Nodes {
		for _, in := range n.Inputs {
			if in >= 0 && !slices.Contains(readers[in], i) {
				readers[in] = append(readers[in], i)
			}
		}
	}
	return readers
}
