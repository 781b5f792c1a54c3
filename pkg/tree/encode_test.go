package tree_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/tree"
)

func TestEncodeAndDecode(t *testing.T) {
	t.Parallel()
	d, test := synthetic("train", 400, 6), synthetic("test", 333, 6)
	eachFitter(t, func(t *testing.T, fit fitter) {
		m, err := fit(d, tree.Watch{}, 1)
		data := encoded(t, m, err)
		back, err := tree.Decode(data)
		require.NoError(t, err)
		require.Equal(t, m, back)
		require.Equal(t, predict(m, test), predict(back, test))
	})
}

// One row at a time, in batches of any size: the same bits, and no memory.
func TestPredictionsDoNotDependOnTheBatch(t *testing.T) {
	t.Parallel()
	d, test := synthetic("train", 400, 6), synthetic("test", 600, 6)
	for name, fit := range fitters() {
		m, err := fit(d, tree.Watch{}, 1)
		require.NoError(t, err)
		want := predict(m, test)
		for _, batch := range []int{1, 3, 8, 9, 257} {
			for i := 0; i+batch <= test.Rows; i += batch {
				got := make([]float64, batch)
				m.Predict(got, test.X[i*6:(i+batch)*6], batch)
				require.Equal(t, want[i:i+batch], got, name)
			}
		}
	}
}

func TestPredictTakesNoMemory(t *testing.T) {
	m, err := tree.DefaultForest().Fit(synthetic("train", 400, 6), tree.Watch{})
	require.NoError(t, err)
	test, dst := synthetic("test", 100, 6), make([]float64, 100)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		m.Predict(dst, test.X, 100)
		m.Predict(dst[:1], test.X[:6], 1)
	}))
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	m, err := tree.Boost{Trees: 2, LearningRate: 1, MaxLeaves: 3}.Fit(synthetic("train", 50, 5), tree.Data{}, tree.Watch{})
	good := encoded(t, m, err)
	for i := range good { // cut anywhere
		_, err := tree.Decode(good[:i])
		require.ErrorContains(t, err, "decode trees: ")
	}
	_, err = tree.Decode(append(slices.Clone(good), 0))
	require.ErrorContains(t, err, "one form")
	put := func(at int, v uint64, size int) []byte {
		data := slices.Clone(good)
		copy(data[at:], binary.LittleEndian.AppendUint64(nil, v)[:size])
		return data
	}
	for text, data := range map[string][]byte{
		"do not begin like trees":   put(0, 1, 8),
		"0 inputs":                  put(8, 0, 4),
		"4000000000 trees":          put(12, 4_000_000_000, 4),
		"end too early":             put(12, 100_000, 4),
		"base NaN":                  put(16, math.Float64bits(math.NaN()), 8),
		"scale 1e+10":               put(24, math.Float64bits(1e10), 8),
		"gain of input 0 is -1":     put(32, math.Float64bits(-1), 8),
		"an edge of input 0 is NaN": put(41, math.Float64bits(math.NaN()), 8),
	} {
		_, err := tree.Decode(data)
		require.ErrorContains(t, err, text)
	}
}

func FuzzDecode(f *testing.F) {
	for _, fit := range fitters() {
		m, err := fit(synthetic("train", 30, 5), tree.Watch{}, 1)
		f.Add(encoded(f, m, err))
	}
	f.Add([]byte("hurstre1"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := tree.Decode(data)
		if err != nil {
			return
		}
		again, err := m.Encode()
		require.NoError(t, err)
		require.Equal(t, data, again)
		dst := []float64{0}
		m.Predict(dst, make([]float64, m.Cols()), 1)
		require.False(t, math.IsNaN(dst[0]) || math.IsInf(dst[0], 0))
	})
}
