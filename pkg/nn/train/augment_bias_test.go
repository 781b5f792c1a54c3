//go:build accuracy

package train

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// TestAugmentationBias measures the mean change of Whittle's H that each augmentation makes, on
// fractional Gaussian noise of 1024 points: the table at [Augmentation]. Each is done to every
// series, and the same ones are looked at before and after, so that differences of 0.001 show.
func TestAugmentationBias(t *testing.T) {
	const n, series = 1024, 1000
	keeps := map[Augmentation]bool{Flip: true, Reverse: true, Slice: true}
	for _, kind := range append(keepingAugmentations(), biasedAugmentations()...) {
		worst := 0.0
		for _, h := range []float64{0.1, 0.3, 0.5, 0.7, 0.9} {
			change, se := biasOf(t, kind, h, n, series)
			t.Logf("%-14s H = %.1f  change of H %+.4f ± %.4f", kind, h, change, se)
			if se > 0 {
				worst = max(worst, math.Abs(change)/se)
			}
		}
		if keeps[kind] { // the finite-sample bias of Whittle's differs a little between 1024 and 512 points
			require.Less(t, worst, 4.0, "%s: 5 looks at 4 standard errors: a false alarm in 3,000", kind)
		} else {
			require.Greater(t, worst, 4.0, "%s", kind)
		}
	}
}

func biasOf(t *testing.T, kind Augmentation, h float64, n, series int) (change, se float64) {
	t.Helper()
	g, x, spoilt := process.NewFGN(n), make([]float64, n), make([]float64, n)
	whole := estimator.Whittle{Settings: estimator.Settings{Class: estimator.Noise}}
	length := n
	if kind == Slice {
		length = n / 2
	}
	before, after := whole.Prepare(n), whole.Prepare(length)
	a := newAugmenter(1, []Augmentation{kind})
	var all []float64
	for i := range series {
		require.NoError(t, g.Generate(x, h, process.Source(5, "train/bias", uint64(i))))
		e, err := before.Estimate(x)
		require.NoError(t, err)
		copy(spoilt, x)
		a.rng.Reset(1, "train/augment", uint64(i))
		f, err := after.Estimate(a.always(kind, spoilt, length))
		require.NoError(t, err)
		all = append(all, f.H-e.H)
	}
	s := scaleOf(all)
	if s.Centre == 0 {
		return 0, 0
	}
	return s.Centre, s.Unit / math.Sqrt(float64(series))
}
