package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/longmemory/hurst/pkg/nn"
)

// layer adds a node of the plan.
func (b *builder) layer(at int, n nn.Node, in []value) value {
	x := in[0]
	switch n.Layer.Kind {
	case nn.Dense:
		return value{b.affine(x.node, b.weight(n, 0), b.weight(n, 1)), x.track}
	case nn.Conv1D:
		return b.conv(n, x)
	case nn.MaxPool, nn.AvgPool:
		return b.pool(n, x)
	case nn.MeanPool:
		return b.pooled(x, b.meanWeights(x.track))
	case nn.LastPoint:
		return b.pooled(x, b.lastWeights(x.track))
	case nn.AttentionPool:
		return b.attentionPool(n, x)
	case nn.Flatten:
		return value{b.reshape(x.node, b.size.rows, n.Out.Channels), none}
	case nn.Attention:
		return b.attention(n, x)
	case nn.Position:
		return b.position(n, x)
	case nn.LSTM, nn.GRU:
		return b.recurrent(n, x)
	case nn.Residual:
		return b.residual(in)
	case nn.Parallel:
		return b.parallel(in)
	}
	return value{b.pointwise(at, n, x), x.track}
}

// pointwise adds a layer that leaves the shape as it is.
func (b *builder) pointwise(at int, n nn.Node, x value) *G.Node {
	switch n.Layer.Kind {
	case nn.BatchNorm:
		return b.batchNorm(n, x)
	case nn.LayerNorm:
		return b.layerNorm(n, x.node)
	case nn.Dropout:
		return b.dropout(at, n, x)
	case nn.ReLU:
		return b.relu(x.node)
	case nn.GELU:
		return b.gelu(x.node)
	case nn.PReLU:
		slope := b.down(b.weight(n, 0), x.node.Shape()[0])
		return b.sub(b.relu(x.node), b.times(slope, b.relu(b.scaled(x.node, -1))))
	case nn.Sigmoid:
		return b.sigmoid(x.node)
	case nn.Tanh:
		return b.tanh(x.node)
	case nn.Square:
		return b.square(x.node)
	case nn.Log:
		return b.must(G.Log(b.plus(b.relu(x.node), nn.LogOffset)))
	}
	panic(fmt.Errorf("gorgonia has no layer of kind %s", n.Layer.Kind))
}

// weight is parameter i of a node, nil if it has none.
func (b *builder) weight(n nn.Node, i int) *G.Node {
	if i >= len(n.Params) {
		return nil
	}
	return b.params[n.Params[i]]
}

// dropout multiplies with the pass's mask, drawn over the points that each series has.
func (b *builder) dropout(at int, n nn.Node, x value) *G.Node {
	if !b.training || n.Layer.Rate == 0 {
		return x.node
	}
	s, points := x.node.Shape(), b.points(x.track)
	width := s[1]
	mask := b.feed(s[0], width, ofBatch, func(dst []float64, in *given) {
		one := make([]float32, points*width)
		for row := range in.batch.Rows {
			m := one
			if x.track != none {
				m = one[:in.lengths[x.track][row]*width]
			}
			in.pass.Mask(m, n.Layer.Rate, at, row)
			widen(dst[row*points*width:], m)
		}
	})
	return b.times(x.node, mask)
}

func (b *builder) residual(in []value) value {
	sum := in[0].node
	for _, v := range in[1:] {
		sum = b.add(sum, v.node)
	}
	return value{sum, in[0].track}
}

// parallel joins channels. The matrices are cut into pieces of a width that divides all of theirs,
// and the pieces put in order.
func (b *builder) parallel(in []value) value {
	if len(in) == 1 {
		return in[0]
	}
	width, total, points := 0, 0, in[0].node.Shape()[0]
	for _, v := range in {
		c := v.node.Shape()[1]
		width, total = gcd(width, c), total+c
	}
	var pieces []*G.Node
	for _, v := range in {
		c := v.node.Shape()[1]
		pieces = append(pieces, b.reshape(v.node, points*c/width, width))
	}
	index := make([]int, 0, points*total/width)
	for row := range points {
		first := 0
		for _, v := range in {
			n := v.node.Shape()[1] / width
			for j := range n {
				index = append(index, first+row*n+j)
			}
			first += points * n
		}
	}
	return value{b.reshape(b.rows(index, pieces...), points, total), in[0].track}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
