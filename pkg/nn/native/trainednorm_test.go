package native

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

// TestNormFarFromZero holds a batch's variance to double precision where the mean is 1000 times the
// deviation, for series and for vectors: what remains is the rounding of the values themselves, 6e-8 of
// the mean, and that of the running moment. Sums of squares in single precision would be off by 1e-1.
func TestNormFarFromZero(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, points := range []int{50, 1} {
		in := nn.Input{Channels: 1, Series: points > 1, Length: points}
		layers := []nn.Layer{{Kind: nn.BatchNorm}, {Kind: nn.ReLU}, {Kind: nn.MeanPool}}
		if points == 1 {
			in.Length, layers = 0, layers[:2]
		}
		p, err := nn.Spec{Input: in, Layers: layers, Head: nn.Head{Kind: nn.Point}}.Plan()
		require.NoError(t, err)
		b := &nn.Batch{Rows: 40, Length: points}
		sum, squares, n := 0.0, 0.0, float64(40*points)
		for range 40 * points {
			v := float32(1000 + rng.NormFloat64())
			b.X = append(b.X, v)
			sum, squares = sum+float64(v), squares+float64(v)*float64(v)
		}
		variance := (squares/n - sum/n*sum/n) * n / (n - 1)
		for name, e := range engines() {
			w := p.NewWeights(1)
			tr, err := e.NewTrainer(p, nn.Size{Rows: 40, Length: points})
			require.NoError(t, err)
			out := make([]float32, 40)
			require.NoError(t, tr.Forward(out, w, b, nn.Pass{}))
			tr.Close()
			require.InEpsilon(t, 0.1*sum/n, w.State[0], 1e-6, name)
			require.InEpsilon(t, 0.9+0.1*variance, w.State[1], 1e-6, name)
			for _, v := range out {
				require.False(t, math.IsNaN(float64(v)))
			}
		}
	}
}
