package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The places of the fields of kernel.scoresArgs, in bytes; a test of that package compares them.
const (
	scoresA = 8 * iota
	scoresB
	scoresC
	scoresTop
	scoresSum
	scoresARow
	scoresBRow
	scoresCRow
	scoresK
	scoresMain
	scoresTail
	scoresGroups
	scoresPad
	scoresScale
)

// power2 is 2^f for f from -0.5 to 0.5: the polynomial of degree 5 of the least relative error, 9e-8,
// among those that are 1 at zero; the highest coefficient first.
var power2 = []float32{0.001326472731307149, 0.009671512991189957, 0.05550733581185341, 0.24022242426872253, 0.6931470036506653, 1}

// scores writes the kernels of attention's scores.
func scores(c *build.Context) {
	constant := func(name string, v float32) Mem {
		m := c.StaticGlobal(name)
		c.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 8 {
			c.AddDatum(4*i, U32(math.Float32bits(v)))
		}
		return m
	}
	s := scoring{
		// What is added to n, and n+127 stands in the last bits: those of 2ⁿ, 23 places to the left.
		magic: constant("magic", 3<<22+127),
		// The least power of two, and with its exponent of zero it stands for 0.
		least:    constant("least", -127),
		infinity: constant("infinity", float32(math.Inf(-1))),
		perLog:   constant("perLog", -math.Log2E),
	}
	for i, v := range power2 {
		s.power = append(s.power, constant(fmt.Sprintf("power%d", len(power2)-1-i), v))
	}
	for _, again := range []bool{false, true} {
		for _, rows := range []int{8, 4, 1} {
			s.write(&lanes{Context: c, z: true}, rows, again)
		}
		for _, rows := range []int{4, 1} {
			s.write(&lanes{Context: c}, rows, again)
		}
	}
}

// scoring is the writer of a kernel of scores.
type scoring struct {
	*lanes
	rows                           int
	again                          bool // the logarithm of the sum is known
	magic, least, infinity, perLog Mem
	power                          []Mem

	arg                reg.GPVirtual
	aRow, aRow3        reg.GPVirtual
	cRow, cRow3        reg.GPVirtual
	a, aHigh, c, cHigh reg.GPVirtual
	tops               []reg.VecVirtual
	fixed              map[int]reg.VecVirtual // constants in registers, by number
	fixedScale         reg.VecVirtual
}

func (s scoring) write(l *lanes, rows int, again bool) {
	s.lanes, s.rows, s.again = l, rows, again
	name, what := "scores", "exponentials of scores less the largest of the row"
	if again {
		name, what = "scoresAgain", "exponentials of scores less the logarithms of their sums"
	}
	width := "Y"
	if s.z {
		width = "Z"
	}
	name = fmt.Sprintf("%s%s%d", name, width, rows)
	s.Function(name)
	s.Attributes(attr.NOSPLIT)
	s.Signature(of("scoresArgs"))
	s.Pragma("noescape")
	s.Doc(fmt.Sprintf("%s computes %s, in %d rows.", name, what, rows))
	s.load()
	s.products("main", scoresMain, 2, false)
	s.products("tail", scoresTail, 16/s.values(), true)
	s.saveTops()
	s.exponentials()
	s.VZEROUPPER()
	s.RET()
}

func (s *scoring) field(offset int) Mem { return Mem{Base: s.arg, Disp: offset} }

func (s *scoring) get(offset int) reg.GPVirtual {
	r := s.GP64()
	s.MOVQ(s.field(offset), r)
	return r
}

func (s *scoring) load() {
	s.arg = s.GP64()
	s.Load(s.Param("t"), s.arg)
	triple := func(r reg.GPVirtual) reg.GPVirtual {
		three := s.GP64()
		s.LEAQ(Mem{Base: r, Index: r, Scale: 2}, three)
		return three
	}
	high := func(base, row reg.GPVirtual) reg.GPVirtual {
		r := s.GP64()
		s.LEAQ(Mem{Base: base, Index: row, Scale: 4}, r)
		return r
	}
	s.a, s.c = s.get(scoresA), s.get(scoresC)
	s.aRow, s.cRow = s.get(scoresARow), s.get(scoresCRow)
	if s.rows > 3 {
		s.aRow3, s.cRow3 = triple(s.aRow), triple(s.cRow)
	}
	if s.rows > 4 {
		s.aHigh, s.cHigh = high(s.a, s.aRow), high(s.c, s.cRow)
	}
	for range s.rows {
		if !s.again {
			top := s.vector()
			s.broadcast(s.infinity, top)
			s.tops = append(s.tops, top)
		}
	}
}

// row is the place of row i of four or eight below one another.
func row(i int, base, high, stride, triple reg.GPVirtual) Mem {
	if i >= 4 {
		base, i = high, i-4
	}
	switch i {
	case 0:
		return Mem{Base: base}
	case 3:
		return Mem{Base: base, Index: triple, Scale: 1}
	}
	return Mem{Base: base, Index: stride, Scale: uint8(i)}
}

// products computes columns of scores, as many times as a field says vecs registers of each row, and
// stores them. Padded ones have values added that take those beyond the last column to -Inf.
func (s *scoring) products(label string, count, vecs int, padded bool) {
	n := s.get(count)
	s.TESTQ(n, n)
	s.JZ(LabelRef(label + "Done"))
	s.Label(label)
	acc := make([][]reg.VecVirtual, s.rows)
	for i := range acc {
		for range vecs {
			r := s.vector()
			s.clear(r)
			acc[i] = append(acc[i], r)
		}
	}
	s.chain(label, acc)
	if padded {
		pad := s.get(scoresPad)
		for j := range vecs {
			for _, r := range acc {
				s.VADDPS(Mem{Base: pad, Disp: j * s.bytes()}, r[j], r[j])
			}
		}
		s.ADDQ(I32(vecs*s.bytes()), pad)
		s.MOVQ(pad, s.field(scoresPad))
	}
	for i, r := range acc {
		for j := range r {
			to := row(i, s.c, s.cHigh, s.cRow, s.cRow3)
			to.Disp = j * s.bytes()
			s.VMOVUPS(r[j], to)
			if !s.again {
				s.VMAXPS(r[j], s.tops[i], s.tops[i])
			}
		}
	}
	step := I32(vecs * s.bytes())
	s.ADDQ(step, s.c)
	if s.rows > 4 {
		s.ADDQ(step, s.cHigh)
	}
	s.ADDQ(step, s.field(scoresB))
	s.DECQ(n)
	s.JNZ(LabelRef(label))
	s.Label(label + "Done")
}

// chain adds the products over k, and leaves a where it was.
func (s *scoring) chain(label string, acc [][]reg.VecVirtual) {
	k, b := s.get(scoresK), s.get(scoresB)
	bRow := s.get(scoresBRow)
	s.Label(label + "Chain")
	bs := make([]reg.VecVirtual, len(acc[0]))
	for j := range bs {
		bs[j] = s.vector()
		s.VMOVUPS(Mem{Base: b, Disp: j * s.bytes()}, bs[j])
	}
	for i, r := range acc {
		a := s.vector()
		s.VBROADCASTSS(row(i, s.a, s.aHigh, s.aRow, s.aRow3), a)
		for j := range r {
			s.VFMADD231PS(a, bs[j], r[j])
		}
	}
	s.ADDQ(I8(4), s.a)
	if s.rows > 4 {
		s.ADDQ(I8(4), s.aHigh)
	}
	s.ADDQ(bRow, b)
	s.DECQ(k)
	s.JNZ(LabelRef(label + "Chain"))
	back := s.get(scoresK)
	s.SHLQ(U8(2), back)
	s.SUBQ(back, s.a)
	if s.rows > 4 {
		s.SUBQ(back, s.aHigh)
	}
}

// clear is zero, without a claim on what the register held.
func (s *scoring) clear(r reg.VecVirtual) { s.VXORPS(r, r, r) }

// saveTops writes each row's largest score.
func (s *scoring) saveTops() {
	if s.again {
		return
	}
	to := s.get(scoresTop)
	for i, v := range s.tops {
		x := s.fold(v, func(a, b, c Op) { s.VMAXPS(a, b, c) })
		s.VMOVSS(x, Mem{Base: to, Disp: 4 * i})
	}
}

// fold combines the values of a vector: i and i+8, then i and i+4, and so on.
func (s *scoring) fold(v reg.VecVirtual, combine func(a, b, c Op)) reg.Register {
	if s.z {
		t := s.ZMM()
		s.VSHUFF64X2(U8(0x4e), v, v, t)
		combine(v, t, t)
		other := s.ZMM()
		s.VSHUFF64X2(U8(0xb1), t, t, other)
		combine(other, t, t)
		s.VPERMILPD(U8(0x55), t, other)
		combine(other, t, t)
		s.VPERMILPS(U8(0xb1), t, other)
		combine(other, t, t)
		return t.AsX()
	}
	x := s.XMM()
	s.VEXTRACTF128(U8(1), v, x)
	combine(x, v.AsX(), x)
	other := s.XMM()
	s.VPERMILPD(U8(1), x, other)
	combine(other, x, x)
	s.VMOVSHDUP(x, other)
	combine(other, x, x)
	return x
}

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
	shift := s.vector()
	s.VBROADCASTSS(Mem{Base: top}, shift)
	if s.again {
		s.broadcastMul(s.perLog, shift)
	}
	e := exponential{scoring: s, shift: shift, least: least}
	for range 16 / s.values() {
		v := s.vector()
		s.clear(v)
		e.sums = append(e.sums, v)
	}
	at, n := s.GP64(), s.get(scoresGroups)
	s.MOVQ(c, at)
	many := 4 * s.values() / 16
	s.SUBQ(U32(uint32(many)), n)
	s.JL(LabelRef("few"))
	s.Label("many")
	e.groups(at, many)
	s.ADDQ(I32(64*many), at)
	s.SUBQ(U32(uint32(many)), n)
	s.JGE(LabelRef("many"))
	s.Label("few")
	s.ADDQ(U32(uint32(many)), n)
	s.JZ(LabelRef("summed"))
	s.Label("one")
	e.groups(at, 1)
	s.ADDQ(I32(64), at)
	s.DECQ(n)
	s.JNZ(LabelRef("one"))
	s.Label("summed")
	s.saveSum(&e, sum)
	s.ADDQ(I8(4), top)
	s.ADDQ(I8(4), sum)
	s.ADDQ(s.cRow, c)
	s.DECQ(rows)
	s.JNZ(LabelRef("row"))
}

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
