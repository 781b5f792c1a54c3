package native

import (
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// fuse returns the nodes that one op computes together with node i, i first. InputGrad: in training,
// the gradient of its input is wanted.
func fuse(p *nn.Plan, readers [][]int, i int, training, inputGrad bool) []int {
	chain := []int{i}
	follow := func(fits func(nn.Layer) bool) bool {
		next := readers[chain[len(chain)-1]]
		if len(next) != 1 || len(p.Nodes[next[0]].Inputs) != 1 || !fits(p.Nodes[next[0]].Layer) {
			return false
		}
		chain = append(chain, next[0])
		return true
	}
	kind := func(k nn.Kind) func(nn.Layer) bool { return func(l nn.Layer) bool { return l.Kind == k } }
	n := &p.Nodes[i]
	switch k := n.Layer.Kind; {
	case energetic(n.Layer, n.In.Channels, training && inputGrad) && follow(kind(nn.Square)):
		if !follow(kind(nn.MeanPool)) {
			chain = chain[:1]
		}
	case k == nn.Conv1D || k == nn.Dense:
		if !training {
			follow(kind(nn.BatchNorm))
		}
		follow(kind(nn.ReLU))
		if !training && three(n.Layer, n.In.Channels) {
			follow(pairs)
		}
	case k == nn.BatchNorm && training:
		if follow(kind(nn.ReLU)) {
			follow(pairs)
		}
	}
	return chain
}

// pairs tells whether a layer is a maximum over every two points.
func pairs(l nn.Layer) bool {
	w := l.Window()
	return l.Kind == nn.MaxPool && w.Kernel == 2 && w.Stride == 2
}

// passes tells whether node i hands on its input's memory as it is.
func passes(p *nn.Plan, readers [][]int, i int, training bool) bool {
	n := &p.Nodes[i]
	switch n.Layer.Kind {
	case nn.Dropout:
		if training && n.Layer.Rate > 0 {
			return false
		}
	case nn.Flatten:
	default:
		return false
	}
	// Gradients are handed back in the same memory, where no other reader's may come in between.
	from := n.Inputs[0]
	return !training || from < 0 || len(readers[from]) == 1 && !slices.Contains(n.Inputs[1:], from)
}
