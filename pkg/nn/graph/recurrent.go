package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/longmemory/hurst/pkg/nn"
)

// maxSteps is the longest sequence that recurrent layers take. Each step adds some thirty nodes to
// the graph, and gorgonia finds a new one by looking at all before it: two layers of this length take
// some seconds to build, and twice the length four times as long.
const maxSteps = 512

// recurrent unrolls a layer along its sequence, in one direction or both.
func (b *builder) recurrent(n nn.Node, x value) value {
	points := b.points(x.track)
	if points > maxSteps {
		panic(fmt.Errorf("layer %s: %d points, and the gorgonia engine unrolls recurrent layers to at most %d: pool before it, or use the native engine",
			n.Name, points, maxSteps))
	}
	forward := b.direction(n, x, 0, false)
	if !n.Layer.Both {
		return forward
	}
	return b.parallel([]value{forward, b.direction(n, x, len(n.Params)/2, true)})
}

// direction runs along the sequence with the weights from the given one on. Backwards it begins at
// the padding of shorter series, where the state is held at zero.
func (b *builder) direction(n nn.Node, x value, first int, backwards bool) value {
	points, units := b.points(x.track), n.Layer.Units
	inputs := b.steps(b.affine(x.node, b.weight(n, first), b.weight(n, first+2)), points)
	cell := b.cell(n, first)
	outputs := make([]*G.Node, points)
	h := b.filled(b.size.rows, units, 0)
	c := h
	for i := range points {
		t := i
		if backwards {
			t = points - 1 - i
		}
		h, c = cell(inputs[t], h, c)
		if backwards && b.size.masked {
			there := b.across(b.validAt(x.track, t), units)
			h, c = b.times(h, there), b.times(c, there)
		}
		outputs[t] = h
	}
	index := make([]int, 0, b.size.rows*points)
	for row := range b.size.rows {
		for t := range points {
			index = append(index, t*b.size.rows+row)
		}
	}
	return value{b.rows(index, outputs...), x.track}
}

// steps cuts a sequence into its points, each a matrix with a row for each series. Halving again and
// again keeps the gradient, which adds up matrices of the size of what is cut, from being quadratic.
func (b *builder) steps(x *G.Node, points int) []*G.Node {
	index := make([]int, 0, b.size.rows*points)
	for t := range points {
		for row := range b.size.rows {
			index = append(index, row*points+t)
		}
	}
	return b.halves(b.rows(index, x), points)
}

func (b *builder) halves(x *G.Node, points int) []*G.Node {
	if points == 1 {
		return []*G.Node{x}
	}
	half := points / 2
	left := b.rows(span(0, half*b.size.rows), x)
	right := b.rows(span(half*b.size.rows, points*b.size.rows), x)
	return append(b.halves(left, half), b.halves(right, points-half)...)
}

func span(from, to int) []int {
	index := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		index = append(index, i)
	}
	return index
}

// validAt is a column: one for each series that has point t.
func (b *builder) validAt(track, t int) *G.Node {
	points := b.points(track)
	index := make([]int, b.size.rows)
	for row := range index {
		index[row] = row*points + t
	}
	return b.shared(fmt.Sprintf("valid of track %d at %d", track, t), func() *G.Node {
		return b.rows(index, b.valid(track))
	})
}

// gate is part g of a matrix whose rows hold several parts of so many units.
func (b *builder) gate(x *G.Node, g, units int) *G.Node {
	s := x.Shape()
	gates := s[1] / units
	index := make([]int, s[0])
	for i := range index {
		index[i] = i*gates + g
	}
	return b.rows(index, b.reshape(x, s[0]*gates, units))
}

// cell returns the step of a layer: from what it reads, its output and its memory to the next two.
func (b *builder) cell(n nn.Node, first int) func(x, h, c *G.Node) (*G.Node, *G.Node) {
	units, recurrent := n.Layer.Units, b.weight(n, first+1)
	if n.Layer.Kind == nn.GRU {
		bias := b.weight(n, first+3)
		return func(x, h, c *G.Node) (*G.Node, *G.Node) {
			return b.gru(x, b.affine(h, recurrent, bias), h, units), c
		}
	}
	return func(x, h, c *G.Node) (*G.Node, *G.Node) {
		return b.lstm(b.add(x, b.mul(h, recurrent)), c, units)
	}
}

// lstm is c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c').
func (b *builder) lstm(z, c *G.Node, units int) (*G.Node, *G.Node) {
	in, forget := b.sigmoid(b.gate(z, 0, units)), b.sigmoid(b.gate(z, 1, units))
	fresh, out := b.tanh(b.gate(z, 2, units)), b.sigmoid(b.gate(z, 3, units))
	c = b.add(b.times(forget, c), b.times(in, fresh))
	return b.times(out, b.tanh(c)), c
}

// gru is h' = n + z (h - n) with n = tanh(x_n + r y_n), for y the recurrent product.
func (b *builder) gru(x, y, h *G.Node, units int) *G.Node {
	reset := b.sigmoid(b.add(b.gate(x, 0, units), b.gate(y, 0, units)))
	update := b.sigmoid(b.add(b.gate(x, 1, units), b.gate(y, 1, units)))
	fresh := b.tanh(b.add(b.gate(x, 2, units), b.times(reset, b.gate(y, 2, units))))
	return b.add(fresh, b.times(update, b.sub(h, fresh)))
}
