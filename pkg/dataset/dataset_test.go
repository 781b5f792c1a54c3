package dataset

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

// sample returns rows of different lengths.
func sample(count, n int) []Row {
	rng := rand.New(rand.NewPCG(1, 2))
	rows := make([]Row, count)
	for i := range rows {
		values := make([]float32, n+i%3)
		for j := range values {
			values[j] = float32(rng.NormFloat64())
		}
		rows[i] = Row{Index: uint64(i) + math.MaxUint64 - 1000, H: rng.Float64(), Process: "fgn", Class: Noise, N: len(values),
			Values: values, Seed: math.MaxUint64 - 7}
		if i%4 == 3 {
			rows[i].Contamination = "trend2"
		}
	}
	return rows
}

func sampleFeatures(rows int) Features {
	rng := rand.New(rand.NewPCG(3, 4))
	f := Features{Set: "basic", Version: 2, Names: []string{"slope", "lag.1", "log n"}, Rows: rows}
	for i := range rows {
		f.X = append(f.X, rng.NormFloat64(), rng.NormFloat64(), 0)
		f.H, f.N, f.Index = append(f.H, rng.Float64()), append(f.N, 500+i), append(f.Index, uint64(i))
	}
	return f
}

func TestSeriesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, rows := range [][]Row{sample(1, 1), sample(7, 64), sample(5, 10_000), sample(5000, 3)} {
		data, err := EncodeSeries(rows)
		require.NoError(t, err)
		got, err := DecodeSeries(data)
		require.NoError(t, err)
		require.Equal(t, rows, got)
	}
}

func TestFeaturesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 9000} {
		f := sampleFeatures(n)
		data, err := EncodeFeatures(f)
		require.NoError(t, err)
		got, err := DecodeFeatures(data)
		require.NoError(t, err)
		require.Equal(t, f, got)
	}
}

// A change of these digests makes every stored shard another one: it needs a new code version of
// the tasks that write them.
func TestGoldenDigests(t *testing.T) {
	t.Parallel()
	for range 2 {
		series, err := EncodeSeries(sample(100, 500))
		require.NoError(t, err)
		require.Equal(t, artifact.Digest("4b649041c42b4bb2f6952835b934be8de788ea41e044238e1fada0a649408348"), artifact.DigestOf(series))
		features, err := EncodeFeatures(sampleFeatures(1000))
		require.NoError(t, err)
		require.Equal(t, artifact.Digest("a797f1b76a6edce3cb2ec5e1390f07a8489cc727107e717fe33d5f89f7ae4b95"), artifact.DigestOf(features))
	}
	if dir := os.Getenv("HURST_KEEP_SHARDS"); dir != "" { // to open them with other tools
		series, _ := EncodeSeries(sample(100, 500))
		features, _ := EncodeFeatures(sampleFeatures(1000))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "series.parquet"), series, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "features.parquet"), features, 0o600))
	}
}

func TestRowsPerShard(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, 0, 64, 500, 1024, 65_536, 1_000_000, 100_000_000} {
		rows := RowsPerShard(n)
		require.GreaterOrEqual(t, rows, 1)
		require.LessOrEqual(t, rows, MaxRows)
		if rows > 1 {
			require.LessOrEqual(t, rows*n, MaxValues)
		}
	}
	data, err := EncodeSeries(sample(RowsPerShard(4096), 4096))
	require.NoError(t, err)
	require.InDelta(t, ShardBytes, len(data), ShardBytes/10)
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	series := func(change func(*Row)) error {
		rows := sample(3, 64)
		change(&rows[1])
		_, err := EncodeSeries(rows)
		return err
	}
	require.ErrorContains(t, series(func(r *Row) { r.Values[4] = float32(math.NaN()) }), "row 1 has the value NaN at point 5")
	require.ErrorContains(t, series(func(r *Row) { r.H = math.Inf(1) }), "H = +Inf")
	require.ErrorContains(t, series(func(r *Row) { r.N = 3 }), "N = 3")
	require.ErrorContains(t, series(func(r *Row) { r.Values, r.N = nil, 0 }), "no values")
	require.NoError(t, series(func(r *Row) { r.N = 0 }))
	_, err := EncodeSeries(nil)
	require.ErrorContains(t, err, "0 rows")

	features := func(change func(*Features)) error {
		f := sampleFeatures(3)
		change(&f)
		_, err := EncodeFeatures(f)
		return err
	}
	require.ErrorContains(t, features(func(f *Features) { f.X[4] = math.NaN() }), "row 1: feature lag.1 is NaN")
	require.ErrorContains(t, features(func(f *Features) { f.X = f.X[1:] }), "8 cells")
	require.ErrorContains(t, features(func(f *Features) { f.H = nil }), "0 labels")
	require.ErrorContains(t, features(func(f *Features) { f.Names[1] = "h" }), `named "h"`)
	require.ErrorContains(t, features(func(f *Features) { f.N[0] = 1 << 40 }), "length")
	require.ErrorContains(t, features(func(f *Features) { f.Set = "" }), "feature set")
}

func TestConcat(t *testing.T) {
	t.Parallel()
	a, b := sampleFeatures(3), sampleFeatures(2)
	all, err := Concat([]Features{a, b})
	require.NoError(t, err)
	require.Equal(t, 5, all.Rows)
	require.Equal(t, b.Row(1), all.Row(4))
	require.Equal(t, []int{500, 501, 502, 500, 501}, all.N)
	b.Version++
	_, err = Concat([]Features{a, b})
	require.ErrorContains(t, err, "part 1 is set basic/3")
	_, err = Concat(nil)
	require.Error(t, err)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	series, err := EncodeSeries(sample(5, 64))
	require.NoError(t, err)
	features, err := EncodeFeatures(sampleFeatures(5))
	require.NoError(t, err)
	_, err = DecodeSeries(features)
	require.ErrorIs(t, err, ErrDamaged)
	_, err = DecodeFeatures(series)
	require.ErrorIs(t, err, ErrDamaged)
	for _, data := range [][]byte{nil, []byte("PAR1PAR1"), []byte("PAR1\xff\xff\xff\x7fPAR1"), make([]byte, 1000)} {
		_, err = DecodeSeries(data)
		require.ErrorIs(t, err, ErrDamaged)
		_, err = DecodeFeatures(data)
		require.ErrorIs(t, err, ErrDamaged)
	}
	for cut := range series {
		_, err := DecodeSeries(series[:cut])
		require.ErrorIs(t, err, ErrDamaged)
	}
}

func BenchmarkSeries(b *testing.B) {
	rows := sample(RowsPerShard(500), 500)
	data, err := EncodeSeries(rows)
	require.NoError(b, err)
	b.Run("encode/n=500", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			_, _ = EncodeSeries(rows)
		}
	})
	b.Run("decode/n=500", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			_, _ = DecodeSeries(data)
		}
	})
}
