package onnx

import "github.com/longmemory/hurst/pkg/nn"

// conv turns the filters from (Kernel, in, Units), as a plan has them, to ONNX's (Units, in, Kernel).
func (g *graph) conv(x *value) *value {
	l := g.at.Layer
	w, in := l.Window(), g.at.In.Channels
	inputs := []string{g.in(x, channels).name, g.floats(g.at.Name+".weight", turned(g.weight(0), w.Kernel, in, l.Units), l.Units, in, w.Kernel)}
	if !l.NoBias {
		inputs = append(inputs, g.parameter(1))
	}
	return whole(g.add("Conv", "", inputs, integers("dilations", w.Dilation), integers("kernel_shape", w.Kernel),
		integers("pads", w.Padding, w.Padding), integers("strides", w.Stride)), channels)
}

// turned reverses the order of three dimensions.
func turned(x []float32, a, b, c int) []float32 {
	y := make([]float32, len(x))
	for i := range a {
		for j := range b {
			for k := range c {
				y[(k*b+j)*a+i] = x[(i*b+j)*c+k]
			}
		}
	}
	return y
}

// dense multiplies vectors, or each point.
func (g *graph) dense(x *value) *value {
	f, biased := g.channelsLast(x), !g.at.Layer.NoBias
	inputs := []string{f.name, g.parameter(0)}
	if f.layout == vectors {
		if biased {
			inputs = append(inputs, g.parameter(1))
		}
		return whole(g.add("Gemm", "", inputs), vectors)
	}
	if !biased {
		return whole(g.add("MatMul", "", inputs), f.layout)
	}
	return whole(g.add("Add", "", []string{g.add("MatMul", "product", inputs), g.parameter(1)}), f.layout)
}

// batchNorm uses the running moments.
func (g *graph) batchNorm(x *value) *value {
	to := channels
	if !g.at.In.Series {
		to = vectors
	}
	inputs := []string{g.in(x, to).name, g.parameter(0), g.parameter(1)}
	for _, i := range g.at.State {
		s := g.plan.State[i]
		inputs = append(inputs, g.floats(s.Name, s.Of(g.weights.State), s.Shape...))
	}
	return whole(g.add("BatchNormalization", "", inputs, float("epsilon", nn.BatchNormEpsilon)), to)
}

func (g *graph) layerNorm(x *value) *value {
	f := g.channelsLast(x)
	return whole(g.add("LayerNormalization", "", []string{f.name, g.parameter(0), g.parameter(1)},
		integer("axis", -1), float("epsilon", nn.LayerNormEpsilon)), f.layout)
}
