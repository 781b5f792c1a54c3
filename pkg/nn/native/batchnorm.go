package native

import (
	"math"

	"github.com/longmemory/hurst/pkg/nn"
)

// scaleShift is a batch norm in prediction that is not folded into what stands before it.
type scaleShift struct{ C int }

func newBatchNorm(s *site) op {
	C := s.node.In.Channels
	if !s.training {
		return &scaleShift{C}
	}
	return newTrainedNorm(s)
}

func (o *scaleShift) needs() needs { return needs{inPlace: true, prepared: 2 * o.C} }

func (o *scaleShift) prepare(c *call) {
	mean, variance := c.moment(0), c.moment(1)
	for j, gain := range c.param(0) {
		scale := float64(gain) / math.Sqrt(float64(variance[j])+nn.BatchNormEpsilon)
		c.prepared[j] = float32(scale)
		c.prepared[o.C+j] = float32(float64(c.param(1)[j]) - float64(mean[j])*scale)
	}
}

func (o *scaleShift) forward() []stage {
	return perRow(func(c *call) {
		c.k.ScaleShiftRows(c.out.values(), c.in.values(), c.prepared[:o.C], c.prepared[o.C:], o.C, false)
	})
}

func (o *scaleShift) backward() []stage { return nil }
