package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type instruction = func(...Op)

// operand returns v as an instruction's first operand, and the instruction's form that takes it.
func (e *emitter) operand(v value, plain, spreads instruction) (Op, instruction) {
	switch v := v.(type) {
	case constant:
		if e.wide {
			return e.bits(uint32(v)), spreads
		}
		return e.bits(uint32(v)), plain
	case Mem:
		return v, plain
	}
	return v.(Op), plain
}

func (e *emitter) binary(a vec, b value, plain, spreads instruction) vec {
	v := e.vec()
	o, f := e.operand(b, plain, spreads)
	f(o, a, v)
	return v
}

func (e *emitter) add(a vec, b value) vec { return e.binary(a, b, e.VADDPS, e.VADDPS_BCST) }
func (e *emitter) sub(a vec, b value) vec { return e.binary(a, b, e.VSUBPS, e.VSUBPS_BCST) }
func (e *emitter) mul(a vec, b value) vec { return e.binary(a, b, e.VMULPS, e.VMULPS_BCST) }
func (e *emitter) div(a vec, b value) vec { return e.binary(a, b, e.VDIVPS, e.VDIVPS_BCST) }

// greater and less return b where either is NaN.
func (e *emitter) greater(a vec, b value) vec { return e.binary(a, b, e.VMAXPS, e.VMAXPS_BCST) }
func (e *emitter) less(a vec, b value) vec    { return e.binary(a, b, e.VMINPS, e.VMINPS_BCST) }

func (e *emitter) and(a vec, b value) vec { return e.binary(a, b, e.VANDPS, e.VANDPS_BCST) }
func (e *emitter) or(a vec, b value) vec  { return e.binary(a, b, e.VORPS, e.VORPS_BCST) }

func (e *emitter) addInt(a vec, b value) vec { return e.binary(a, b, e.VPADDD, e.VPADDD_BCST) }
func (e *emitter) subInt(a vec, b value) vec { return e.binary(a, b, e.VPSUBD, e.VPSUBD_BCST) }

func (e *emitter) root(a vec) vec {
	v := e.vec()
	e.VSQRTPS(a, v)
	return v
}

// left and right shift each lane's bits, right with the sign.
func (e *emitter) left(a vec, n uint64) vec {
	v := e.vec()
	e.VPSLLD(Imm(n), a, v)
	return v
}

func (e *emitter) right(a vec, n uint64) vec {
	v := e.vec()
	e.VPSRAD(Imm(n), a, v)
	return v
}

// float makes numbers of integers.
func (e *emitter) float(a vec) vec {
	v := e.vec()
	e.VCVTDQ2PS(a, v)
	return v
}

// addTo adds b to sum in place.
func (e *emitter) addTo(sum vec, b value) {
	o, f := e.operand(b, e.VADDPS, e.VADDPS_BCST)
	f(o, sum, sum)
}

// fma adds a·b to sum in place, with one rounding; fnma subtracts it.
func (e *emitter) fma(sum, a vec, b value) {
	o, f := e.operand(b, e.VFMADD231PS, e.VFMADD231PS_BCST)
	f(o, a, sum)
}

func (e *emitter) fnma(sum, a vec, b value) {
	o, f := e.operand(b, e.VFNMADD231PS, e.VFNMADD231PS_BCST)
	f(o, a, sum)
}

// horner replaces p by p·x + c.
func (e *emitter) horner(p, x vec, c value) {
	o, f := e.operand(c, e.VFMADD213PS, e.VFMADD213PS_BCST)
	f(o, x, p)
}

// polynomial returns Σ cᵢ xⁱ.
func (e *emitter) polynomial(x vec, c ...float64) vec {
	p := e.held(number(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		e.horner(p, x, number(c[i]))
	}
	return p
}

// truth is a comparison's result.
type truth struct {
	k reg.OpmaskVirtual
	v vec
}

// Comparisons of the instruction set; each is false where either side is NaN, except notLess.
const (
	greaterThan = 0x1e
	notLess     = 0x05
	unordered   = 0x03
)

// is compares a with b.
func (e *emitter) is(comparison uint64, a vec, b value) truth {
	if e.wide {
		t := truth{k: e.K()}
		o, f := e.operand(b, e.VCMPPS, e.VCMPPS_BCST)
		f(Imm(comparison), o, a, t.k)
		return t
	}
	t := truth{v: e.vec()}
	o, _ := e.operand(b, nil, nil)
	e.VCMPPS(Imm(comparison), o, a, t.v)
	return t
}

// negative tells where the sign bit is set.
func (e *emitter) negative(a vec) truth {
	if !e.wide {
		return truth{v: a} // blending looks at this bit alone
	}
	t := truth{k: e.K()}
	e.VPMOVD2M(a, t.k)
	return t
}

// keep returns a where t is true, else zero. t must come of is.
func (e *emitter) keep(t truth, a vec) vec {
	v := e.vec()
	if e.wide {
		e.VMOVAPS_Z(a, t.k, v)
	} else {
		e.VANDPS(a, t.v, v)
	}
	return v
}

// drop returns a where t is false, else zero. t must come of is.
func (e *emitter) drop(t truth, a vec) vec {
	if e.wide {
		k := e.K()
		e.KNOTW(t.k, k)
		return e.keep(truth{k: k}, a)
	}
	v := e.vec()
	e.VANDNPS(a, t.v, v)
	return v
}

// pick returns yes where t is true, else no.
func (e *emitter) pick(t truth, yes, no vec) vec {
	v := e.vec()
	if e.wide {
		e.VBLENDMPS(yes, no, t.k, v)
	} else {
		e.VBLENDVPS(t.v, yes, no, v)
	}
	return v
}

// fold adds the partial sums of a unit, i and i+8, then i and i+4, and so on, and returns a register
// whose first lane holds the sum.
func (e *emitter) fold(sum []vec) vec {
	return e.halve(sum, e.VADDPS)
}

// halve folds a unit by any operation.
func (e *emitter) halve(sum []vec, op instruction) vec {
	half := e.YMM()
	if e.wide {
		e.VEXTRACTF64X4(Imm(1), sum[0], half)
		op(half, sum[0].AsY(), half)
	} else {
		op(sum[1], sum[0], half)
	}
	x := e.XMM()
	e.VEXTRACTF128(Imm(1), half, x)
	op(x, half.AsX(), x)
	for _, order := range []uint64{0b1110, 0b01} {
		y := e.XMM()
		e.VPERMILPS(Imm(order), x, y)
		op(y, x, x)
	}
	return x
}

// all spreads the first lane of x.
func (e *emitter) all(x Op) vec {
	v := e.vec()
	e.VBROADCASTSS(x, v)
	return v
}
