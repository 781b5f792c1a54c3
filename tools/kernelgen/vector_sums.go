package main

import (
	"strings"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// reductions writes sums over contiguous values.
func reductions(e *emitter) {
	e.reduction("vectorDot", []string{"x", "y"}, func(sum vec, x []vec) { e.fma(sum, x[0], x[1]) })
	e.reduction("vectorSum", []string{"x"}, func(sum vec, x []vec) { e.addTo(sum, x[0]) })
	e.reduction("vectorSumSquares", []string{"x"}, func(sum vec, x []vec) { e.fma(sum, x[0], x[0]) })
	e.kernel("vectorDotRows", "dst, x, y *float32, rows, cols, xstride, ystride int", func() {
		dst, x, y, cols := e.pointer("dst"), e.pointer("x"), e.pointer("y"), e.size("cols")
		e.times(e.pointer("rows"), func() {
			sum := e.sum(cols, []reg.GPVirtual{x, y}, func(sum vec, x []vec) { e.fma(sum, x[0], x[1]) })
			e.VMOVSS(sum.AsX(), memory(dst, 0))
			e.ADDQ(Imm(4), dst)
			e.next(x, "xstride")
			e.next(y, "ystride")
		})
	})
}

func (e *emitter) reduction(name string, reads []string, add func(sum vec, x []vec)) {
	e.kernel(name, "dst, "+strings.Join(reads, ", ")+" *float32, n int", func() {
		var base []reg.GPVirtual
		for _, r := range reads {
			base = append(base, e.pointer(r))
		}
		e.VMOVSS(e.sum(e.size("n"), base, add).AsX(), memory(e.pointer("dst"), 0))
	})
}

// sum writes a sum with 64 lanes, folded to 16 for what is left after the last 64 values.
func (e *emitter) sum(count reg.GPVirtual, base []reg.GPVirtual, add func(sum vec, x []vec)) vec {
	const chains = 4
	var sums [chains][]vec
	for c := range sums {
		sums[c] = e.unitOf(e.zero)
	}
	e.walk(count, chains, func(s spot) {
		var x []vec
		for _, b := range base {
			x = append(x, e.read(b, s))
		}
		add(sums[s.chain][s.part], x)
	}, func() {
		for part := range e.parts() {
			e.addTo(sums[0][part], sums[1][part])
			e.addTo(sums[2][part], sums[3][part])
			e.addTo(sums[0][part], sums[2][part])
		}
	})
	return e.fold(sums[0])
}
