package inference

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/wire"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noise is fractional Gaussian noise.
func noise(t testing.TB, n int, h float64, index uint64) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(1, "test", index)))
	return x
}

// features are those of series of n points with H from 0.1 to 0.9.
func features(t testing.TB, n, rows int, index uint64) dataset.Features {
	t.Helper()
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	extractor, generator := feature.NewExtractor(set), process.NewFGN(n)
	f := dataset.Features{Set: set.Name, Version: set.Version, Names: set.Names, Rows: rows}
	x, row := make([]float64, n), make([]float64, len(set.Names))
	for i := range rows {
		h := 0.1 + 0.8*float64(i)/float64(rows-1)
		require.NoError(t, generator.Generate(x, h, process.Source(index, "train", uint64(i))))
		require.NoError(t, extractor.Extract(row, x))
		f.X = append(f.X, row...)
		f.H, f.N, f.Index = append(f.H, h), append(f.N, n), append(f.Index, uint64(i))
	}
	return f
}

// bundle trains a small ridge; different seeds give different bundles.
func bundle(t testing.TB, seed uint64) []byte {
	t.Helper()
	train, validation := features(t, 256, 200, 10*seed+1), features(t, 256, 200, 10*seed+2)
	learner, err := model.Lookup("ridge")
	require.NoError(t, err)
	fitted, err := learner.Fit(model.FitJob{Params: model.Defaults("ridge"), Train: train, Validation: validation, Seed: seed})
	require.NoError(t, err)
	m, err := model.New(model.Assembly{Fitted: fitted, Params: model.Defaults("ridge"), Train: train, Validation: validation})
	require.NoError(t, err)
	data, err := model.Encode(m)
	require.NoError(t, err)
	return data
}

// rig is a replica on a real NATS server and a store in memory.
type rig struct {
	t        testing.TB
	nats     *rpc.Conn
	store    *artifact.Memory
	registry registry.Registry
	replica  *Inference
	metrics  *prometheus.Registry
	ready    *service.Readiness
	stop     func() error
}

func startServer(t testing.TB) string {
	t.Helper()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir()})
	require.NoError(t, err)
	ns.Start()
	require.True(t, ns.ReadyForConnections(10*time.Second))
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	return ns.ClientURL()
}

func dial(t testing.TB, url string, tracer trace.Tracer) *rpc.Conn {
	t.Helper()
	c, err := rpc.Connect(t.Context(), rpc.Config{URL: url, Tracer: tracer})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = c.Close(ctx)
	})
	return c
}

// start starts a replica; edit may change its configuration and surroundings first.
func start(t testing.TB, edit func(*Config, *service.Env)) *rig {
	t.Helper()
	r := &rig{t: t, store: artifact.NewMemory(), metrics: prometheus.NewRegistry(), ready: new(service.Readiness)}
	r.registry = registry.Registry{Store: r.store}
	env := service.Env{Logger: slog.New(slog.DiscardHandler), Registerer: r.metrics, Gatherer: r.metrics, Ready: r.ready}
	cfg := DefaultConfig()
	if edit != nil {
		edit(&cfg, &env)
	}
	require.NoError(t, cfg.Validate())
	url := startServer(t)
	r.nats = dial(t, url, env.Tracer)
	var err error
	r.replica, err = open(t.Context(), cfg, env, dial(t, url, env.Tracer), r.store)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.replica.Run(ctx) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { require.NoError(t, r.stop()) })
	require.Eventually(t, func() bool {
		reasons := r.ready.Reasons()
		return reasons["service"] == "" && reasons["inference"] == ""
	}, 10*time.Second, time.Millisecond)
	return r
}

// promote makes a bundle the champion, as the deployer does.
func (r *rig) promote(name string, data []byte) registry.Version {
	r.t.Helper()
	ctx := r.t.Context()
	ref, err := artifact.Put(ctx, r.store, data, model.MediaType)
	require.NoError(r.t, err)
	v, err := r.registry.Register(ctx, registry.Version{Model: name, Kind: "ridge", Bundle: ref})
	require.NoError(r.t, err)
	aliases, _, err := r.registry.Aliases(ctx, name)
	require.NoError(r.t, err)
	require.NoError(r.t, r.registry.Point(ctx, name, registry.Change{Alias: registry.Champion, From: aliases.Points[registry.Champion], To: v.Number}))
	r.point(name)
	return v
}

// point tells the replicas that there is something new.
func (r *rig) point(name string) {
	r.t.Helper()
	kv, err := r.nats.KV(r.t.Context(), wire.BucketModels)
	require.NoError(r.t, err)
	require.NoError(r.t, kv.Put(r.t.Context(), name, nil))
}

func (r *rig) waitFor(version int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		v := r.replica.catalog.slots["hurst"].current.Load()
		return v != nil && v.version == version
	}, 10*time.Second, time.Millisecond)
}

func (r *rig) ask(req *predictv1.PredictRequest) (*predictv1.PredictResponse, error) {
	return rpc.Call[predictv1.PredictResponse](r.t.Context(), r.nats, wire.SubjectPredict, req)
}

// one asks about one series and expects an answer.
func (r *rig) one(x []float64) *predictv1.Prediction {
	r.t.Helper()
	answer, err := r.ask(&predictv1.PredictRequest{Series: []*predictv1.Series{{Id: "x", Values: x}}})
	require.NoError(r.t, err)
	require.Len(r.t, answer.GetPredictions(), 1)
	return answer.GetPredictions()[0]
}

// answers starts a replica that serves a champion.
func answers(t testing.TB, edit func(*Config, *service.Env)) *rig {
	t.Helper()
	r := start(t, edit)
	r.promote("hurst", bundle(t, 1))
	r.waitFor(1)
	return r
}

// metric returns the value of a counter or gauge by its name and its label's value.
func (r *rig) metric(name, label string) float64 {
	r.t.Helper()
	families, err := r.metrics.Gather()
	require.NoError(r.t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == label {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return 0
}
