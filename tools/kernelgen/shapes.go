package main

import "fmt"

// A shape is a micro-kernel's block of C: rows × vecs registers of accumulators.
type shape struct {
	wide bool // AVX-512, else AVX2
	part bool // AVX2: the last register is partial; AVX-512 always allows for it
	skip bool // one row of A, whose zeros are passed over
	rows int
	vecs int
}

// limits are the most rows for each number of registers in a row, so that accumulators, the row of B
// and one value of A fit into 32 and 16 registers (with a mask in one of the 16, where part).
var (
	wideLimits   = map[int]int{1: 14, 2: 14, 3: 9, 4: 6}
	narrowLimits = map[int]int{1: 10, 2: 6, 4: 3}
	partLimits   = map[int]int{1: 10, 2: 6}
)

// shapes returns all micro-kernels, in the order in which they are written.
func shapes() []shape {
	var all []shape
	for _, kind := range []struct {
		wide, part bool
		limits     map[int]int
	}{{true, false, wideLimits}, {false, false, narrowLimits}, {false, true, partLimits}} {
		for vecs := 1; vecs <= 4; vecs++ {
			s := shape{wide: kind.wide, part: kind.part, vecs: vecs}
			for s.rows = 1; s.rows <= kind.limits[vecs]; s.rows++ {
				all = append(all, s)
			}
			if s.rows > 1 {
				s.rows, s.skip = 1, true
				all = append(all, s)
			}
		}
	}
	return all
}

// name begins with the kind of registers.
func (s shape) name() string {
	kind := "Y"
	switch {
	case s.wide:
		kind = "Z"
	case s.part:
		kind = "YPart"
	}
	if s.skip {
		return fmt.Sprintf("row%sx%d", kind, s.vecs*valuesOf(s.wide))
	}
	return fmt.Sprintf("tile%s%dx%d", kind, s.rows, s.vecs*valuesOf(s.wide))
}

// code is the number of a shape, as kernel.shape has it.
func (s shape) code() int {
	code := (s.vecs-1)<<4 | s.rows
	if s.skip {
		code |= 15
	}
	switch {
	case s.wide:
		code |= 1 << 7
	case s.part:
		code |= 1 << 6
	}
	return code
}
