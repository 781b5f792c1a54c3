package inference

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	x := noise(t, 256, 0.7, 1)
	p := r.one(x)
	require.Empty(t, p.GetError())
	require.InDelta(t, 0.7, p.GetH(), 0.15)
	require.Less(t, p.GetLower(), p.GetH())
	require.Greater(t, p.GetUpper(), p.GetH())
	require.Equal(t, "noise", p.GetClass())
	require.Equal(t, "hurst@1", p.GetModel())
	require.Equal(t, "x", p.GetId())
	require.EqualValues(t, 256, p.GetN())
	require.InDelta(t, 0.9, p.GetLevel(), 0)
	require.Empty(t, p.GetFlags())
	require.False(t, p.GetCached())
	require.Len(t, p.GetReferees(), 1)
	require.Equal(t, "whittle", p.GetReferees()[0].GetEstimator())
	require.InDelta(t, 0.7, p.GetReferees()[0].GetH(), 0.15)
	require.Less(t, p.GetReferees()[0].GetLower(), p.GetReferees()[0].GetUpper())
}

func TestWalkIsDifferenced(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	x := noise(t, 257, 0.6, 2)
	steps := r.one(x[1:])
	process.FBM(x)
	p := r.one(x)
	require.Empty(t, p.GetError())
	require.Equal(t, "walk", p.GetClass())
	require.InDelta(t, steps.GetH(), p.GetH(), 1e-9, "a walk's H is that of its steps")
	require.EqualValues(t, 257, p.GetN())

	short := noise(t, 64, 0.6, 3)
	process.FBM(short)
	p = r.one(short)
	require.Contains(t, p.GetError(), "63", "64 points of a walk have too few increments")
}

func TestGaps(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	x := noise(t, 256, 0.5, 3)
	x[0], x[100], x[101] = math.NaN(), math.NaN(), math.NaN()
	p := r.one(x)
	require.Empty(t, p.GetError())
	require.EqualValues(t, 3, p.GetGaps())
	require.Contains(t, p.GetFlags(), "gaps")
	require.True(t, r.one(x).GetCached(), "gaps do not keep an answer from being remembered")
}

func TestRefereeDisagrees(t *testing.T) {
	t.Parallel()
	p := &predictv1.Prediction{Referees: []*predictv1.Referee{{Estimator: "whittle", H: 0.3, Lower: 0.2, Upper: 0.4}}}
	for _, c := range []struct {
		lower, upper float64
		want         bool
	}{{0.45, 0.6, true}, {0.1, 0.15, true}, {0.35, 0.6, false}, {0.4, 0.6, false}, {0, 1, false}} {
		q := &predictv1.Prediction{Referees: p.GetReferees()}
		complete(q, modelAnswer(c.lower, c.upper))
		require.Equal(t, c.want, len(q.GetFlags()) == 1, "%v", c)
	}
}

func TestErrorsOfSeriesAreTheirOwn(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	infinite := noise(t, 100, 0.5, 1)
	infinite[7] = math.Inf(1)
	answer, err := r.ask(&predictv1.PredictRequest{Series: []*predictv1.Series{
		{Id: "short", Values: make([]float64, 10)},
		{Id: "empty"},
		{Id: "constant", Values: make([]float64, 100)},
		{Id: "infinite", Values: infinite},
		{Id: "fine", Values: noise(t, 100, 0.5, 1)},
		{Id: "bad ref", Ref: wire.Ref(artifact.Ref{Digest: "x", Size: 800})},
		{Id: "lost", Ref: wire.Ref(artifact.Ref{Digest: artifact.DigestOf(nil), Size: 800})},
		{Id: "both", Values: []float64{1}, Ref: wire.Ref(artifact.Ref{Digest: artifact.DigestOf(nil), Size: 800})},
		{Id: "huge", Ref: wire.Ref(artifact.Ref{Digest: artifact.DigestOf(nil), Size: 8_000_008})},
	}})
	require.NoError(t, err)
	for i, want := range []string{"too short", "too short", "constant", "infinite", "", "digest", "not in the store", "both", "at most 1000000"} {
		p := answer.GetPredictions()[i]
		if want == "" {
			require.Empty(t, p.GetError())
			continue
		}
		require.Contains(t, p.GetError(), want, "%s", p.GetId())
		require.Zero(t, p.GetH())
	}
	require.InDelta(t, 8, r.metric("hurst_predictions_total", "error"), 0)
	require.InDelta(t, 1, r.metric("hurst_predictions_total", "ok"), 0)
	requireIdle(t, r)
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	x := []*predictv1.Series{{Values: noise(t, 100, 0.5, 1)}}
	for name, c := range map[string]struct {
		req  *predictv1.PredictRequest
		code fault.Code
		want string
	}{
		"none":     {&predictv1.PredictRequest{}, fault.Invalid, "0 series"},
		"many":     {&predictv1.PredictRequest{Series: make([]*predictv1.Series, 1025)}, fault.Invalid, "1025"},
		"level":    {&predictv1.PredictRequest{Series: x, Level: 1.5}, fault.Invalid, "1.5"},
		"negative": {&predictv1.PredictRequest{Series: x, Level: -0.9}, fault.Invalid, "-0.9"},
		"NaN":      {&predictv1.PredictRequest{Series: x, Level: math.NaN()}, fault.Invalid, "NaN"},
		"model":    {&predictv1.PredictRequest{Series: x, Model: "other"}, fault.NotFound, "hurst"},
		"points":   {&predictv1.PredictRequest{Series: refs(5, 1_000_000)}, fault.Invalid, "5000000"},
	} {
		_, err := r.ask(c.req)
		require.ErrorContains(t, err, c.want, name)
		require.Equal(t, c.code, fault.CodeOf(err), name)
	}
	for _, level := range []float64{0.5, 0.8, 0.99} {
		answer, err := r.ask(&predictv1.PredictRequest{Series: x, Level: level})
		require.NoError(t, err)
		require.Empty(t, answer.GetPredictions()[0].GetError())
	}
	requireIdle(t, r)
}

// refs are references to stored series that nobody has stored.
func refs(count, points int) []*predictv1.Series {
	var all []*predictv1.Series
	for i := range count {
		all = append(all, &predictv1.Series{Ref: wire.Ref(artifact.Ref{Digest: artifact.DigestOf([]byte{byte(i)}), Size: int64(8 * points)})})
	}
	return all
}

// requireIdle makes sure that what was taken of the budget was given back.
func requireIdle(t *testing.T, r *rig) {
	t.Helper()
	b := &r.replica.pool.budget
	require.Eventually(t, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.series == 0 && b.points == 0
	}, 5*time.Second, time.Millisecond)
}

func TestStoredSeries(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	x := noise(t, 256, 0.4, 9)
	var data []byte
	for _, v := range x {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	ref, err := artifact.Put(t.Context(), r.store, data, "")
	require.NoError(t, err)
	stored := &predictv1.PredictRequest{Series: []*predictv1.Series{{Ref: wire.Ref(ref)}}}
	answer, err := r.ask(stored)
	require.NoError(t, err)
	first := answer.GetPredictions()[0]
	require.Empty(t, first.GetError())
	inline := r.one(x)
	require.InDelta(t, inline.GetH(), first.GetH(), 0)
	require.True(t, inline.GetCached(), "stored or not, it is the same series")

	require.NoError(t, r.store.Delete(t.Context(), ref.Digest.Key()))
	answer, err = r.ask(stored)
	require.NoError(t, err)
	require.True(t, answer.GetPredictions()[0].GetCached(), "what is known is not read again")
	ref.Size += 8
	_, err = r.store.Write(t.Context(), ref.Digest.Key(), data, artifact.Condition{})
	require.NoError(t, err)
	answer, err = r.ask(&predictv1.PredictRequest{Level: 0.8, Series: []*predictv1.Series{{Ref: wire.Ref(ref)}}})
	require.NoError(t, err)
	require.Contains(t, answer.GetPredictions()[0].GetError(), "another size")
}

// TestLongSeriesDoNotHoldUpShortOnes asks about a short series while a long one keeps its worker.
func TestLongSeriesDoNotHoldUpShortOnes(t *testing.T) {
	t.Parallel()
	r := answers(t, func(c *Config, _ *service.Env) { c.Workers = 1 })
	v, err := r.replica.catalog.find("")
	require.NoError(t, err)
	begun, end := make(chan *predictv1.Prediction), make(chan struct{})
	require.True(t, r.replica.pool.budget.take(1, longSeries))
	r.replica.pool.put(&job{
		ctx: t.Context(), served: v, level: 0.9, values: noise(t, longSeries, 0.6, 1), points: longSeries,
		done: func(p *predictv1.Prediction) { begun <- p; <-end },
	})
	require.Empty(t, (<-begun).GetError())
	require.Empty(t, r.one(noise(t, 100, 0.5, 1)).GetError())
	close(end)
	requireIdle(t, r)
}

func TestCache(t *testing.T) {
	t.Parallel()
	r := answers(t, func(c *Config, _ *service.Env) { c.CacheEntries = 2 })
	x := noise(t, 256, 0.4, 9)
	first, second := r.one(x), r.one(x)
	require.False(t, first.GetCached())
	require.True(t, second.GetCached())
	require.InDelta(t, first.GetH(), second.GetH(), 0)
	answer, err := r.ask(&predictv1.PredictRequest{Level: 0.8, Series: []*predictv1.Series{{Id: "y", Values: x}}})
	require.NoError(t, err)
	require.False(t, answer.GetPredictions()[0].GetCached(), "another level is another question")
	require.Equal(t, "y", answer.GetPredictions()[0].GetId())
	r.one(noise(t, 256, 0.4, 10))
	require.False(t, r.one(x).GetCached(), "the oldest of three answers is forgotten")

	r.promote("hurst", bundle(t, 2))
	r.waitFor(2)
	require.False(t, r.one(x).GetCached(), "another bundle, another answer")

	off := answers(t, func(c *Config, _ *service.Env) { c.CacheEntries = 0 })
	off.one(x)
	require.False(t, off.one(x).GetCached())
}

func TestNothingPromotedYet(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	x := noise(t, 256, 0.4, 9)
	require.Eventually(t, func() bool { return strings.Contains(r.ready.Reasons()["model"], "hurst") }, 5*time.Second, time.Millisecond)
	_, err := r.ask(&predictv1.PredictRequest{Series: []*predictv1.Series{{Values: x}}})
	require.ErrorContains(t, err, "hurst submit")
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	infos, err := rpc.Gather[predictv1.Info](t.Context(), r.nats, wire.SubjectPredictors, &predictv1.InfoRequest{}, 300*time.Millisecond)
	require.NoError(t, err)
	require.Len(t, infos, 1)
	require.False(t, infos[0].GetReady())

	r.promote("hurst", bundle(t, 1))
	require.NoError(t, r.ready.Wait(t.Context()))
	require.Empty(t, r.one(x).GetError())
	infos, err = rpc.Gather[predictv1.Info](t.Context(), r.nats, wire.SubjectPredictors, &predictv1.InfoRequest{}, 300*time.Millisecond)
	require.NoError(t, err)
	require.True(t, infos[0].GetReady())
	require.EqualValues(t, 1, infos[0].GetVersion())
}

// TestSwapWithoutAGap promotes versions while requests come: each is answered.
func TestSwapWithoutAGap(t *testing.T) {
	t.Parallel()
	r := answers(t, func(c *Config, _ *service.Env) { c.CacheEntries = 0 })
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	var count atomic.Int64
	seen := sync.Map{}
	for i := range 4 {
		x := noise(t, 128, 0.5, uint64(i))
		asking.Go(func() {
			for ctx.Err() == nil {
				answer, err := r.ask(&predictv1.PredictRequest{Series: []*predictv1.Series{{Values: x}}})
				if err != nil || answer.GetPredictions()[0].GetError() != "" {
					t.Errorf("no answer during a swap: %v %v", err, answer)
					return
				}
				seen.Store(answer.GetPredictions()[0].GetModel(), true)
				count.Add(1)
			}
		})
	}
	for v := 2; v <= 4; v++ {
		r.promote("hurst", bundle(t, uint64(v)))
		r.waitFor(v)
		before := count.Load()
		require.Eventually(t, func() bool { return count.Load() > before+8 }, 5*time.Second, time.Millisecond)
	}
	cancel()
	asking.Wait()
	for v := 1; v <= 4; v++ {
		_, ok := seen.Load(fmt.Sprintf("hurst@%d", v))
		require.True(t, ok, "version %d", v)
	}
	require.InDelta(t, 4, r.metric("hurst_model_version", "hurst"), 0)
}

func TestBadBundleLeavesTheOldOneServing(t *testing.T) {
	t.Parallel()
	var log syncBuffer
	r := answers(t, func(_ *Config, e *service.Env) { e.Logger = log.logger() })
	r.promote("hurst", []byte("no bundle"))
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "champion not loaded") }, 5*time.Second, time.Millisecond)
	p := r.one(noise(t, 256, 0.4, 9))
	require.Equal(t, "hurst@1", p.GetModel())
	require.Empty(t, r.ready.Reasons())
	r.promote("hurst", bundle(t, 2))
	r.waitFor(3)
}

// TestRegistryAlone starts a replica that no pointer tells anything: it finds the champion itself.
func TestRegistryAlone(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config, _ *service.Env) { c.Refresh = time.Second })
	kv, err := r.nats.KV(t.Context(), wire.BucketModels)
	require.NoError(t, err)
	r.promote("hurst", bundle(t, 1))
	require.NoError(t, kv.Delete(t.Context(), "hurst"))
	r.waitFor(1)
}

func TestOverload(t *testing.T) {
	t.Parallel()
	b := budget{maxSeries: 3, maxPoints: 100}
	require.True(t, b.take(2, 50))
	require.False(t, b.take(2, 1), "too many series")
	require.False(t, b.take(1, 51), "too many points")
	require.True(t, b.take(1, 50))
	b.give(3, 100)
	require.True(t, b.take(3, 100))

	r := answers(t, func(c *Config, _ *service.Env) { c.Queue = maxSeries })
	require.True(t, r.replica.pool.budget.take(maxSeries, 0))
	_, err := r.ask(&predictv1.PredictRequest{Series: []*predictv1.Series{{Values: noise(t, 100, 0.5, 1)}}})
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	require.ErrorContains(t, err, "overloaded")
	r.replica.pool.budget.give(maxSeries, 0)
	require.Empty(t, r.one(noise(t, 100, 0.5, 1)).GetError())
}

// TestBatches fills the queue before the only worker looks: it takes what is there in batches.
func TestBatches(t *testing.T) {
	t.Parallel()
	r := answers(t, func(c *Config, _ *service.Env) { c.Workers = 1 })
	req := &predictv1.PredictRequest{}
	for i := range 300 {
		req.Series = append(req.Series, &predictv1.Series{Id: fmt.Sprint(i), Values: noise(t, 100, 0.1+0.8*float64(i)/300, uint64(i))})
	}
	answer, err := r.ask(req)
	require.NoError(t, err)
	for i, p := range answer.GetPredictions() {
		require.Equal(t, fmt.Sprint(i), p.GetId(), "answers are in the order of the request")
		alone := r.one(req.GetSeries()[i].GetValues())
		require.True(t, alone.GetCached())
		require.InDelta(t, p.GetH(), alone.GetH(), 0)
	}
	families, err := r.metrics.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() == "hurst_prediction_batch_series" {
			h := f.GetMetric()[0].GetHistogram()
			require.InDelta(t, 300, h.GetSampleSum(), 0)
			require.Less(t, h.GetSampleCount(), uint64(150), "many series are computed together")
		}
	}
}

// TestAnswerDoesNotDependOnCompany asks alone what was asked in a batch, without a cache.
func TestAnswerDoesNotDependOnCompany(t *testing.T) {
	t.Parallel()
	r := answers(t, func(c *Config, _ *service.Env) { c.CacheEntries = 0 })
	req := &predictv1.PredictRequest{}
	for i := range 40 {
		req.Series = append(req.Series, &predictv1.Series{Values: noise(t, 64+i, 0.5, uint64(i))})
	}
	answer, err := r.ask(req)
	require.NoError(t, err)
	for i, p := range answer.GetPredictions() {
		alone := r.one(req.GetSeries()[i].GetValues())
		require.InDelta(t, p.GetH(), alone.GetH(), 0)
		require.InDelta(t, p.GetLower(), alone.GetLower(), 0)
	}
}

// TestDrain stops the replica while requests are in progress: they are answered.
func TestDrain(t *testing.T) {
	t.Parallel()
	r := answers(t, func(c *Config, _ *service.Env) { c.Workers, c.CacheEntries = 1, 0 })
	x := noise(t, 20_000, 0.5, 1)
	errs := make(chan error, 8)
	for range 8 {
		go func() {
			_, err := r.ask(&predictv1.PredictRequest{Series: []*predictv1.Series{{Values: x}}})
			errs <- err
		}()
	}
	require.Eventually(t, func() bool {
		b := &r.replica.pool.budget
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.series >= 4
	}, 5*time.Second, time.Microsecond*100)
	require.NoError(t, r.stop())
	answered := 0
	for range 8 {
		if err := <-errs; err == nil {
			answered++
		} else {
			require.ErrorContains(t, err, "nobody answers", "a request is answered or was never taken")
		}
	}
	require.GreaterOrEqual(t, answered, 4)
}

func TestTrace(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	tracer := provider.Tracer("test")
	r := answers(t, func(c *Config, e *service.Env) { e.Tracer, c.Workers = tracer, 1 })
	ctx, root := telemetry.Span(telemetry.WithTracer(t.Context(), tracer), "root")
	_, err := rpc.Call[predictv1.PredictResponse](ctx, r.nats, wire.SubjectPredict, &predictv1.PredictRequest{Series: []*predictv1.Series{{Values: noise(t, 100, 0.5, 1)}}})
	require.NoError(t, err)
	root.End()
	var names []string
	require.Eventually(t, func() bool {
		names = nil
		for _, s := range spans.Ended() {
			if s.SpanContext().TraceID() == root.SpanContext().TraceID() {
				names = append(names, s.Name())
			}
		}
		return len(names) == 4
	}, 5*time.Second, time.Millisecond)
	require.ElementsMatch(t, []string{"root", "call hurst.predict", "handle hurst.predict", "batch"}, names)

	// Two requests in one batch: its span is a child of the first, and linked with the second.
	v, err := r.replica.catalog.find("")
	require.NoError(t, err)
	ctx1, first := tracer.Start(t.Context(), "first")
	ctx2, second := tracer.Start(t.Context(), "second")
	x := noise(t, 100, 0.5, 1)
	newWorker(nil).answer([]*job{
		{ctx: telemetry.WithTracer(ctx1, tracer), served: v, level: 0.9, values: x}, {ctx: ctx2, served: v, level: 0.9, values: x}, {ctx: ctx2, served: v, level: 0.9, values: x},
	})
	second.End()
	ended := spans.Ended()
	request, batch := ended[len(ended)-1], ended[len(ended)-2]
	require.Equal(t, "batch", batch.Name())
	require.Equal(t, first.SpanContext().SpanID(), batch.Parent().SpanID())
	require.Len(t, batch.Links(), 1)
	require.Equal(t, second.SpanContext().SpanID(), batch.Links()[0].SpanContext.SpanID())
	require.Equal(t, batch.SpanContext().SpanID(), request.Links()[0].SpanContext.SpanID())
}

func TestDefectIsContained(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	v, err := r.replica.catalog.find("")
	require.NoError(t, err)
	x := noise(t, 100, 0.5, 1)
	broken := &served{name: "hurst", version: 9} // no model: asking it panics
	got := newWorker(nil).answer([]*job{
		{ctx: t.Context(), served: v, level: 0.9, values: x, id: "good"},
		{ctx: t.Context(), served: broken, level: 0.9, values: x, id: "bad"},
	})
	require.Empty(t, got[0].GetError())
	require.Contains(t, got[1].GetError(), "failed")
	require.Equal(t, "bad", got[1].GetId())
}

func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	r := answers(t, nil)
	v, err := r.replica.catalog.find("")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan *predictv1.Prediction, 1)
	require.True(t, r.replica.pool.budget.take(1, 0))
	r.replica.pool.put(&job{ctx: ctx, served: v, level: 0.9, done: func(p *predictv1.Prediction) { done <- p }})
	require.Contains(t, (<-done).GetError(), "canceled")
	requireIdle(t, r)
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(*Config){
		"models":        func(c *Config) { c.Models = nil },
		"refresh":       func(c *Config) { c.Refresh = time.Millisecond },
		"queue":         func(c *Config) { c.Queue = 10 },
		"workers":       func(c *Config) { c.Workers = -1 },
		"cache_entries": func(c *Config) { c.CacheEntries = -1 },
		"nats_url":      func(c *Config) { c.NATSURL = "x" },
	} {
		c := DefaultConfig()
		edit(&c)
		require.ErrorContains(t, c.Validate(), want)
	}
	_, err := newMetrics(nil)
	require.NoError(t, err)
	reg := prometheus.NewRegistry()
	_, err = newMetrics(reg)
	require.NoError(t, err)
	_, err = newMetrics(reg)
	require.Error(t, err, "two replicas need registries, or labels, of their own")
}
