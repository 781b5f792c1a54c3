package main

import (
	"slices"
	"strings"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// byRow is a kernel over rows of C channels, in which each channel is by itself. It goes down all
// rows for some registers of channels at a time.
type byRow struct {
	name     string
	arrays   []array
	channels []string // per-channel constants
	sums     []string // per-channel sums, to which chains of partial sums are added
	chains   int      // rows that are walked at once, each with partial sums of its own
	wide     int      // registers of channels at a time, AVX-512
	narrow   int      // and AVX2
	body     func(row place, channel, sum []vec)
}

// place returns where a register's worth of a step's rows lies: in slice a, row k of those of the step.
type place = func(a, k int) Mem

// array is a slice of rows, of which a step takes some.
type array struct {
	name string
	rows int
}

func (e *emitter) byRow(k byRow) {
	names := slices.Clone(k.sums)
	for _, a := range k.arrays {
		names = append(names, a.name)
	}
	names = append(names, k.channels...)
	e.kernel(k.name, strings.Join(names, ", ")+" *float32, rows, C int", func() {
		stride, column := e.size("C"), e.GP64()
		e.XORQ(column, column)
		for _, u := range steps(e.choose(k.wide, k.narrow)) {
			e.run(column, stride, u*e.bytes(), func() { e.columns(k, stride, column, u) })
		}
		end, rest := e.mark(), e.GP64()
		e.MOVQ(stride, rest)
		e.SUBQ(column, rest)
		e.JZ(LabelRef(end))
		e.SHRQ(Imm(2), rest)
		e.mask(rest, 1)
		e.columns(k, stride, column, 1)
		e.masked = false
		e.Label(end)
	})
}

// columns goes down all rows for u registers of channels.
func (e *emitter) columns(k byRow, stride, column reg.GPVirtual, u int) {
	channel := make([][]vec, u)
	for _, name := range k.channels {
		p := e.pointer(name)
		for i := range u {
			channel[i] = append(channel[i], e.get(Mem{Base: p, Index: column, Scale: 1, Disp: i * e.bytes()}))
		}
	}
	sums := make([][][]vec, k.chains) // chain, register, sum
	for c := range sums {
		sums[c] = make([][]vec, u)
		for i := range u {
			for range k.sums {
				sums[c][i] = append(sums[c][i], e.zero())
			}
		}
	}
	e.down(k, stride, column, u, channel, sums)
	for s, name := range k.sums {
		p := e.pointer(name)
		for i := range u {
			for width := k.chains / 2; width > 0; width /= 2 {
				for c := range width {
					e.addTo(sums[c][i][s], sums[c+width][i][s])
				}
			}
			to := Mem{Base: p, Index: column, Scale: 1, Disp: i * e.bytes()}
			e.put(e.add(e.get(to), sums[0][i][s]), to)
		}
	}
}

// down writes the loops over rows.
func (e *emitter) down(k byRow, stride, column reg.GPVirtual, u int, channel [][]vec, sums [][][]vec) {
	var base []reg.GPVirtual
	most := 1
	for _, a := range k.arrays {
		p := e.pointer(a.name)
		e.ADDQ(column, p)
		base = append(base, p)
		most = max(most, a.rows*k.chains)
	}
	three := e.GP64()
	if most == 4 {
		e.LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, three)
	}
	step := func(chains int) {
		for c := range chains {
			for i := range u {
				k.body(func(a, j int) Mem {
					return offRow(base[a], stride, three, k.arrays[a].rows*c+j, i*e.bytes())
				}, channel[i], sums[c][i])
			}
		}
		for a, p := range base {
			e.LEAQ(Mem{Base: p, Index: stride, Scale: uint8(k.arrays[a].rows * chains)}, p)
		}
	}
	n := e.pointer("rows")
	if k.chains > 1 {
		whole := e.GP64()
		e.MOVQ(n, whole)
		e.SHRQ(Imm(uint64(k.chains/2)), whole) // of 2 by 1 bit, of 4 by 2
		e.times(whole, func() { step(k.chains) })
		e.ANDQ(U32(k.chains-1), n)
	}
	e.times(n, func() { step(1) })
}

// offRow is offset bytes into the n-th row from base, n at most 3; three is three strides.
func offRow(base, stride, three reg.GPVirtual, n, offset int) Mem {
	m := Mem{Base: base, Disp: offset}
	switch n {
	case 0:
	case 3:
		m.Index, m.Scale = three, 1
	default:
		m.Index, m.Scale = stride, uint8(n)
	}
	return m
}
