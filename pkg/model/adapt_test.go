package model

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn/train"
)

// spoiled are series of noise with white noise of the same variance on them, which a model of clean
// series takes for less persistent.
func spoiled(t testing.TB, stage string, count int) Series {
	t.Helper()
	var s Series
	for i := range count {
		x, h := noise(t, stage, i, 256)
		white, _ := noise(t, stage+"/white", i, 256)
		row := make([]float32, len(x))
		for j := range x {
			row[j] = float32(x[j] + 1.5*white[(j*97)%256]) // in an order that has no memory
		}
		s.X, s.H = append(s.X, row), append(s.H, h)
	}
	return s
}

func TestAdapt(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"filterbank", "mlp"} {
		m := fit(t, kind)
		job := AdaptJob{Series: spoiled(t, "adapt", 40), Parent: digest("a"), Data: digest("b"), Seed: 1, Threads: 2, Steps: 40, Rate: 5e-3}
		adapted, found, err := Adapt(m, job)
		require.NoError(t, err, kind)
		require.NotNil(t, adapted, "%s: %+v", kind, found)
		require.Equal(t, 40, found.Series)
		require.Less(t, found.After, found.Before, kind)
		require.Equal(t, &found, adapted.Lineage.Adapted)
		require.Equal(t, digest("a"), adapted.Lineage.Parent)
		bundle, err := Encode(adapted)
		require.NoError(t, err)
		back, err := Decode(bundle)
		require.NoError(t, err)

		before, after := 0.0, 0.0
		test := spoiled(t, "adapt/test", 200)
		for i, x := range test.X {
			a, err := m.NewSession().Estimate(wide(nil, x), 0.9)
			require.NoError(t, err)
			b, err := back.NewSession().Estimate(wide(nil, x), 0.9)
			require.NoError(t, err)
			before += abs(a.H-test.H[i]) / 200
			after += abs(b.H-test.H[i]) / 200
			require.GreaterOrEqual(t, b.Upper-b.Lower, 0.5*(a.Upper-a.Lower))
		}
		require.Less(t, after, before, "%s: on series of the domain that it has not seen", kind)

		if kind == "mlp" {
			again, _, err := Adapt(m, job)
			require.NoError(t, err)
			require.Equal(t, adapted.Tensors, again.Tensors)
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

func TestAdaptRefuses(t *testing.T) {
	t.Parallel()
	few := Series{themselves().test.X[:20], themselves().test.H[:20]}
	_, _, err := Adapt(fit(t, "ridge"), AdaptJob{Series: few})
	require.ErrorContains(t, err, "a model of kind ridge cannot be adapted")
	m := fit(t, "filterbank")
	_, _, err = Adapt(m, AdaptJob{Series: Series{few.X[:4], few.H[:4]}})
	require.ErrorContains(t, err, "4 samples: want 5")
	_, _, err = Adapt(m, AdaptJob{})
	require.ErrorContains(t, err, "there are none")
	short := Series{append([][]float32{few.X[0][:60]}, few.X...), append([]float64{0.5}, few.H...)}
	_, _, err = Adapt(m, AdaptJob{Series: short})
	require.ErrorContains(t, err, "labelled series 1")
	require.Equal(t, 5, train.MinAdapt)
}
