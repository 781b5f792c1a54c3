package ridge

import "github.com/longmemory/hurst/pkg/nn/kernel"

// A nearby solves the equations of a problem in single precision.
type nearby struct {
	first, second *factor // of the landmarks, and of what is between; second is nil for a direct problem
}

func (n nearby) solve(x []float32) {
	n.first.forward(x)
	if n.second != nil {
		n.second.forward(x)
		n.second.backward(x)
	}
	n.first.backward(x)
}

// factorDirect factors K + λnI in single precision.
func (p *problem) factorDirect() (nearby, error) {
	n := len(p.weights)
	f := newFactor(n)
	err := attempts(p.ridge, func(shift float64) error {
		p.fill(f.a)
		f.shift(shift)
		return f.decompose(func(part float64) error { return p.tell(0.8 * part) })
	})
	return nearby{first: f}, err
}

// fill writes the kernel values of landmarks with each other.
func (p *problem) fill(a []float32) {
	n := len(p.weights)
	_ = p.each(p.landmarks, func(first int, values []float32) error {
		copy(a[first*n:], values)
		return nil
	})
}

// factorSubset sets the jitter and factors the equations of a subset of the rows: with Kₘₘ, jitter
// included, = LLᵀ,
//
//	KₘₙKₙₘ + λnKₘₘ = L (ΦᵀΦ + λnI) Lᵀ,  Φ = KₙₘL⁻ᵀ,
//
// where what is in brackets is no worse conditioned than the equations of all rows.
func (p *problem) factorSubset() (nearby, error) {
	l, r := newFactor(len(p.weights)), newFactor(len(p.weights))
	trace := 0.0
	for i := range p.weights {
		trace += p.marks.Self(i)
	}
	err := attempts(1e-8*max(trace, 1e-30), func(shift float64) error {
		p.fill(l.a)
		l.shift(shift)
		p.jitter = shift
		return l.decompose(func(part float64) error { return p.tell(0.1 * part) })
	})
	if err != nil {
		return nearby{}, err
	}
	sum := newFactor(r.n)
	if err := p.addFeatures(sum, l.inverse()); err != nil {
		return nearby{}, err
	}
	err = attempts(p.ridge, func(shift float64) error {
		copy(r.a, sum.a)
		r.shift(shift)
		return r.decompose(func(part float64) error { return p.tell(0.7 + 0.1*part) })
	})
	return nearby{first: l, second: r}, err
}

// addFeatures adds ΦᵀΦ to what is on and below the diagonal of f, given L⁻ᵀ.
func (p *problem) addFeatures(f *factor, inverse []float32) error {
	m := f.n
	features := make([]float32, blockRows*m)
	return p.eachBlock(func(first int, values []float32) error {
		rows := len(values) / m
		f.set.MatMul(&kernel.MatMul{
			M: rows, N: m, K: m, A: values, ARow: m, ACol: 1, B: inverse, BRow: m, C: features, CRow: m,
		})
		for i := 0; i < m; i += panel {
			count := min(panel, m-i)
			f.set.MatMul(&kernel.MatMul{
				M: count, N: i + count, K: rows, A: features[i:], ARow: 1, ACol: m, B: features, BRow: m,
				C: f.a[i*m:], CRow: m, Add: true,
			})
		}
		return p.tell(0.1 + 0.6*float64(first+rows)/float64(len(p.target)))
	})
}

// inverse returns the inverse of L, transposed.
func (f *factor) inverse() []float32 {
	out := make([]float32, f.n*f.n)
	for j := range f.n {
		x := out[j*f.n:][:f.n]
		x[j] = 1 / f.a[j*f.n+j]
		for i := j + 1; i < f.n; i++ {
			row := f.a[i*f.n:]
			x[i] = -f.set.Dot(row[j:i], x[j:i]) / row[i]
		}
	}
	return out
}
