package main

import . "github.com/mmcloughlin/avo/operand"

// dropKernel writes the hash of an index, thirty-two bits wide, and what dropout makes of it; see
// package kernel, where the same is in Go.
func dropKernel(e *emitter) {
	e.kernel("vectorDropMask", "dst *float32, n int, keep float32, start, step, middle, limit *[16]uint32", func() {
		dst, keep := e.pointer("dst"), e.scalar("keep")
		at, step := e.words("start"), e.words("step")
		middle, limit := e.words("middle"), e.words("limit")
		first, second := e.held(dropFirst), e.held(dropSecond)
		e.walk(e.size("n"), 1, func(s spot) {
			x := e.copy(at)
			e.VPADDD(step, at, at)
			e.stir(x, 16)
			e.VPMULLD(first, x, x)
			e.stir(x, 15)
			e.VPADDD(middle, x, x)
			e.VPMULLD(second, x, x)
			e.stir(x, 16)
			e.write(e.above(x, limit, keep), dst, s)
		}, nil)
	})
}

const (
	dropFirst  constant = 0x7feb352d
	dropSecond constant = 0x846ca68b
)

// words loads a register of 32-bit words.
func (e *emitter) words(name string) vec {
	v := e.vec()
	e.VMOVUPS(Mem{Base: e.pointer(name)}, v)
	return v
}

// stir sets x to x ^ x>>shift.
func (e *emitter) stir(x vec, shift uint8) {
	high := e.vec()
	e.VPSRLD(Imm(uint64(shift)), x, high)
	e.VXORPS(high, x, x)
}

// above returns v where x, without sign, is at least limit, else zero.
func (e *emitter) above(x, limit, v vec) vec {
	high, out := e.vec(), e.vec()
	e.VPMAXUD(limit, x, high)
	if e.wide {
		k := e.K()
		e.VPCMPEQD(high, x, k)
		e.VMOVAPS_Z(v, k, out)
		return out
	}
	e.VPCMPEQD(high, x, high)
	e.VANDPS(high, v, out)
	return out
}
