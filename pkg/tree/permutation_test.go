package tree_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/tree"
)

// line predicts 2·x₀ - x₁, whatever else there is in three inputs.
func line(dst, x []float64, rows int) {
	for i := range rows {
		dst[i] = 2*x[3*i] - x[3*i+1]
	}
}

func lineData(rows int) tree.Data {
	d := tree.Data{X: make([]float64, 3*rows), Y: make([]float64, rows), Rows: rows, Cols: 3}
	rng := process.Source(1, "line", 0)
	for i := range d.X {
		d.X[i] = rng.NormFloat64()
	}
	line(d.Y, d.X, rows)
	return d
}

// For a linear function without noise, dealing an input with weight w adds w·(x' - x), whose mean
// size for two normal values is |w|·2/√π, and whose mean square is 2w². Of 4000 rows these have
// standard errors of 1.2 and 2.2 %.
func TestPermutationOfALine(t *testing.T) {
	t.Parallel()
	d := lineData(4000)
	got, plain, err := tree.Permutation{Repeats: 10}.Measure(line, d)
	require.NoError(t, err)
	require.Zero(t, plain)
	require.InEpsilon(t, 4/math.Sqrt(math.Pi), got[0].Mean, 0.03)
	require.InEpsilon(t, 2/math.Sqrt(math.Pi), got[1].Mean, 0.03)
	require.Zero(t, got[2])
	require.Greater(t, got[0].Error, 0.0)
	squared := func(y, p float64) float64 { return (y - p) * (y - p) }
	got, _, err = tree.Permutation{Loss: squared, Groups: [][]int{{0, 1}, {1, 2}}}.Measure(line, d)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.InEpsilon(t, 2*(4+1), got[0].Mean, 0.07)
	require.InEpsilon(t, 2, got[1].Mean, 0.07)
}

// The standard error is what seeds differ by: of 40 means of 5 repeats the standard deviation lies
// within 45 % of the mean error with a chance of error of less than 1e-4; the seeds are fixed.
func TestPermutationErrorIsThatOfSeeds(t *testing.T) {
	t.Parallel()
	d := lineData(200)
	var means []float64
	variance := 0.0
	for seed := range uint64(40) {
		got, _, err := tree.Permutation{Seed: seed}.Measure(line, d)
		require.NoError(t, err)
		means = append(means, got[0].Mean)
		variance += got[0].Error * got[0].Error / 40
	}
	mean, spread := 0.0, 0.0
	for _, v := range means {
		mean += v / 40
	}
	for _, v := range means {
		spread += (v - mean) * (v - mean) / 39
	}
	require.InEpsilon(t, math.Sqrt(variance), math.Sqrt(spread), 0.45)
}

func TestPermutationTellsAndStops(t *testing.T) {
	t.Parallel()
	d, calls := lineData(20), 0
	a, _, err := tree.Permutation{Seed: 4, Progress: func(done, of int) bool {
		calls++
		require.Equal(t, calls, done)
		require.Equal(t, 15, of)
		return true
	}}.Measure(line, d)
	require.NoError(t, err)
	require.Equal(t, 15, calls)
	b, _, err := tree.Permutation{Seed: 4}.Measure(line, d)
	require.NoError(t, err)
	require.Equal(t, a, b)
	_, _, err = tree.Permutation{Progress: func(int, int) bool { return false }}.Measure(line, d)
	require.ErrorIs(t, err, tree.ErrStopped)
	_, _, err = tree.Permutation{Repeats: 1}.Measure(line, d)
	require.ErrorContains(t, err, "number of repeats is 1")
	_, _, err = tree.Permutation{Groups: [][]int{{0}, {3}}}.Measure(line, d)
	require.ErrorContains(t, err, "group 1 has the input 3: want 0 to 2")
	_, _, err = tree.Permutation{}.Measure(line, tree.Data{})
	require.ErrorContains(t, err, "not 0 rows of 0 inputs")
}

func BenchmarkPermutation(b *testing.B) {
	d := synthetic("train", 2000, 70)
	m, err := tree.DefaultBoost().Fit(d, tree.Data{}, tree.Watch{})
	require.NoError(b, err)
	b.Run(fmt.Sprintf("boost/rows=%d/cols=%d/repeats=2", d.Rows, d.Cols), func(b *testing.B) {
		for b.Loop() {
			if _, _, err := (tree.Permutation{Repeats: 2}).Measure(m.Predict, d); err != nil {
				b.Fatal(err)
			}
		}
	})
}
