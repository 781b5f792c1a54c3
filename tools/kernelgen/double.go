package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// double writes the arithmetic in double precision, for either width.
func double(c *build.Context) {
	for _, wide := range []bool{true, false} {
		doubleDot(&lanes{Context: c, z: wide})
	}
	widen(c)
}

// widen writes the conversion. It is the same for either width: what it writes to memory bounds it.
func widen(c *build.Context) {
	c.Function("doubleWiden")
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(dst *float64, x *float32, n int)")
	c.Pragma("noescape")
	c.Doc("doubleWiden converts n values, a multiple of 8 above zero.")
	dst, x, n := c.GP64(), c.GP64(), c.GP64()
	c.Load(c.Param("dst"), dst)
	c.Load(c.Param("x"), x)
	c.Load(c.Param("n"), n)
	c.Label("more")
	for i := range 2 {
		y := c.YMM()
		c.VCVTPS2PD(Mem{Base: x, Disp: 16 * i}, y)
		c.VMOVUPD(y, Mem{Base: dst, Disp: 32 * i})
	}
	c.ADDQ(U8(32), x)
	c.ADDQ(U8(64), dst)
	c.SUBQ(U8(8), n)
	c.JNZ(LabelRef("more"))
	c.VZEROUPPER()
	c.RET()
}

// doubleDot writes one of them: 32 partial sums side by side, which are folded in one order.
func doubleDot(l *lanes) {
	name, step := "doubleDotY", 4
	if l.z {
		name, step = "doubleDotZ", 8
	}
	l.Function(name)
	l.Attributes(attr.NOSPLIT)
	l.SignatureExpr("func(x, y *float64, n int) float64")
	l.Pragma("noescape")
	l.Doc(name + " returns the sum of the products of n values, a multiple of 8.")
	x, y, n := l.GP64(), l.GP64(), l.GP64()
	l.Load(l.Param("x"), x)
	l.Load(l.Param("y"), y)
	l.Load(l.Param("n"), n)
	sums := make([]reg.VecVirtual, 32/step)
	for i := range sums {
		sums[i] = l.vector()
		l.zero(sums[i])
	}
	add := func(into []reg.VecVirtual) {
		for i, s := range into {
			v := l.vector()
			l.VMOVUPD(Mem{Base: x, Disp: 8 * i * step}, v)
			l.VFMADD231PD(Mem{Base: y, Disp: 8 * i * step}, v, s)
		}
		size := 8 * step * len(into)
		l.ADDQ(U32(size), x)
		l.ADDQ(U32(size), y)
		l.SUBQ(U8(step*len(into)), n)
	}
	l.Label("blocks")
	l.CMPQ(n, U8(32))
	l.JLT(LabelRef("rest"))
	add(sums)
	l.JMP(LabelRef("blocks"))
	l.Label("rest")
	l.CMPQ(n, U8(8))
	l.JLT(LabelRef("fold"))
	add(sums[:8/step])
	l.JMP(LabelRef("rest"))
	l.Label("fold")
	l.Store(l.foldDouble(sums).AsX(), l.ReturnIndex(0))
	l.VZEROUPPER()
	l.RET()
}

// foldDouble adds the sums in halves: lane i and i+16, then i and i+8, and so on.
func (l *lanes) foldDouble(sums []reg.VecVirtual) reg.VecVirtual {
	for ; len(sums) > 1; sums = sums[:len(sums)/2] {
		half := len(sums) / 2
		for i := range half {
			l.VADDPD(sums[half+i], sums[i], sums[i])
		}
	}
	s := sums[0]
	if l.z {
		high := l.YMM()
		l.VEXTRACTF64X4(U8(1), s, high)
		l.VADDPD(high, s.AsY(), s.AsY())
	}
	high := l.XMM()
	l.VEXTRACTF128(U8(1), s.AsY(), high)
	l.VADDPD(high, s.AsX(), s.AsX())
	l.VUNPCKHPD(s.AsX(), s.AsX(), high)
	l.VADDSD(high, s.AsX(), s.AsX())
	return s
}
