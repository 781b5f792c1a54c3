package extractor

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/worker"
)

// series returns rows of noise whose lengths take turns.
func series(t testing.TB, count int, lengths ...int) []dataset.Row {
	t.Helper()
	rows := make([]dataset.Row, count)
	for i := range rows {
		n := lengths[i%len(lengths)]
		rng := process.Source(1, "extractor", uint64(i))
		r := dataset.Row{Index: uint64(100 + i), H: 0.1 + 0.8*rng.Float64(), Process: "fgn", Class: dataset.Noise, N: n, Values: make([]float32, n)}
		x := make([]float64, n)
		require.NoError(t, process.NewFGN(n).Generate(x, r.H, rng))
		for j, v := range x {
			r.Values[j] = float32(v)
		}
		rows[i] = r
	}
	return rows
}

func encode(t testing.TB, rows []dataset.Row) []byte {
	t.Helper()
	data, err := dataset.EncodeSeries(rows)
	require.NoError(t, err)
	return data
}

// do extracts from the bytes of a shard.
func do(ctx context.Context, t testing.TB, shard []byte, p any) (worker.Output, error) {
	t.Helper()
	store := artifact.NewMemory()
	ref, err := artifact.Put(t.Context(), store, shard, "application/vnd.apache.parquet")
	require.NoError(t, err)
	return extract(ctx, worker.NewWork(work(t, ref, p), store, nil))
}

func work(t testing.TB, ref artifact.Ref, p any) pipeline.Task {
	t.Helper()
	params, err := json.Marshal(p)
	require.NoError(t, err)
	return pipeline.Task{Kind: pipeline.KindExtract, Version: 1, Params: params, Inputs: []pipeline.Input{{Name: pipeline.OutputSeries, Ref: ref}}}
}

func features(t testing.TB, out worker.Output) dataset.Features {
	t.Helper()
	require.Len(t, out.Artifacts, 1)
	require.Equal(t, "features", out.Artifacts[0].Name)
	f, err := dataset.DecodeFeatures(out.Artifacts[0].Data)
	require.NoError(t, err)
	return f
}

func TestFeaturesOfEachSeries(t *testing.T) {
	t.Parallel()
	rows := series(t, 9, 64, 200, 512)
	out, err := do(t.Context(), t, encode(t, rows), pipeline.ExtractParams{Features: "basic"})
	require.NoError(t, err)
	f := features(t, out)
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	require.Equal(t, []any{"basic", set.Version, set.Names, 9}, []any{f.Set, f.Version, f.Names, f.Rows})
	want := make([]float64, len(set.Names))
	for i, r := range rows {
		require.Equal(t, []any{r.H, r.N, r.Index}, []any{f.H[i], f.N[i], f.Index[i]})
		x := make([]float64, r.N)
		for j, v := range r.Values {
			x[j] = float64(v)
		}
		require.NoError(t, feature.NewExtractor(set).Extract(want, x)) // with nothing left of other series
		require.Equal(t, want, f.Row(i))
	}
}

func TestSameShardSameBytes(t *testing.T) {
	t.Parallel()
	rows := series(t, 12, 64, 256)
	p := pipeline.ExtractParams{Features: "basic"}
	first, err := do(t.Context(), t, encode(t, rows), p)
	require.NoError(t, err)
	again, err := do(t.Context(), t, encode(t, rows), p)
	require.NoError(t, err)
	require.Equal(t, first, again)

	// A row does not depend on its neighbours.
	slices.Reverse(rows)
	reversed, err := do(t.Context(), t, encode(t, rows), p)
	require.NoError(t, err)
	f, r := features(t, first), features(t, reversed)
	for i := range f.Rows {
		require.Equal(t, f.Row(i), r.Row(f.Rows-1-i))
	}
}

func TestExtractRefuses(t *testing.T) {
	t.Parallel()
	sound := encode(t, series(t, 3, 64))
	short := encode(t, []dataset.Row{{Index: 7, H: 0.5, Process: "fgn", Class: dataset.Noise, Values: make([]float32, 63)}})
	constant := encode(t, []dataset.Row{{Index: 8, H: 0.5, Process: "fgn", Class: dataset.Noise, Values: make([]float32, 64)}})
	flipped := slices.Clone(sound)
	flipped[len(flipped)-6] ^= 0x40
	basic := pipeline.ExtractParams{Features: "basic"}
	for name, c := range map[string]struct {
		shard  []byte
		params any
		text   string
	}{
		"empty":          {nil, basic, "damaged shard"},
		"no shard":       {[]byte("PAR1 but nothing else PAR1"), basic, "damaged shard"},
		"cut short":      {sound[:len(sound)/2], basic, "damaged shard"},
		"a bit flipped":  {flipped, basic, "damaged shard"},
		"too short":      {short, basic, "series 7"},
		"constant":       {constant, basic, "series 8"},
		"unknown set":    {sound, pipeline.ExtractParams{Features: "advanced"}, `no feature set "advanced"`},
		"unknown params": {sound, map[string]any{"features": "basic", "depth": 3}, `unknown field "depth"`},
	} {
		_, err := do(t.Context(), t, c.shard, c.params)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%s: %v", name, err)
		require.ErrorContains(t, err, c.text, name)
	}

	task := work(t, artifact.Ref{}, basic)
	task.Inputs = nil
	_, err := extract(t.Context(), worker.NewWork(task, artifact.NewMemory(), nil))
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.ErrorContains(t, err, `no input "series"`)
}

func TestLostShardIsToldApartFromADamagedOne(t *testing.T) {
	t.Parallel()
	gone := artifact.Ref{Digest: artifact.DigestOf([]byte("gone")), Size: 4}
	_, err := extract(t.Context(), worker.NewWork(work(t, gone, pipeline.ExtractParams{Features: "basic"}), artifact.NewMemory(), nil))
	var lost *artifact.LostError
	require.ErrorAs(t, err, &lost)
	require.Equal(t, gone.Digest, lost.Digest)
}

func TestExtractStopsWithItsContext(t *testing.T) {
	t.Parallel()
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = extractRows(ctx, worker.NewWork(pipeline.Task{}, nil, nil), set, series(t, 2, 64))
	require.ErrorIs(t, err, context.Canceled)
}
