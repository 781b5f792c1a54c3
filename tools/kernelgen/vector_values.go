package main

import (
	"math"
	"strings"

	"github.com/mmcloughlin/avo/reg"
)

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

// activations writes activations and their slopes.
func activations(e *emitter) {
	forward := func(name string, unroll int, body func(x vec) vec) {
		e.each(byValue{name: name, reads: []string{"x"}, writes: []string{"dst"}, unroll: unroll,
			body: func(x, _ []vec) []vec { return []vec{body(x[0])} }})
	}
	back := func(name string, unroll int, body func(d, x vec) vec) {
		e.each(byValue{name: name, reads: []string{"d", "x"}, writes: []string{"d"}, unroll: unroll,
			body: func(x, _ []vec) []vec { return []vec{body(x[0], x[1])} }})
	}
	forward("vectorReLU", 4, e.relu)
	back("vectorReLUBack", 4, func(d, y vec) vec { return e.keep(e.positive(y), d) })
	forward("vectorSquare", 4, func(x vec) vec { return e.mul(x, x) })
	back("vectorSquareBack", 4, func(d, x vec) vec { return e.mul(d, e.add(x, x)) })
	forward("vectorExp", 2, func(x vec) vec { return e.exp(x, true) })
	forward("vectorLog", 2, func(x vec) vec { return e.log(e.add(e.relu(x), number(1e-6))) })
	back("vectorLogBack", 2, func(d, x vec) vec { return e.keep(e.positive(x), e.div(d, e.add(x, number(1e-6)))) })
	forward("vectorSigmoid", 2, e.sigmoid)
	back("vectorSigmoidBack", 2, func(d, y vec) vec { return e.mul(d, e.sigmoidSlope(y)) })
	forward("vectorTanh", 2, e.tanh)
	back("vectorTanhBack", 2, func(d, y vec) vec { return e.mul(d, e.tanhSlope(y)) })
	forward("vectorGELU", 2, e.gelu)
	back("vectorGELUBack", 2, func(d, x vec) vec { return e.mul(d, e.geluSlope(x)) })
}

// relu returns max(0, x), and NaN of NaN.
func (e *emitter) relu(x vec) vec { return e.greater(e.zero(), x) }

func (e *emitter) positive(x vec) truth { return e.is(greaterThan, x, e.zero()) }

// sigmoidSlope returns y(1-y).
func (e *emitter) sigmoidSlope(y vec) vec { return e.mul(y, e.sub(e.held(oneBits), y)) }

// tanhSlope returns 1-y².
func (e *emitter) tanhSlope(y vec) vec {
	v := e.held(oneBits)
	e.fnma(v, y, y)
	return v
}

// Of GELU's tanh form, x σ(A x + B x³).
var (
	geluA = 2 * math.Sqrt(2/math.Pi)
	geluB = geluA * 0.044715
)

func (e *emitter) gelu(x vec) vec {
	inner := e.held(number(geluA))
	e.fma(inner, e.mul(x, x), number(geluB))
	_, sum, numerator := e.sigmoidParts(e.mul(x, inner))
	return e.mul(x, e.div(numerator, sum))
}

// geluSlope returns σ + x σ(1-σ)(A + 3B x²), with x bounded to where the slope is neither 0 nor 1.
func (e *emitter) geluSlope(x vec) vec {
	x = e.less(e.held(number(10)), e.greater(e.held(number(-10)), x))
	square := e.mul(x, x)
	inner := e.held(number(geluA))
	e.fma(inner, square, number(geluB))
	small, sum, numerator := e.sigmoidParts(e.mul(x, inner))
	up := e.div(numerator, sum)
	slope := e.div(e.div(small, sum), sum) // σ(1-σ)
	inner = e.held(number(geluA))
	e.fma(inner, square, number(3*geluB))
	e.fma(up, e.mul(slope, x), inner)
	return up
}

// reductions writes sums over contiguous values.
func reductions(e *emitter) {
	e.reduction("vectorDot", []string{"x", "y"}, func(sum vec, x []vec) { e.fma(sum, x[0], x[1]) })
	e.reduction("vectorSum", []string{"x"}, func(sum vec, x []vec) { e.addTo(sum, x[0]) })
}

// reduction writes a sum with 64 lanes, folded to 16 for what is left after the last 64 values.
func (e *emitter) reduction(name string, reads []string, add func(sum vec, x []vec)) {
	const chains = 4
	e.kernel(name, "dst, "+strings.Join(reads, ", ")+" *float32, n int", func() {
		var base []reg.GPVirtual
		for _, r := range reads {
			base = append(base, e.pointer(r))
		}
		var sums [chains][]vec
		for c := range sums {
			sums[c] = e.unitOf(e.zero)
		}
		e.walk(e.size("n"), chains, func(s spot) {
			var x []vec
			for _, b := range base {
				x = append(x, e.read(b, s))
			}
			add(sums[s.chain][s.part], x)
		}, func() {
			for part := range e.parts() {
				e.addTo(sums[0][part], sums[1][part])
				e.addTo(sums[2][part], sums[3][part])
				e.addTo(sums[0][part], sums[2][part])
			}
		})
		e.VMOVSS(e.fold(sums[0]).AsX(), memory(e.pointer("dst"), 0))
	})
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
