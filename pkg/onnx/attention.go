package onnx

import "math"

// attention is softmax(Q Kᵀ/√depth) V for each head, between two projections.
func (g *graph) attention(x *value) *value {
	heads, width := g.at.Layer.Heads, g.at.In.Channels
	depth := width / heads
	q, k, v := g.projections(g.in(x, points).name)
	// A zero in a shape stands for the size that is there: of the batch, and of the points.
	split := func(step, part string, order ...int) string {
		parts := g.add("Reshape", step+"/heads", []string{part, g.list(0, 0, heads, depth)})
		return g.add("Transpose", step+"/turned", []string{parts}, integers("perm", order...))
	}
	queries := g.add("Mul", "scaled", []string{split("q", q, 0, 2, 1, 3), g.number(float32(1 / math.Sqrt(float64(depth))))})
	scores := g.add("MatMul", "scores", []string{queries, split("k", k, 0, 2, 3, 1)})
	shares := g.add("Softmax", "shares", []string{scores}, integer("axis", -1))
	mixed := g.add("MatMul", "mixed", []string{shares, split("v", v, 0, 2, 1, 3)})
	turned := g.add("Transpose", "turned", []string{mixed}, integers("perm", 0, 2, 1, 3))
	joined := g.add("Reshape", "joined", []string{turned, g.list(0, 0, width)})
	product := g.add("MatMul", "product", []string{joined, g.parameter(2)})
	return whole(g.add("Add", "", []string{product, g.parameter(3)}), points)
}

// projections are each point's Q, K and V.
func (g *graph) projections(x string) (q, k, v string) {
	product := g.add("MatMul", "qkv/product", []string{x, g.parameter(0)})
	all := g.add("Add", "qkv", []string{product, g.parameter(1)})
	g.add("Split", "q", []string{all}, integer("axis", 2))
	split := &g.nodes[len(g.nodes)-1]
	split.outputs = append(split.outputs, g.at.Name+"/k", g.at.Name+"/v")
	return split.outputs[0], split.outputs[1], split.outputs[2]
}

// position adds a learned table's rows, or sinusoids.
func (g *graph) position(x *value) *value {
	in := g.in(x, points).name
	if g.at.Layer.Learned {
		width, length := g.at.In.Channels, g.at.In.Length
		table := g.floats(g.at.Name+".table", g.weight(0)[:length*width], length, width)
		return whole(g.add("Add", "", []string{in, table}), points)
	}
	return whole(g.add("Add", "", []string{in, g.sinusoids(in)}), points)
}

// sinusoids are the encodings of as many points as there are (Vaswani et al., NeurIPS 2017, section
// 3.5), sin(t/10000^(2i/C)) and, a quarter turn on, cos(t/10000^(2i/C)). In single precision the angles
// of late points would have few digits left; and a table would be large, or of one length.
func (g *graph) sinusoids(x string) string {
	const double, single = int(float64s), int(float32s)
	width := g.at.In.Channels
	rates, phases := make([]float64, width), make([]float64, width)
	for c := range width {
		rates[c] = math.Pow(10000, -float64(c&^1)/float64(width))
		phases[c] = float64(c%2) * math.Pi / 2
	}
	count := g.add("Gather", "count", []string{g.add("Shape", "shape", []string{x}), g.scalar(1)}, integer("axis", 0))
	index := g.add("Range", "index", []string{g.scalar(0), count, g.scalar(1)})
	column := g.add("Unsqueeze", "column", []string{g.add("Cast", "time", []string{index}, integer("to", double)), g.list(1)})
	angles := g.add("Mul", "angles", []string{column, g.doubles(g.at.Name+".rates", rates)})
	turned := g.add("Add", "turned", []string{angles, g.doubles(g.at.Name+".phases", phases)})
	return g.add("Cast", "table", []string{g.add("Sin", "waves", []string{turned})}, integer("to", single))
}
