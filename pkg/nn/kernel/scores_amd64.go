package kernel

import (
	"math"
	"unsafe"
)

// scoresArgs is the argument of a kernel of scores. Strides are in bytes. The kernels move b and pad
// to the end. The generator knows the fields' places.
type scoresArgs struct {
	a, b, c, top, sum unsafe.Pointer // top: the logarithms, where they are known
	aRow, bRow, cRow  int
	k                 int            // at least 1
	main, tail        int            // steps of 32 columns (AVX2: 16) and behind them of 16, at least 1
	groups            int            // of 16 columns
	pad               unsafe.Pointer // what to add to the scores of the tails
	scale             [8]float32     // all the same
}

// vector computes the scores by assembly.
func (p *Scores) vector(path Path) bool {
	var pad [2 * lanes]float32 // nothing for all columns but those behind the last
	t, most := p.args(path)
	for i := lanes - (p.room() - p.N); i < lanes; i++ {
		pad[lanes+i] = float32(math.Inf(-1))
	}
	for i := 0; i < p.M; {
		rows := scoresRows(most, p.M-i)
		t.a, t.b, t.c = at(p.A, i*p.ARow), at(p.B, 0), at(p.C, i*p.CRow)
		t.pad = at(pad[:], (2-t.tail)*lanes)
		if p.Logs != nil {
			t.top = at(p.Logs, i)
		} else {
			t.top, t.sum = at(p.Top, i), at(p.Sum, i)
		}
		t.run(path, rows, p.Logs != nil)
		i += rows
	}
	return true
}

// args returns what all rows share, and the most rows of a kernel.
func (p *Scores) args(path Path) (t scoresArgs, most int) {
	groups := p.room() / lanes
	t = scoresArgs{
		aRow: p.ARow * bytesOf, bRow: p.BRow * bytesOf, cRow: p.CRow * bytesOf, k: p.K,
		main: groups - 1, tail: 1, groups: groups,
	}
	for i := range t.scale {
		t.scale[i] = float32(float64(p.Scale) * math.Log2E)
	}
	if path != AVX512 {
		return t, 4
	}
	t.main = (groups - 1) / 2
	t.tail = groups - 2*t.main
	return t, 8
}

// scoresRows returns how many of the rows that are left the next kernel takes.
func scoresRows(most, left int) int {
	switch {
	case left >= most:
		return most
	case left >= 4:
		return 4
	}
	return 1
}

func (t *scoresArgs) run(path Path, rows int, again bool) {
	switch wide := path == AVX512; {
	case wide && rows == 8 && !again:
		scoresZ8(t)
	case wide && rows == 4 && !again:
		scoresZ4(t)
	case wide && !again:
		scoresZ1(t)
	case wide && rows == 8:
		scoresAgainZ8(t)
	case wide && rows == 4:
		scoresAgainZ4(t)
	case wide:
		scoresAgainZ1(t)
	case rows == 4 && !again:
		scoresY4(t)
	case !again:
		scoresY1(t)
	case rows == 4:
		scoresAgainY4(t)
	default:
		scoresAgainY1(t)
	}
}
