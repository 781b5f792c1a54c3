package main

import "math"

// Numbers of the range reductions. ln2 is split so that n·ln2 loses nothing.
var (
	ln2High = float64(float32(math.Ln2))
	ln2Low  = math.Ln2 - ln2High
)

const (
	// rounder brings a number's whole part to its low bits: 1.5·2²³.
	rounder = 3 << 22
	signBit = constant(1 << 31)
	oneBits = constant(0x3f800000)
)

// expTail are c₂…c₆ of exp(r) ≈ 1 + r + c₂r² + … + c₆r⁶ for |r| ≤ ln2/2, fitted for the least greatest
// relative error, 3e-9.
var expTail = []float64{0.49999994, 0.1666652, 0.041668393, 0.008368781, 0.0013814467}

// reduce splits x into n·ln2 + r with |r| ≤ ln2/2. shifted has n in its low bits.
func (e *emitter) reduce(x vec) (n, shifted, r vec) {
	shifted = e.held(number(rounder))
	e.fma(shifted, x, number(1/math.Ln2))
	n = e.sub(shifted, number(rounder))
	r = e.copy(x)
	e.fnma(r, n, number(ln2High))
	e.fnma(r, n, number(ln2Low))
	return n, shifted, r
}

// exp returns exp(x). Results below the normal range are rounded once. Where x is never positive, the
// upper bound needs no care.
func (e *emitter) exp(x vec, positive bool) vec {
	if positive {
		x = e.less(e.held(number(89)), x)
	}
	x = e.greater(e.held(number(-104)), x)
	n, shifted, r := e.reduce(x)
	p := e.polynomial(r, append([]float64{1, 1}, expTail...)...)
	if e.wide {
		v := e.vec()
		e.VSCALEFPS(n, p, v)
		return v
	}
	// 2ⁿ in two factors, as n may lie outside of an exponent's range; the first product is exact.
	whole := e.subInt(shifted, number(rounder))
	half := e.right(whole, 1)
	rest := e.subInt(whole, half)
	for _, power := range []vec{half, rest} {
		p = e.mul(p, e.left(e.addInt(power, constant(127)), 23))
	}
	return p
}

// sigmoidParts returns exp(-|x|) and 1 + exp(-|x|), and the numerator of the sigmoid over the latter:
// 1, or exp(-|x|) where x is negative. So no result near zero or one loses digits.
func (e *emitter) sigmoidParts(x vec) (small, sum, numerator vec) {
	small = e.exp(e.or(x, signBit), false)
	sum = e.add(small, oneBits)
	return small, sum, e.pick(e.negative(x), small, e.held(oneBits))
}

func (e *emitter) sigmoid(x vec) vec {
	_, sum, numerator := e.sigmoidParts(x)
	return e.div(numerator, sum)
}

// tanh returns m/(m+2) with m = exp(2|x|) - 1, in which nothing cancels, and the sign of x.
func (e *emitter) tanh(x vec) vec {
	sign := e.and(x, signBit)
	y := e.and(x, ^signBit)
	y = e.less(e.held(number(20)), e.add(y, y)) // from 10 on it is 1
	_, shifted, r := e.reduce(y)
	q := e.polynomial(r, expTail...)
	q = e.mul(q, r)
	m := e.copy(r)
	e.fma(m, q, r) // exp(r) - 1
	power := e.addInt(e.left(shifted, 23), oneBits)
	less := e.sub(power, oneBits)
	e.horner(m, power, less)
	return e.or(e.div(m, e.add(m, number(2))), sign)
}

// logTail are c₃… of log(1+f) ≈ f - f²/2 + c₃f³ + … for √½ - 1 ≤ f ≤ √2 - 1, fitted for the least
// greatest relative error, 6e-9.
var logTail = []float64{0.3333333, -0.25000826, 0.20001236, -0.16623144, 0.14201368, -0.13162003, 0.12765428, -0.0763439}

// log returns log(x) of normal numbers, and +Inf and NaN as they are.
func (e *emitter) log(x vec) vec {
	const low = constant(0x3f3504f3) // √½
	exponent := e.right(e.subInt(x, low), 23)
	f := e.sub(e.subInt(x, e.left(exponent, 23)), oneBits)
	n := e.float(exponent)
	square := e.mul(f, f)
	p := e.polynomial(f, logTail...)
	y := e.mul(e.mul(p, f), square)
	e.fma(y, n, number(ln2Low))
	e.fnma(y, square, number(0.5))
	y = e.add(y, f)
	e.fma(y, n, number(ln2High))
	return e.pick(e.is(notLess, x, number(math.Inf(1))), x, y)
}
