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
	var pad [2 * lanes]float32
	groups := p.room() / lanes
	for i := p.N - (groups-1)*lanes; i < lanes; i++ {
		pad[lanes+i] = float32(math.Inf(-1))
	}
	t := scoresArgs{
		aRow: p.ARow * bytesOf, bRow: p.BRow * bytesOf, cRow: p.CRow * bytesOf, k: p.K,
		main: groups - 1, tail: 1, groups: groups,
	}
	for i := range t.scale {
		t.scale[i] = float32(float64(p.Scale) * math.Log2E)
	}
	most := 4
	if path == AVX512 {
		t.main, most = (groups-1)/2, 8
		t.tail = groups - 2*t.main
	}
	for i := 0; i < p.M; {
		rows := most
		for rows > p.M-i {
			rows = max(1, rows&^7>>1|rows&4>>2)
		}
		t.a, t.b, t.c = unsafe.Pointer(&p.A[i*p.ARow]), unsafe.Pointer(&p.B[0]), unsafe.Pointer(&p.C[i*p.CRow])
		t.pad = unsafe.Pointer(&pad[(2-t.tail)*lanes])
		if p.Logs != nil {
			t.top, t.sum = unsafe.Pointer(&p.Logs[i]), nil
		} else {
			t.top, t.sum = unsafe.Pointer(&p.Top[i]), unsafe.Pointer(&p.Sum[i])
		}
		t.run(path, rows, p.Logs != nil)
		i += rows
	}
	return true
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
