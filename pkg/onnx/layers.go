package onnx

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// layer writes the operations of a layer that reads the given values.
func (g *graph) layer(in []*value) *value {
	x := in[0]
	switch g.at.Layer.Kind {
	case nn.Conv1D:
		return g.conv(x)
	case nn.Dense:
		return g.dense(x)
	case nn.BatchNorm:
		return g.batchNorm(x)
	case nn.LayerNorm:
		return g.layerNorm(x)
	case nn.Dropout:
		return x
	case nn.MaxPool, nn.AvgPool:
		return g.pool(x)
	case nn.MeanPool:
		return g.meanPool(x)
	case nn.AttentionPool:
		return g.attentionPool(x)
	case nn.LastPoint:
		return g.lastPoint(x)
	case nn.Flatten: // point by point, as [nn.Flatten] has it
		return whole(g.add("Flatten", "", []string{g.in(x, points).name}, integer("axis", 1)), vectors)
	case nn.Attention:
		return g.attention(x)
	case nn.Position:
		return g.position(x)
	case nn.LSTM, nn.GRU:
		return g.recurrent(x)
	case nn.Residual, nn.Parallel:
		return g.join(in)
	}
	f := x.forms[0]
	return whole(g.pointwise(f), f.layout)
}

// pointwise writes an operation on each value by itself, or with its channel's slope.
func (g *graph) pointwise(x form) string {
	one := []string{x.name}
	switch g.at.Layer.Kind {
	case nn.ReLU:
		return g.add("Relu", "", one)
	case nn.Sigmoid:
		return g.add("Sigmoid", "", one)
	case nn.Tanh:
		return g.add("Tanh", "", one)
	case nn.Square:
		return g.add("Mul", "", []string{x.name, x.name})
	case nn.Log:
		positive := g.add("Relu", "positive", one)
		return g.add("Log", "", []string{g.add("Add", "offset", []string{positive, g.number(nn.LogOffset)})})
	case nn.PReLU:
		return g.prelu(x)
	case nn.GELU:
		return g.gelu(x.name)
	}
	panic(fmt.Sprintf("onnx: there is no layer of kind %s", g.at.Layer.Kind))
}

// prelu lets the slopes meet the channels: they are aligned with the last dimensions.
func (g *graph) prelu(x form) string {
	dims := []int{g.at.In.Channels}
	if x.layout == channels {
		dims = append(dims, 1)
	}
	return g.add("PRelu", "", []string{x.name, g.parameter(0, dims...)})
}

// gelu is x σ(x (a + b x²)) with a = 2√(2/π) and b = 0.044715 a, which is GELU's tanh form without the
// sum 1 + tanh, in which digits are lost below zero. ONNX's own Gelu is of opset 20.
func (g *graph) gelu(x string) string {
	const a = 1.5957691216057307
	square := g.add("Mul", "square", []string{x, x})
	scaled := g.add("Mul", "scaled", []string{square, g.number(0.044715 * a)})
	slope := g.add("Add", "slope", []string{scaled, g.number(a)})
	gate := g.add("Sigmoid", "gate", []string{g.add("Mul", "inner", []string{x, slope})})
	return g.add("Mul", "", []string{x, gate})
}

// join adds branches, or joins their channels, in the layout that most of them are in already.
func (g *graph) join(in []*value) *value {
	if len(in) == 1 {
		return in[0]
	}
	to := common(in)
	names := make([]string, len(in))
	for i, v := range in {
		names[i] = g.in(v, to).name
	}
	if g.at.Layer.Kind == nn.Residual {
		return whole(g.add("Sum", "", names), to)
	}
	return whole(g.add("Concat", "", names, integer("axis", to.axis("C"))), to)
}

// common is the layout that most values have a form in; of equals, the last value's.
func common(in []*value) layout {
	best, most := layout(""), 0
	for i := len(in) - 1; i >= 0; i-- {
		for _, candidate := range in[i].forms {
			count := 0
			for _, v := range in {
				for _, f := range v.forms {
					if f.layout == candidate.layout {
						count++
					}
				}
			}
			if count > most {
				best, most = candidate.layout, count
			}
		}
	}
	return best
}
