package estimator

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// circulant stands for the covariance matrices C_H of n values of fractional Gaussian noise in the
// likelihood of [Debiased]: as of a circle, whose eigenvalues are the expected periodogram, and with
// the constant left out. Unlike a periodogram alone it can say what values that are wrong or missing,
// or trends to be fitted, do to the likelihood. H is at the nodes of a scan; what belongs to a node is
// made when it is first asked for.
type circulant struct {
	n       int
	model   *expected
	plan    *fft.Real
	nodes   *scan       // for its places only
	inverse [][]float64 // by node, 1/f at 2πk/n, k = 0 … n/2; that of the constant is zero
	kernel  [][]float64 // by node, C⁻¹ between values 0 … n/2 steps apart
	logs    []float64   // by node, Σ log f over all n-1 frequencies
	coeff   []complex128
}

func newCirculant(n int) *circulant {
	c := &circulant{n: n, model: newExpected(n, newNoiseCovariance(n)), plan: fft.NewReal(n), coeff: make([]complex128, n/2+1)}
	c.nodes = newScan(minHurst, maxHurst, steps, nil)
	c.inverse, c.kernel = make([][]float64, steps+1), make([][]float64, steps+1)
	c.logs = make([]float64, steps+1)
	return c
}

// hurst returns the H of a node.
func (c *circulant) hurst(node int) float64 { return c.nodes.x(float64(node)) }

// nearest returns the node of the H closest to h.
func (c *circulant) nearest(h float64) int { return int(math.Round(c.nodes.u(h))) }

// load makes what belongs to a node.
func (c *circulant) load(node int) {
	if c.inverse[node] != nil {
		return
	}
	inverse, row := make([]float64, c.n/2+1), make([]float64, c.n)
	c.model.fill(inverse[1:], c.hurst(node))
	for k := 1; k < len(inverse); k++ {
		c.logs[node] += c.weight(k) * math.Log(inverse[k])
		inverse[k] = 1 / inverse[k]
		c.coeff[k] = complex(inverse[k]/float64(c.n), 0)
	}
	c.coeff[0] = 0
	c.plan.Sequence(row, c.coeff)
	c.inverse[node], c.kernel[node] = inverse, row[:c.n/2+1]
}

// weight returns how many of all n frequencies the one at 2πk/n, k = 1 … n/2, stands for.
func (c *circulant) weight(k int) float64 {
	if 2*k == c.n {
		return 1
	}
	return 2
}

// apart returns C⁻¹ between two values.
func (c *circulant) apart(node, i, j int) float64 {
	d := i - j
	if d < 0 {
		d = -d
	}
	return c.kernel[node][min(d, c.n-d)]
}

// product returns a'C⁻¹b of two series, given their coefficients.
func (c *circulant) product(node int, a, b []complex128) float64 {
	sum, inverse := 0.0, c.inverse[node]
	for k := 1; k < len(inverse); k++ {
		v := (real(a[k])*real(b[k]) + imag(a[k])*imag(b[k])) * inverse[k]
		if 2*k != c.n {
			v *= 2
		}
		sum += v
	}
	return sum / float64(c.n)
}

// solve writes C⁻¹x to dst, given the coefficients of x.
func (c *circulant) solve(dst []float64, node int, x []complex128) {
	scale := 1 / float64(c.n)
	for k, v := range c.inverse[node] {
		c.coeff[k] = complex(real(x[k])*v*scale, imag(x[k])*v*scale)
	}
	c.plan.Sequence(dst, c.coeff)
}
