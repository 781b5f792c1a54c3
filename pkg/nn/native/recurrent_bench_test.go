package native

import (
	"fmt"
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// BenchmarkSequence times one layer on a chunk of series of 500 points: a prediction, and the forward
// and backward passes of training.
func BenchmarkSequence(b *testing.B) {
	for _, layer := range []struct {
		name     string
		channels int
		nn.Layer
	}{
		{"attention/C=64/heads=4", 64, nn.Layer{Kind: nn.Attention, Heads: 4}},
		{"attention/C=64/heads=8", 64, nn.Layer{Kind: nn.Attention, Heads: 8}},
		{"lstm/C=1/H=128", 1, nn.Layer{Kind: nn.LSTM, Units: 128}},
		{"lstm/C=128/H=128", 128, nn.Layer{Kind: nn.LSTM, Units: 128}},
		{"gru/C=1/H=64", 1, nn.Layer{Kind: nn.GRU, Units: 64}},
		{"layernorm/C=64", 64, nn.Layer{Kind: nn.LayerNorm}},
		{"attentionpool/C=64", 64, nn.Layer{Kind: nn.AttentionPool}},
		{"position/C=64", 64, nn.Layer{Kind: nn.Position}},
	} {
		for _, rows := range []int{1, 4, 8} {
			lengths := make([]int, rows)
			for i := range lengths {
				lengths[i] = 500
			}
			p := newLone(b, kernel.Best(), layer.Layer, layer.channels, lengths, false)
			b.Run(fmt.Sprintf("%s/predict/rows=%d", layer.name, rows), func(b *testing.B) { p.bench(b, false) })
			o := newLone(b, kernel.Best(), layer.Layer, layer.channels, lengths, true)
			b.Run(fmt.Sprintf("%s/train/rows=%d", layer.name, rows), func(b *testing.B) { o.bench(b, true) })
		}
	}
}

func (o *lone) bench(b *testing.B, training bool) {
	if p, ok := o.op.(preparer); ok {
		p.prepare(&o.cs[0])
	}
	forward, backward := o.op.forward(), o.op.backward()
	b.ReportAllocs()
	for b.Loop() {
		o.run(forward)
		if training {
			o.run(backward)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*len(o.cs)), "µs/series")
}
