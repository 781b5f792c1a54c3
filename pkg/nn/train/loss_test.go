package train_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/train"
)

func heads() map[train.Loss]nn.Head {
	return map[train.Loss]nn.Head{
		train.MSE: {Kind: nn.Point}, train.MAE: {Kind: nn.Point}, train.Huber: {Kind: nn.Point},
		train.NLL: {Kind: nn.Gaussian}, train.CRPS: {Kind: nn.Gaussian},
		train.Pinball: {Kind: nn.Quantiles, Levels: []float64{0.05, 0.5, 0.9}},
	}
}

// Central differences of step 2⁻⁸ have an error of h²/6 times a third derivative, at most 40 here,
// and float32 outputs hold the points exactly: 2e-4 in all. Kinks are avoided by outputs on a grid of
// sixteenths and targets between.
func TestGradientsOfLossesAreTheirSlopes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	const rows, step = 9, 1.0 / 256
	for l, head := range heads() {
		width := head.Outputs()
		out, grad := make([]float32, rows*width), make([]float32, rows*width)
		targets := make([]float32, rows)
		for i := range out {
			out[i] = float32(rng.IntN(64)-32) / 16
		}
		for i := range targets {
			targets[i] = float32(rng.IntN(64)-32)/16 + 1.0/32
		}
		l.Evaluate(grad, out, targets, head)
		scratch := make([]float32, len(grad))
		for i := range out {
			at := out[i]
			out[i] = at + step
			above := l.Evaluate(scratch, out, targets, head)
			out[i] = at - step
			below := l.Evaluate(scratch, out, targets, head)
			out[i] = at
			require.InDelta(t, (above-below)/(2*step), grad[i], 2e-4*max(1, math.Abs(float64(grad[i]))), "%s, output %d", l, i)
		}
	}
}

// The scores of N(0, 1) and N(1, 2²), from their definitions by quadrature in SciPy 1.10:
// quad((cdf - (x > y))²) in two parts, and -logpdf - log(2π)/2.
func TestKnownScores(t *testing.T) {
	t.Parallel()
	grad := make([]float32, 2)
	head := nn.Head{Kind: nn.Gaussian}
	logVariance := float32(math.Log(4))
	require.InDelta(t, 0.2336950, train.CRPS.Evaluate(grad, []float32{0, 0}, []float32{0}, head), 1e-6)
	require.InDelta(t, 0.6628071, train.CRPS.Evaluate(grad, []float32{1, logVariance}, []float32{2}, head), 1e-6)
	require.InDelta(t, math.Log(2)+0.125, train.NLL.Evaluate(grad, []float32{1, logVariance}, []float32{2}, head), 1e-6)
	require.InDelta(t, 0.9, train.Pinball.Evaluate(grad[:1], []float32{1}, []float32{2}, nn.Head{Kind: nn.Quantiles, Levels: []float64{0.9}}), 1e-6)
}

// A log variance that has strayed has a finite loss and a way back, but none further out.
func TestLogVarianceIsHeld(t *testing.T) {
	t.Parallel()
	head, grad := nn.Head{Kind: nn.Gaussian}, make([]float32, 2)
	for _, l := range []train.Loss{train.NLL, train.CRPS} {
		loss := l.Evaluate(grad, []float32{0, -1000}, []float32{0.5}, head)
		require.False(t, math.IsInf(loss, 0) || math.IsNaN(loss))
		require.LessOrEqual(t, grad[1], float32(0), "%s: up", l)
		loss = l.Evaluate(grad, []float32{0, 1000}, []float32{0.5}, head)
		require.False(t, math.IsInf(loss, 0) || math.IsNaN(loss))
		require.Positive(t, grad[1], "%s: down", l)
		l.Evaluate(grad, []float32{0, -1000}, []float32{0}, head)
		require.Zero(t, grad[1], "%s: not further down", l)
	}
}

func TestLossesRefuseWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	require.PanicsWithValue(t, `train: loss "nll" of a head of kind point`, func() {
		train.NLL.Evaluate(make([]float32, 1), make([]float32, 1), make([]float32, 1), nn.Head{Kind: nn.Point})
	})
	require.Panics(t, func() {
		train.MSE.Evaluate(make([]float32, 1), make([]float32, 2), make([]float32, 2), nn.Head{Kind: nn.Point})
	})
	for l, head := range heads() {
		if want := train.DefaultLoss(head); want != l {
			require.Contains(t, []train.Loss{train.MSE, train.NLL}, want)
		}
	}
}
