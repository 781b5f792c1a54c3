package zoo

import "github.com/longmemory/hurst/pkg/nn"

// MLP reads a vector of features: for each size of Hidden (64, 32) a dense layer, an activation
// (ReLU) and, where asked for, dropout.
func MLP(o Options) nn.Spec {
	return nn.Spec{
		Input:  nn.Input{Channels: o.Features},
		Layers: plain(o.hidden(64, 32), o.activation(nn.ReLU), o.dropout(0)),
		Head:   o.point(),
	}
}

// FeedForward is the same on the values of a series of fixed length, with dropout 0.2, as in
// lrdbenchmark's neural_network_factory.
func FeedForward(o Options) nn.Spec {
	return nn.Spec{
		Input:  o.input(),
		Layers: join(layer(nn.Flatten), plain(o.hidden(64, 32), o.activation(nn.ReLU), o.dropout(0.2))),
		Head:   o.point(),
	}
}
