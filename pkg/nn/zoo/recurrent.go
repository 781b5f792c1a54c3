package zoo

import "github.com/longmemory/hurst/pkg/nn"

// LSTM is LMSParEst's network: two recurrent layers of 128, the mean over all points, a dense layer of
// 64 with PReLU. Csanády et al., ECAI 2024, arXiv:2410.03776.
func LSTM(o Options) nn.Spec {
	return nn.Spec{
		Input: o.input(),
		Layers: join(o.recurrent(nn.LSTM, 128, 2, false), layer(nn.MeanPool),
			plain(o.hidden(64), nn.Layer{Kind: nn.PReLU}, nil)),
		Head: o.point(),
	}
}

// GRU is the recurrent network of lrdbenchmark's neural_network_factory: a layer of 64 and its last
// state. That one's LSTM is the same with the other kind of layer.
func GRU(o Options) nn.Spec {
	return nn.Spec{
		Input:  o.input(),
		Layers: join(o.recurrent(nn.GRU, 64, 1, false), layer(nn.LastPoint), o.dropout(0.2)),
		Head:   o.point(),
	}
}

// BiLSTM is that factory's layer of 64 in both directions. It takes the mean over all points: the last
// point, which the original takes, is the first that the way back sees.
func BiLSTM(o Options) nn.Spec {
	return nn.Spec{
		Input:  o.input(),
		Layers: join(o.recurrent(nn.LSTM, 64, 1, true), layer(nn.MeanPool), o.dropout(0.2)),
		Head:   o.point(),
	}
}

// CNNLSTM is that factory's hybrid: twice a convolution of 3 points (64, 128 filters), ReLU and a
// maximum of 2 points, then a recurrent layer of 64 and its last state.
func CNNLSTM(o Options) nn.Spec {
	return nn.Spec{
		Input:  o.input(),
		Layers: join(two(o.dropout(0.2)), o.recurrent(nn.LSTM, 64, 1, false), layer(nn.LastPoint)),
		Head:   o.point(),
	}
}

func (o Options) recurrent(kind nn.Kind, units, layers int, both bool) []nn.Layer {
	var all []nn.Layer
	for range or(o.Layers, layers) {
		all = append(all, nn.Layer{Kind: kind, Units: or(o.Units, units), Both: both})
	}
	return all
}
