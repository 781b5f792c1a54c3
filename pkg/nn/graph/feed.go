package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/longmemory/hurst/pkg/nn"
)

// when says what a feed depends on.
type when int

const (
	always    when = iota // on the graph's size alone
	ofBatch               // on the batch and the pass
	ofParams              // on the weights
	ofState               // on the running moments
	ofOutputs             // it is the gradient with respect to the outputs
)

// feed is an input of a graph and how it is filled.
type feed struct {
	node *G.Node
	when when
	fill func(dst []float64, in *given)
}

// given is what inputs are filled from.
type given struct {
	weights nn.Weights
	batch   *nn.Batch
	pass    nn.Pass
	lengths [][]int // of each track, the points of each series
	outputs []float32
}

// value makes a matrix of the node's shape from what the feed gives.
func (f *feed) value(in *given) G.Value {
	s := f.node.Shape()
	dst := make([]float64, s.TotalSize())
	f.fill(dst, in)
	return matrix(dst, s[0], s[1])
}

// track follows how many points each series has: behind a convolution or a pool other than before.
type track struct {
	points int // of the longest
	parent int
	window nn.Node // tells the points from those of the parent
}

// lengths returns, for each track, the points of each series in a batch.
func lengths(tracks []track, b *nn.Batch) [][]int {
	all := make([][]int, len(tracks))
	for i, t := range tracks {
		all[i] = make([]int, b.Rows)
		for row := range all[i] {
			if i == 0 {
				all[i][row] = b.Points(row)
				continue
			}
			all[i][row] = t.window.OutLength(all[t.parent][row])
		}
	}
	return all
}
