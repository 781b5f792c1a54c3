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
func power2() []float32 {
	return []float32{0.001326472731307149, 0.009671512991189957, 0.05550733581185341, 0.24022242426872253, 0.6931470036506653, 1}
}

// scores writes the kernels of attention's scores.
func scores(c *build.Context) {
	s := newScoring(c)
	for _, again := range []bool{false, true} {
		for _, rows := range []int{8, 4, 1} {
			s.write(&lanes{Context: c, z: true}, rows, again)
		}
		for _, rows := range []int{4, 1} {
			s.write(&lanes{Context: c}, rows, again)
		}
	}
}

// newScoring writes the constants.
func newScoring(c *build.Context) scoring {
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
	for i, v := range power2() {
		s.power = append(s.power, constant(fmt.Sprintf("power%d", 5-i), v))
	}
	return s
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
	s.store(acc)
	s.ADDQ(I32(vecs*s.bytes()), s.field(scoresB))
	s.DECQ(n)
	s.JNZ(LabelRef(label))
	s.Label(label + "Done")
}

// store writes scores, notes the largest and goes on to the next columns.
func (s *scoring) store(acc [][]reg.VecVirtual) {
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
	step := I32(len(acc[0]) * s.bytes())
	s.ADDQ(step, s.c)
	if s.rows > 4 {
		s.ADDQ(step, s.cHigh)
	}
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
