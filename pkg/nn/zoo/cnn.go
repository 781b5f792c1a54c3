package zoo

import "github.com/longmemory/hurst/pkg/nn"

// mostPoints is how many points AdaptiveCNN leaves to its dense layers at most.
const mostPoints = 128

// AdaptiveCNN is the convolutional network of lrdbenchmark's ml_model_factory: three times a
// convolution of 3 points (32, 64, 128 filters), batch norm, ReLU, a maximum of 2 points and dropout;
// then all points, dense layers (64 and 32) with batch norm, ReLU and dropout, and a sigmoid.
//
// Its sizes follow the series: a block is left out where fewer than 4 points would remain, the last
// maximum is wider where more than 128 would, and a network for any length takes the mean over the
// points. With Attention, self-attention of 4 heads over the points comes before that (the original
// puts it behind, where one vector attends to itself, which is a linear map); with Residual, a
// convolution of 1 point leads around each block.
func AdaptiveCNN(o Options) nn.Spec {
	drop := o.dropout(0.2)
	points := o.shortest()
	var layers []nn.Layer
	for i, units := range []int{32, 64, 128} {
		if points/2 < 4 && i > 0 {
			break
		}
		block := join([]nn.Layer{same(units, 3)}, layer(nn.BatchNorm, nn.ReLU))
		if o.Residual {
			block = around(block, []nn.Layer{{Kind: nn.Conv1D, Units: units, Kernel: 1, NoBias: true}})
		}
		width := 2
		for i == 2 && o.Length > 0 && points/width > mostPoints {
			width *= 2
		}
		points /= width
		layers = append(layers, join(block, pool(width), drop)...)
	}
	if o.Attention {
		layers = append(layers, join(around([]nn.Layer{{Kind: nn.Attention, Heads: 4}}, nil), layer(nn.LayerNorm))...)
	}
	end := nn.Flatten
	if o.Length == 0 {
		end = nn.MeanPool
	}
	return nn.Spec{
		Input:  o.input(),
		Layers: join(layers, layer(end), normed(o.hidden(64, 32), drop, o.Residual)),
		Head:   o.bounded(),
	}
}

// ReferenceCNN is the network of lrdbenchmark's production_ml_system: convolutions of 3 points (32,
// 64, 128 filters), each with batch norm, ReLU and dropout, a maximum of 2 points after the first
// two and the mean over all points after the third; then dense layers (64 and 32) with batch norm,
// ReLU and dropout, and a sigmoid. It takes any length.
func ReferenceCNN(o Options) nn.Spec {
	drop := o.dropout(0.2)
	block := func(units int, end []nn.Layer) []nn.Layer {
		return join([]nn.Layer{same(units, 3)}, layer(nn.BatchNorm, nn.ReLU), end, drop)
	}
	return nn.Spec{
		Input: o.input(),
		Layers: join(block(32, pool(2)), block(64, pool(2)), block(128, layer(nn.MeanPool)),
			normed(o.hidden(64, 32), drop, false)),
		Head: o.bounded(),
	}
}

// Conv is the convolutional network that LMSParEst compares its recurrent one with: six convolutions
// of 4 points (64, 64, 128, 128, 128, 128 filters) with PReLU, the mean over all points, a dense
// layer of 64 with PReLU. Csanády et al., ECAI 2024, arXiv:2410.03776.
func Conv(o Options) nn.Spec {
	var layers []nn.Layer
	for _, units := range []int{64, 64, 128, 128, 128, 128} {
		layers = append(layers, nn.Layer{Kind: nn.Conv1D, Units: units, Kernel: 4}, nn.Layer{Kind: nn.PReLU})
	}
	return nn.Spec{
		Input:  o.input(),
		Layers: join(layers, layer(nn.MeanPool), plain(o.hidden(64), nn.Layer{Kind: nn.PReLU}, nil)),
		Head:   o.point(),
	}
}

// CNN is the convolutional network of lrdbenchmark's neural_network_factory: twice a convolution of 3
// points (64, 128 filters), ReLU, a maximum of 2 points and dropout, then a dense layer of 64. Where
// the original flattens, a network for any length takes the mean over the points.
func CNN(o Options) nn.Spec {
	drop := o.dropout(0.2)
	end := nn.Flatten
	if o.Length == 0 {
		end = nn.MeanPool
	}
	return nn.Spec{
		Input:  o.input(),
		Layers: join(two(drop), layer(end), plain(o.hidden(64), nn.Layer{Kind: nn.ReLU}, drop)),
		Head:   o.point(),
	}
}

// two are the two convolutions that this factory's networks begin with.
func two(drop []nn.Layer) []nn.Layer {
	return join([]nn.Layer{same(64, 3)}, layer(nn.ReLU), pool(2), drop, []nn.Layer{same(128, 3)}, layer(nn.ReLU), pool(2), drop)
}
