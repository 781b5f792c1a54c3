package kernel

import "math"

// Scores is what attention computes of a block of queries, the M rows of A, with N keys, the columns
// of B: exponentials of their scaled products,
//
//	C(i,j) = exp(Scale·(S(i,j) - Top(i))),  S = A·B,  Top(i) = max over j of S(i,j),  Sum(i) = Σ C(i,j),
//
// whose rows divided by Sum are the softmax of Scale·S. With Logs it is exp(Scale·S(i,j) - Logs(i)),
// which for Logs(i) = Scale·Top(i) + log Sum(i) is the softmax itself, again; Top and Sum are not
// used then. Strides are in values; all rows are contiguous.
//
// Rows of B and C have room for N rounded up to a multiple of 16: what those of B hold beyond N must
// be finite, and those of C are set to zero there. Exponentials below 2⁻¹²⁶ are zero; others have a
// relative error of 2e-7, beside what Scale·S loses.
type Scores struct {
	M, N, K int
	A       []float32
	ARow    int
	B       []float32
	BRow    int
	C       []float32
	CRow    int
	Scale   float32 // above zero
	Top     []float32
	Sum     []float32
	Logs    []float32
}

// Scores computes them.
func (s Set) Scores(p *Scores) {
	if p.M <= 0 || p.N <= 0 {
		return
	}
	p.check()
	if s.path == Portable || !p.vector(s.path) {
		p.portable(s)
	}
}

// room returns the values that a row of B and C has.
func (p *Scores) room() int { return (p.N + 15) &^ 15 }

func (p *Scores) check() {
	n := p.room()
	checkLengths(p.K > 0 && min(p.ARow, p.BRow, p.CRow) >= 0 && len(p.A) >= (p.M-1)*p.ARow+p.K &&
		len(p.B) >= (p.K-1)*p.BRow+n && len(p.C) >= (p.M-1)*p.CRow+n, "Scores")
	if p.Logs != nil {
		checkLengths(len(p.Logs) >= p.M, "Scores")
		return
	}
	checkLengths(len(p.Top) >= p.M && len(p.Sum) >= p.M, "Scores")
}

func (p *Scores) portable(s Set) {
	s.MatMul(&MatMul{
		M: p.M, N: p.N, K: p.K, A: p.A, ARow: p.ARow, ACol: 1, B: p.B, BRow: p.BRow, C: p.C, CRow: p.CRow,
	})
	for i := range p.M {
		row := p.C[i*p.CRow:][:p.room()]
		clear(row[p.N:])
		row = row[:p.N]
		if p.Logs != nil {
			exponentials(row, float64(p.Scale), float64(p.Logs[i]))
			continue
		}
		top := float32(math.Inf(-1))
		for _, v := range row {
			top = max(top, v)
		}
		p.Top[i] = top
		p.Sum[i] = exponentials(row, float64(p.Scale), float64(p.Scale)*float64(top))
	}
}

// exponentials replaces x by exp(scale·x - shift) and returns the sum.
func exponentials(x []float32, scale, shift float64) float32 {
	var sums [lanes]float32
	for i, v := range x {
		x[i] = float32(math.Exp(scale*float64(v) - shift))
		sums[i%lanes] += x[i]
	}
	return fold(&sums)
}
