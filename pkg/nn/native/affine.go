package native

import (
	"math"

	"github.com/longmemory/hurst/pkg/nn"
)

// affine is the weights of a convolution or a dense layer: a matrix of rows × units and, where biased,
// a bias. In prediction a batch norm behind it is folded in.
type affine struct {
	rows, columns int
	biased        bool
	norm          bool // there is a batch norm to fold in
}

func newAffine(s *site, rows, units int) affine {
	return affine{rows, units, !s.node.Layer.NoBias, s.has(nn.BatchNorm)}
}

// has tells whether a layer of a kind is fused.
func (s *site) has(k nn.Kind) bool {
	for _, n := range s.fused {
		if n.Layer.Kind == k {
			return true
		}
	}
	return false
}

// folded returns how many values the folded weights have.
func (a *affine) folded() int {
	if !a.norm {
		return 0
	}
	return (a.rows + 1) * a.columns
}

// fold writes the weights of the affine map and the norm in one. With the running moments, the norm
// is y = (x - mean)·scale + shift with scale = gain/√(variance + ε).
func (a *affine) fold(c *call) {
	if !a.norm {
		return
	}
	weight, bias := c.prepared[:a.rows*a.columns], c.prepared[a.rows*a.columns:]
	next := 1
	clear(bias)
	if a.biased {
		copy(bias, c.param(1))
		next = 2
	}
	gain, shift := c.param(next), c.param(next+1)
	mean, variance := c.moment(0), c.moment(1)
	copy(weight, c.param(0))
	for j := range a.columns {
		scale := float64(gain[j]) / math.Sqrt(float64(variance[j])+nn.BatchNormEpsilon)
		bias[j] = float32((float64(bias[j])-float64(mean[j]))*scale + float64(shift[j]))
		for i := j; i < len(weight); i += a.columns {
			weight[i] = float32(float64(weight[i]) * scale)
		}
	}
}

// weights returns the matrix and the bias, nil if there is none.
func (a *affine) weights(c *call) (weight, bias []float32) {
	switch {
	case a.norm:
		return c.prepared[:a.rows*a.columns], c.prepared[a.rows*a.columns:]
	case a.biased:
		return c.param(0), c.param(1)
	}
	return c.param(0), nil
}
