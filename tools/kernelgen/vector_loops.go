package main

import (
	"slices"
	"strings"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// spot is where a register's worth lies in slices that are walked.
type spot struct {
	at     reg.GPVirtual // where the step begins, in bytes
	offset int           // from there
	part   int           // of its unit
	chain  int           // which of the units that are walked at once
}

func (s spot) of(base reg.GPVirtual) Mem {
	return Mem{Base: base, Index: s.at, Scale: 1, Disp: s.offset}
}

func (e *emitter) read(base reg.GPVirtual, s spot) vec     { return e.load(s.of(base), s.part) }
func (e *emitter) write(v vec, base reg.GPVirtual, s spot) { e.store(v, s.of(base), s.part) }

// walk writes a loop over count bytes: unroll units at a time, then one at a time, then the rest
// under a mask. body is written for each register of a step; joined, which may be nil, between the
// first of these loops and the second.
func (e *emitter) walk(count reg.GPVirtual, unroll int, body func(s spot), joined func()) {
	at := e.GP64()
	e.XORQ(at, at)
	for _, units := range steps(unroll) {
		e.run(at, count, units*4*unit, func() {
			for chain := range units {
				for part := range e.parts() {
					body(spot{at, 4*unit*chain + e.bytes()*part, part, chain})
				}
			}
		})
		if units > 1 && joined != nil {
			joined()
		}
	}
	end, rest := e.mark(), e.GP64()
	e.MOVQ(count, rest)
	e.SUBQ(at, rest)
	e.JZ(LabelRef(end))
	e.SHRQ(Imm(2), rest)
	e.mask(rest, e.parts())
	for part := range e.parts() {
		body(spot{at, e.bytes() * part, part, 0})
	}
	e.masked = false
	e.Label(end)
}

func steps(unroll int) []int {
	if unroll == 1 {
		return []int{1}
	}
	return []int{unroll, 1}
}

// run repeats body, size bytes at a time, as long as so many remain below count.
func (e *emitter) run(at, count reg.GPVirtual, size int, body func()) {
	loop, end, next := e.mark(), e.mark(), e.GP64()
	e.LEAQ(Mem{Base: at, Disp: size}, next)
	e.CMPQ(next, count)
	e.JG(LabelRef(end))
	e.Label(loop)
	body()
	e.ADDQ(U32(size), at)
	e.ADDQ(U32(size), next)
	e.CMPQ(next, count)
	e.JLE(LabelRef(loop))
	e.Label(end)
}

// times repeats body n times; n is counted down.
func (e *emitter) times(n reg.GPVirtual, body func()) {
	loop, end := e.mark(), e.mark()
	e.TESTQ(n, n)
	e.JLE(LabelRef(end))
	e.Label(loop)
	body()
	e.DECQ(n)
	e.JNZ(LabelRef(loop))
	e.Label(end)
}

// size returns the bytes of an int parameter's worth of values.
func (e *emitter) size(name string) reg.GPVirtual {
	n := e.pointer(name)
	e.SHLQ(Imm(2), n)
	return n
}

// byValue is a kernel over n values of some slices, each value by itself.
type byValue struct {
	name    string
	reads   []string // slices
	writes  []string // slices, which may be among those that are read
	scalars []string
	unroll  int
	body    func(x, s []vec) []vec
}

func (e *emitter) each(k byValue) {
	all := slices.Clone(k.writes)
	for _, r := range k.reads {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	params := strings.Join(all, ", ") + " *float32, n int"
	for _, s := range k.scalars {
		params += ", " + s + " float32"
	}
	e.kernel(k.name, params, func() {
		base := map[string]reg.GPVirtual{}
		for _, s := range all {
			base[s] = e.pointer(s)
		}
		var scalars []vec
		for _, s := range k.scalars {
			scalars = append(scalars, e.scalar(s))
		}
		e.walk(e.size("n"), max(1, k.unroll), func(s spot) {
			var x []vec
			for _, r := range k.reads {
				x = append(x, e.read(base[r], s))
			}
			for i, v := range k.body(x, scalars) {
				e.write(v, base[k.writes[i]], s)
			}
		}, nil)
	})
}
