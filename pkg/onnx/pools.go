package onnx

import "github.com/longmemory/hurst/pkg/nn"

func (g *graph) pool(x *value) *value {
	op, w := "MaxPool", g.at.Layer.Window()
	if g.at.Layer.Kind == nn.AvgPool {
		op = "AveragePool"
	}
	return whole(g.add(op, "", []string{g.in(x, channels).name},
		integers("kernel_shape", w.Kernel), integers("strides", w.Stride)), channels)
}

func (g *graph) meanPool(x *value) *value {
	f := x.forms[0]
	return whole(g.add("ReduceMean", "", []string{f.name}, integers("axes", f.axis("T")), integer("keepdims", 0)), vectors)
}

func (g *graph) lastPoint(x *value) *value {
	f := x.forms[0]
	return whole(g.add("Gather", "", []string{f.name, g.scalar(-1)}, integer("axis", f.axis("T"))), vectors)
}

// attentionPool weights the points by the softmax of their products with the query, and adds them.
func (g *graph) attentionPool(x *value) *value {
	f := g.channelsLast(x)
	axis := f.axis("T")
	scores := g.add("MatMul", "scores", []string{f.name, g.parameter(0, g.at.In.Channels, 1)})
	shares := g.add("Softmax", "shares", []string{scores}, integer("axis", axis))
	weighted := g.add("Mul", "weighted", []string{f.name, shares})
	return whole(g.add("ReduceSum", "", []string{weighted, g.list(axis)}, integer("keepdims", 0)), vectors)
}
