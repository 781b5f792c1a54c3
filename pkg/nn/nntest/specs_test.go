package nntest

import (
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// TestSpecsCoverAll holds that each kind of layer and head is in some case, those of sequences also
// with lengths that vary, that all cases are valid, and that no two have the same name.
func TestSpecsCoverAll(t *testing.T) {
	t.Parallel()
	seen, varied, heads, names := map[nn.Kind]bool{}, map[nn.Kind]bool{}, map[nn.HeadKind]bool{}, map[string]bool{}
	for _, c := range Specs() {
		c.Plan(t)
		if names[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		names[c.Name] = true
		heads[c.Spec.Head.Kind] = true
		for _, k := range kindsOf(c.Spec.Layers) {
			seen[k] = true
			varied[k] = varied[k] || c.Lengths != nil
		}
	}
	for _, k := range []nn.Kind{nn.Conv1D, nn.Dense, nn.BatchNorm, nn.LayerNorm, nn.ReLU, nn.GELU, nn.PReLU, nn.Sigmoid, nn.Tanh,
		nn.Square, nn.Log, nn.Dropout, nn.MaxPool, nn.AvgPool, nn.MeanPool, nn.AttentionPool, nn.LastPoint, nn.Flatten,
		nn.Attention, nn.Position, nn.LSTM, nn.GRU, nn.Residual, nn.Parallel} {
		if !seen[k] {
			t.Errorf("no case has %s", k)
		}
		if !varied[k] && k != nn.Flatten && k != nn.Sigmoid {
			t.Errorf("no case of any length has %s", k)
		}
	}
	for _, k := range []nn.HeadKind{nn.Point, nn.Gaussian, nn.Quantiles} {
		if !heads[k] {
			t.Errorf("no case has a head of kind %s", k)
		}
	}
}

// TestOf holds that cases are picked by their kinds, down to those in branches.
func TestOf(t *testing.T) {
	t.Parallel()
	some := Of(nn.Tanh, nn.Residual, nn.PReLU)
	if len(some) < 3 || len(some) >= len(Specs()) {
		t.Errorf("%d cases of %d", len(some), len(Specs()))
	}
	for _, c := range some {
		for _, k := range kindsOf(c.Spec.Layers) {
			if k != nn.Tanh && k != nn.Residual && k != nn.PReLU && k != nn.Dense {
				t.Errorf("%s has %s", c.Name, k)
			}
		}
	}
}
