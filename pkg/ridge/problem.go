package ridge

import (
	"errors"
	"slices"

	"github.com/longmemory/hurst/pkg/gram"
	"github.com/longmemory/hurst/pkg/nn/kernel"
	"github.com/longmemory/hurst/pkg/process"
)

// problem is the equations of a kernel ridge regression and their solution.
type problem struct {
	cfg       KernelConfig
	set       kernel.Set
	d         int
	rows      []float32 // standardised, one after the other
	target    []float64
	landmarks []float32
	marks     *gram.Rows // the same
	ridge     float64    // λn
	jitter    float64    // what is added to the diagonal of Kₘₘ, which rounding makes indefinite

	weights  []float64
	steps    int
	residual float64
}

func newProblem(cfg KernelConfig, z []float32, target []float64, rows, cols int) (*problem, error) {
	p := &problem{
		cfg: cfg, set: kernel.Best(), d: cols, rows: z, target: target, landmarks: z,
		ridge: cfg.Lambda * float64(rows), weights: make([]float64, cfg.Landmarks),
	}
	all := gram.NewRows(cfg.function(), z, rows, cols)
	if err := cfg.function().CheckRange(all.LargestSquare()); err != nil {
		return nil, err
	}
	p.marks = all
	if p.direct() {
		return p, nil
	}
	chosen := choose(rows, cfg.Landmarks, cfg.Seed)
	p.marks = all.Pick(chosen)
	p.landmarks = make([]float32, 0, len(chosen)*cols)
	for _, i := range chosen {
		p.landmarks = append(p.landmarks, z[int(i)*cols:][:cols]...)
	}
	return p, nil
}

// direct tells whether all rows are landmarks.
func (p *problem) direct() bool { return len(p.weights) == len(p.target) }

// choose draws some of the rows, each at most once, and returns them in order.
func choose(rows, count int, seed uint64) []int32 {
	all := make([]int32, rows)
	for i := range all {
		all[i] = int32(i)
	}
	rng := process.Source(seed, "landmarks", 0)
	for i := range count {
		j := i + rng.IntN(rows-i)
		all[i], all[j] = all[j], all[i]
	}
	chosen := all[:count]
	slices.Sort(chosen)
	return chosen
}

// solve finds the weights: with a factor of the equations in single precision, and conjugate gradients
// of the equations themselves in double precision.
func (p *problem) solve() error {
	if p.direct() {
		near, err := p.factorDirect()
		if err != nil {
			return err
		}
		return p.refine(p.applyDirect, near.solve, p.target, 1e-10)
	}
	near, err := p.factorSubset()
	if err != nil {
		return err
	}
	return p.refine(p.applySubset, near.solve, p.subsetTarget(), 1e-8)
}

// subsetTarget returns Kₘₙ·(y - ȳ).
func (p *problem) subsetTarget() []float64 {
	b := make([]float64, len(p.weights))
	_ = p.eachBlock(func(first int, values []float32) error {
		p.addProducts(b, values, p.target[first:])
		return nil
	})
	return b
}

// applyDirect computes (K + λnI)·v.
func (p *problem) applyDirect(dst, v []float64) {
	p.products(p.rows, v, func(i int, sum float64) { dst[i] = sum + float64(p.ridge*v[i]) })
}

// applySubset computes (KₘₙKₙₘ + λn(Kₘₘ + jitter·I))·v.
func (p *problem) applySubset(dst, v []float64) {
	clear(dst)
	wide, some := make([]float64, len(v)), make([]float64, blockRows)
	_ = p.eachBlock(func(_ int, values []float32) error {
		n := len(values) / len(v)
		for i := range n {
			p.set.Widen(wide, values[i*len(v):][:len(v)])
			some[i] = p.set.DotDouble(wide, v)
		}
		p.addProducts(dst, values, some[:n])
		return nil
	})
	p.products(p.landmarks, v, func(i int, sum float64) {
		dst[i] += float64(p.ridge * (sum + float64(p.jitter*v[i])))
	})
}

// products calls f with the product of each row's kernel values and v.
func (p *problem) products(rows []float32, v []float64, f func(i int, sum float64)) {
	wide := make([]float64, len(v))
	_ = p.each(rows, func(first int, values []float32) error {
		for i := range len(values) / len(v) {
			p.set.Widen(wide, values[i*len(v):][:len(v)])
			f(first+i, p.set.DotDouble(wide, v))
		}
		return nil
	})
}

// addProducts adds rows of values, each times its factor, to dst.
func (p *problem) addProducts(dst []float64, values []float32, factors []float64) {
	for i := range len(values) / len(dst) {
		f, row := factors[i], values[i*len(dst):][:len(dst)]
		for k, v := range row {
			dst[k] += float64(f * float64(v))
		}
	}
}

// blockRows is how many rows' kernel values are computed at once.
const blockRows = 128

// eachBlock calls f with the kernel values of the rows with all landmarks, some rows after the other,
// until it returns an error.
func (p *problem) eachBlock(f func(first int, values []float32) error) error {
	return p.each(p.rows, f)
}

func (p *problem) each(rows []float32, f func(first int, values []float32) error) error {
	n, width, m := len(rows)/p.d, p.marks.Width(), p.marks.Len()
	queries, values := make([]float32, blockRows*width), make([]float32, blockRows*m)
	for first := 0; first < n; first += blockRows {
		count := min(blockRows, n-first)
		for i := range count {
			p.marks.Query(queries[i*width:][:width], rows[(first+i)*p.d:][:p.d])
		}
		p.marks.Values(values, queries, count)
		if err := f(first, values[:count*m]); err != nil {
			return err
		}
	}
	return nil
}

// tell passes on how far the fit is.
func (p *problem) tell(done float64) error {
	if p.cfg.Progress != nil && !p.cfg.Progress(done) {
		return ErrStopped
	}
	return nil
}

// attempts tries f with shifts that grow tenfold until equations are positive definite.
func attempts(shift float64, f func(shift float64) error) error {
	var err error
	for range 4 {
		if err = f(shift); !errors.Is(err, errNotPositive) {
			return err
		}
		shift *= 10
	}
	return err
}
