package graph

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The arithmetic that layers are made of, all on matrices. Rows and columns are spread over a
// matrix by products with ones, whose gradients are products too.

func (b *builder) mul(x, y *G.Node) *G.Node { return b.must(G.Mul(x, y)) }

func (b *builder) add(x, y *G.Node) *G.Node { return b.must(G.Add(x, y)) }

func (b *builder) sub(x, y *G.Node) *G.Node { return b.must(G.Sub(x, y)) }

// times is the product value by value.
func (b *builder) times(x, y *G.Node) *G.Node { return b.must(G.HadamardProd(x, y)) }

func (b *builder) over(x, y *G.Node) *G.Node { return b.must(G.HadamardDiv(x, y)) }

func (b *builder) reshape(x *G.Node, dims ...int) *G.Node {
	return b.must(G.Reshape(x, tensor.Shape(dims)))
}

// scaled and plus combine each value with a number.
func (b *builder) scaled(x *G.Node, v float64) *G.Node {
	s := x.Shape()
	return b.times(x, b.filled(s[0], s[1], v))
}

func (b *builder) plus(x *G.Node, v float64) *G.Node {
	s := x.Shape()
	return b.add(x, b.filled(s[0], s[1], v))
}

// down repeats a row of values (1×C) n times.
func (b *builder) down(row *G.Node, n int) *G.Node {
	if n == 1 {
		return row
	}
	return b.mul(b.filled(n, 1, 1), row)
}

// across repeats a column of values (R×1) n times.
func (b *builder) across(column *G.Node, n int) *G.Node {
	if n == 1 {
		return column
	}
	return b.mul(column, b.filled(1, n, 1))
}

// affine is x·weight + bias; bias may be nil.
func (b *builder) affine(x, weight, bias *G.Node) *G.Node {
	y := b.mul(x, weight)
	if bias == nil {
		return y
	}
	return b.add(y, b.down(bias, y.Shape()[0]))
}

// inverse is 1/√(x + ε).
func (b *builder) inverse(x *G.Node, epsilon float64) *G.Node {
	s := x.Shape()
	return b.over(b.filled(s[0], s[1], 1), b.must(G.Sqrt(b.plus(x, epsilon))))
}

func (b *builder) tanh(x *G.Node) *G.Node    { return b.must(G.Tanh(x)) }
func (b *builder) sigmoid(x *G.Node) *G.Node { return b.must(G.Sigmoid(x)) }
func (b *builder) square(x *G.Node) *G.Node  { return b.times(x, x) }

// relu is x where x > 0, else zero. G.Rectify is the same, but counts its calls in a variable that all
// graphs share, and is not safe where two are built at once.
func (b *builder) relu(x *G.Node) *G.Node {
	s := x.Shape()
	return b.times(x, b.must(G.Gt(x, b.filled(s[0], s[1], 0), true)))
}

// gelu is x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
func (b *builder) gelu(x *G.Node) *G.Node {
	inner := b.add(x, b.scaled(b.times(x, b.square(x)), 0.044715))
	return b.times(b.scaled(x, 0.5), b.plus(b.tanh(b.scaled(inner, math.Sqrt(2/math.Pi))), 1))
}

// softmax is along each row.
func (b *builder) softmax(x *G.Node) *G.Node { return b.must(G.SoftMax(x, 1)) }

// batched multiplies n pairs of matrices that lie one below the other: x is n·r × k and y n·k × c, or
// n·c × k if it is to be transposed. The result is n·r × c.
func (b *builder) batched(n int, x, y *G.Node, transposed bool) *G.Node {
	deep := func(m *G.Node) *G.Node {
		s := m.Shape()
		return b.reshape(m, n, s[0]/n, s[1])
	}
	z := b.must(G.BatchedMatMul(deep(x), deep(y), false, transposed))
	s := z.Shape()
	return b.reshape(z, n*s[1], s[2])
}

// rows picks rows of its inputs; see [rows].
func (b *builder) rows(index []int, inputs ...*G.Node) *G.Node {
	op := &rows{id: b.ops, width: inputs[0].Shape()[1], index: index}
	b.ops++
	total := 0
	for _, in := range inputs {
		s := in.Shape()
		if s[1] != op.width {
			panic(fmt.Errorf("rows of %d values below rows of %d", s[1], op.width))
		}
		op.counts = append(op.counts, s[0])
		total += s[0]
	}
	for _, at := range index {
		if at >= total {
			panic(fmt.Errorf("row %d of %d", at, total))
		}
	}
	return b.must(G.ApplyOp(op, inputs...))
}
