package gram

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// Rows are rows of inputs in the form in which the kernel values of others with all of them at once
// are cheap. They do not change and are safe for concurrent use.
type Rows struct {
	f      Function
	set    kernel.Set
	n, d   int
	across []float32 // (d+1)×n: the values of input j of all rows are together, then as many ones
	start  []float32 // what sums begin with: -γ|z|² of an RBF, else nothing
	square []float32 // the squared length of each row
}

// NewRows returns n rows of d values each, stored one after the other in x. Sizes may be 0.
func NewRows(f Function, x []float32, n, d int) *Rows {
	if len(x) != n*d {
		panic(fmt.Sprintf("gram: %d values for %d rows of %d", len(x), n, d))
	}
	r := empty(f, n, d)
	r.set.Transpose(r.across, x, n, d)
	for i := range n {
		sum := 0.0
		for _, v := range x[i*d:][:d] {
			sum += float64(float64(v) * float64(v))
		}
		r.square[i] = float32(sum)
	}
	r.begin()
	return r
}

func empty(f Function, n, d int) *Rows {
	return &Rows{
		f: f, set: kernel.Best(), n: n, d: d, across: make([]float32, (d+1)*n), square: make([]float32, n),
	}
}

// begin sets what follows from the values.
func (r *Rows) begin() {
	r.set.Fill(r.across[r.d*r.n:], 1)
	if r.f.Kernel != RBF {
		return
	}
	r.start = make([]float32, r.n)
	for i, v := range r.square {
		r.start[i] = -float32(r.f.Gamma) * v
	}
}

// Pick returns some of the rows, in the order given.
func (r *Rows) Pick(rows []int32) *Rows {
	p := empty(r.f, len(rows), r.d)
	for j := range r.d {
		from, to := r.across[j*r.n:][:r.n], p.across[j*p.n:][:p.n]
		for k, i := range rows {
			to[k] = from[i]
		}
	}
	for k, i := range rows {
		p.square[k] = r.square[i]
	}
	p.begin()
	return p
}

// Len returns how many rows there are.
func (r *Rows) Len() int { return r.n }

// Function returns the kernel.
func (r *Rows) Function() Function { return r.f }

// Row writes the d values of row i to dst.
func (r *Rows) Row(dst []float32, i int) {
	for j := range dst[:r.d] {
		dst[j] = r.across[j*r.n+i]
	}
}

// Self returns the kernel of row i with itself.
func (r *Rows) Self(i int) float64 { return r.f.self(float64(r.square[i])) }

// LargestSquare returns the largest squared length of a row, 0 if there are none.
func (r *Rows) LargestSquare() float64 {
	most := float32(0)
	for _, v := range r.square {
		most = max(most, v)
	}
	return float64(most)
}

// Width is how many values a query of d inputs takes.
func (r *Rows) Width() int { return r.d + 1 }

// Query writes to dst, of Width values, what [Rows.Values] takes for the d inputs x.
func (r *Rows) Query(dst, x []float32) {
	if len(dst) != r.d+1 || len(x) != r.d {
		panic(fmt.Sprintf("gram: a query of %d values for %d inputs: want %d for %d", len(dst), len(x), r.d+1, r.d))
	}
	g := float32(r.f.Gamma)
	switch r.f.Kernel {
	case Linear:
		copy(dst, x)
		dst[r.d] = 0
	case RBF:
		sum := 0.0
		for j, v := range x {
			dst[j] = 2 * g * v
			sum += float64(float64(v) * float64(v))
		}
		dst[r.d] = -g * float32(sum)
	default:
		for j, v := range x {
			dst[j] = g * v
		}
		dst[r.d] = float32(r.f.Coef0)
	}
}

// Values writes the kernel values of m queries, one after the other, with all rows to dst: m×n
// values. Each is the same, to the bit, whichever rows and queries are beside it. An RBF's may lie
// above 1 by some 1e-6 times γ|x|².
func (r *Rows) Values(dst, queries []float32, m int) {
	r.set.MatMul(&kernel.MatMul{
		M: m, N: r.n, K: r.d + 1, A: queries, ARow: r.d + 1, ACol: 1, B: r.across, BRow: r.n,
		C: dst, CRow: r.n, Bias: r.start,
	})
	dst = dst[:m*r.n]
	switch r.f.Kernel {
	case RBF:
		r.set.Exp(dst, dst)
	case Polynomial:
		r.powers(dst)
	case Sigmoid:
		r.set.Tanh(dst, dst)
	}
}

// powers raises values to the kernel's degree, some at a time while they are in the cache.
func (r *Rows) powers(dst []float32) {
	var base [512]float32
	for len(dst) > 0 {
		n := min(len(dst), len(base))
		copy(base[:n], dst)
		for range r.f.Degree - 1 {
			r.set.Mul(dst[:n], dst[:n], base[:n])
		}
		dst = dst[n:]
	}
}
