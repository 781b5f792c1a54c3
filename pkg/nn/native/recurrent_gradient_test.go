package native

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// sequenceLayers are the layers of sequences, and the channels that they read.
func sequenceLayers() map[string]nn.Layer {
	return map[string]nn.Layer{
		"lstm":           {Kind: nn.LSTM, Units: 5},
		"lstm both":      {Kind: nn.LSTM, Units: 3, Both: true},
		"gru":            {Kind: nn.GRU, Units: 5},
		"gru both":       {Kind: nn.GRU, Units: 3, Both: true},
		"attention":      {Kind: nn.Attention, Heads: 2},
		"attention pool": {Kind: nn.AttentionPool},
		"layer norm":     {Kind: nn.LayerNorm},
		"position":       {Kind: nn.Position},
		"learned":        {Kind: nn.Position, Learned: true, Length: 65},
	}
}

const sequenceChannels = 6

// TestSequenceGradients compares with central differences of the loss. Its values are float32, so that
// a difference over 2h = 0.04 of a loss of some tens carries an error of up to 1e-3; the curvature
// adds as much. Both are small beside the gradients of order 1 to 50.
func TestSequenceGradients(t *testing.T) {
	t.Parallel()
	for name, l := range sequenceLayers() {
		for _, lengths := range [][]int{{1}, {2}, {7}, {65}, {3, 7, 1, 5, 5}} {
			t.Run(fmt.Sprint(name, lengths), func(t *testing.T) {
				t.Parallel()
				testSequenceGradients(t, newLone(t, kernel.Best(), l, sequenceChannels, lengths, true))
			})
		}
	}
}

func testSequenceGradients(t *testing.T, o *lone) {
	var d, x, dx [][]float32
	for i := range o.cs {
		d, x = append(d, slices.Clone(o.cs[i].dout.X)), append(x, o.cs[i].in.X)
	}
	o.forward()
	o.backward()
	for i := range o.cs {
		dx = append(dx, slices.Clone(o.cs[i].din.X))
	}
	x, dx = append(x, o.params), append(dx, slices.Clone(o.sums))
	largest := 1.0
	for _, g := range dx {
		for _, v := range g {
			largest = max(largest, float64(v), -float64(v))
		}
	}
	for i, values := range x {
		step := max(1, len(values)/23)
		for j := 0; j < len(values); j += step {
			want := slope(o, d, &values[j])
			require.InDelta(t, want, dx[i][j], 3e-3*largest, "tensor %d, value %d", i, j)
		}
	}
}

// slope is the central difference of fourth order.
func slope(o *lone, d [][]float32, v *float32) float64 {
	const h = 0.02
	at := func(x float32) float64 {
		*v = x
		return o.loss(d)
	}
	x := *v
	defer func() { *v = x }()
	return (8*(at(x+h)-at(x-h)) - (at(x+2*h) - at(x-2*h))) / (12 * h)
}
