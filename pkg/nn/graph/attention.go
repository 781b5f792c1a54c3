package graph

import (
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/longmemory/hurst/pkg/nn"
)

// pooled is the sum over each series' points with weights, rows × points.
func (b *builder) pooled(x value, weights *G.Node) value {
	return value{b.batched(b.size.rows, weights, x.node, false), none}
}

func (b *builder) attentionPool(n nn.Node, x value) value {
	query := b.reshape(b.weight(n, 0), n.In.Channels, 1)
	scores := b.reshape(b.mul(x.node, query), b.size.rows, b.points(x.track))
	if b.size.masked {
		scores = b.add(scores, b.hiding(x.track))
	}
	return b.pooled(x, b.softmax(scores))
}

// attention works on heads one below the other, series after series.
func (b *builder) attention(n nn.Node, x value) value {
	heads, points := n.Layer.Heads, b.points(x.track)
	channels, count := n.In.Channels, b.size.rows*heads
	depth := channels / heads
	all := b.affine(x.node, b.weight(n, 0), b.weight(n, 1))
	parts := b.reshape(all, b.size.rows*points*3*heads, depth)
	part := func(which int) *G.Node { return b.rows(headRows(b.size.rows, heads, points, which), parts) }

	scores := b.batched(count, b.scaled(part(0), 1/math.Sqrt(float64(depth))), part(1), true)
	if b.size.masked {
		scores = b.add(scores, b.hidingAll(x.track, heads))
	}
	mixed := b.batched(count, b.softmax(scores), part(2), false)
	joined := b.reshape(b.rows(pointRows(b.size.rows, heads, points), mixed), b.size.rows*points, channels)
	return value{b.affine(joined, b.weight(n, 2), b.weight(n, 3)), x.track}
}

// headRows are the places of Q (which 0), K (1) or V (2), by series, head and point, where they lie
// by series, point, which and head.
func headRows(rows, heads, points, which int) []int {
	index := make([]int, 0, rows*heads*points)
	for row := range rows {
		for h := range heads {
			for t := range points {
				index = append(index, ((row*points+t)*3+which)*heads+h)
			}
		}
	}
	return index
}

// pointRows are the places by series, point and head of what lies by series, head and point.
func pointRows(rows, heads, points int) []int {
	index := make([]int, 0, rows*heads*points)
	for row := range rows {
		for t := range points {
			for h := range heads {
				index = append(index, (row*heads+h)*points+t)
			}
		}
	}
	return index
}

// hidingAll hides, for each series, head and point, the points that the series does not have.
func (b *builder) hidingAll(track, heads int) *G.Node {
	points := b.points(track)
	index := make([]int, 0, b.size.rows*heads*points)
	for row := range b.size.rows {
		for range heads * points {
			index = append(index, row)
		}
	}
	return b.rows(index, b.hiding(track))
}

// position adds the table's rows, or the sines and cosines of Vaswani et al. 2017, section 3.5.
func (b *builder) position(n nn.Node, x value) value {
	points := b.points(x.track)
	if n.Layer.Learned {
		index := make([]int, 0, b.size.rows*points)
		for range b.size.rows {
			for t := range points {
				index = append(index, t)
			}
		}
		return value{b.add(x.node, b.rows(index, b.weight(n, 0))), x.track}
	}
	channels := n.In.Channels
	table := b.feed(b.size.rows*points, channels, always, func(dst []float64, _ *given) {
		for i := range dst {
			dst[i] = sinusoid(i/channels%points, i%channels, channels)
		}
	})
	return value{b.add(x.node, table), x.track}
}

func sinusoid(t, channel, channels int) float64 {
	angle := float64(t) / math.Pow(10000, float64(channel/2*2)/float64(channels))
	if channel%2 == 0 {
		return math.Sin(angle)
	}
	return math.Cos(angle)
}
