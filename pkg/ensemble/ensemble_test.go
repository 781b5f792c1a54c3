package ensemble_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/ensemble"
	"github.com/longmemory/hurst/pkg/ridge"
)

type reference struct {
	P, Y                  []float64
	Members               int
	NonNegative, Weighted []float64
	Bias                  float64
}

// scipy 1.17.1: nnls, which solves the same problem by the same method, to rounding times the
// condition number of some 1e4; and SLSQP for weights that add up to one, which stops near 1e-6.
func TestAgainstScipy(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/reference.json")
	require.NoError(t, err)
	var r reference
	require.NoError(t, json.Unmarshal(text, &r))
	d := ensemble.Data{P: r.P, Y: r.Y, Rows: len(r.Y), Members: r.Members}
	c, err := ensemble.Config{Method: ensemble.NonNegative}.Fit(d)
	require.NoError(t, err)
	require.InDeltaSlice(t, r.NonNegative, c.Weights, 1e-8)
	require.InDelta(t, r.Bias, c.Bias, 1e-8)
	c, err = ensemble.Config{}.Fit(d)
	require.NoError(t, err)
	require.InDeltaSlice(t, r.Weighted, c.Weights, 1e-5)
	require.Zero(t, c.Bias)
}

// noisy are members that are the truth with noise of their own size, and a common one.
func noisy(seed uint64, rows int, common float64, sizes ...float64) ensemble.Data {
	rng := rand.New(rand.NewPCG(seed, 1))
	d := ensemble.Data{Rows: rows, Members: len(sizes)}
	for range rows {
		y, shared := rng.Float64(), common*rng.NormFloat64()
		d.Y = append(d.Y, y)
		for _, s := range sizes {
			d.P = append(d.P, y+shared+s*rng.NormFloat64())
		}
	}
	return d
}

// The conditions of Karush, Kuhn and Tucker prove an optimum: slopes are alike along all weights above
// zero, and no lower along those at zero.
func TestFitsMeetTheirConditions(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 2))
		sizes := make([]float64, 1+rng.IntN(12))
		for k := range sizes {
			sizes[k] = 0.001 + 0.1*rng.Float64()
		}
		d := noisy(seed, 5+rng.IntN(60), 0.05, sizes...)
		for _, method := range []ensemble.Method{ensemble.Weighted, ensemble.NonNegative} {
			c, err := ensemble.Config{Method: method}.Fit(d)
			require.NoError(t, err)
			require.NoError(t, c.Check())
			checkOptimum(t, d, c, method, fmt.Sprintf("seed %d, %s", seed, method))
		}
	}
}

func checkOptimum(t *testing.T, d ensemble.Data, c ensemble.Combination, method ensemble.Method, name string) {
	t.Helper()
	slope, p, sum := make([]float64, d.Members), make([]float64, d.Rows), 0.0
	c.Combine(p, d.P)
	for i, y := range d.Y {
		for k := range slope {
			slope[k] += (p[i] - y) * d.P[i*d.Members+k]
		}
	}
	base := 0.0 // what all may rise or fall by together
	for k, w := range c.Weights {
		sum += w
		if method == ensemble.Weighted {
			base += w * slope[k]
		}
	}
	if method == ensemble.Weighted {
		require.InDelta(t, 1, sum, 1e-12, name)
	}
	for k, w := range c.Weights {
		require.GreaterOrEqual(t, w, 0.0, name)
		require.GreaterOrEqual(t, slope[k]-base, -1e-7, name)
		if w > 0 {
			require.InDelta(t, base, slope[k], 1e-7, name)
		}
	}
}

// Independent errors of variance s² are weighted by 1/s². With 20,000 rows weights have a standard
// error below 0.005.
func TestWeightsFollowThePrecision(t *testing.T) {
	t.Parallel()
	d := noisy(1, 20_000, 0, 0.1, 0.1, 0.2)
	for _, method := range []ensemble.Method{ensemble.Weighted, ensemble.NonNegative, ensemble.Ridge} {
		c, err := ensemble.Config{Method: method}.Fit(d)
		require.NoError(t, err)
		share := c.Weights[0] + c.Weights[1] + c.Weights[2]
		require.InDeltaSlice(t, []float64{4. / 9, 4. / 9, 1. / 9}, []float64{
			c.Weights[0] / share, c.Weights[1] / share, c.Weights[2] / share}, 0.02, string(method))
	}
	c, err := ensemble.Config{Method: ensemble.Mean}.Fit(d)
	require.NoError(t, err)
	require.Equal(t, []float64{1. / 3, 1. / 3, 1. / 3}, c.Weights)
}

func TestRidgeIsRidge(t *testing.T) {
	t.Parallel()
	d := noisy(2, 300, 0.02, 0.01, 0.03, 0.1)
	c, err := ensemble.Config{Method: ensemble.Ridge, Lambda: 1e-2}.Fit(d)
	require.NoError(t, err)
	m, err := ridge.Fit(d.P, d.Y, d.Rows, d.Members, 1e-2)
	require.NoError(t, err)
	want, got := make([]float64, d.Rows), make([]float64, d.Rows)
	m.Predict(want, d.P, d.Rows)
	c.Combine(got, d.P)
	require.InDeltaSlice(t, want, got, 1e-12)
}

func TestMembersThatRepeatShare(t *testing.T) {
	t.Parallel()
	d := noisy(3, 100, 0, 0.1)
	twice := ensemble.Data{Rows: 100, Members: 3, Y: d.Y}
	for _, v := range d.P {
		twice.P = append(twice.P, v, v, 7) // and one that always says the same
	}
	for _, method := range []ensemble.Method{ensemble.Weighted, ensemble.NonNegative, ensemble.Ridge} {
		c, err := ensemble.Config{Method: method}.Fit(twice)
		require.NoError(t, err)
		one, err := ensemble.Config{Method: method}.Fit(d)
		require.NoError(t, err)
		require.InDelta(t, one.Weights[0], c.Weights[0]+c.Weights[1], 2e-3, string(method))
		require.InDelta(t, 0, c.Weights[2], 5e-3, string(method)) // a constant stands in for a bias
	}
	right := ensemble.Data{P: []float64{1, 1, 2, 2}, Y: []float64{1, 2}, Rows: 2, Members: 2}
	c, err := ensemble.Config{}.Fit(right)
	require.NoError(t, err)
	require.Equal(t, []float64{0.5, 0.5}, c.Weights)
}

// A member without information is found out: its gain is within three standard errors of zero, which a
// fixed seed either meets or not; that of the others is far above.
func TestJudge(t *testing.T) {
	t.Parallel()
	d := noisy(4, 3000, 0.01, 0.05, 0.06, 5)
	r, err := ensemble.Config{Seed: 1}.Judge(d, nil)
	require.NoError(t, err)
	require.Equal(t, 0, r.Best)
	// |N(0, s²)| has the mean s·√(2/π) and a standard error below 2 % here; the best weights of 0.05 and
	// 0.06 leave a noise of 0.0384, beside the common 0.01.
	require.InEpsilon(t, math.Hypot(0.05, 0.01)*math.Sqrt(2/math.Pi), r.Members[0].Alone.Mean, 0.06)
	require.InEpsilon(t, math.Hypot(0.0384, 0.01)*math.Sqrt(2/math.Pi), r.Ensemble.Mean, 0.06)
	require.InDelta(t, r.Members[0].Alone.Mean-r.Ensemble.Mean, r.OverBest.Mean, 1e-15)
	require.Greater(t, r.OverBest.Mean, 5*r.OverBest.Error)
	require.InDelta(t, r.Members[1].Alone.Mean-r.Ensemble.Mean, r.Members[0].Gain.Mean, 1e-4)
	require.Greater(t, r.Members[0].Gain.Mean, 5*r.Members[0].Gain.Error)
	require.LessOrEqual(t, math.Abs(r.Members[2].Gain.Mean), 3*r.Members[2].Gain.Error+1e-6)
	again, err := ensemble.Config{Seed: 1}.Judge(d, nil)
	require.NoError(t, err)
	require.Equal(t, r, again)
	other, err := ensemble.Config{Seed: 2}.Judge(d, nil)
	require.NoError(t, err)
	require.NotEqual(t, r.Ensemble, other.Ensemble)
	require.Equal(t, r.Combination, other.Combination)
}

func TestJudgeTellsAndStops(t *testing.T) {
	t.Parallel()
	d := noisy(5, 40, 0, 0.1, 0.1)
	var seen []int
	_, err := ensemble.Config{Folds: 4}.Judge(d, func(done, of int) bool {
		require.Equal(t, 13, of)
		seen = append(seen, done)
		return true
	})
	require.NoError(t, err)
	require.Len(t, seen, 13)
	for stop := range 13 {
		_, err = ensemble.Config{Folds: 4}.Judge(d, func(done, _ int) bool { return done <= stop })
		require.ErrorIs(t, err, ensemble.ErrStopped)
	}
	alone, err := ensemble.Config{}.Judge(noisy(5, 40, 0, 0.1), nil)
	require.NoError(t, err)
	require.Zero(t, alone.Members[0].Gain)
	require.Equal(t, []float64{1}, alone.Combination.Weights)
}

func TestFolds(t *testing.T) {
	t.Parallel()
	fold := ensemble.Folds(103, 5, 1)
	count := make([]int, 5)
	for _, f := range fold {
		count[f]++
	}
	require.ElementsMatch(t, []int{21, 21, 21, 20, 20}, count)
	require.Equal(t, fold, ensemble.Folds(103, 5, 1))
	require.NotEqual(t, fold, ensemble.Folds(103, 5, 2))
	require.Panics(t, func() { ensemble.Folds(1, 2, 1) })
}

// Each prediction comes from a fit without its row, and stands in its place.
func TestOutOfFold(t *testing.T) {
	t.Parallel()
	fold := ensemble.Folds(50, 4, 3)
	p, err := ensemble.OutOfFold(fold, 4, 3, func(dst []float64, member, f int, train, test []int) error {
		require.Len(t, train, 50-len(test))
		for _, row := range train {
			require.NotEqual(t, f, fold[row])
		}
		for i, row := range test {
			require.Equal(t, f, fold[row])
			dst[i] = float64(100*row + member)
		}
		return nil
	})
	require.NoError(t, err)
	for i, v := range p {
		require.Equal(t, float64(100*(i/3)+i%3), v)
	}
	broken := errors.New("broken")
	_, err = ensemble.OutOfFold(fold, 4, 3, func(_ []float64, member, f int, _, _ []int) error {
		if member == 1 && f == 2 {
			return broken
		}
		return nil
	})
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "member 1 without fold 2")
	_, err = ensemble.OutOfFold([]int{0, 1, 7}, 2, 1, nil)
	require.ErrorContains(t, err, "row 2 is in fold 7")
	_, err = ensemble.OutOfFold([]int{0, 0}, 2, 1, nil)
	require.ErrorContains(t, err, "fold 0 has 2 of 2 rows")
	_, err = ensemble.OutOfFold(nil, 1, 1, nil)
	require.ErrorContains(t, err, "1 folds")
}

func TestErrorsAreNamed(t *testing.T) {
	t.Parallel()
	good := noisy(6, 20, 0, 0.1, 0.1)
	bad := func(change func(d *ensemble.Data)) error {
		d := good
		d.P, d.Y = append([]float64(nil), d.P...), append([]float64(nil), d.Y...)
		change(&d)
		_, err := ensemble.Config{}.Fit(d)
		return err
	}
	config := func(c ensemble.Config) error { _, err := c.Judge(good, nil); return err }
	for text, err := range map[string]error{
		"method: \"median\": want mean, weighted": config(ensemble.Config{Method: "median"}),
		"lambda: -1":                   config(ensemble.Config{Lambda: -1}),
		"folds: 1":                     config(ensemble.Config{Folds: 1}),
		"20 rows for 11 folds":         config(ensemble.Config{Folds: 11}),
		"prediction 1 of row 2 is NaN": bad(func(d *ensemble.Data) { d.P[5] = math.NaN() }),
		"target of row 3 is +Inf":      bad(func(d *ensemble.Data) { d.Y[3] = math.Inf(1) }),
		"39 predictions":               bad(func(d *ensemble.Data) { d.P = d.P[1:] }),
		"0 weights":                    ensemble.Combination{}.Check(),
		"weight of member 0 is NaN":    ensemble.Combination{Weights: []float64{math.NaN()}}.Check(),
		"bias is -Inf":                 ensemble.Combination{Weights: []float64{1}, Bias: math.Inf(-1)}.Check(),
	} {
		require.ErrorContains(t, err, text)
	}
	require.Panics(t, func() { ensemble.Combination{Weights: []float64{1}}.Combine(nil, []float64{1}) })
}

// Any numbers within the bounds give a finite combination, in bounded time.
func FuzzFit(f *testing.F) {
	f.Add(uint64(1), 3, 1e100, 0.0)
	f.Add(uint64(2), 1, 0.0, 1e-300)
	f.Add(uint64(3), 9, 1.0, 1.0)
	f.Fuzz(func(t *testing.T, seed uint64, members int, size, other float64) {
		members = 1 + (members%16+16)%16
		rng := rand.New(rand.NewPCG(seed, 1))
		d := ensemble.Data{Rows: 12, Members: members}
		for range d.Rows {
			d.Y = append(d.Y, size*float64(rng.IntN(3)-1))
			for range members {
				d.P = append(d.P, []float64{size, other, -size, 0, rng.NormFloat64()}[rng.IntN(5)])
			}
		}
		for _, m := range []ensemble.Method{ensemble.Mean, ensemble.Weighted, ensemble.NonNegative} {
			c, err := ensemble.Config{Method: m}.Fit(d)
			if err == nil {
				require.NoError(t, c.Check(), string(m))
			}
		}
	})
}

func BenchmarkFit(b *testing.B) {
	for _, method := range []ensemble.Method{ensemble.Weighted, ensemble.NonNegative, ensemble.Ridge} {
		b.Run(fmt.Sprintf("%s/rows=10000/members=8", method), func(b *testing.B) {
			d := noisy(1, 10_000, 0.02, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08)
			for b.Loop() {
				if _, err := (ensemble.Config{Method: method}).Fit(d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
