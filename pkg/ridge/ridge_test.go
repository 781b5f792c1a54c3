package ridge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/longmemory/hurst/pkg/ridge"
)

func data(rows, cols int) (x, y []float64) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range rows {
		sum := 7.0
		for j := range cols {
			v := 1e3*float64(j) + float64(j+1)*rng.NormFloat64()
			x = append(x, v)
			sum += v / float64(j+1)
		}
		y = append(y, sum+0.1*rng.NormFloat64())
	}
	return x, y
}

// gonum.org/v1/gonum v0.17.0: least squares (QR) of the data extended by sqrt(lambda·rows) rows.
func TestFitMatchesAugmentedLeastSquares(t *testing.T) {
	t.Parallel()
	const rows, cols = 200, 5
	x, y := data(rows, cols)
	for _, lambda := range []float64{1e-8, 1e-3, 1, 100} {
		m, err := ridge.Fit(x, y, rows, cols, lambda)
		require.NoError(t, err)
		a, b := mat.NewDense(rows+cols, cols, nil), mat.NewVecDense(rows+cols, nil)
		for i := range rows {
			for j := range cols {
				a.Set(i, j, (x[i*cols+j]-m.Mean[j])/m.Scale[j])
			}
			b.SetVec(i, y[i]-m.Bias)
		}
		for j := range cols {
			a.Set(rows+j, j, math.Sqrt(lambda*rows))
		}
		var want mat.VecDense
		require.NoError(t, want.SolveVec(a, b))
		require.InDeltaSlice(t, want.RawVector().Data, m.Weights, 1e-9)
	}
}

func TestPredictRecoversTheLine(t *testing.T) {
	t.Parallel()
	x, y := data(300, 4)
	m, err := ridge.Fit(x, y, 300, 4, 1e-9)
	require.NoError(t, err)
	p := make([]float64, 300)
	m.Predict(p, x, 300)
	sum := 0.0
	for i := range p {
		sum += (p[i] - y[i]) * (p[i] - y[i]) / 300
	}
	require.InDelta(t, 0.1, math.Sqrt(sum), 0.015)
	again, err := ridge.Fit(x, y, 300, 4, 1e-9)
	require.NoError(t, err)
	require.Equal(t, m, again)
}

func TestConstantAndRepeatedInputs(t *testing.T) {
	t.Parallel()
	x := []float64{1, 5, 1, 2, 5, 2, 3, 5, 3, 4, 5, 4}
	m, err := ridge.Fit(x, []float64{1, 2, 3, 4}, 4, 3, 1e-6)
	require.NoError(t, err)
	require.Zero(t, m.Weights[1])
	require.InDelta(t, m.Weights[0], m.Weights[2], 1e-9)
	p := make([]float64, 4)
	m.Predict(p, x, 4)
	require.InDeltaSlice(t, []float64{1, 2, 3, 4}, p, 1e-4)
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	for text, f := range map[string]func() error{
		"3 inputs and 2 targets": func() error { _, e := ridge.Fit(make([]float64, 3), make([]float64, 2), 2, 2, 1); return e },
		"lambda 0":               func() error { _, e := ridge.Fit([]float64{1}, []float64{1}, 1, 1, 0); return e },
		"input 1 of row 0 is NaN": func() error {
			_, e := ridge.Fit([]float64{1, math.NaN()}, []float64{1}, 1, 2, 1)
			return e
		},
		"target of row 0 is +Inf": func() error { _, e := ridge.Fit([]float64{1}, []float64{math.Inf(1)}, 1, 1, 1); return e },
	} {
		require.ErrorContains(t, f(), text)
	}
	require.Panics(t, func() { ridge.Model{Weights: []float64{1}}.Predict(nil, nil, 1) })
}

func BenchmarkFit(b *testing.B) {
	b.Run("rows=20000/cols=28", func(b *testing.B) {
		x, y := data(20_000, 28)
		for b.Loop() {
			if _, err := ridge.Fit(x, y, 20_000, 28, 1e-4); err != nil {
				b.Fatal(err)
			}
		}
	})
}
