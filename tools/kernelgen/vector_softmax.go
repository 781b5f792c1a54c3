package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func memory(base reg.GPVirtual, offset int) Mem { return Mem{Base: base, Disp: offset} }

// unitOf returns a register, or two, of the same value.
func (e *emitter) unitOf(build func() vec) []vec {
	var all []vec
	for range e.parts() {
		all = append(all, build())
	}
	return all
}

// softmaxKernels writes softmax along rows of a grid.
func softmaxKernels(e *emitter) {
	e.kernel("vectorSoftmax", "x, logs *float32, rows, cols, stride int, scale float32", e.softmax)
	e.kernel("vectorSoftmaxAgain", "x, logs *float32, rows, cols, stride int, scale float32", func() {
		x, logs, cols, scale := e.pointer("x"), e.pointer("logs"), e.size("cols"), e.scalar("scale")
		e.times(e.pointer("rows"), func() {
			log := e.spread(memory(logs, 0))
			e.walk(cols, 2, func(s spot) {
				v := e.read(x, s)
				e.VFMSUB213PS(log, scale, v)
				e.write(e.exp(v, true), x, s)
			}, nil)
			e.ADDQ(Imm(4), logs)
			e.next(x, "stride")
		})
	})
	for _, known := range []bool{false, true} {
		name := map[bool]string{false: "vectorSoftmaxBack", true: "vectorSoftmaxBackWith"}[known]
		e.kernel(name, "d, y, dots *float32, rows, cols, dstride, ystride int, scale float32", func() { e.softmaxBack(known) })
	}
}

// next moves a pointer by an int parameter's worth of values.
func (e *emitter) next(p reg.GPVirtual, stride string) {
	e.LEAQ(Mem{Base: p, Index: e.pointer(stride), Scale: 4}, p)
}

func (e *emitter) softmax() {
	x, logs, cols, scale := e.pointer("x"), e.pointer("logs"), e.size("cols"), e.scalar("scale")
	e.times(e.pointer("rows"), func() {
		top := e.rowTop(x, cols)
		sums := e.unitOf(e.zero)
		e.walk(cols, 1, func(s spot) {
			v := e.mul(e.sub(e.read(x, s), top), scale)
			v = e.exp(v, false)
			e.write(v, x, s)
			if e.masked { // what lies beyond the end was read as zero, and its exponential is not
				v = e.within(v, s.part)
			}
			e.addTo(sums[s.part], v)
		}, nil)
		sum := e.all(e.fold(sums).AsX())
		inverse := e.div(e.held(oneBits), sum)
		e.walk(cols, 4, func(s spot) {
			e.write(e.mul(e.read(x, s), inverse), x, s)
		}, nil)
		skip := e.mark()
		e.TESTQ(logs, logs)
		e.JZ(LabelRef(skip))
		log := e.log(sum)
		e.fma(log, top, scale)
		e.VMOVSS(log.AsX(), memory(logs, 0))
		e.ADDQ(Imm(4), logs)
		e.Label(skip)
		e.next(x, "stride")
	})
}

// rowTop returns the greatest value of a row in all lanes.
func (e *emitter) rowTop(x, cols reg.GPVirtual) vec {
	const chains = 2
	low := e.held(number(math.Inf(-1)))
	var tops [chains][]vec
	for c := range tops {
		tops[c] = e.unitOf(func() vec { return e.copy(low) })
	}
	e.walk(cols, chains, func(s spot) {
		v := e.read(x, s)
		if e.masked {
			v = e.beyond(v, low, s.part)
		}
		e.VMAXPS(v, tops[s.chain][s.part], tops[s.chain][s.part])
	}, func() {
		for part := range e.parts() {
			e.VMAXPS(tops[1][part], tops[0][part], tops[0][part])
		}
	})
	return e.all(e.halve(tops[0], e.VMAXPS).AsX())
}

// within sets what lies beyond the end of a masked part to zero.
func (e *emitter) within(v vec, part int) vec {
	if e.wide {
		return e.keep(truth{k: e.opmask}, v)
	}
	return e.keep(truth{v: e.masks[part]}, v)
}

// beyond sets what lies beyond the end of a masked part to other.
func (e *emitter) beyond(v, other vec, part int) vec {
	if e.wide {
		return e.pick(truth{k: e.opmask}, v, other)
	}
	return e.pick(truth{v: e.masks[part]}, v, other)
}

func (e *emitter) softmaxBack(known bool) {
	d, y, cols := e.pointer("d"), e.pointer("y"), e.size("cols")
	dots := e.pointer("dots")
	e.times(e.pointer("rows"), func() {
		var dot vec
		if known {
			dot = e.spread(memory(dots, 0))
			e.ADDQ(Imm(4), dots)
		} else {
			sums := e.unitOf(e.zero)
			e.walk(cols, 1, func(s spot) {
				e.fma(sums[s.part], e.read(d, s), e.read(y, s))
			}, nil)
			dot = e.all(e.fold(sums).AsX())
		}
		scale := e.scalar("scale")
		e.walk(cols, 2, func(s spot) {
			v := e.sub(e.read(d, s), dot)
			p := e.mul(e.read(y, s), scale)
			e.write(e.mul(p, v), d, s)
		}, nil)
		e.next(d, "dstride")
		e.next(y, "ystride")
	})
}
