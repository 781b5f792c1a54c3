package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/longmemory/hurst/pkg/nn"
)

// conv lays each window out as a row and multiplies it with the weights.
func (b *builder) conv(n nn.Node, x value) value {
	w, out := n.Layer.Window(), b.follow(x.track, n)
	from, to := b.points(x.track), b.points(out)
	var index []int
	for row := range b.size.rows {
		for t := range to {
			for k := range w.Kernel {
				index = append(index, place(row, from, t*w.Stride+k*w.Dilation-w.Padding))
			}
		}
	}
	windows := b.rows(index, b.clean(x))
	windows = b.reshape(windows, b.size.rows*to, w.Kernel*n.In.Channels)
	return value{b.affine(windows, b.weight(n, 0), b.weight(n, 1)), out}
}

// pool combines the points of each window one after the other, so that of equal ones the first is
// the maximum. Windows of points that a series has lie within it, and need no mask.
func (b *builder) pool(n nn.Node, x value) value {
	w, out := n.Layer.Window(), b.follow(x.track, n)
	from, to := b.points(x.track), b.points(out)
	var all *G.Node
	for k := range w.Kernel {
		index := make([]int, 0, b.size.rows*to)
		for row := range b.size.rows {
			for t := range to {
				index = append(index, place(row, from, t*w.Stride+k))
			}
		}
		point := b.rows(index, x.node)
		switch {
		case all == nil:
			all = point
		case n.Layer.Kind == nn.MaxPool:
			all = b.must(G.MaxBetween(all, point))
		default:
			all = b.add(all, point)
		}
	}
	if n.Layer.Kind == nn.AvgPool {
		all = b.scaled(all, 1/float64(w.Kernel))
	}
	return value{all, out}
}

// place is the row of a point of a series, negative if it lies beyond the ends.
func place(row, points, t int) int {
	if t < 0 || t >= points {
		return -1
	}
	return row*points + t
}

// follow adds the track of the lengths behind a node.
func (b *builder) follow(from int, n nn.Node) int {
	b.tracks = append(b.tracks, track{n.OutLength(b.tracks[from].points), from, n})
	return len(b.tracks) - 1
}

// clean sets points that a series does not have to zero, as convolutions read them as padding.
func (b *builder) clean(x value) *G.Node {
	if !b.size.masked {
		return x.node
	}
	return b.times(x.node, b.across(b.valid(x.track), x.node.Shape()[1]))
}
