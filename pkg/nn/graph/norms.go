package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/longmemory/hurst/pkg/nn"
)

// batchNorm standardises with the moments over the points that the series have, or with the running
// ones. Moments are products with a row of weights.
func (b *builder) batchNorm(n nn.Node, x value) *G.Node {
	gain, bias, count := b.weight(n, 0), b.weight(n, 1), x.node.Shape()[0]
	if !b.training {
		scale := b.times(gain, b.inverse(b.state(n.State[1]), nn.BatchNormEpsilon))
		centred := b.sub(x.node, b.down(b.state(n.State[0]), count))
		return b.add(b.times(centred, b.down(scale, count)), b.down(bias, count))
	}
	share := b.share(x.track)
	mean := b.mul(share, x.node)
	centred := b.sub(x.node, b.down(mean, count))
	variance := b.mul(share, b.square(centred))
	b.moments = append(b.moments, moment{n, mean, variance, x.track})
	scale := b.times(gain, b.inverse(variance, nn.BatchNormEpsilon))
	return b.add(b.times(centred, b.down(scale, count)), b.down(bias, count))
}

// layerNorm standardises each row.
func (b *builder) layerNorm(n nn.Node, x *G.Node) *G.Node {
	s := x.Shape()
	share := b.filled(s[1], 1, 1/float64(s[1]))
	centred := b.sub(x, b.across(b.mul(x, share), s[1]))
	scale := b.inverse(b.mul(b.square(centred), share), nn.LayerNormEpsilon)
	standard := b.times(centred, b.across(scale, s[1]))
	return b.add(b.times(standard, b.down(b.weight(n, 0), s[0])), b.down(b.weight(n, 1), s[0]))
}
