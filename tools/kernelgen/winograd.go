package main

import (
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// winograd writes the transforms of Winograd's minimal filtering F(4,3), whose matrices package
// kernel's winograd.go has.
func winograd(c *build.Context) {
	order, constants := ascending(c), map[float32]Mem{}
	for _, z := range []bool{true, false} {
		kind := "Y"
		if z {
			kind = "Z"
		}
		for _, f := range []struct {
			name, doc string
			biased    bool
			body      func(*transform)
		}{
			{"Input", "makes six rows of six points.", false, (*transform).input},
			{"Output", "makes four points of six rows.", true, func(t *transform) { t.output(false) }},
			{"Pooled", "makes the maxima of two pairs of points of six rows.", true, func(t *transform) { t.output(true) }},
			{"Weights", "makes six rows of three weights.", false, (*transform).weights},
			{"Gradient", "makes six rows of the gradients of four points.", false, (*transform).gradient},
			{"Sums", "makes the gradients of three weights of six rows.", false, (*transform).sums},
		} {
			name := "winograd" + f.name + kind
			newTransform(c, z, order, constants).write(name, name+" "+f.doc, f.biased, f.body)
		}
	}
}

// input is Bᵀx.
func (t *transform) input() {
	x := t.read(6)
	a, b := t.fma(x[4], -4, x[2]), t.fma(x[3], -4, x[1])
	c, d := t.sub(x[4], x[2]), t.sub(x[3], x[1])
	t.put(0, t.fma(t.fma(x[4], 4, x[0]), -5, x[2]))
	t.put(1, t.add(a, b))
	t.put(2, t.sub(a, b))
	t.put(3, t.fma(c, 2, d))
	t.put(4, t.fma(c, -2, d))
	t.put(5, t.fma(t.fma(x[5], 4, x[1]), -5, x[3]))
}

// output is Aᵀm plus the bias, and not below the floor.
func (t *transform) output(pool bool) {
	m := t.read(6)
	bias := t.vector()
	t.loadVector(Mem{Base: t.bias}, bias, t.masked)
	s, d := t.add(m[1], m[2]), t.sub(m[1], m[2])
	S, D := t.add(m[3], m[4]), t.sub(m[3], m[4])
	y := []reg.VecVirtual{
		t.add(t.add(m[0], s), S),
		t.fma(d, 2, D),
		t.fma(s, 4, S),
		t.add(t.fma(d, 8, D), m[5]),
	}
	for i := range y {
		y[i] = t.add(y[i], bias)
	}
	if pool {
		y = []reg.VecVirtual{t.max(y[0], y[1]), t.max(y[2], y[3])}
	}
	for i := range y {
		t.put(i, t.max(t.floor, y[i])) // the value comes second, so that NaN stays
	}
}

// weights is Gw.
func (t *transform) weights() {
	w := t.read(3)
	even := t.add(w[0], w[2])
	t.put(0, t.mul(1.0/4, w[0]))
	t.put(1, t.mul(-1.0/6, t.add(even, w[1])))
	t.put(2, t.mul(-1.0/6, t.sub(even, w[1])))
	ends := t.fma(t.mul(1.0/24, w[0]), 1.0/6, w[2])
	t.put(3, t.fma(ends, 1.0/12, w[1]))
	t.put(4, t.fma(ends, -1.0/12, w[1]))
	t.put(5, w[2])
}

// gradient is A dy.
func (t *transform) gradient() {
	y := t.read(4)
	t.put(0, y[0])
	even, odd := t.add(y[0], y[2]), t.add(y[1], y[3])
	t.put(1, t.add(even, odd))
	t.put(2, t.sub(even, odd))
	even, odd = t.fma(y[0], 4, y[2]), t.fma(t.add(y[1], y[1]), 8, y[3])
	t.put(3, t.add(even, odd))
	t.put(4, t.sub(even, odd))
	t.put(5, y[3])
}

// sums is Gᵀu.
func (t *transform) sums() {
	u := t.read(6)
	s, d := t.add(u[1], u[2]), t.sub(u[1], u[2])
	S, D := t.add(u[3], u[4]), t.sub(u[3], u[4])
	low := t.mul(-1.0/6, s)
	t.put(0, t.fma(t.fma(low, 1.0/24, S), 1.0/4, u[0]))
	t.put(1, t.fma(t.mul(-1.0/6, d), 1.0/12, D))
	t.put(2, t.add(t.fma(low, 1.0/6, S), u[5]))
}
