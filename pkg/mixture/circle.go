package mixture

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// circle stands for the covariance matrices C_H of n values of fractional Gaussian noise, one for each
// node of H: as of a circle, whose eigenvalues are the mean periodogram, and with the constant, which
// nothing is known of, left out. Q below is its inverse. The likelihood that it gives is that of
// Sykulski et al. (2019), which loses less than 1 % to the exact one from n = 500 on, and unlike a
// periodogram alone it can say what trends, and values that are missing, do to it.
type circle struct {
	n       int
	set     kernel.Set
	plan    *fft.Real
	inverse [][]float64 // by node, 1/f at 2πk/n, k = 0 … n/2, zero for k = 0; values have single precision
	kernel  [][]float64 // by node, Q between values 0 … n/2 steps apart
	logs    []float64   // by node, Σ log f over all n-1 frequencies
	cross   []float64
	coeff   []complex128
}

func newCircle(n int, plan *fft.Real, model *expected) *circle {
	c := &circle{n: n, set: kernel.Best(), plan: plan, logs: make([]float64, nodes)}
	c.cross, c.coeff = make([]float64, n/2+1), make([]complex128, n/2+1)
	row := make([]float64, n)
	for g, h := range Nodes() {
		inverse := make([]float64, n/2+1)
		model.noise(inverse, h)
		c.logs[g] = invert(inverse, n)
		for k, v := range inverse {
			c.coeff[k] = complex(v/float64(n), 0)
		}
		plan.Sequence(row, c.coeff)
		c.inverse = append(c.inverse, inverse)
		c.kernel = append(c.kernel, append([]float64(nil), row[:n/2+1]...))
	}
	return c
}

// invert replaces a density at 2πk/n, k = 0 … n/2, by its inverse, rounded to single precision, and by
// zero at k = 0. It returns the sum of the logarithms over all n-1 other frequencies.
func invert(f []float64, n int) float64 {
	sum := 0.0
	for k := 1; k < len(f); k++ {
		weight := 2.0
		if 2*k == n {
			weight = 1
		}
		sum += weight * math.Log(f[k])
		f[k] = float64(float32(1 / f[k]))
	}
	f[0] = 0
	return sum
}

// products writes a'Qb by node, given the coefficients of a and b.
func (c *circle) products(dst []float64, a, b []complex128) {
	crossPower(c.cross, a, b, c.n)
	for g := range dst {
		dst[g] = c.set.DotDouble(c.cross, c.inverse[g])
	}
}

// product returns a'Qb at a node.
func (c *circle) product(node int, a, b []complex128) float64 {
	crossPower(c.cross, a, b, c.n)
	return c.set.DotDouble(c.cross, c.inverse[node])
}

// crossPower writes what the frequencies 2πk/n, k = 0 … n/2, contribute to a'b, in single precision.
func crossPower(dst []float64, a, b []complex128, n int) {
	scale := 2 / float64(n)
	for k := range dst {
		dst[k] = float64(float32((real(a[k])*real(b[k]) + imag(a[k])*imag(b[k])) * scale))
	}
	if n%2 == 0 {
		dst[n/2] /= 2
	}
}

// solve writes Qx to dst, given the coefficients of x.
func (c *circle) solve(dst []float64, node int, x []complex128) {
	scale := 1 / float64(c.n)
	for k, v := range c.inverse[node] {
		c.coeff[k] = complex(real(x[k])*v*scale, imag(x[k])*v*scale)
	}
	c.plan.Sequence(dst, c.coeff)
}

// apart returns Q between two values.
func (c *circle) apart(node, i, j int) float64 {
	d := i - j
	if d < 0 {
		d = -d
	}
	return c.kernel[node][min(d, c.n-d)]
}

// shape is a series over the n values, with its coefficients.
type shape struct {
	values []float64
	coeff  []complex128
}

func newShape(n int) shape {
	return shape{values: make([]float64, n), coeff: make([]complex128, n/2+1)}
}

// transform computes the coefficients of a shape.
func (c *circle) transform(s *shape) { c.plan.Coefficients(s.coeff, s.values) }
