package ridge

import "github.com/longmemory/hurst/pkg/nn/kernel"

// factor is a symmetric matrix in single precision and then its Cholesky factor L, with LLᵀ the
// matrix, in its lower triangle. What is above the diagonal means nothing then.
type factor struct {
	n   int
	a   []float32 // n×n
	set kernel.Set
}

// panel is how many columns are eliminated at once.
const panel = 128

func newFactor(n int) *factor { return &factor{n: n, a: make([]float32, n*n), set: kernel.Best()} }

// shift adds v to the diagonal.
func (f *factor) shift(v float64) {
	for i := range f.n {
		f.a[i*f.n+i] = float32(float64(f.a[i*f.n+i]) + v)
	}
}

// decompose replaces the matrix by its factor, a panel of columns after the other. It tells the part
// of the work that is done, and ends with what tell returns.
func (f *factor) decompose(tell func(part float64) error) error {
	s := newPanelSpace(f.n)
	for k := 0; k < f.n; k += panel {
		b := min(panel, f.n-k)
		if err := f.corner(s, k, b); err != nil {
			return err
		}
		f.below(s, k, b)
		f.trailing(s, k, b)
		left := 1 - float64(k+b)/float64(f.n)
		if err := tell(1 - left*left*left); err != nil {
			return err
		}
	}
	return nil
}

// panelSpace is memory for one panel.
type panelSpace struct {
	corner, inverse []float64
	transposed      []float32 // of the inverse
	column, row     []float32 // the panel below the corner, negative, and its transpose
}

func newPanelSpace(n int) *panelSpace {
	b := min(n, panel)
	return &panelSpace{
		corner: make([]float64, b*b), inverse: make([]float64, b*b), transposed: make([]float32, b*b),
		column: make([]float32, n*b), row: make([]float32, n*b),
	}
}

// corner factors the b×b block at k in double precision and inverts the factor.
func (f *factor) corner(s *panelSpace, k, b int) error {
	c, inverse := s.corner[:b*b], s.inverse[:b*b]
	for i := range b {
		for j := range i + 1 {
			c[i*b+j] = float64(f.a[(k+i)*f.n+k+j])
		}
	}
	if err := cholesky(c, b); err != nil {
		return err
	}
	invert(inverse, c, b)
	for i := range b {
		for j := range i + 1 {
			f.a[(k+i)*f.n+k+j] = float32(c[i*b+j])
			s.transposed[j*b+i] = float32(inverse[i*b+j])
		}
		clear(s.transposed[i*b:][:i])
	}
	return nil
}

// invert writes the inverse of a lower triangle.
func invert(dst, l []float64, n int) {
	for j := range n {
		for i := range j {
			dst[i*n+j] = 0
		}
		for i := j; i < n; i++ {
			sum := 0.0
			if i == j {
				sum = 1
			}
			for k := j; k < i; k++ {
				sum -= l[i*n+k] * dst[k*n+j]
			}
			dst[i*n+j] = sum / l[i*n+i]
		}
	}
}

// below multiplies the panel below the corner by the inverse of the corner's factor, transposed.
func (f *factor) below(s *panelSpace, k, b int) {
	first := k + b
	m := f.n - first
	if m == 0 {
		return
	}
	column := s.column[:m*b]
	f.set.MatMul(&kernel.MatMul{
		M: m, N: b, K: b, A: f.a[first*f.n+k:], ARow: f.n, ACol: 1, B: s.transposed[:b*b], BRow: b, C: column, CRow: b,
	})
	for i := range m {
		copy(f.a[(first+i)*f.n+k:][:b], column[i*b:])
	}
	f.set.Transpose(s.row[:m*b], column, m, b)
	f.set.Scale(column, -1)
}

// trailing takes the panel's products off the matrix that is left, of which only what is on and below
// the diagonal counts.
func (f *factor) trailing(s *panelSpace, k, b int) {
	first := k + b
	m := f.n - first
	for i := 0; i < m; i += panel {
		count := min(panel, m-i)
		f.set.MatMul(&kernel.MatMul{
			M: count, N: i + count, K: b, A: s.column[i*b:], ARow: b, ACol: 1, B: s.row, BRow: m,
			C: f.a[(first+i)*f.n+first:], CRow: f.n, Add: true,
		})
	}
}

// forward replaces x by the solution of L·z = x.
func (f *factor) forward(x []float32) {
	for i := range x {
		row := f.a[i*f.n:][:i+1]
		x[i] = (x[i] - f.set.Dot(row[:i], x[:i])) / row[i]
	}
}

// backward replaces x by the solution of Lᵀ·z = x.
func (f *factor) backward(x []float32) {
	for i := len(x) - 1; i >= 0; i-- {
		row := f.a[i*f.n:][:i+1]
		x[i] /= row[i]
		f.set.AddScaled(x[:i], -x[i], row[:i])
	}
}
