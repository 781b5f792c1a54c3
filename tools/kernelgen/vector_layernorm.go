package main

import . "github.com/mmcloughlin/avo/operand"

// layerNormKernels writes layer norm along rows of C contiguous channels.
func layerNormKernels(e *emitter) {
	e.kernel("vectorLayerNorm", "dst, x, gain, bias, mean, inv *float32, rows, C int, share, eps float32", e.layerNorm)
	e.kernel("vectorLayerNormBack", "dx, dgain, dbias, d, x, mean, inv, gain *float32, rows, C int, share float32",
		e.layerNormBack)
}

func (e *emitter) layerNorm() {
	dst, x, gain, bias := e.pointer("dst"), e.pointer("x"), e.pointer("gain"), e.pointer("bias")
	means, invs, size := e.pointer("mean"), e.pointer("inv"), e.size("C")
	e.times(e.pointer("rows"), func() {
		share := e.scalar("share")
		sums := e.unitOf(e.zero)
		e.walk(size, 1, func(s spot) {
			e.addTo(sums[s.part], e.read(x, s))
		}, nil)
		mean := e.mul(e.all(e.fold(sums).AsX()), share)
		sums = e.unitOf(e.zero)
		e.walk(size, 1, func(s spot) {
			v := e.sub(e.read(x, s), mean)
			if e.masked {
				v = e.within(v, s.part)
			}
			e.fma(sums[s.part], v, v)
		}, nil)
		variance := e.mul(e.all(e.fold(sums).AsX()), share)
		inv := e.div(e.held(oneBits), e.root(e.add(variance, e.scalar("eps"))))
		e.VMOVSS(mean.AsX(), memory(means, 0))
		e.VMOVSS(inv.AsX(), memory(invs, 0))
		e.walk(size, 2, func(s spot) {
			v := e.mul(e.sub(e.read(x, s), mean), inv)
			e.horner(v, e.read(gain, s), e.read(bias, s))
			e.write(v, dst, s)
		}, nil)
		e.ADDQ(Imm(4), means)
		e.ADDQ(Imm(4), invs)
		e.ADDQ(size, x)
		e.ADDQ(size, dst)
	})
}

func (e *emitter) layerNormBack() {
	at := e.size("C")
	dx, d, x := e.pointer("dx"), e.pointer("d"), e.pointer("x")
	means, invs, gain := e.pointer("mean"), e.pointer("inv"), e.pointer("gain")
	e.times(e.pointer("rows"), func() {
		mean, inv := e.spread(memory(means, 0)), e.spread(memory(invs, 0))
		sums, sumxs := e.unitOf(e.zero), e.unitOf(e.zero)
		dgain, dbias := e.pointer("dgain"), e.pointer("dbias")
		e.walk(at, 1, func(s spot) {
			v := e.read(d, s)
			h := e.mul(e.sub(e.read(x, s), mean), inv)
			e.write(e.add(v, e.read(dbias, s)), dbias, s)
			g := e.read(dgain, s)
			e.fma(g, v, h)
			e.write(g, dgain, s)
			v = e.mul(v, e.read(gain, s))
			e.addTo(sums[s.part], v)
			e.fma(sumxs[s.part], v, h)
		}, nil)
		share := e.scalar("share")
		a := e.mul(e.all(e.fold(sums).AsX()), share)
		b := e.mul(e.all(e.fold(sumxs).AsX()), share)
		e.walk(at, 1, func(s spot) {
			h := e.mul(e.sub(e.read(x, s), mean), inv)
			v := e.read(d, s)
			e.VFMSUB132PS(e.read(gain, s), a, v) // v·gain - a
			e.fnma(v, h, b)
			e.write(e.mul(v, inv), dx, s)
		}, nil)
		e.ADDQ(Imm(4), means)
		e.ADDQ(Imm(4), invs)
		e.ADDQ(at, x)
		e.ADDQ(at, d)
		e.ADDQ(at, dx)
	})
}
