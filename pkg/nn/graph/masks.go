package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// hidden is added to what softmax sees of points that are not there: its exponential is zero.
const hidden = -1e30

// perPoint is an input of rows × points values, laid out as rows × width matrix: what f says for each
// point that a series of n points has, and rest for those it has not.
func (b *builder) perPoint(name string, track int, rest float64, f func(t, n int) float64) *G.Node {
	rows, points := b.size.rows, b.points(track)
	return b.shared(fmt.Sprintf("%s of track %d", name, track), func() *G.Node {
		return b.feed(rows, points, ofBatch, func(dst []float64, in *given) {
			for row, n := range in.lengths[track] {
				for t := range points {
					dst[row*points+t] = rest
					if t < n {
						dst[row*points+t] = f(t, n)
					}
				}
			}
		})
	})
}

// valid is a column: one at points that a series has, zero at others.
func (b *builder) valid(track int) *G.Node {
	one := b.perPoint("valid", track, 0, func(int, int) float64 { return 1 })
	return b.column(one)
}

// meanWeights are 1/n at each of the n points of a series: rows × points.
func (b *builder) meanWeights(track int) *G.Node {
	return b.perPoint("mean", track, 0, func(_, n int) float64 { return 1 / float64(n) })
}

// lastWeights are one at the last point.
func (b *builder) lastWeights(track int) *G.Node {
	return b.perPoint("last", track, 0, func(t, n int) float64 {
		if t == n-1 {
			return 1
		}
		return 0
	})
}

// hiding is added before softmax: rows × points.
func (b *builder) hiding(track int) *G.Node {
	return b.perPoint("hiding", track, hidden, func(int, int) float64 { return 0 })
}

// share is a row that gives each valid row of a matrix the weight 1/count: 1 × rows·points.
func (b *builder) share(track int) *G.Node {
	points := b.points(track)
	if track == none || !b.size.masked {
		n := b.size.rows * points
		return b.filled(1, n, 1/float64(n))
	}
	return b.shared(fmt.Sprintf("share of track %d", track), func() *G.Node {
		return b.feed(1, b.size.rows*points, ofBatch, func(dst []float64, in *given) {
			count := float64(total(in.lengths[track]))
			for row, n := range in.lengths[track] {
				for t := range n {
					dst[row*points+t] = 1 / count
				}
			}
		})
	})
}

func (b *builder) column(x *G.Node) *G.Node {
	s := x.Shape()
	return b.reshape(x, s[0]*s[1], 1)
}

func total(n []int) int {
	sum := 0
	for _, v := range n {
		sum += v
	}
	return sum
}
