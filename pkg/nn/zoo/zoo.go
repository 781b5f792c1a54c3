// Package zoo holds the networks that are known to work: each a function from a few options to an
// [nn.Spec], with the paper or program that it comes from and that one's defaults.
package zoo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/nn"
)

// The networks' names.
const (
	NameFilterBank          = "filter-bank"
	NameAdaptiveCNN         = "adaptive-cnn"
	NameReferenceCNN        = "reference-cnn"
	NameAdaptiveTransformer = "adaptive-transformer"
	NameMLP                 = "mlp"
	NameLSTM                = "lstm"
	NameConv                = "conv"
	NameCNN                 = "cnn"
	NameFeedForward         = "feed-forward"
	NameGRU                 = "gru"
	NameBiLSTM              = "bilstm"
	NameCNNLSTM             = "cnn-lstm"
	NameResNet              = "resnet"
	NameTransformer         = "transformer"
)

// Network is an entry of the zoo.
type Network struct {
	Name  string
	About string   // a line for people
	Reads []string // the options that it has, by their names in JSON
	build func(Options) nn.Spec
}

// Networks returns the zoo, best first.
func Networks() []Network {
	series := []string{"length", "min_length", "channels", "head"}
	with := func(more ...string) []string { return append(slices.Clone(series), more...) }
	return []Network{
		{NameFilterBank, "energies of learned filters at several scales; any length", with("units", "kernel", "levels", "hidden"), FilterBank},
		{NameAdaptiveCNN, "three convolutions, sizes by the series' length", with("hidden", "dropout", "attention", "residual"), AdaptiveCNN},
		{NameReferenceCNN, "three convolutions and a global mean", with("hidden", "dropout"), ReferenceCNN},
		{NameAdaptiveTransformer, "two encoder layers, width 64, 4 heads", with("hidden", "dropout", "residual", "units", "heads", "layers"), AdaptiveTransformer},
		{NameMLP, "dense layers on features", []string{"features", "head", "hidden", "dropout", "activation"}, MLP},
		{NameLSTM, "two layers of 128, mean over time (LMSParEst)", with("units", "layers", "hidden"), LSTM},
		{NameConv, "six convolutions, mean over time (LMSParEst)", with("hidden"), Conv},
		{NameCNN, "two convolutions of 64 and 128 filters", with("hidden", "dropout"), CNN},
		{NameFeedForward, "dense layers on the series itself", []string{"length", "channels", "head", "hidden", "dropout", "activation"}, FeedForward},
		{NameGRU, "a recurrent layer of 64, its last state", with("units", "layers", "dropout"), GRU},
		{NameBiLSTM, "a layer of 64 in both directions, mean over time", with("units", "layers", "dropout"), BiLSTM},
		{NameCNNLSTM, "two convolutions, then a recurrent layer", with("units", "dropout"), CNNLSTM},
		{NameResNet, "two residual blocks of 64 and 128 filters", with("layers", "units", "dropout"), ResNet},
		{NameTransformer, "two encoder layers, width 64, 8 heads", with("units", "heads", "layers", "dropout"), Transformer},
	}
}

// Names returns the networks' names, best first.
func Names() []string {
	var names []string
	for _, n := range Networks() {
		names = append(names, n.Name)
	}
	return names
}

// New returns the network of a name with options. Options that the network does not have, or of
// values that it cannot take, are errors, and so are shapes that do not fit.
func New(name string, o Options) (nn.Spec, error) {
	all := Networks()
	at := slices.IndexFunc(all, func(n Network) bool { return n.Name == name })
	if at < 0 {
		return nn.Spec{}, fmt.Errorf("there is no network %.40q: known are %s", name, strings.Join(Names(), ", "))
	}
	n := all[at]
	if err := o.check(n); err != nil {
		return nn.Spec{}, fmt.Errorf("network %s: %w", name, err)
	}
	s := n.build(o)
	if err := s.Validate(); err != nil {
		return nn.Spec{}, fmt.Errorf("network %s: %w", name, err)
	}
	return s, nil
}
