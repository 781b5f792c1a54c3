package main

import (
	"go/token"
	"go/types"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes writes instructions on vectors of either width: 16 values with AVX-512, 8 with AVX2.
type lanes struct {
	*build.Context
	z     bool         // AVX-512, else AVX2
	order Mem          // see ascending
	mask  reg.Register // of the values of a partial vector
}

func valuesOf(wide bool) int {
	if wide {
		return 16
	}
	return 8
}

// values is how many float32 a vector holds.
func (l *lanes) values() int { return valuesOf(l.z) }

// bytes is the size of a vector.
func (l *lanes) bytes() int { return 4 * l.values() }

// ascending writes the constant 0, 1, … 7, of which AVX2 makes masks.
func ascending(c *build.Context) Mem {
	m := c.StaticGlobal("lanes")
	c.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 8 {
		c.AddDatum(4*i, U32(i))
	}
	return m
}

// of is the signature func(t *name), for a type that package kernel declares.
func of(name string) *gotypes.Signature {
	named := types.NewNamed(types.NewTypeName(token.NoPos, nil, name, nil), types.NewStruct(nil, nil), nil)
	arg := types.NewParam(token.NoPos, nil, "t", types.NewPointer(named))
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(arg), nil, false)
	return gotypes.NewSignature(nil, sig)
}

func (l *lanes) vector() reg.VecVirtual {
	if l.z {
		return l.ZMM()
	}
	return l.YMM()
}

// setMask makes a mask of the first count values, for a count at an address.
func (l *lanes) setMask(count Mem) {
	if !l.z {
		m := l.YMM()
		l.VPBROADCASTD(count, m)
		l.VPCMPGTD(l.order, m, m)
		l.mask = m
		return
	}
	bits, n := l.GP32(), l.GP32()
	l.MOVL(count, n)
	l.MOVL(I32(-1), bits)
	l.BZHIL(n, bits, bits)
	k := l.K()
	l.KMOVW(bits, k)
	l.mask = k
}

// loadVector loads a vector, or what the mask leaves of it.
func (l *lanes) loadVector(from Mem, to reg.VecVirtual, masked bool) {
	switch {
	case !masked:
		l.VMOVUPS(from, to)
	case l.z:
		l.VMOVUPS_Z(from, l.mask, to)
	default:
		l.VMASKMOVPS(from, l.mask, to)
	}
}

// storeVector writes a vector, or what the mask leaves of it.
func (l *lanes) storeVector(from reg.VecVirtual, to Mem, masked bool) {
	switch {
	case !masked:
		l.VMOVUPS(from, to)
	case l.z:
		l.VMOVUPS(from, l.mask, to)
	default:
		l.VMASKMOVPS(from, l.mask, to)
	}
}

func (l *lanes) zero(r reg.VecVirtual) {
	if l.z {
		l.VPXORD(r, r, r)
		return
	}
	l.VXORPS(r, r, r)
}
