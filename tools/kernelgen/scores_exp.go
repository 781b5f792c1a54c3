package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// exponentials replaces the scores, row by row.
func (s *scoring) exponentials() {
	rows, c, top, sum := s.GP64(), s.get(scoresC), s.get(scoresTop), s.get(scoresSum)
	s.MOVQ(U32(uint32(s.rows)), rows)
	least := s.vector()
	s.broadcast(s.least, least)
	if s.z {
		s.fixConstants()
	}
	s.Label("row")
	e := s.newExponential(least, top)
	e.row(c)
	s.saveSum(e, sum)
	s.ADDQ(I8(4), top)
	s.ADDQ(I8(4), sum)
	s.ADDQ(s.cRow, c)
	s.DECQ(rows)
	s.JNZ(LabelRef("row"))
}

// newExponential begins a row.
func (s *scoring) newExponential(least reg.VecVirtual, top reg.GPVirtual) *exponential {
	shift := s.vector()
	s.VBROADCASTSS(Mem{Base: top}, shift)
	if s.again {
		s.broadcastMul(s.perLog, shift)
	}
	e := &exponential{scoring: s, shift: shift, least: least}
	for range 16 / s.values() {
		v := s.vector()
		s.clear(v)
		e.sums = append(e.sums, v)
	}
	return e
}

// row replaces a row, many groups at once and then one by one.
func (e *exponential) row(c reg.GPVirtual) {
	at, n := e.GP64(), e.get(scoresGroups)
	e.MOVQ(c, at)
	many := 4 * e.values() / 16
	e.SUBQ(U32(uint32(many)), n)
	e.JL(LabelRef("few"))
	e.Label("many")
	e.groups(at, many)
	e.ADDQ(I32(64*many), at)
	e.SUBQ(U32(uint32(many)), n)
	e.JGE(LabelRef("many"))
	e.Label("few")
	e.ADDQ(U32(uint32(many)), n)
	e.JZ(LabelRef("summed"))
	e.Label("one")
	e.groups(at, 1)
	e.ADDQ(I32(64), at)
	e.DECQ(n)
	e.JNZ(LabelRef("one"))
	e.Label("summed")
}

// saveSum writes the sum of a row.
func (s *scoring) saveSum(e *exponential, to reg.GPVirtual) {
	if s.again {
		return
	}
	total := e.sums[0]
	if !s.z {
		s.VADDPS(e.sums[1], total, total)
	}
	x := s.fold(total, func(a, b, c Op) { s.VADDPS(a, b, c) })
	s.VMOVSS(x, Mem{Base: to})
}

// broadcast loads a constant.
func (s *scoring) broadcast(m Mem, to reg.VecVirtual) { s.VBROADCASTSS(m, to) }

func (s *scoring) broadcastMul(m Mem, v reg.VecVirtual) {
	t := s.vector()
	s.broadcast(m, t)
	s.VMULPS(t, v, v)
}

// scale is what scores are multiplied by, in a register or where it is.
func (s *scoring) scale() Op {
	if s.z {
		return s.fixedScale
	}
	return s.field(scoresScale)
}

// fixConstants loads what there are registers for.
func (s *scoring) fixConstants() {
	s.fixed = map[int]reg.VecVirtual{}
	s.fixedScale = s.vector()
	s.broadcast(s.field(scoresScale), s.fixedScale)
	for i, m := range append([]Mem{s.magic}, s.power...) {
		v := s.vector()
		s.broadcast(m, v)
		s.fixed[i] = v
	}
}

// constant is constant i, the magic number or a coefficient: a register, or where it is.
func (s *scoring) constant(i int) Op {
	if v, ok := s.fixed[i]; ok {
		return v
	}
	return append([]Mem{s.magic}, s.power...)[i]
}

// exponential is the writer of exp(scale·(x - shift)), or again of exp(scale·x + shift), in powers of
// two: the exponent y is split into a whole number and a fraction.
type exponential struct {
	*scoring
	shift, least reg.VecVirtual
	sums         []reg.VecVirtual
}

// groups replaces n times 16 values.
func (e *exponential) groups(at reg.GPVirtual, n int) {
	count := n * 16 / e.values()
	y, t, p := make([]reg.VecVirtual, count), make([]reg.VecVirtual, count), make([]reg.VecVirtual, count)
	each := func(f func(i int)) {
		for i := range count {
			f(i)
		}
	}
	each(func(i int) {
		y[i], t[i], p[i] = e.vector(), e.vector(), e.vector()
		e.VMOVUPS(Mem{Base: at, Disp: i * e.bytes()}, y[i])
	})
	each(func(i int) {
		if e.again {
			e.VFMADD132PS(e.scale(), e.shift, y[i])
			return
		}
		e.VSUBPS(e.shift, y[i], y[i]) // first: the largest becomes 0 whatever its size
		e.VMULPS(e.scale(), y[i], y[i])
	})
	each(func(i int) { e.VMAXPS(y[i], e.least, y[i]) }) // a NaN stays
	each(func(i int) { e.VADDPS(e.constant(0), y[i], t[i]) })
	each(func(i int) { e.VSUBPS(e.constant(0), t[i], p[i]) })
	each(func(i int) { e.VSUBPS(p[i], y[i], y[i]) })
	each(func(i int) { e.VMOVUPS(e.constant(1), p[i]) })
	for k := 2; k <= len(e.power); k++ {
		each(func(i int) { e.VFMADD213PS(e.constant(k), y[i], p[i]) })
	}
	each(func(i int) { e.VPSLLD(U8(23), t[i], t[i]) })
	each(func(i int) { e.VMULPS(t[i], p[i], p[i]) })
	each(func(i int) {
		e.VMOVUPS(p[i], Mem{Base: at, Disp: i * e.bytes()})
		if !e.again {
			sum := e.sums[i%len(e.sums)]
			e.VADDPS(p[i], sum, sum)
		}
	})
}
