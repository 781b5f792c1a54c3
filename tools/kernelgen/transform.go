package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The places of the fields of kernel.transformArgs, in bytes; a test of that package compares them.
const (
	transformIn = 8 * iota
	transformInRow
	transformInTile
	transformOut
	transformOutRow
	transformOutTile
	transformBias
	transformFloor
	transformN
	transformLast
	transformTiles
)

// transform is the writer of a function that makes rows of values from rows of values, by the same
// arithmetic in each column, for tiles one after the other.
type transform struct {
	*lanes
	constants map[float32]Mem
	arg       reg.GPVirtual
	in, out   rows
	bias      reg.GPVirtual
	floor     reg.VecVirtual
	masked    bool // now writing for a partial vector
}

// write writes a function of the form func(t *transformArgs).
func (t *transform) write(name, doc string, biased bool, body func(t *transform)) {
	t.Function(name)
	t.Attributes(attr.NOSPLIT)
	t.Signature(of("transformArgs"))
	t.Pragma("noescape")
	t.Doc(doc)
	t.arg = t.GP64()
	t.Load(t.Param("t"), t.arg)
	t.in, t.out = t.rowsAt(nil, t.get(transformInRow)), t.rowsAt(nil, t.get(transformOutRow))
	t.setMask(t.field(transformLast))
	if biased {
		t.floor = t.vector()
		t.VBROADCASTSS(t.field(transformFloor), t.floor)
	}
	t.tiles(biased, body)
	t.VZEROUPPER()
	t.RET()
}

func (t *transform) field(offset int) Mem { return Mem{Base: t.arg, Disp: offset} }

func (t *transform) get(offset int) reg.GPVirtual {
	r := t.GP64()
	t.MOVQ(t.field(offset), r)
	return r
}

// tiles writes the loops over tiles and over vectors of columns.
func (t *transform) tiles(biased bool, body func(t *transform)) {
	t.Label("tile")
	t.in.at, t.out.at = t.get(transformIn), t.get(transformOut)
	if biased {
		t.bias = t.get(transformBias)
	}
	n := t.get(transformN)
	t.SUBQ(U8(t.values()), n)
	t.JLT(LabelRef("last"))
	t.Label("columns")
	t.masked = false
	body(t)
	t.ADDQ(U8(t.bytes()), t.in.at)
	t.ADDQ(U8(t.bytes()), t.out.at)
	if biased {
		t.ADDQ(U8(t.bytes()), t.bias)
	}
	t.SUBQ(U8(t.values()), n)
	t.JGE(LabelRef("columns"))
	t.Label("last")
	t.ADDQ(U8(t.values()), n)
	t.JZ(LabelRef("next"))
	t.masked = true
	body(t)
	t.Label("next")
	t.advance()
}

// advance goes to the next tile, if there is one: the pointers in the argument never leave their
// arrays.
func (t *transform) advance() {
	t.DECQ(t.field(transformTiles))
	t.JZ(LabelRef("end"))
	for _, f := range [][2]int{{transformInTile, transformIn}, {transformOutTile, transformOut}} {
		t.ADDQ(t.get(f[0]), t.field(f[1]))
	}
	t.JMP(LabelRef("tile"))
	t.Label("end")
}

// read loads rows 0 … n-1.
func (t *transform) read(n int) []reg.VecVirtual {
	x := make([]reg.VecVirtual, n)
	for i := range x {
		x[i] = t.vector()
		t.loadVector(t.in.row(i), x[i], t.masked)
	}
	return x
}

func (t *transform) put(i int, x reg.VecVirtual) { t.storeVector(x, t.out.row(i), t.masked) }

// constant is a vector of one value, in all columns; memory holds the value.
func (t *transform) constant(v float32) reg.VecVirtual {
	m, ok := t.constants[v]
	if !ok {
		m = t.StaticGlobal(fmt.Sprintf("constant%d", len(t.constants)))
		t.DataAttributes(attr.RODATA | attr.NOPTR)
		t.AddDatum(0, F32(v))
		t.constants[v] = m
	}
	r := t.vector()
	t.VBROADCASTSS(m, r)
	return r
}

func (t *transform) add(x, y reg.VecVirtual) reg.VecVirtual {
	r := t.vector()
	t.VADDPS(y, x, r)
	return r
}

func (t *transform) sub(x, y reg.VecVirtual) reg.VecVirtual {
	r := t.vector()
	t.VSUBPS(y, x, r)
	return r
}

// mul is k·x.
func (t *transform) mul(k float32, x reg.VecVirtual) reg.VecVirtual {
	r := t.vector()
	t.VMULPS(t.constant(k), x, r)
	return r
}

// fma is x + k·y.
func (t *transform) fma(x reg.VecVirtual, k float32, y reg.VecVirtual) reg.VecVirtual {
	r := t.vector()
	t.VMOVAPS(x, r)
	t.VFMADD231PS(t.constant(k), y, r)
	return r
}

func (t *transform) max(x, y reg.VecVirtual) reg.VecVirtual {
	r := t.vector()
	t.VMAXPS(y, x, r)
	return r
}

func newTransform(c *build.Context, z bool, order Mem, constants map[float32]Mem) *transform {
	return &transform{lanes: &lanes{Context: c, z: z, order: order}, constants: constants}
}
