package main

// elementwise writes sums and products, value by value.
func elementwise(e *emitter) {
	e.each(byValue{name: "vectorAdd", reads: []string{"dst", "x"}, writes: []string{"dst"}, unroll: 4,
		body: func(x, _ []vec) []vec { return []vec{e.add(x[1], x[0])} }})
	e.each(byValue{name: "vectorAddScaled", reads: []string{"dst", "x"}, writes: []string{"dst"}, scalars: []string{"a"}, unroll: 4,
		body: func(x, s []vec) []vec { e.fma(x[0], x[1], s[0]); return x[:1] }})
	e.each(byValue{name: "vectorScale", reads: []string{"dst"}, writes: []string{"dst"}, scalars: []string{"a"}, unroll: 4,
		body: func(x, s []vec) []vec { return []vec{e.mul(x[0], s[0])} }})
	e.each(byValue{name: "vectorFill", writes: []string{"dst"}, scalars: []string{"a"}, unroll: 4,
		body: func(_, s []vec) []vec { return s }})
	e.each(byValue{name: "vectorMul", reads: []string{"x", "y"}, writes: []string{"dst"}, unroll: 4,
		body: func(x, _ []vec) []vec { return []vec{e.mul(x[0], x[1])} }})
	e.each(byValue{name: "vectorMulAdd", reads: []string{"dst", "x", "y"}, writes: []string{"dst"}, unroll: 4,
		body: func(x, _ []vec) []vec { e.fma(x[0], x[1], x[2]); return x[:1] }})
}

// adamKernels writes the optimiser's steps.
func adamKernels(e *emitter) {
	names := []string{"clip", "beta1", "rest1", "beta2", "rest2", "correct2", "eps", "keep", "rate"}
	e.each(byValue{name: "vectorAdam", reads: []string{"w", "m", "v", "grad"}, writes: []string{"w", "m", "v"}, scalars: names,
		body: func(x, s []vec) []vec {
			w, m, v := x[0], x[1], x[2]
			g := e.mul(x[3], s[0])
			m = e.mul(m, s[1])
			e.fma(m, g, s[2])
			v = e.mul(v, s[3])
			e.fma(v, e.mul(g, g), s[4])
			root := e.add(e.root(e.mul(v, s[5])), s[6])
			w = e.mul(w, s[7])
			return []vec{e.sub(w, e.div(e.mul(m, s[8]), root)), m, v}
		}})
	e.each(byValue{name: "vectorEMA", reads: []string{"dst", "w"}, writes: []string{"dst"}, scalars: []string{"share"}, unroll: 2,
		body: func(x, s []vec) []vec {
			e.fma(x[0], e.sub(x[1], x[0]), s[0])
			return x[:1]
		}})
}
