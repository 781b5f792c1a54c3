package deployer

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// TestMain lets goroutines be that the embedded S3 server's libraries never end.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/gofiber/utils/v2.StartTimeStampUpdater.func1.1"),
	)
}

// rig is a deployer on real servers, and a client of them.
type rig struct {
	t        *testing.T
	conns    *connect.Connections
	registry registry.Registry
	pointers *rpc.KV
	stop     func() error // ends the deployer's context and waits for Run
}

// start starts servers and a deployer; edit may change the deployer before it runs. The embedded
// servers can be started once at a time in a process, so these tests do not run in parallel.
func start(t *testing.T, edit func(*Deployer)) *rig {
	t.Helper()
	ctx := t.Context()
	all, err := embedded.Start(ctx, embedded.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, all.Close(context.Background())) })
	e := all.Endpoints()
	cfg := DefaultConfig()
	cfg.Refresh = time.Second
	cfg.NATSURL, cfg.NATSUser, cfg.NATSPassword = e.NATS.URL, e.NATS.User, config.Secret(e.NATS.Password)
	cfg.S3 = config.S3{Endpoint: e.S3.Endpoint, Bucket: e.S3.Bucket, Region: e.S3.Region, AccessKey: e.S3.AccessKey, SecretKey: config.Secret(e.S3.SecretKey)}
	require.NoError(t, cfg.Validate())

	r := &rig{t: t}
	r.conns, err = connect.Open(ctx, "test", cfg.Servers, environ(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.conns.Close(context.Background())) })
	r.registry = registry.Registry{Store: r.conns.Store}
	r.pointers, err = r.conns.NATS.KV(ctx, wire.BucketModels)
	require.NoError(t, err)

	env := environ(t)
	d, err := New(ctx, cfg, env)
	require.NoError(t, err)
	if edit != nil {
		edit(d)
	}
	running, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(running) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { require.NoError(t, r.stop()) })
	require.NoError(t, env.Ready.Wait(ctx))
	return r
}

func environ(t *testing.T) service.Env {
	t.Helper()
	tel, err := telemetry.Start(t.Context(), telemetry.Config{Service: "deployer", LogLevel: "error", LogFormat: "text", LogOutput: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = tel.Shutdown(context.Background()) })
	return service.NewEnv(tel)
}

// features are those of a few short series.
func features(t *testing.T, stream uint64) dataset.Features {
	t.Helper()
	const n, rows = 128, 60
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	extractor, generator := feature.NewExtractor(set), process.NewFGN(n)
	f := dataset.Features{Set: set.Name, Version: set.Version, Names: set.Names, Rows: rows}
	x, row := make([]float64, n), make([]float64, len(set.Names))
	for i := range rows {
		h := 0.1 + 0.8*float64(i)/(rows-1)
		require.NoError(t, generator.Generate(x, h, process.Source(stream, "series", uint64(i))))
		require.NoError(t, extractor.Extract(row, x))
		f.X = append(f.X, row...)
		f.H, f.N, f.Index = append(f.H, h), append(f.N, n), append(f.Index, uint64(i))
	}
	return f
}

// bundles are count bundles of one small model, told apart by the seed in their lineage.
func bundles(t *testing.T, count int) [][]byte {
	t.Helper()
	train, validation := features(t, 1), features(t, 2)
	learner, err := model.Lookup("ridge")
	require.NoError(t, err)
	fitted, err := learner.Fit(model.FitJob{Params: model.Defaults("ridge"), Train: train, Validation: validation})
	require.NoError(t, err)
	var all [][]byte
	for seed := range count {
		m, err := model.New(model.Assembly{
			Fitted: fitted, Params: model.Defaults("ridge"), Train: train, Validation: validation,
			Lineage: model.Lineage{Seed: uint64(seed)},
		})
		require.NoError(t, err)
		data, err := model.Encode(m)
		require.NoError(t, err)
		all = append(all, data)
	}
	return all
}

// put stores bytes as a bundle.
func (r *rig) put(data []byte) *workv1.Ref {
	r.t.Helper()
	ref, err := artifact.Put(r.t.Context(), r.conns.Store, data, model.MediaType)
	require.NoError(r.t, err)
	return wire.Ref(ref)
}

// candidates stores count bundles and returns a request to promote each, all with the same error.
func (r *rig) candidates(count int) []*deployv1.PromoteRequest {
	r.t.Helper()
	var all []*deployv1.PromoteRequest
	for i, data := range bundles(r.t, count) {
		all = append(all, &deployv1.PromoteRequest{
			Run: fmt.Sprint("r", i), Model: "hurst", Kind: "ridge", Bundle: r.put(data), Mae: 0.02, MaeSe: 0.001,
		})
	}
	return all
}

func (r *rig) ask(req *deployv1.PromoteRequest) (*deployv1.Decision, error) {
	return rpc.Call[deployv1.Decision](r.t.Context(), r.conns.NATS, wire.SubjectPromote, req)
}

// promote asks for a promotion and expects a decision.
func (r *rig) promote(req *deployv1.PromoteRequest) *deployv1.Decision {
	r.t.Helper()
	decision, err := r.ask(req)
	require.NoError(r.t, err)
	return decision
}

func (r *rig) rollback(model, alias string) (*deployv1.Decision, error) {
	return rpc.Call[deployv1.Decision](r.t.Context(), r.conns.NATS, wire.SubjectRollback, &deployv1.RollbackRequest{Model: model, Alias: alias})
}

func (r *rig) aliases(model string) registry.Aliases {
	r.t.Helper()
	aliases, _, err := r.registry.Aliases(r.t.Context(), model)
	require.NoError(r.t, err)
	return aliases
}

// pointer returns what replicas are told to serve under a name; nil: nothing.
func (r *rig) pointer(model string) *deployv1.Pointer {
	r.t.Helper()
	data, err := r.pointers.Get(r.t.Context(), model)
	if err != nil {
		return nil // it is not there, or not yet again
	}
	pointer := new(deployv1.Pointer)
	require.NoError(r.t, proto.Unmarshal(data, pointer))
	return pointer
}

// refused requires an error with a code and words that say what was wrong.
func refused(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), "%v", err)
	for _, word := range words {
		require.ErrorContains(t, err, word)
	}
}

// same requires two messages to be equal.
func same(t *testing.T, want, got proto.Message) {
	t.Helper()
	require.True(t, proto.Equal(want, got), "want %v\ngot  %v", want, got)
}
