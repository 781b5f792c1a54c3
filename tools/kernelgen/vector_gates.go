package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gates walks one row of gates, each of H values and one behind the other, with the states of H
// values beside them; at gives the place of a gate's values.
type gates struct {
	stride reg.GPVirtual // bytes of H values
	three  reg.GPVirtual
}

func (g gates) at(base reg.GPVirtual, gate int) Mem { return offRow(base, g.stride, g.three, gate, 0) }

// gateRows repeats body for each register of each row. It moves pointers to gates (each of count H
// values a row) and to states.
func (e *emitter) gateRows(count int, gatesOf, states []reg.GPVirtual, body func(g gates)) {
	g := gates{stride: e.size("H"), three: e.GP64()}
	e.LEAQ(Mem{Base: g.stride, Index: g.stride, Scale: 2}, g.three)
	e.times(e.pointer("rows"), func() {
		left := e.GP64()
		e.MOVQ(g.stride, left)
		move := func(by Op) {
			for _, p := range append(append([]reg.GPVirtual(nil), gatesOf...), states...) {
				e.ADDQ(by, p)
			}
		}
		loop, rest, end := e.mark(), e.mark(), e.mark()
		e.Label(loop)
		e.CMPQ(left, U32(e.bytes()))
		e.JLT(LabelRef(rest))
		body(g)
		move(U32(e.bytes()))
		e.SUBQ(U32(e.bytes()), left)
		e.JMP(LabelRef(loop))
		e.Label(rest)
		e.TESTQ(left, left)
		e.JZ(LabelRef(end))
		n := e.GP64()
		e.MOVQ(left, n)
		e.SHRQ(Imm(2), n)
		e.mask(n, 1)
		body(g)
		e.masked = false
		move(left)
		e.Label(end)
		for _, p := range gatesOf { // behind the first gate now: past the others
			for range count - 1 {
				e.ADDQ(g.stride, p)
			}
		}
	})
}

// gateKernels writes time steps of recurrent layers.
func gateKernels(e *emitter) {
	e.kernel("vectorLSTM", "gates, before, c, h *float32, rows, H int", func() {
		z, before, c, h := e.pointer("gates"), e.pointer("before"), e.pointer("c"), e.pointer("h")
		e.gateRows(4, []reg.GPVirtual{z}, []reg.GPVirtual{before, c, h}, func(g gates) {
			in := e.sigmoid(e.get(g.at(z, 0)))
			e.put(in, g.at(z, 0))
			forget := e.sigmoid(e.get(g.at(z, 1)))
			e.put(forget, g.at(z, 1))
			cell := e.tanh(e.get(g.at(z, 2)))
			e.put(cell, g.at(z, 2))
			next := e.mul(in, cell)
			e.fma(next, forget, e.get(memory(before, 0)))
			e.put(next, memory(c, 0))
			out := e.sigmoid(e.get(g.at(z, 3)))
			e.put(out, g.at(z, 3))
			e.put(e.mul(out, e.tanh(next)), memory(h, 0))
		})
	})
	e.kernel("vectorLSTMBack", "dgates, gates, before, c, dh, dc *float32, rows, H int", func() {
		dz, z, before := e.pointer("dgates"), e.pointer("gates"), e.pointer("before")
		c, dh, dc := e.pointer("c"), e.pointer("dh"), e.pointer("dc")
		e.gateRows(4, []reg.GPVirtual{z, dz}, []reg.GPVirtual{before, c, dh, dc}, func(g gates) {
			t := e.tanh(e.get(memory(c, 0)))
			in, forget := e.get(g.at(z, 0)), e.get(g.at(z, 1))
			cell, out := e.get(g.at(z, 2)), e.get(g.at(z, 3))
			up := e.get(memory(dh, 0))
			d := e.get(memory(dc, 0))
			e.fma(d, e.mul(up, out), e.tanhSlope(t))
			e.put(e.mul(e.mul(up, t), e.sigmoidSlope(out)), g.at(dz, 3))
			e.put(e.mul(e.mul(d, cell), e.sigmoidSlope(in)), g.at(dz, 0))
			e.put(e.mul(e.mul(d, e.get(memory(before, 0))), e.sigmoidSlope(forget)), g.at(dz, 1))
			e.put(e.mul(e.mul(d, in), e.tanhSlope(cell)), g.at(dz, 2))
			e.put(e.mul(d, forget), memory(dc, 0))
		})
	})
	e.kernel("vectorGRU", "gates, recurrent, before, h *float32, rows, H int", func() {
		x, u, before, h := e.pointer("gates"), e.pointer("recurrent"), e.pointer("before"), e.pointer("h")
		e.gateRows(3, []reg.GPVirtual{x, u}, []reg.GPVirtual{before, h}, func(g gates) {
			reset := e.sigmoid(e.add(e.get(g.at(x, 0)), e.get(g.at(u, 0))))
			e.put(reset, g.at(x, 0))
			next := e.get(g.at(x, 2))
			e.fma(next, reset, e.get(g.at(u, 2)))
			next = e.tanh(next)
			e.put(next, g.at(x, 2))
			update := e.sigmoid(e.add(e.get(g.at(x, 1)), e.get(g.at(u, 1))))
			e.put(update, g.at(x, 1))
			e.fma(next, update, e.sub(e.get(memory(before, 0)), next))
			e.put(next, memory(h, 0))
		})
	})
	e.kernel("vectorGRUBack", "dgates, drecurrent, gates, recurrent, before, dh *float32, rows, H int", func() {
		dx, du, x, u := e.pointer("dgates"), e.pointer("drecurrent"), e.pointer("gates"), e.pointer("recurrent")
		before, dh := e.pointer("before"), e.pointer("dh")
		e.gateRows(3, []reg.GPVirtual{x, u, dx, du}, []reg.GPVirtual{before, dh}, func(g gates) {
			reset, update := e.get(g.at(x, 0)), e.get(g.at(x, 1))
			next, up := e.get(g.at(x, 2)), e.get(memory(dh, 0))
			dn := e.mul(e.mul(up, e.sub(e.held(oneBits), update)), e.tanhSlope(next))
			dr := e.mul(e.mul(dn, e.get(g.at(u, 2))), e.sigmoidSlope(reset))
			dz := e.mul(e.mul(up, e.sub(e.get(memory(before, 0)), next)), e.sigmoidSlope(update))
			for i, v := range []vec{dr, dz, dn} {
				e.put(v, g.at(dx, i))
			}
			for i, v := range []vec{dr, dz, e.mul(dn, reset)} {
				e.put(v, g.at(du, i))
			}
			e.put(e.mul(up, update), memory(dh, 0))
		})
	})
}
