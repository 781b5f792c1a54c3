package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// loopSkipping runs over groups of k, four registers of A at a time, and in each over the values of
// A that are not zero. The product with a large B waits for memory, and these rows need not come.
func (t *tile) loopSkipping() {
	group := t.GP64()
	t.MOVQ(t.bRow, group)
	t.SHLQ(U8(t.shift()), group)
	t.Label("group")
	bits := t.nonzero()
	t.TESTQ(bits, bits)
	t.JZ(LabelRef("passed"))
	t.Label("one")
	i, row := t.GP64(), t.GP64()
	t.TZCNTQ(bits, i)
	t.MOVQ(i, row)
	t.IMULQ(t.bRow, row)
	t.ADDQ(t.b, row)
	a := t.vector()
	t.VBROADCASTSS(Mem{Base: t.a, Index: i, Scale: 4}, a)
	for j, r := range t.acc[0] {
		b := t.vector()
		t.fetch(row, j, b)
		t.VFMADD231PS(a, b, r)
	}
	t.BLSRQ(bits, bits)
	t.JNZ(LabelRef("one"))
	t.Label("passed")
	t.ADDQ(I32(4*t.bytes()), t.a)
	t.ADDQ(group, t.b)
	t.DECQ(t.k)
	t.JNZ(LabelRef("group"))
}

// shift is the logarithm of how many values a group has.
func (t *tile) shift() int {
	if t.wide {
		return 6
	}
	return 5
}

// nonzero returns a bit for each value of A in the group; it is set unless the value is +0.
func (t *tile) nonzero() reg.GPVirtual {
	if t.wide {
		return t.nonzeroZ()
	}
	bits, zero, equal := t.GP64(), t.vector(), t.vector()
	t.zero(zero)
	t.XORQ(bits, bits)
	for i := 3; i >= 0; i-- {
		some := t.GP64()
		t.VPCMPEQD(Mem{Base: t.a, Disp: i * t.bytes()}, zero, equal)
		t.VMOVMSKPS(equal, some.As32())
		t.SHLQ(U8(8), bits)
		t.ORQ(some, bits)
	}
	t.NOTL(bits.As32())
	return bits
}

func (t *tile) nonzeroZ() reg.GPVirtual {
	var k [4]reg.OpmaskVirtual
	for i := range k {
		a := t.vector()
		t.VMOVUPS(Mem{Base: t.a, Disp: i * t.bytes()}, a)
		k[i] = t.K()
		t.VPTESTMD(a, a, k[i])
	}
	t.KUNPCKWD(k[0], k[1], k[1])
	t.KUNPCKWD(k[2], k[3], k[3])
	t.KUNPCKDQ(k[1], k[3], k[3])
	bits := t.GP64()
	t.KMOVQ(k[3], bits)
	return bits
}
