package svr

import (
	"math"

	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// function computes one kernel.
type function struct {
	kind         Kernel
	gamma, coef0 float64
	degree       int
}

func (c Config) function() function { return function{c.Kernel, c.Gamma, c.Coef0, c.Degree} }

// apply turns inner products of a row of squared length a with rows of squared lengths b into kernel
// values, in place.
func (f function) apply(set kernel.Set, dots []float32, a float32, b []float32) {
	switch f.kind {
	case RBF:
		g := float32(f.gamma)
		for i, p := range dots {
			dots[i] = -g * max(0, a+b[i]-2*p) // rounding can make a distance slightly negative
		}
		set.Exp(dots, dots)
	case Polynomial:
		for i, p := range dots {
			dots[i] = float32(power(f.gamma*float64(p)+f.coef0, f.degree))
		}
	case Sigmoid:
		for i, p := range dots {
			dots[i] = float32(math.Tanh(f.gamma*float64(p) + f.coef0))
		}
	}
}

func power(x float64, n int) float64 {
	y := 1.0
	for range n {
		y *= x
	}
	return y
}

// dense holds standardised rows in the form in which kernel values of all of them at once are cheap.
type dense struct {
	f      function
	set    kernel.Set
	n, d   int
	across []float32 // d×n: the values of input j of all rows are together
	square []float32 // the squared length of each row
}

func newDense(f function, x []float64, rows, cols int, mean, scale []float64) *dense {
	t := &dense{f: f, set: kernel.Best(), n: rows, d: cols, across: make([]float32, rows*cols), square: make([]float32, rows)}
	row := make([]float32, cols)
	for i := range rows {
		standardise(row, x[i*cols:][:cols], mean, scale)
		t.put(i, row)
	}
	return t
}

func (t *dense) put(i int, row []float32) {
	sum := 0.0
	for j, v := range row {
		t.across[j*t.n+i] = v
		sum += float64(v) * float64(v)
	}
	t.square[i] = float32(sum)
}

// row returns a copy of a row.
func (t *dense) row(i int) []float32 {
	r := make([]float32, t.d)
	t.copyRow(r, i)
	return r
}

func (t *dense) copyRow(dst []float32, i int) {
	for j := range dst {
		dst[j] = t.across[j*t.n+i]
	}
}

// kernels writes the kernel values of m rows, given one after the other with their squared lengths,
// with all rows: m×n values.
func (t *dense) kernels(dst, rows, squares []float32, m int) {
	t.set.MatMul(&kernel.MatMul{
		M: m, N: t.n, K: t.d, A: rows, ARow: t.d, ACol: 1, B: t.across, BRow: t.n, C: dst, CRow: t.n,
	})
	for i := range m {
		t.f.apply(t.set, dst[i*t.n:][:t.n], squares[i], t.square)
	}
}
