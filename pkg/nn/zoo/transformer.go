package zoo

import "github.com/longmemory/hurst/pkg/nn"

// AdaptiveTransformer is the transformer of lrdbenchmark's ml_model_factory: each point to 64
// channels, a learned position, two encoder layers (4 heads, 128 units between, dropout 0.2), the mean
// over all points, dense layers (64 and 32) with batch norm, ReLU and dropout, and a sigmoid. With
// Residual, a linear map leads around each of those dense layers. A network for any length has
// sinusoidal positions instead.
func AdaptiveTransformer(o Options) nn.Spec {
	drop := o.dropout(0.2)
	return nn.Spec{
		Input: o.input(),
		Layers: join(o.encoder(4, 2, drop), layer(nn.MeanPool),
			normed(o.hidden(64, 32), drop, o.Residual)),
		Head: o.bounded(),
	}
}

// Transformer is that of lrdbenchmark's neural_network_factory: width 64, 8 heads, 256 units between,
// two layers, the mean over all points.
func Transformer(o Options) nn.Spec {
	return nn.Spec{
		Input:  o.input(),
		Layers: join(o.encoder(8, 4, o.dropout(0.2)), layer(nn.MeanPool)),
		Head:   o.point(),
	}
}

// encoder embeds the points and passes them through two encoder layers of so many heads, with wider
// times their width between. Vaswani et al., NeurIPS 2017; norms behind the sums, as there and in
// torch.nn.TransformerEncoderLayer, but without dropout of attention's weights.
func (o Options) encoder(heads, wider int, drop []nn.Layer) []nn.Layer {
	width := or(o.Units, 64)
	position := nn.Layer{Kind: nn.Position}
	if o.Length > 0 {
		position.Learned, position.Length = true, o.Length
	}
	all := []nn.Layer{dense(width), position}
	for range or(o.Layers, 2) {
		attention := join([]nn.Layer{{Kind: nn.Attention, Heads: or(o.Heads, heads)}}, drop)
		between := join([]nn.Layer{dense(wider * width)}, layer(nn.ReLU), drop, []nn.Layer{dense(width)}, drop)
		for _, part := range [][]nn.Layer{attention, between} {
			all = append(all, join(around(part, nil), layer(nn.LayerNorm))...)
		}
	}
	return all
}
