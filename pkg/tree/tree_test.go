package tree_test

import (
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/tree"
)

// fitter is a configured way to fit.
type fitter func(d tree.Data, w tree.Watch, workers int) (*tree.Model, error)

// fitters returns one of each kind, small.
func fitters() map[string]fitter {
	boost := func(b tree.Boost) fitter {
		return func(d tree.Data, w tree.Watch, workers int) (*tree.Model, error) {
			b.Workers = workers
			return b.Fit(d, tree.Data{}, w)
		}
	}
	forest := func(f tree.Forest) fitter {
		f.Trees = 12
		return func(d tree.Data, w tree.Watch, workers int) (*tree.Model, error) {
			f.Workers = workers
			return f.Fit(d, w)
		}
	}
	all := tree.DefaultForest()
	all.MaxFeatures = tree.All
	return map[string]fitter{
		"squared":  boost(tree.Boost{Trees: 12, LearningRate: 0.3, MaxLeaves: 8}),
		"absolute": boost(tree.Boost{Trees: 12, LearningRate: 0.3, MaxDepth: 3, Loss: tree.Absolute}),
		"quantile": boost(tree.Boost{Trees: 12, LearningRate: 0.3, MaxLeaves: 8, Loss: tree.Quantile, Quantile: 0.9}),
		"sampled":  boost(tree.Boost{Trees: 12, LearningRate: 0.3, MaxLeaves: 30, Rows: 0.5, Columns: 0.5, L2: 1, Seed: 3}),
		"forest":   forest(tree.DefaultForest()),
		"all":      forest(all),
		"extra":    forest(tree.DefaultExtra()),
	}
}

func eachFitter(t *testing.T, test func(t *testing.T, fit fitter)) {
	for name, fit := range fitters() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fit)
		})
	}
}

func encoded(t testing.TB, m *tree.Model, err error) []byte {
	t.Helper()
	require.NoError(t, err)
	data, err := m.Encode()
	require.NoError(t, err)
	return data
}

func predict(m *tree.Model, d tree.Data) []float64 {
	dst := make([]float64, d.Rows)
	m.Predict(dst, d.X, d.Rows)
	return dst
}

func rmse(y, p []float64) float64 {
	sum := 0.0
	for i := range y {
		sum += (y[i] - p[i]) * (y[i] - p[i]) / float64(len(y))
	}
	return math.Sqrt(sum)
}

// 3000 rows of 24 inputs are enough for goroutines to share the sums of one leaf.
func TestSameBitsForAnyNumberOfWorkers(t *testing.T) {
	t.Parallel()
	d := synthetic("train", 3000, 24)
	eachFitter(t, func(t *testing.T, fit fitter) {
		one, err := fit(d, tree.Watch{}, 1)
		want := encoded(t, one, err)
		for _, workers := range []int{2, 3, 7, 0} {
			m, err := fit(d, tree.Watch{}, workers)
			require.Equal(t, want, encoded(t, m, err), "%d workers of %d processors", workers, runtime.GOMAXPROCS(0))
		}
	})
}

func TestStepsAreFoundExactly(t *testing.T) {
	t.Parallel()
	d := tree.Data{Rows: 8, Cols: 2, X: make([]float64, 16), Y: []float64{1, 1, 1, 5, 5, 5, -3, -3}}
	for i := range d.Rows {
		d.X[2*i], d.X[2*i+1] = 7, float64(i)
	}
	m, err := tree.Boost{Trees: 1, LearningRate: 1}.Fit(d, tree.Data{}, tree.Watch{})
	require.NoError(t, err)
	require.InDeltaSlice(t, d.Y, predict(m, d), 1e-14)
	require.Equal(t, 5, m.Nodes(), "two splits")
	require.Equal(t, []float64{0, 1}, m.Gain())
	// Edges lie in the middle between values.
	dst := make([]float64, 4)
	m.Predict(dst, []float64{0, 2.5, 0, 2.51, 0, 5.5, 0, math.NaN()}, 4)
	require.InDeltaSlice(t, []float64{1, 5, 5, 1}, dst, 1e-14)
}

func TestLimitsAreKept(t *testing.T) {
	t.Parallel()
	d := synthetic("train", 500, 5)
	nodes := func(b tree.Boost) int {
		b.Trees, b.LearningRate = 1, 1
		m, err := b.Fit(d, tree.Data{}, tree.Watch{})
		require.NoError(t, err)
		return m.Nodes()
	}
	require.Equal(t, 2*7-1, nodes(tree.Boost{MaxLeaves: 7}))
	require.Equal(t, 2*4-1, nodes(tree.Boost{MaxDepth: 2}))
	require.LessOrEqual(t, nodes(tree.Boost{MinLeaf: 100}), 2*5-1)
	require.Equal(t, 1, nodes(tree.Boost{MinLeaf: 251}))
	require.Equal(t, 3, nodes(tree.Boost{MinSplit: 500}))
	require.Equal(t, 1, nodes(tree.Boost{MinGain: 1e6}))
}

func TestFullTreesRepeatTheTargets(t *testing.T) {
	t.Parallel()
	d := synthetic("train", 200, 5) // fewer rows than bins: every value has its own
	for _, extra := range []bool{false, true} {
		m, err := tree.Forest{Trees: 3, Extra: extra}.Fit(d, tree.Watch{})
		require.NoError(t, err)
		require.InDeltaSlice(t, d.Y, predict(m, d), 1e-14)
		require.Equal(t, 3*(2*200-1), m.Nodes())
	}
}

// With the loss of the quantile alpha, the mean over the leaves' rows puts a part alpha of the targets
// below; 0.02 is four standard errors of a part of 4000.
func TestQuantiles(t *testing.T) {
	t.Parallel()
	d := synthetic("train", 4000, 6)
	for _, alpha := range []float64{0.1, 0.5, 0.9} {
		b := tree.Boost{Trees: 60, LearningRate: 0.1, MaxLeaves: 8, MinLeaf: 50, Loss: tree.Quantile, Quantile: alpha}
		m, err := b.Fit(d, tree.Data{}, tree.Watch{})
		require.NoError(t, err)
		below := 0.0
		for i, p := range predict(m, d) {
			if d.Y[i] <= p {
				below++
			}
		}
		require.InDelta(t, alpha, below/4000, 0.02)
	}
}

func TestPatienceKeepsTheBestTree(t *testing.T) {
	t.Parallel()
	d, validation := synthetic("train", 300, 5), synthetic("validation", 300, 5)
	b := tree.Boost{Trees: 300, LearningRate: 0.3, MaxLeaves: 16, Patience: 10}
	var losses []float64
	m, err := b.Fit(d, validation, tree.Watch{Progress: func(p tree.Progress) {
		require.Equal(t, len(losses)+1, p.Trees)
		losses = append(losses, p.Loss)
	}})
	require.NoError(t, err)
	best := slices.Index(losses, slices.Min(losses))
	require.Equal(t, best+1, m.Trees())
	require.Len(t, losses, best+1+10)
	e := rmse(validation.Y, predict(m, validation))
	require.InDelta(t, losses[best], e*e, 1e-12)
}

func TestOutOfBag(t *testing.T) {
	t.Parallel()
	d, test := synthetic("train", 1500, 5), synthetic("test", 1500, 5)
	f := tree.DefaultForest()
	m, bag, err := f.FitOutOfBag(d, tree.Watch{})
	require.NoError(t, err)
	same, err := f.Fit(d, tree.Watch{})
	require.Equal(t, encoded(t, m, nil), encoded(t, same, err))
	votes := 0
	for _, v := range bag.Votes {
		votes += v
	}
	// A row is out of a bag with probability 1/e; the standard error of the mean is below 0.002.
	require.InDelta(t, math.Exp(-1), float64(votes)/1500/100, 0.01)
	// About a third of the trees vote, which costs a little.
	require.InDelta(t, rmse(test.Y, predict(m, test)), rmse(d.Y, bag.Prediction), 0.04)
	require.Less(t, rmse(d.Y, predict(m, d)), 0.6*rmse(d.Y, bag.Prediction))
	_, _, err = tree.DefaultExtra().FitOutOfBag(d, tree.Watch{})
	require.ErrorContains(t, err, "without bootstrap")
}

func TestImportance(t *testing.T) {
	t.Parallel()
	d, test := synthetic("train", 3000, 9), synthetic("test", 1000, 9)
	eachFitter(t, func(t *testing.T, fit fitter) {
		m, err := fit(d, tree.Watch{}, 1)
		require.NoError(t, err)
		gain := m.Gain()
		permutation, _, err := tree.Permutation{Repeats: 3}.Measure(m.Predict, test)
		require.NoError(t, err)
		sum := 0.0
		for _, v := range gain {
			sum += v
		}
		require.InDelta(t, 1, sum, 1e-12)
		for f := 5; f < 9; f++ { // that have no part in the target
			require.Less(t, gain[f], gain[0])
			require.Less(t, gain[f], gain[4])
			require.Less(t, permutation[f].Mean, permutation[0].Mean/4)
		}
	})
}

func TestStopAndProgress(t *testing.T) {
	t.Parallel()
	d := synthetic("train", 300, 5)
	eachFitter(t, func(t *testing.T, fit fitter) {
		var seen []int
		_, err := fit(d, tree.Watch{Progress: func(p tree.Progress) {
			require.Equal(t, 12, p.Of)
			seen = append(seen, p.Trees)
		}}, 3)
		require.NoError(t, err)
		require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, seen)
		var asked atomic.Int32
		_, err = fit(d, tree.Watch{Stop: func() bool { return asked.Add(1) > 5 }}, 3)
		require.ErrorIs(t, err, tree.ErrStopped)
	})
}

func TestOddData(t *testing.T) {
	t.Parallel()
	rng := process.Source(2, "odd", 0)
	column := func(f func(i int) float64) []float64 {
		x := make([]float64, 40)
		for i := range x {
			x[i] = f(i)
		}
		return x
	}
	columns := map[string][]float64{
		"constant":   column(func(int) float64 { return 3 }),
		"two values": column(func(i int) float64 { return float64(i % 2) }),
		"zeros":      column(func(i int) float64 { return math.Copysign(0, float64(i%2)-0.5) }),
		"huge":       column(func(i int) float64 { return math.Copysign(1.7e308, float64(i%2)-0.5) }),
		"denormal":   column(func(i int) float64 { return float64(i%3) * 5e-324 }),
		"normal":     column(func(int) float64 { return rng.NormFloat64() }),
	}
	targets := []string{"constant", "two values", "zeros", "denormal", "normal"}
	eachFitter(t, func(t *testing.T, fit fitter) {
		for name, x := range columns {
			for _, target := range targets {
				for rows := 1; rows <= 40; rows += 13 {
					d := tree.Data{X: x[:rows], Y: columns[target][:rows], Rows: rows, Cols: 1}
					m, err := fit(d, tree.Watch{}, 1)
					require.NoError(t, err)
					low, high := slices.Min(d.Y), slices.Max(d.Y)
					room := (high-low)/4 + 1e-9 // trees that see half of the rows may overshoot
					for _, p := range predict(m, d) {
						require.True(t, p >= low-room && p <= high+room, "%s of %s: %v", target, name, p)
					}
				}
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	good := synthetic("train", 10, 5)
	boost := func(change func(b *tree.Boost, d, v *tree.Data)) error {
		b, d, v := tree.DefaultBoost(), good, tree.Data{}
		d.X, d.Y = slices.Clone(d.X), slices.Clone(d.Y)
		change(&b, &d, &v)
		_, err := b.Fit(d, v, tree.Watch{})
		return err
	}
	forest := func(change func(f *tree.Forest)) error {
		f := tree.DefaultForest()
		change(&f)
		_, err := f.Fit(good, tree.Watch{})
		return err
	}
	for text, err := range map[string]error{
		"49 inputs and 10 targets are not 10 rows of 5": boost(func(_ *tree.Boost, d, _ *tree.Data) { d.X = d.X[1:] }),
		"input 0 of row 1 is NaN":                       boost(func(_ *tree.Boost, d, _ *tree.Data) { d.X[5] = math.NaN() }),
		"target of row 3 is 1e+101: want a number":      boost(func(_ *tree.Boost, d, _ *tree.Data) { d.Y[3] = 1e101 }),
		"number of trees is 0: want a whole number":     boost(func(b *tree.Boost, _, _ *tree.Data) { b.Trees = 0 }),
		"learning rate is NaN":                          boost(func(b *tree.Boost, _, _ *tree.Data) { b.LearningRate = math.NaN() }),
		"quantile is 1: want a number between 0 and 1":  boost(func(b *tree.Boost, _, _ *tree.Data) { b.Loss, b.Quantile = tree.Quantile, 1 }),
		`loss is "huber": want squared`:                 boost(func(b *tree.Boost, _, _ *tree.Data) { b.Loss = "huber" }),
		"number of bins is 256":                         boost(func(b *tree.Boost, _, _ *tree.Data) { b.Bins = 256 }),
		"leaves is 1":                                   boost(func(b *tree.Boost, _, _ *tree.Data) { b.MaxLeaves = 1 }),
		"5 inputs to train with and 6 to validate with": boost(func(_ *tree.Boost, _, v *tree.Data) { *v = synthetic("v", 2, 6) }),
		"share of inputs that a split chooses from":     forest(func(f *tree.Forest) { f.MaxFeatures = -3 }),
		"depth is 257":                                  forest(func(f *tree.Forest) { f.MaxDepth = 257 }),
	} {
		require.ErrorContains(t, err, text)
	}
	m, err := tree.DefaultBoost().Fit(good, tree.Data{}, tree.Watch{})
	require.NoError(t, err)
	require.PanicsWithValue(t, "tree: 1 values and 3 inputs for 1 rows of 5", func() { m.Predict(make([]float64, 1), make([]float64, 3), 1) })
}
