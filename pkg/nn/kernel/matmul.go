package kernel

// MatMul is C = A·B + bias for A of M×K, B of K×N and C of M×N values. Strides are in values and not
// negative. The rows of B and C are contiguous; A may have any strides, so that a transposed matrix
// and the overlapping windows of a convolution need no copy. C must share no memory with the others.
//
// Each value of C is one chain over k = 0…K-1 that begins with the bias, with what C holds, or with
// zero, however M, N and K are split. The values of B are to be finite: where M is 1, rows of B that
// meet a zero of A may not be read.
type MatMul struct {
	M, N, K    int
	A          []float32
	ARow, ACol int // A(i,k) = A[i·ARow + k·ACol]
	B          []float32
	BRow       int // B(k,j) = B[k·BRow + j]
	C          []float32
	CRow       int       // C(i,j) = C[i·CRow + j]
	Bias       []float32 // N values; nil: none
	Add        bool      // begin with what C holds; then there is no bias
	ReLU       bool      // end with max(0, ·)
}

// MatMul computes the product. It panics if a slice is too short for its sizes and strides.
func (s Set) MatMul(p *MatMul) {
	if p.M <= 0 || p.N <= 0 {
		return
	}
	p.check()
	if s.path == Portable || !p.tiled(s.path) {
		p.portable()
	}
}

func (p *MatMul) check() {
	if min(p.K, p.ARow, p.ACol, p.BRow, p.CRow) < 0 {
		panic("kernel: MatMul: a size or a stride is negative")
	}
	if p.K > 0 && len(p.A) <= (p.M-1)*p.ARow+(p.K-1)*p.ACol {
		panic("kernel: MatMul: A is too short")
	}
	if p.K > 0 && len(p.B) < (p.K-1)*p.BRow+p.N {
		panic("kernel: MatMul: B is too short")
	}
	if len(p.C) < (p.M-1)*p.CRow+p.N {
		panic("kernel: MatMul: C is too short")
	}
	if p.Bias != nil && len(p.Bias) < p.N {
		panic("kernel: MatMul: the bias is too short")
	}
}

func (p *MatMul) portable() {
	for i := range p.M {
		c := p.C[i*p.CRow:][:p.N]
		p.start(c)
		for k := range p.K {
			a := p.A[i*p.ARow+k*p.ACol]
			for j, b := range p.B[k*p.BRow:][:p.N] {
				c[j] += float32(a * b)
			}
		}
		if p.ReLU {
			for j, v := range c {
				c[j] = max(0, v)
			}
		}
	}
}

// start sets a row of C to what its sums begin with.
func (p *MatMul) start(c []float32) {
	switch {
	case p.Add:
	case p.Bias != nil:
		copy(c, p.Bias)
	default:
		clear(c)
	}
}
