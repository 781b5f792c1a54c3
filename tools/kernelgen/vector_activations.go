package main

import "math"

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
