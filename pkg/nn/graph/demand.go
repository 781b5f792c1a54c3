package graph

import "github.com/longmemory/hurst/pkg/nn"

const (
	// maxValues is how many values a graph may hold: 8 GiB.
	maxValues = 1 << 30
	// partValues is about how many a prediction is to hold: larger batches go through in parts.
	partValues = 1 << 26
)

// demand estimates how many values a graph holds for each series of so many points. A layer holds
// its result, what it made on the way, and the same again for gradients.
func demand(p *nn.Plan, points int) float64 {
	lengths := make([]float64, len(p.Nodes))
	sum := 0.0
	for i, n := range p.Nodes {
		from := 1.0
		switch {
		case n.Inputs[0] >= 0:
			from = lengths[n.Inputs[0]]
		case n.In.Series:
			from = float64(points)
		}
		lengths[i] = 1
		if n.Out.Series {
			lengths[i] = float64(n.OutLength(int(from)))
		}
		sum += 8*lengths[i]*float64(n.Out.Channels) + extra(n, from, lengths[i])
	}
	return sum
}

// extra is what layers hold beyond a few times their result.
func extra(n nn.Node, from, to float64) float64 {
	switch l := n.Layer; l.Kind {
	case nn.Conv1D:
		return 2 * to * float64(l.Kernel*n.In.Channels)
	case nn.MaxPool, nn.AvgPool:
		return 4 * to * float64(l.Kernel*n.In.Channels)
	case nn.Attention:
		return 8*from*from*float64(l.Heads) + 16*from*float64(n.In.Channels)
	case nn.LSTM, nn.GRU:
		return 60 * to * float64(n.Out.Channels)
	}
	return 0
}
