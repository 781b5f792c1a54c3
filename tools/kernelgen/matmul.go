package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The places of the fields of kernel.tile, in bytes; a test of that package compares them.
const (
	tileA = 8 * iota
	tileB
	tileC
	tileBias
	tileARow
	tileACol
	tileBRow
	tileCRow
	tileK
	tileBlocks
	tileLast
	tileFlags
)

// matmul writes the micro-kernels of matrix products, and the one of transposes.
func matmul(c *build.Context) {
	order := ascending(c)
	for _, s := range shapes() {
		t := &tile{lanes: &lanes{Context: c, z: s.wide, order: order}, shape: s}
		t.write()
	}
	transpose(c)
}

// tile is the writer of a micro-kernel. It computes blocks of rows × vecs registers of C, one below
// the other, each a chain over k that is held in registers.
type tile struct {
	*lanes
	shape
	arg      reg.GPVirtual
	a, aHigh reg.GPVirtual    // rows 0… and 7… of A at column k
	strides  [6]reg.GPVirtual // [1], [3] and [5]: that many of A's rows
	aCol     reg.GPVirtual
	b, bRow  reg.GPVirtual
	k        reg.GPVirtual
	c, cRow  reg.GPVirtual
	flags    reg.GPVirtual
	acc      [][]reg.VecVirtual
}

func (t *tile) write() {
	t.Function(t.name())
	t.Attributes(attr.NOSPLIT)
	t.Signature(of("tile"))
	t.Pragma("noescape")
	t.Doc(t.doc())
	t.load()
	t.Label("block")
	t.start()
	if t.skip {
		t.loopSkipping()
	} else {
		t.loop()
	}
	t.finish()
	t.advance()
	t.VZEROUPPER()
	t.RET()
}

func (t *tile) doc() string {
	cols := t.vecs * t.values()
	if t.skip {
		return fmt.Sprintf("%s computes up to %d columns of a row, with k counting groups of %d.", t.name(), cols, 4*t.values())
	}
	return fmt.Sprintf("%s computes blocks of %d rows and up to %d columns.", t.name(), t.rows, cols)
}

func (t *tile) field(offset int) Mem { return Mem{Base: t.arg, Disp: offset} }

func (t *tile) get(offset int) reg.GPVirtual {
	r := t.GP64()
	t.MOVQ(t.field(offset), r)
	return r
}

// load reads what all blocks share.
func (t *tile) load() {
	t.arg = t.GP64()
	t.Load(t.Param("t"), t.arg)
	t.strides[1] = t.get(tileARow)
	if t.rows > 3 {
		t.strides[3] = t.GP64()
		t.LEAQ(Mem{Base: t.strides[1], Index: t.strides[1], Scale: 2}, t.strides[3])
	}
	if t.rows > 5 {
		t.strides[5] = t.GP64()
		t.LEAQ(Mem{Base: t.strides[1], Index: t.strides[1], Scale: 4}, t.strides[5])
	}
	t.aCol, t.bRow, t.cRow = t.get(tileACol), t.get(tileBRow), t.get(tileCRow)
	t.flags = t.get(tileFlags)
	if t.wide || t.part {
		t.setMask(t.field(tileLast))
	}
	t.acc = make([][]reg.VecVirtual, t.rows)
	for i := range t.acc {
		for range t.vecs {
			t.acc[i] = append(t.acc[i], t.vector())
		}
	}
}

// partial tells whether register j of a row is under the mask.
func (t *tile) partial(j int) bool { return (t.wide || t.part) && j == t.vecs-1 }

// fetch loads register j of a row at base.
func (t *tile) fetch(base reg.GPVirtual, j int, to reg.VecVirtual) {
	t.loadVector(Mem{Base: base, Disp: j * t.bytes()}, to, t.partial(j))
}

// start sets the accumulators to what C holds, to the bias, or to zero.
func (t *tile) start() {
	t.a, t.b, t.k, t.c = t.get(tileA), t.get(tileB), t.get(tileK), t.get(tileC)
	if t.rows > 7 {
		t.aHigh = t.GP64()
		t.LEAQ(Mem{Base: t.strides[1], Index: t.strides[3], Scale: 2}, t.aHigh)
		t.ADDQ(t.a, t.aHigh)
	}
	bias := t.get(tileBias)
	t.TESTQ(U32(1), t.flags)
	t.JNZ(LabelRef("add"))
	t.TESTQ(bias, bias)
	t.JNZ(LabelRef("bias"))
	for _, row := range t.acc {
		for _, r := range row {
			t.zero(r)
		}
	}
	t.JMP(LabelRef("started"))
	t.Label("bias")
	for j := range t.vecs {
		t.fetch(bias, j, t.acc[0][j])
		for _, row := range t.acc[1:] {
			t.VMOVAPS(t.acc[0][j], row[j])
		}
	}
	t.JMP(LabelRef("started"))
	t.Label("add")
	at := t.GP64()
	t.MOVQ(t.c, at)
	for i, row := range t.acc {
		for j, r := range row {
			t.fetch(at, j, r)
		}
		if i < t.rows-1 {
			t.ADDQ(t.cRow, at)
		}
	}
	t.Label("started")
}

// loop runs over k.
func (t *tile) loop() {
	t.TESTQ(t.k, t.k)
	t.JZ(LabelRef("done"))
	t.Label("loop")
	if t.rows*t.vecs > 8 && t.vecs == 4 && !t.wide {
		t.stepByMemory()
	} else {
		t.step()
	}
	t.ADDQ(t.aCol, t.a)
	if t.rows > 7 {
		t.ADDQ(t.aCol, t.aHigh)
	}
	t.ADDQ(t.bRow, t.b)
	t.DECQ(t.k)
	t.JNZ(LabelRef("loop"))
	t.Label("done")
}

// step adds a column of A times a row of B, which is held in registers.
func (t *tile) step() {
	b := make([]reg.VecVirtual, t.vecs)
	for j := range b {
		b[j] = t.vector()
		t.fetch(t.b, j, b[j])
	}
	for i, row := range t.acc {
		if t.wide && t.vecs == 1 {
			t.VFMADD231PS_BCST(t.value(i), b[0], row[0])
			continue
		}
		a := t.vector()
		t.VBROADCASTSS(t.value(i), a)
		for j, r := range row {
			t.VFMADD231PS(a, b[j], r)
		}
	}
}

// stepByMemory is step where the column of A is held in registers, for blocks that are wider than
// high.
func (t *tile) stepByMemory() {
	a := make([]reg.VecVirtual, t.rows)
	for i := range a {
		a[i] = t.vector()
		t.VBROADCASTSS(t.value(i), a[i])
	}
	for j := range t.vecs {
		b := t.vector()
		t.fetch(t.b, j, b)
		for i, row := range t.acc {
			t.VFMADD231PS(a[i], b, row[j])
		}
	}
}

// value is where A holds row i of the block, at column k.
func (t *tile) value(i int) Mem {
	base := t.a
	if i >= 7 {
		base, i = t.aHigh, i-7
	}
	switch i {
	case 0:
		return Mem{Base: base}
	case 1, 2, 4:
		return Mem{Base: base, Index: t.strides[1], Scale: uint8(i)}
	case 6:
		return Mem{Base: base, Index: t.strides[3], Scale: 2}
	}
	return Mem{Base: base, Index: t.strides[i], Scale: 1}
}

// finish writes the block to C.
func (t *tile) finish() {
	t.TESTQ(U32(2), t.flags)
	t.JZ(LabelRef("store"))
	zero := t.vector()
	t.zero(zero)
	for _, row := range t.acc {
		for _, r := range row {
			t.VMAXPS(r, zero, r) // the value comes second, so that NaN stays
		}
	}
	t.Label("store")
	for i, row := range t.acc {
		for j, r := range row {
			t.storeVector(r, Mem{Base: t.c, Disp: j * t.bytes()}, t.partial(j))
		}
		if i < t.rows-1 {
			t.ADDQ(t.cRow, t.c)
		}
	}
}

// advance goes to the next block of rows. It moves the pointers in the argument only if there is
// one: the collector must never find them behind their arrays.
func (t *tile) advance() {
	t.DECQ(t.field(tileBlocks))
	t.JZ(LabelRef("end"))
	t.ADDQ(t.cRow, t.c)
	t.MOVQ(t.c, t.field(tileC))
	step := t.GP64()
	t.IMUL3Q(U8(t.rows), t.strides[1], step)
	t.ADDQ(step, t.field(tileA))
	t.JMP(LabelRef("block"))
	t.Label("end")
}
