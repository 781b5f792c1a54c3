package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose writes a function that transposes blocks of 8×8 values side by side.
func transpose(c *build.Context) {
	l := &lanes{Context: c}
	c.Function("transpose8")
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(dst, src *float32, dstRow, srcRow, blocks int)")
	c.Pragma("noescape")
	c.Doc("transpose8 transposes blocks of 8×8 values, side by side in src and one below the other in",
		"dst. The strides from row to row are in bytes; there is at least one block.")
	read := func(name string) reg.GPVirtual {
		r := c.GP64()
		c.Load(c.Param(name), r)
		return r
	}
	from := l.rowsAt(read("src"), read("srcRow"))
	to := l.rowsAt(read("dst"), read("dstRow"))
	blocks := read("blocks")
	c.Label("block")
	for i, x := range l.turn(l.readBlock(from)) {
		c.VMOVUPS(x, to.row(i))
	}
	c.ADDQ(U8(32), from.at)
	c.LEAQ(Mem{Base: to.at, Index: to.one, Scale: 8}, to.at)
	c.DECQ(blocks)
	c.JNZ(LabelRef("block"))
	c.VZEROUPPER()
	c.RET()
}

func (l *lanes) readBlock(from rows) []reg.VecVirtual {
	x := make([]reg.VecVirtual, 8)
	for i := range x {
		x[i] = l.YMM()
		l.VMOVUPS(from.row(i), x[i])
	}
	return x
}

// turn transposes 8×8 values: pairs of rows, pairs of pairs, and halves.
func (l *lanes) turn(x []reg.VecVirtual) []reg.VecVirtual {
	pairs, quads, y := make([]reg.VecVirtual, 8), make([]reg.VecVirtual, 8), make([]reg.VecVirtual, 8)
	for i := range 4 {
		low, high := l.YMM(), l.YMM()
		l.VUNPCKLPS(x[2*i+1], x[2*i], low)
		l.VUNPCKHPS(x[2*i+1], x[2*i], high)
		pairs[2*i], pairs[2*i+1] = low, high
	}
	for i := 0; i < 8; i += 4 {
		for j := range 4 {
			quads[i+j] = l.YMM()
			choice := U8(0x44) // the low two of either
			if j%2 == 1 {
				choice = 0xee // the high two
			}
			l.VSHUFPS(choice, pairs[i+2+j/2], pairs[i+j/2], quads[i+j])
		}
	}
	for i := range 4 {
		y[i], y[i+4] = l.YMM(), l.YMM()
		l.VPERM2F128(U8(0x20), quads[i+4], quads[i], y[i])
		l.VPERM2F128(U8(0x31), quads[i+4], quads[i], y[i+4])
	}
	return y
}
