package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a gateway on a real NATS server, where the test plays the other services.
type rig struct {
	t       *testing.T
	url     string
	gateway *Gateway
	store   *artifact.Memory
	ready   *service.Readiness
	client  *http.Client
	svc     *rpc.Service // of the test
	nats    *rpc.Conn    // of the test
	stop    func() error
}

func dial(t *testing.T, url string) *rpc.Conn {
	t.Helper()
	c, err := rpc.Connect(t.Context(), rpc.Config{URL: url})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = c.Close(ctx)
	})
	return c
}

func start(t *testing.T, edit func(*Config, *service.Env)) *rig {
	t.Helper()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	require.NoError(t, err)
	ns.Start()
	require.True(t, ns.ReadyForConnections(10*time.Second))
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })

	metrics := prometheus.NewRegistry()
	r := &rig{t: t, store: artifact.NewMemory(), ready: new(service.Readiness), client: &http.Client{Transport: &http.Transport{}}}
	env := service.Env{Logger: slog.New(slog.DiscardHandler), Registerer: metrics, Gatherer: metrics, Ready: r.ready}
	cfg := DefaultConfig()
	cfg.Listen = "127.0.0.1:0"
	if edit != nil {
		edit(&cfg, &env)
	}
	require.NoError(t, cfg.Validate())
	r.nats = dial(t, ns.ClientURL())
	r.svc, err = rpc.NewService(r.nats, "test", "0.1.0", "the other services", 16)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.svc.Drain(context.Background()) })

	r.gateway, err = open(t.Context(), cfg, env, dial(t, ns.ClientURL()), r.store)
	require.NoError(t, err)
	r.url = "http://" + r.gateway.Addr()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.gateway.Run(ctx) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		r.client.CloseIdleConnections()
		require.NoError(t, r.stop())
	})
	waiting, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	require.NoError(t, r.ready.Wait(waiting))
	return r
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// tree is the body as JSON.
func (a answer) tree(t *testing.T) map[string]any {
	t.Helper()
	var tree map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &tree), a.body)
	return tree
}

// fault is the error's code and message.
func (a answer) fault(t *testing.T) (code, message string) {
	t.Helper()
	object, ok := a.tree(t)["error"].(map[string]any)
	require.True(t, ok, a.body)
	return object["code"].(string), object["message"].(string)
}

// do sends a request; headers come in pairs.
func (r *rig) do(method, path, body string, headers ...string) answer {
	r.t.Helper()
	require.NoError(r.t, r.nats.Flush(r.t.Context())) // NATS knows by now what the test handles
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	require.NoError(r.t, err)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := r.client.Do(req)
	require.NoError(r.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	return answer{resp.StatusCode, resp.Header, string(bytes.TrimSpace(data))}
}

func (r *rig) get(path string) answer { r.t.Helper(); return r.do("GET", path, "") }
