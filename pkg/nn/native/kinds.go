package native

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// newOp returns the op of one node.
func newOp(s *site) op {
	switch s.node.Layer.Kind {
	case nn.Conv1D:
		return newConv(s)
	case nn.Dense:
		return newDense(s)
	case nn.BatchNorm:
		return newBatchNorm(s)
	case nn.LayerNorm:
		return newLayerNorm(s)
	case nn.ReLU, nn.GELU, nn.PReLU, nn.Sigmoid, nn.Tanh, nn.Square, nn.Log:
		return newActivation(s)
	case nn.Dropout:
		return newDropout(s)
	case nn.MaxPool:
		return newMaxPool(s)
	case nn.AvgPool:
		return newAvgPool(s)
	case nn.MeanPool:
		return newMeanPool(s)
	case nn.LastPoint:
		return newLastPoint(s)
	case nn.Flatten:
		return newFlatten(s)
	case nn.AttentionPool:
		return newAttentionPool(s)
	case nn.Attention:
		return newAttention(s)
	case nn.Position:
		return newPosition(s)
	case nn.LSTM, nn.GRU:
		return newRecurrent(s)
	case nn.Residual:
		return newSum(s)
	case nn.Parallel:
		return newJoin(s)
	}
	panic(fmt.Sprintf("native: no op for %s", s.node.Layer.Kind)) // Plan knows all kinds
}
