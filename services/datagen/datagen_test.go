package datagen

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/worker"
)

func params() pipeline.GenerateParams {
	return pipeline.GenerateParams{
		Mix: mix("fgn"), Hurst: pipeline.Range{Min: 0.2, Max: 0.8}, Lengths: []int{64, 100, 256}, Set: "train", Count: 12,
	}
}

// mix is one condition: a process without parameters.
func mix(kind string) []pipeline.Condition {
	return []pipeline.Condition{{Process: process.Spec{Kind: kind}, Share: 1}}
}

func do(ctx context.Context, t testing.TB, seed uint64, p any) (worker.Output, error) {
	t.Helper()
	data, err := json.Marshal(p)
	require.NoError(t, err)
	task := pipeline.Task{Kind: pipeline.KindGenerate, Version: 1, Params: data, Seed: seed}
	return generate(ctx, worker.NewWork(task, artifact.NewMemory(), nil))
}

// shard returns the bytes and the rows of a shard.
func shard(t testing.TB, seed uint64, p pipeline.GenerateParams) ([]byte, []dataset.Row) {
	t.Helper()
	out, err := do(t.Context(), t, seed, p)
	require.NoError(t, err)
	require.Len(t, out.Artifacts, 1)
	require.Equal(t, "series", out.Artifacts[0].Name)
	rows, err := dataset.DecodeSeries(out.Artifacts[0].Data)
	require.NoError(t, err)
	return out.Artifacts[0].Data, rows
}

func TestSeriesDoNotDependOnHowTheSetIsCut(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		p := params()
		p.Lengths = p.Lengths[:1+rng.IntN(3)]
		p.First, p.Count = rng.IntN(1000), 40
		seed := rng.Uint64()
		_, whole := shard(t, seed, p)
		var parts []dataset.Row
		for end, cut := p.First+p.Count, p; cut.First < end; cut.First += cut.Count {
			cut.Count = min(1+rng.IntN(15), end-cut.First)
			_, rows := shard(t, seed, cut)
			parts = append(parts, rows...)
		}
		require.Equal(t, whole, parts)
	}
}

func TestRowsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	p := params()
	p.First, p.Count = 7, 300
	_, rows := shard(t, 99, p)
	require.Len(t, rows, 300)
	low, high := 1.0, 0.0
	for i, r := range rows {
		require.EqualValues(t, 7+i, r.Index)
		require.Equal(t, p.Lengths[(7+i)%3], r.N)
		require.Len(t, r.Values, r.N)
		require.Equal(t, "fgn", r.Process)
		require.EqualValues(t, 99, r.Seed)
		require.GreaterOrEqual(t, r.H, 0.2)
		require.Less(t, r.H, 0.8)
		low, high = min(low, r.H), max(high, r.H)
	}
	require.Less(t, low, 0.22, "the whole range is drawn from")
	require.Greater(t, high, 0.78)
}

func TestOtherSeedsAndSetsAreOtherSeries(t *testing.T) {
	t.Parallel()
	p := params()
	first, _ := shard(t, 1, p)
	again, _ := shard(t, 1, p)
	require.Equal(t, first, again)
	other, _ := shard(t, 2, p)
	require.NotEqual(t, first, other)
	p.Set = "test"
	_, test := shard(t, 1, p)
	_, train := shard(t, 1, params())
	for i := range test {
		require.NotEqual(t, train[i].H, test[i].H)
		require.NotEqual(t, train[i].Values, test[i].Values)
	}
}

// TestAutocovariance compares the mean over many series with what theory says, within five
// standard errors of that mean.
func TestAutocovariance(t *testing.T) {
	t.Parallel()
	for _, h := range []float64{0.3, 0.5, 0.85} {
		p := params()
		p.Hurst, p.Lengths, p.Count = pipeline.Range{Min: h, Max: h}, []int{128}, 4000
		_, rows := shard(t, 3, p)
		for _, k := range []int{0, 1, 2, 5, 20} {
			var sum, squares float64
			for _, r := range rows {
				require.Equal(t, h, r.H)
				var c float64
				for i := k; i < r.N; i++ {
					c += float64(r.Values[i]) * float64(r.Values[i-k])
				}
				c /= float64(r.N - k) // the mean is known to be zero
				sum += c
				squares += c * c
			}
			n := float64(len(rows))
			mean := sum / n
			se := math.Sqrt((squares/n - mean*mean) / n)
			require.InDelta(t, process.Autocovariance(h, k), mean, 5*se, "H %v, lag %d", h, k)
		}
	}
}

// TestGolden holds the bytes of a shard. Whoever has a reason to change them raises the kind's number in
// pipeline.VersionOf.
func TestGolden(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may fuse a multiplication with an addition, which rounds once less: run it on amd64")
	}
	p := params()
	p.First = 5
	data, _ := shard(t, 42, p)
	require.EqualValues(t, "69ea691d24df151cb7f9cef9422af93e7251a33d246b903d50c8f879afb06931", artifact.DigestOf(data))
	require.EqualValues(t, 3, pipeline.VersionOf(pipeline.KindGenerate))
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		change func(p *pipeline.GenerateParams)
		text   string
	}{
		{func(p *pipeline.GenerateParams) { p.Mix = mix("brownian") }, `no process "brownian"`},
		{func(p *pipeline.GenerateParams) { p.Mix = mix("") }, `no process ""`},
		{func(p *pipeline.GenerateParams) { p.Mix = nil }, "no process"},
		{func(p *pipeline.GenerateParams) { p.Mix[0].Share = 0 }, "share is 0"},
		{func(p *pipeline.GenerateParams) { p.Mix[0].Process.Params = map[string][]float64{"colour": {1}} }, `no parameter "colour"`},
		{func(p *pipeline.GenerateParams) { p.Lengths = nil }, "no length"},
		{func(p *pipeline.GenerateParams) { p.Lengths = []int{64, 1} }, "series of 1 points"},
		{func(p *pipeline.GenerateParams) { p.Lengths = []int{-64} }, "series of -64 points"},
		{func(p *pipeline.GenerateParams) { p.Lengths = []int{math.MaxInt} }, "allowed are 2 to 1000000"},
		{func(p *pipeline.GenerateParams) { p.Count = 0 }, "a shard of 0 series"},
		{func(p *pipeline.GenerateParams) { p.Count = -1 }, "a shard of -1 series"},
		{func(p *pipeline.GenerateParams) { p.Count = math.MaxInt }, "allowed are 1 to"},
		{func(p *pipeline.GenerateParams) { p.First = -1 }, "from index -1"},
		{func(p *pipeline.GenerateParams) { p.Count, p.Lengths = 100_000, []int{64, 1_000_000} }, "make shards of fewer series"},
		{func(p *pipeline.GenerateParams) { p.Hurst.Max = 1.5; p.Hurst.Min = 1.2 }, "1."},
		{func(p *pipeline.GenerateParams) { p.Hurst = pipeline.Range{} }, "0"},
	} {
		p := params()
		c.change(&p)
		_, err := do(t.Context(), t, 1, p)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%d: %v", i, err)
		require.ErrorContains(t, err, c.text, "%d", i)
	}
	_, err := do(t.Context(), t, 1, map[string]any{"colour": "pink"})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.ErrorContains(t, err, `unknown field "colour"`)
}

func TestGenerateStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := do(ctx, t, 1, params())
	require.ErrorIs(t, err, context.Canceled)
}

func TestNoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		drain := make(chan struct{})
		run := func(ctx context.Context, p string) (worker.Output, error) {
			return noop(ctx, worker.NewWork(pipeline.Task{Kind: pipeline.KindNoop, Params: []byte(p)}, artifact.NewMemory(), drain))
		}
		before := time.Now()
		out, err := run(t.Context(), `{"index":3,"milliseconds":1500}`)
		require.NoError(t, err)
		require.Equal(t, 3, out.Value)
		require.Equal(t, 1500*time.Millisecond, time.Since(before))

		for fail, code := range map[string]fault.Code{"permanent": fault.Invalid, "transient": fault.Unavailable} {
			_, err = run(t.Context(), fmt.Sprintf(`{"fail":%q}`, fail))
			require.Equal(t, code, fault.CodeOf(err))
		}
		require.Panics(t, func() { _, _ = run(t.Context(), `{"fail":"panic"}`) })

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = run(ctx, `{"milliseconds":60000}`)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		time.AfterFunc(time.Second, func() { close(drain) })
		_, err = run(t.Context(), `{"milliseconds":60000}`)
		require.ErrorIs(t, err, worker.ErrHandedBack)
	})
}
