package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows are up to eight rows in memory.
type rows struct {
	at                      reg.GPVirtual
	one, three, five, seven reg.GPVirtual // strides
}

// rowsAt returns rows from an address on, with a stride.
func (l *lanes) rowsAt(at, stride reg.GPVirtual) rows {
	r := rows{at: at, one: stride, three: l.GP64(), five: l.GP64(), seven: l.GP64()}
	l.LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, r.three)
	l.LEAQ(Mem{Base: stride, Index: stride, Scale: 4}, r.five)
	l.LEAQ(Mem{Base: r.three, Index: stride, Scale: 4}, r.seven)
	return r
}

// row is where row i of rows begins.
func (r rows) row(i int) Mem {
	switch i {
	case 0:
		return Mem{Base: r.at}
	case 3:
		return Mem{Base: r.at, Index: r.three, Scale: 1}
	case 5:
		return Mem{Base: r.at, Index: r.five, Scale: 1}
	case 6:
		return Mem{Base: r.at, Index: r.three, Scale: 2}
	case 7:
		return Mem{Base: r.at, Index: r.seven, Scale: 1}
	}
	return Mem{Base: r.at, Index: r.one, Scale: uint8(i)}
}
