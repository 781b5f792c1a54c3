package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// paths returns all implementations that this processor has.
func paths(t testing.TB) []Set {
	t.Helper()
	var all []Set
	for p := Portable; p <= AVX512; p++ {
		if s, err := Of(p); err == nil {
			all = append(all, s)
		}
	}
	return all
}

func values(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// product is a MatMul of random values.
func product(rng *rand.Rand, m, n, k int) *MatMul {
	p := &MatMul{M: m, N: n, K: k, ARow: k + rng.IntN(3), ACol: 1, BRow: n + rng.IntN(3), CRow: n + rng.IntN(5)}
	switch rng.IntN(4) {
	case 0:
		p.ARow, p.ACol = 1, m+rng.IntN(3)
	case 1:
		p.ARow = 1 + rng.IntN(3) // overlapping windows
	}
	p.A = values(rng, max(0, (m-1)*p.ARow+(k-1)*p.ACol+1))
	p.B = values(rng, max(0, (k-1)*p.BRow+n))
	p.C = values(rng, (m-1)*p.CRow+n)
	if rng.IntN(2) == 0 {
		p.Bias = values(rng, n)
	}
	p.Add, p.ReLU = rng.IntN(3) == 0, rng.IntN(3) == 0
	return p
}

// reference returns C in float64, and for each value the sum of the absolute terms.
func reference(p *MatMul) (c, size []float64) {
	c, size = make([]float64, len(p.C)), make([]float64, len(p.C))
	for i := range p.C {
		c[i] = float64(p.C[i])
	}
	for i := range p.M {
		for j := range p.N {
			sum := 0.0
			switch {
			case p.Add:
				sum = float64(p.C[i*p.CRow+j])
			case p.Bias != nil:
				sum = float64(p.Bias[j])
			}
			abs := math.Abs(sum)
			for k := range p.K {
				v := float64(p.A[i*p.ARow+k*p.ACol]) * float64(p.B[k*p.BRow+j])
				sum, abs = sum+v, abs+math.Abs(v)
			}
			if p.ReLU {
				sum = max(0, sum)
			}
			c[i*p.CRow+j], size[i*p.CRow+j] = sum, abs
		}
	}
	return c, size
}

// checkProduct computes p on all paths, compares with float64 and demands that the vector paths give
// the same bits. A chain of K rounded steps errs by at most about K·2^-24 of the sum of the absolute
// terms; twice that for the portable path, whose products are rounded too.
func checkProduct(t *testing.T, p *MatMul) {
	t.Helper()
	want, size := reference(p)
	var vector []float32
	for _, s := range paths(t) {
		q := *p
		const guard = 70
		c := make([]float32, len(p.C)+2*guard)
		for i := range c {
			c[i] = 12345
		}
		q.C = c[guard:][:len(p.C)]
		copy(q.C, p.C)
		s.MatMul(&q)
		for i := range q.C {
			tolerance := float64(p.K+1) * size[i] / (1 << 23)
			if math.Abs(float64(q.C[i])-want[i]) > tolerance {
				t.Fatalf("%v %s: C[%d] is %v, not %v within %v", s.Path(), describe(p), i, q.C[i], want[i], tolerance)
			}
		}
		for i := range guard {
			if c[i] != 12345 || c[len(c)-1-i] != 12345 {
				t.Fatalf("%v %s: written outside C", s.Path(), describe(p))
			}
		}
		if s.Path() == Portable {
			continue
		}
		if vector == nil {
			vector = q.C
		}
		for i := range vector {
			if math.Float32bits(vector[i]) != math.Float32bits(q.C[i]) {
				t.Fatalf("%s: C[%d] is %v, and %v on %v", describe(p), i, vector[i], q.C[i], s.Path())
			}
		}
	}
}

func describe(p *MatMul) string {
	return fmt.Sprintf("M=%d N=%d K=%d A %d,%d B %d C %d bias %t add %t relu %t",
		p.M, p.N, p.K, p.ARow, p.ACol, p.BRow, p.CRow, p.Bias != nil, p.Add, p.ReLU)
}

func TestMatMul(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		checkProduct(t, product(rng, 1+rng.IntN(70), 1+rng.IntN(70), rng.IntN(71)))
	}
}

func TestMatMulRefusesShortSlices(t *testing.T) {
	t.Parallel()
	whole := func() *MatMul {
		return &MatMul{
			M: 3, N: 5, K: 4, ARow: 4, ACol: 1, BRow: 5, CRow: 5,
			A: make([]float32, 12), B: make([]float32, 20), C: make([]float32, 15), Bias: make([]float32, 5),
		}
	}
	for name, spoil := range map[string]func(p *MatMul){
		"a":      func(p *MatMul) { p.A = p.A[:11] },
		"b":      func(p *MatMul) { p.B = p.B[:19] },
		"c":      func(p *MatMul) { p.C = p.C[:14] },
		"bias":   func(p *MatMul) { p.Bias = p.Bias[:4] },
		"stride": func(p *MatMul) { p.ACol = -1 },
		"k":      func(p *MatMul) { p.K = -1 },
	} {
		for _, s := range paths(t) {
			p := whole()
			s.MatMul(p)
			spoil(p)
			require.Panics(t, func() { s.MatMul(p) }, name)
		}
	}
	Best().MatMul(&MatMul{M: 0, N: 5, K: 4})
	Best().MatMul(&MatMul{M: 5, N: 0, K: 4})
}

// TestMatMulSplits checks that a product in parts along K, each adding to C, gives the bits of the
// whole, as does a part of the rows or of the columns.
func TestMatMulSplits(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		p := product(rng, 1+rng.IntN(40), 1+rng.IntN(90), 2+rng.IntN(900))
		for _, s := range paths(t) {
			whole, parts := *p, *p
			whole.C, parts.C = append([]float32(nil), p.C...), append([]float32(nil), p.C...)
			s.MatMul(&whole)
			cut, row, col := 1+rng.IntN(p.K-1), rng.IntN(p.M+1), rng.IntN(p.N+1)
			for _, i := range [][2]int{{0, row}, {row, p.M}} {
				for _, j := range [][2]int{{0, col}, {col, p.N}} {
					if i[0] < i[1] && j[0] < j[1] {
						byParts(s, parts, i, j, cut)
					}
				}
			}
			require.Equal(t, whole.C, parts.C, describe(p))
		}
	}
}

// byParts computes rows i and columns j of p, first with k < cut and then with the others.
func byParts(s Set, p MatMul, i, j [2]int, cut int) {
	p.M, p.N = i[1]-i[0], j[1]-j[0]
	p.A, p.B, p.C = p.A[i[0]*p.ARow:], p.B[j[0]:], p.C[i[0]*p.CRow+j[0]:]
	if p.Bias != nil {
		p.Bias = p.Bias[j[0]:]
	}
	head, tail := p, p
	head.K, head.ReLU = cut, false
	s.MatMul(&head)
	tail.A, tail.B, tail.K, tail.Add = p.A[cut*p.ACol:], p.B[cut*p.BRow:], p.K-cut, true
	s.MatMul(&tail)
}

// TestMatMulRow checks that a row with zeros times a large matrix, which has a way of its own, gives
// the bits that it gives in company.
func TestMatMulRow(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(18, 19))
	for range 16 {
		n, k := 1+rng.IntN(300), 200+rng.IntN(2000)
		p := product(rng, 1, n, k)
		p.ARow, p.ACol, p.A = k, 1, values(rng, 2*k)
		p.C, p.CRow = values(rng, n), n
		for i := range p.A {
			if rng.IntN(3) > 0 || i/64%3 == 0 {
				p.A[i] = max(0, p.A[i])
			}
		}
		checkProduct(t, p)
		for _, s := range paths(t) {
			alone, both := *p, *p
			alone.C, both.C = append([]float32(nil), p.C...), append(append([]float32(nil), p.C...), p.C...)
			both.M = 2
			s.MatMul(&alone)
			s.MatMul(&both)
			require.Equal(t, both.C[:n], alone.C, "%v %s", s.Path(), describe(p))
		}
	}
}

func TestMatMulAllocatesNothing(t *testing.T) {
	p := product(rand.New(rand.NewPCG(5, 6)), 30, 70, 40)
	for _, s := range paths(t) {
		require.Zero(t, testing.AllocsPerRun(10, func() { s.MatMul(p) }), s.Path())
	}
}

// FuzzMatMul draws products of any shape.
func FuzzMatMul(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(17), uint16(300))
	f.Add(uint64(2), uint8(15), uint8(65), uint16(0))
	f.Fuzz(func(t *testing.T, seed uint64, m, n uint8, k uint16) {
		if m == 0 || n == 0 {
			return
		}
		checkProduct(t, product(rand.New(rand.NewPCG(seed, 7)), int(m), int(n), int(k%1000)))
	})
}
