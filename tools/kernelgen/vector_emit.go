package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unit is how many values are walked at a time: one register of AVX-512, two of AVX2. Sums over
// contiguous values have so many lanes, whatever the registers.
const unit = 16

// vec is a register's worth of values: 16 if wide, else 8.
type vec = reg.VecVirtual

// value is what an operation reads second: a vec, a Mem, or a constant.
type value any

// emitter writes instructions for one of the two register widths.
type emitter struct {
	*build.Context
	wide      bool
	masked    bool // loads and stores leave out what lies beyond the end
	opmask    reg.OpmaskVirtual
	masks     []vec // of AVX2
	label     int
	consts    map[uint32]Mem
	ones      Mem // 16 words of ones, then 16 of zeros
	functions []function
}

// function is what other processors need a stand-in for.
type function struct{ name, params string }

func newEmitter(c *build.Context) *emitter {
	e := &emitter{Context: c, consts: map[uint32]Mem{}}
	e.ones = c.StaticGlobal("vectorMask")
	c.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 2 * unit {
		c.AppendDatum(U32(map[bool]uint32{true: math.MaxUint32}[i < unit]))
	}
	return e
}

// kernel writes a function for both widths.
func (e *emitter) kernel(name, params string, body func()) {
	e.functions = append(e.functions, function{name, params})
	e.Function(name)
	e.Attributes(attr.NOSPLIT)
	e.Pragma("noescape")
	e.SignatureExpr("func(wide bool, " + params + ")")
	wide := e.Load(e.Param("wide"), e.GP8())
	e.TESTB(wide, wide)
	e.JZ(LabelRef("narrow"))
	for _, e.wide = range []bool{true, false} {
		if !e.wide {
			e.Label("narrow")
		}
		e.masked = false
		body()
		e.VZEROUPPER()
		e.RET()
	}
}

// lanes is how many values a register holds.
func (e *emitter) lanes() int {
	if e.wide {
		return unit
	}
	return unit / 2
}

// bytes is the size of a register.
func (e *emitter) bytes() int { return 4 * e.lanes() }

// parts is how many registers a unit is.
func (e *emitter) parts() int { return unit / e.lanes() }

// choose returns a number for AVX-512 or one for AVX2.
func (e *emitter) choose(wide, narrow int) int {
	if e.wide {
		return wide
	}
	return narrow
}

func (e *emitter) vec() vec {
	if e.wide {
		return e.ZMM()
	}
	return e.YMM()
}

func (e *emitter) mark() string {
	e.label++
	return fmt.Sprintf("l%d", e.label)
}

// pointer loads a parameter that is a pointer or an int.
func (e *emitter) pointer(name string) reg.GPVirtual {
	return e.Load(e.Param(name), e.GP64()).(reg.GPVirtual)
}

// scalar spreads a float parameter over a register.
func (e *emitter) scalar(name string) vec {
	m, err := e.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return e.spread(m.Addr)
}

// spread loads one value to all lanes.
func (e *emitter) spread(m Mem) vec {
	v := e.vec()
	e.VBROADCASTSS(m, v)
	return v
}

// bits returns where a constant lies: eight copies, of which wide code spreads the first.
func (e *emitter) bits(v uint32) Mem {
	if m, ok := e.consts[v]; ok {
		return m
	}
	m := e.StaticGlobal(fmt.Sprintf("vector%08x", v))
	e.DataAttributes(attr.RODATA | attr.NOPTR)
	for range unit / 2 {
		e.AppendDatum(U32(v))
	}
	e.consts[v] = m
	return m
}

// constant is a number, or the bits of one, in the code.
type constant uint32

func number(v float64) constant { return constant(math.Float32bits(float32(v))) }

// held loads a constant to a register.
func (e *emitter) held(c constant) vec { return e.spread(e.bits(uint32(c))) }

// zero returns a register of zeros.
func (e *emitter) zero() vec {
	v := e.vec()
	e.VXORPS(v, v, v)
	return v
}

// copy returns a register that may be overwritten.
func (e *emitter) copy(v vec) vec {
	c := e.vec()
	e.VMOVAPS(v, c)
	return c
}

// load reads a register's worth; i is its place in a unit, which a mask needs.
func (e *emitter) load(m Mem, i int) vec {
	v := e.vec()
	switch {
	case !e.masked:
		e.VMOVUPS(m, v)
	case e.wide:
		e.VMOVUPS_Z(m, e.opmask, v)
	default:
		e.VMASKMOVPS(m, e.masks[i], v)
	}
	return v
}

// store writes what load read.
func (e *emitter) store(v vec, m Mem, i int) {
	switch {
	case !e.masked:
		e.VMOVUPS(v, m)
	case e.wide:
		e.VMOVUPS(v, e.opmask, m)
	default:
		e.VMASKMOVPS(v, e.masks[i], m)
	}
}

// get and put are load and store where a mask covers one register, not a unit.
func (e *emitter) get(m Mem) vec    { return e.load(m, 0) }
func (e *emitter) put(v vec, m Mem) { e.store(v, m, 0) }

// mask makes loads and stores leave out all but the first n values of a unit, 0 < n < 16; with one
// part, of a register. n is overwritten.
func (e *emitter) mask(n reg.GPVirtual, parts int) {
	e.masked = true
	if e.wide {
		e.MOVQ(n, reg.RCX)
		bits := e.GP32()
		e.MOVL(U32(1), bits)
		e.SHLL(reg.CL, bits)
		e.DECL(bits)
		e.opmask = e.K()
		e.KMOVW(bits, e.opmask)
		return
	}
	table := e.GP64()
	e.LEAQ(e.ones, table)
	e.SHLQ(Imm(2), n)
	e.SUBQ(n, table)
	e.masks = nil
	for i := range parts {
		v := e.YMM()
		e.VMOVUPS(Mem{Base: table, Disp: 4*unit + 32*i}, v)
		e.masks = append(e.masks, v)
	}
}
