package estimator_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
)

// preprocessed holds testdata/preprocess_reference.py's vectors.
type preprocessed struct {
	X        []float64   `json:"x"`
	Scores   []float64   `json:"scores"`
	Detrends [][]float64 `json:"detrends"` // orders 0 to 5
	Hampels  []struct {
		Half      int       `json:"half"`
		Threshold float64   `json:"threshold"`
		Y         []float64 `json:"y"`
		Replaced  int       `json:"replaced"`
	} `json:"hampels"`
}

func reference(t *testing.T) preprocessed {
	t.Helper()
	raw, err := os.ReadFile("testdata/preprocess.json")
	require.NoError(t, err)
	var p preprocessed
	require.NoError(t, json.Unmarshal(raw, &p))
	return p
}

// scipy.stats.rankdata and scipy.special.ndtri, to rounding.
func TestNormalScoresOfScipy(t *testing.T) {
	t.Parallel()
	p := reference(t)
	got := make([]float64, len(p.X))
	estimator.NormalScores(got, p.X)
	require.InDeltaSlice(t, p.Scores, got, 1e-12)
	estimator.NormalScores(p.X, p.X)
	require.Equal(t, got, p.X)
}

func TestNormalScoresOfMissingValues(t *testing.T) {
	t.Parallel()
	got := make([]float64, 5)
	estimator.NormalScores(got, []float64{3, math.NaN(), 1, math.Inf(1), math.Inf(-1)})
	require.True(t, math.IsNaN(got[1]))
	require.InDelta(t, -got[3], got[4], 1e-12)
	require.InDelta(t, -got[0], got[2], 1e-12)
	require.Greater(t, got[3], got[0])
	estimator.NormalScores(nil, nil)
}

// numpy.polynomial.legendre's least squares, to rounding.
func TestDetrendOfNumpy(t *testing.T) {
	t.Parallel()
	p := reference(t)
	for order, want := range p.Detrends {
		got := make([]float64, len(p.X))
		estimator.Detrend(got, p.X, order)
		require.InDeltaSlice(t, want, got, 1e-10, "order %d", order)
	}
	for n := range 6 {
		short := []float64{1, 5, 2, 4, 4, 9}[:n]
		estimator.Detrend(short, short, 10)
		for _, v := range short {
			require.InDelta(t, 0, v, 1e-12)
		}
	}
	require.PanicsWithValue(t, "estimator: 1 values for 2", func() { estimator.Detrend(make([]float64, 1), make([]float64, 2), 1) })
}

// A filter in numpy that takes numpy.median of each window.
func TestHampelFilterOfNumpy(t *testing.T) {
	t.Parallel()
	p := reference(t)
	for _, want := range p.Hampels {
		got := make([]float64, len(p.X))
		require.Equal(t, want.Replaced, estimator.HampelFilter(got, p.X, want.Half, want.Threshold), "half %d", want.Half)
		require.InDeltaSlice(t, want.Y, got, 1e-12)
		in := append([]float64(nil), p.X...)
		estimator.HampelFilter(in, in, want.Half, want.Threshold)
		require.Equal(t, got, in, "in place")
	}
}

func TestHampelFilterEdges(t *testing.T) {
	t.Parallel()
	for _, half := range []int{0, 1, 5, 100} {
		require.Zero(t, estimator.HampelFilter(nil, nil, half, 3))
		one := []float64{7}
		require.Zero(t, estimator.HampelFilter(one, one, half, 3))
		require.Equal(t, []float64{7}, one)
		many := []float64{2, 2, 2, 9, 2, 2} // no spread
		require.Zero(t, estimator.HampelFilter(many, many, half, 3))
		huge := []float64{-1.7e308, 1.7e308, 0, 1, 1.7e308}
		estimator.HampelFilter(huge, huge, half, 3)
		for _, v := range huge {
			require.False(t, math.IsNaN(v))
		}
	}
}

func FuzzHampelFilter(f *testing.F) {
	f.Add([]byte{1, 2, 3, 250, 4, 5, 6, 7, 8}, 2)
	f.Add([]byte{0, 0, 0, 0}, 0)
	f.Fuzz(func(t *testing.T, raw []byte, half int) {
		x := make([]float64, len(raw))
		for i, b := range raw {
			x[i] = float64(b) - 128
		}
		half = max(0, min(half, 2*len(x)))
		y := make([]float64, len(x))
		replaced := estimator.HampelFilter(y, x, half, 3)
		for i := range y {
			if y[i] != x[i] {
				replaced--
			}
		}
		require.Zero(t, replaced)
	})
}

func TestWindows(t *testing.T) {
	t.Parallel()
	x := noise(t, 1000, 0.7, 4)
	x[500] = math.NaN()
	windows, err := estimator.Windows(estimator.LocalWhittle{}, x, 200, 100)
	require.NoError(t, err)
	from := 0
	for w := range windows {
		require.Equal(t, from, w.From)
		require.Equal(t, from+200, w.To)
		if w.From <= 500 && 500 < w.To {
			require.ErrorIs(t, w.Err, estimator.ErrNotFinite)
		} else {
			require.NoError(t, w.Err)
			want, err := estimator.LocalWhittle{}.Estimate(x[w.From:w.To])
			require.NoError(t, err)
			require.Equal(t, want.H, w.H)
		}
		from += 100
	}
	require.Equal(t, 900, from)
	for range windows {
		break // the rest is not wanted
	}
}

func TestWindowsThatAreNone(t *testing.T) {
	t.Parallel()
	x := noise(t, 100, 0.7, 4)
	for _, c := range []struct {
		size, step int
		text       string
	}{{63, 1, "allowed are 64 or more"}, {64, 0, "allowed are 1 or more"}, {101, 1, "100 values hold no window of 101"}} {
		_, err := estimator.Windows(estimator.LocalWhittle{}, x, c.size, c.step)
		require.ErrorContains(t, err, c.text)
	}
	windows, err := estimator.Windows(estimator.LocalWhittle{}, x, 64, math.MaxInt)
	require.NoError(t, err)
	count := 0
	for range windows {
		count++
	}
	require.Equal(t, 1, count)
}
