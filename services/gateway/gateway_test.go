package gateway

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

func TestAdmin(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	require.Equal(t, answer{200, nil, "ok"}, strip(r.get("/healthz")))
	require.Equal(t, 200, r.get("/readyz").status)
	r.get("/nowhere")
	metrics := r.get("/metrics")
	require.Equal(t, 200, metrics.status)
	require.Contains(t, metrics.body, `hurst_http_requests_total{route="other",status="404"} 1`)
}

func strip(a answer) answer { a.header = nil; return a }

func TestNothingThere(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	for _, path := range []string{"/nowhere", "/v1", "/v1/runs/a/b/c"} {
		a := r.get(path)
		require.Equal(t, 404, a.status)
		code, message := a.fault(t)
		require.Equal(t, "not_found", code)
		require.Contains(t, message, path)
	}
}

// echo answers predictions with the mean of each series, and notes the requests.
func echo(r *rig) func() []*predictv1.PredictRequest {
	var mu sync.Mutex
	var requests []*predictv1.PredictRequest
	require.NoError(r.t, rpc.Handle(r.svc, wire.SubjectPredict, func(ctx context.Context, req *predictv1.PredictRequest) (*predictv1.PredictResponse, error) {
		mu.Lock()
		requests = append(requests, req)
		mu.Unlock()
		resp := &predictv1.PredictResponse{}
		for _, s := range req.GetSeries() {
			values := s.GetValues()
			if s.GetRef() != nil {
				data, err := artifact.Get(ctx, r.store, wire.ToRef(s.GetRef()))
				if err != nil {
					return nil, err
				}
				for i := 0; i < len(data); i += 8 {
					values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data[i:])))
				}
			}
			p := &predictv1.Prediction{Id: s.GetId(), N: int32(len(values)), Level: req.GetLevel()}
			for _, v := range values {
				if math.IsNaN(v) {
					p.Gaps++
					continue
				}
				p.H += v / float64(len(values))
			}
			resp.Predictions = append(resp.Predictions, p)
		}
		return resp, nil
	}))
	return func() []*predictv1.PredictRequest { mu.Lock(); defer mu.Unlock(); return requests }
}

func TestPredict(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	requests := echo(r)
	a := r.do("POST", "/v1/predict", `{"series":[{"id":"a","values":[1, 2, null, 3e0]},{"id":"b","values":[-1.5,"NaN"]}],"level":0.8,"model":"m"}`)
	require.Equal(t, 200, a.status, a.body)
	predictions := a.tree(t)["predictions"].([]any)
	first, second := predictions[0].(map[string]any), predictions[1].(map[string]any)
	require.Equal(t, "a", first["id"])
	require.InDelta(t, 1.5, first["h"], 1e-12)
	require.InDelta(t, 1, first["gaps"], 0)
	require.InDelta(t, 0.8, first["level"], 0)
	require.Equal(t, "b", second["id"])
	require.InDelta(t, 1, second["gaps"], 0)
	require.InDelta(t, 0, second["lower"], 0, "zeros are written")
	require.Equal(t, "m", requests()[0].GetModel())
	require.NotContains(t, a.body, " ", "compact, and the same from build to build")

	a = r.do("POST", "/v1/predict", " [4, 4, null]\n")
	require.Equal(t, 200, a.status, a.body)
	require.Len(t, a.tree(t)["predictions"], 1)
}

func TestPredictSpreadsLargeRequests(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	requests := echo(r)
	var body strings.Builder
	body.WriteString(`{"series":[`)
	for i := range 600 {
		fmt.Fprintf(&body, `{"id":"%d","values":[%d]},`, i, i)
	}
	long := strings.Repeat("7,", maxInline) + "7"
	fmt.Fprintf(&body, `{"id":"long","values":[%s]},{"id":"last","values":[1]}]}`, long)
	a := r.do("POST", "/v1/predict", body.String())
	require.Equal(t, 200, a.status)
	predictions := a.tree(t)["predictions"].([]any)
	require.Len(t, predictions, 602)
	for i := range 600 {
		p := predictions[i].(map[string]any)
		require.Equal(t, fmt.Sprint(i), p["id"])
		require.InDelta(t, i, p["h"], 0)
	}
	require.InDelta(t, maxInline+1, predictions[600].(map[string]any)["n"], 0)
	require.Equal(t, "last", predictions[601].(map[string]any)["id"])
	require.Greater(t, len(requests()), 2)
	for _, q := range requests() {
		require.LessOrEqual(t, len(q.GetSeries()), maxSeries)
	}
}

func TestDivide(t *testing.T) {
	t.Parallel()
	require.Empty(t, divide(nil))
	big, half, small := make([]float64, 700_000), make([]float64, maxInline/2), make([]float64, 10)
	var all []named
	for _, values := range [][]float64{small, big, big, half, half, half, small} {
		all = append(all, named{values: values})
	}
	var sizes []int
	for _, part := range divide(all) {
		sizes = append(sizes, len(part))
	}
	require.Equal(t, []int{2, 2, 1, 2}, sizes)
}

func TestPredictRefusesBadBodies(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	echo(r)
	for body, want := range map[string]string{
		"":                                       "EOF",
		"nonsense":                               "invalid character",
		"{}":                                     "0 series",
		`{"series":[]}`:                          "0 series",
		`{"serie":[]}`:                           "serie",
		`{"series":[{"values":3}]}`:              "series[0].values",
		`{"series":[{"id":"a"}]}`:                "series[0].values",
		`{"series":[{"values":[1,[2]]}]}`:        "point 2",
		`{"series":[{"values":[1,"x"]}]}`:        `"x" is not a number`,
		`{"series":[{"values":[1,true]}]}`:       "true is not a number",
		`{"series":[{"values":[1e999]}]}`:        "1e999 is too large",
		`{"series":[{"values":[1]}]} {}`:         "goes on",
		`{"series":[{"values":[1,]}]}`:           "invalid character",
		`[1,2`:                                   "not JSON",
		`[1,{"a":1}]`:                            "point 2",
		`{"series":[{"values":[1]}],"level":""}`: "level",
	} {
		a := r.do("POST", "/v1/predict", body)
		require.Equal(t, 400, a.status, "%s: %s", body, a.body)
		code, message := a.fault(t)
		require.Equal(t, "invalid", code)
		require.Contains(t, message, want, body)
	}
	a := r.do("POST", "/v1/predict", "["+strings.Repeat("1,", 1_000_000)+"1]")
	require.Equal(t, 400, a.status)
	a = r.do("POST", "/v1/predict", strings.Repeat(" ", maxPredict+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, a.status)
}

func TestFaultsBecomeStatuses(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectGet, func(_ context.Context, q *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		return nil, fault.New(fault.Code(q.GetRun()), "it is %s", q.GetRun())
	}))
	for code, status := range map[string]int{"invalid": 400, "not_found": 404, "conflict": 409, "unavailable": 503, "internal": 500} {
		a := r.get("/v1/runs/" + code)
		require.Equal(t, status, a.status)
		got, message := a.fault(t)
		require.Equal(t, code, got)
		require.Equal(t, "it is "+code, message)
	}
	a := r.get("/v1/models")
	require.Equal(t, 503, a.status)
	_, message := a.fault(t)
	require.Contains(t, message, "is the deploy service running?")
}

func TestRuns(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	var keys []string
	run := func(id string) *pipelinev1.Run {
		return &pipelinev1.Run{Id: id, Status: "succeeded", Leaderboard: []byte(`{"best":[1,2]}`), Decision: []byte("not JSON")}
	}
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectSubmit, func(_ context.Context, q *pipelinev1.SubmitRequest) (*pipelinev1.SubmitResponse, error) {
		keys = append(keys, q.GetKey())
		return &pipelinev1.SubmitResponse{Run: "r" + string(q.GetSpec()), Created: q.GetKey() != "again"}, nil
	}))
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectGet, func(_ context.Context, q *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		return run(q.GetRun()), nil
	}))
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectList, func(_ context.Context, q *pipelinev1.ListRequest) (*pipelinev1.ListResponse, error) {
		return &pipelinev1.ListResponse{Runs: []*pipelinev1.Run{run(fmt.Sprint(q.GetLimit()))}}, nil
	}))
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectCancel, func(_ context.Context, q *pipelinev1.CancelRequest) (*pipelinev1.Run, error) {
		return run("cancelled" + q.GetRun()), nil
	}))
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectResume, func(_ context.Context, q *pipelinev1.ResumeRequest) (*pipelinev1.Run, error) {
		return run("resumed" + q.GetRun()), nil
	}))
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectExplain, func(_ context.Context, q *pipelinev1.ExplainRequest) (*pipelinev1.Explanation, error) {
		return &pipelinev1.Explanation{Run: q.GetRun()}, nil
	}))

	a := r.do("POST", "/v1/runs", "7", "Idempotency-Key", "mine")
	require.Equal(t, 201, a.status)
	require.Equal(t, "/v1/runs/r7", a.header.Get("Location"))
	require.Equal(t, 200, r.do("POST", "/v1/runs", "7", "Idempotency-Key", "again").status)
	r.do("POST", "/v1/runs", "7")
	require.Equal(t, "mine", keys[0])
	require.NotEmpty(t, keys[2], "without a key, each submission has its own")
	require.Equal(t, 413, r.do("POST", "/v1/runs", strings.Repeat("x", maxSpec+1)).status)

	one := r.get("/v1/runs/r7").tree(t)
	require.Equal(t, "r7", one["id"])
	require.Equal(t, map[string]any{"best": []any{1.0, 2.0}}, one["leaderboard"], "documents are JSON, not base64")
	require.Nil(t, one["decision"])
	require.Contains(t, r.get("/v1/runs?limit=3").body, `"id":"3"`)
	require.Contains(t, r.get("/v1/runs").body, `"best":[1,2]`)
	require.Equal(t, 400, r.get("/v1/runs?limit=x").status)
	require.Contains(t, r.do("POST", "/v1/runs/r7/cancel", "").body, "cancelledr7")
	require.Contains(t, r.do("POST", "/v1/runs/r7/resume", "").body, "resumedr7")
	require.Contains(t, r.get("/v1/runs/r7/explain").body, `"run":"r7"`)
	page := r.get("/")
	require.Equal(t, 200, page.status)
	require.Contains(t, page.body, `href="/v1/runs/20"`)
	require.Contains(t, page.body, "is the deploy service running?")
}

func TestModels(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	version := func(model string) *deployv1.Version {
		return &deployv1.Version{Model: model, Version: 3, Aliases: []string{"champion"}, Kind: "<b>ridge</b>", Mae: 0.0244, Manifest: []byte(`{"kind":"ridge"}`)}
	}
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectModels, func(_ context.Context, q *deployv1.ListRequest) (*deployv1.ListResponse, error) {
		return &deployv1.ListResponse{Versions: []*deployv1.Version{version("m" + q.GetModel())}}, nil
	}))
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectModel, func(_ context.Context, q *deployv1.ShowRequest) (*deployv1.Version, error) {
		return version(q.GetModel() + q.GetVersion()), nil
	}))
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectRollback, func(_ context.Context, q *deployv1.RollbackRequest) (*deployv1.Decision, error) {
		return &deployv1.Decision{Model: q.GetModel(), Alias: q.GetAlias()}, nil
	}))
	require.Contains(t, r.get("/v1/models").body, `"model":"m"`)
	require.Contains(t, r.get("/v1/models?model=x").body, `"model":"mx"`)
	shown := r.get("/v1/models/hurst/champion").tree(t)
	require.Equal(t, "hurstchampion", shown["model"])
	require.Equal(t, map[string]any{"kind": "ridge"}, shown["manifest"])
	require.Contains(t, r.do("POST", "/v1/models/hurst/rollback?alias=challenger", "").body, `"alias":"challenger"`)
	page := r.get("/")
	require.Contains(t, page.body, "0.0244")
	require.Contains(t, page.body, "&lt;b&gt;ridge&lt;/b&gt;", "what services say is text, never markup")
}

func TestBrowsersAreKeptOut(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	own := r.gateway.Addr()
	_, port, err := net.SplitHostPort(own)
	require.NoError(t, err)
	for _, c := range []struct {
		method, path string
		headers      []string
		status       int
	}{
		{"GET", "/healthz", nil, 200},
		{"GET", "/healthz", []string{"Host", "localhost:" + port}, 200},
		{"GET", "/healthz", []string{"Host", "[::1]"}, 200},
		{"GET", "/healthz", []string{"Host", "evil.example"}, 403},
		{"GET", "/v1/runs", []string{"Host", "evil.example:" + port}, 403},
		{"GET", "/healthz", []string{"Host", "10.0.0.1"}, 403},
		{"GET", "/healthz", []string{"Host", "localhost.evil.example"}, 403},
		{"GET", "/healthz", []string{"Origin", "http://" + own}, 200},
		{"GET", "/healthz", []string{"Origin", "http://evil.example"}, 403},
		{"GET", "/healthz", []string{"Origin", "null"}, 403},
		{"POST", "/v1/predict", []string{"Origin", "http://evil.example"}, 403},
		{"POST", "/v1/predict", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", "/v1/predict", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://localhost:3000"}, 403},
		{"OPTIONS", "/v1/predict", []string{"Origin", "http://evil.example"}, 403},
	} {
		a := r.do(c.method, c.path, "", c.headers...)
		require.Equal(t, c.status, a.status, "%+v %s", c, a.body)
		require.Empty(t, a.header.Get("Access-Control-Allow-Origin"))
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
	}

	open := newGuard(&net.TCPAddr{IP: net.IPv4zero})
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://hurst.example/v1/predict", nil)
	require.NoError(t, err)
	require.NoError(t, open.check(req), "behind an ingress the gateway has any name")
	req.Header.Set("Origin", "http://evil.example")
	require.Error(t, open.check(req))
}

// TestStopAnswers stops the gateway during a request.
func TestStopAnswers(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	asked, proceed := make(chan struct{}), make(chan struct{})
	require.NoError(t, rpc.Handle(r.svc, wire.SubjectGet, func(context.Context, *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		close(asked)
		<-proceed
		return &pipelinev1.Run{Id: "late"}, nil
	}))
	got := make(chan answer, 1)
	go func() { got <- r.get("/v1/runs/x") }()
	<-asked
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	require.Eventually(t, func() bool { // no new connections
		c, err := net.DialTimeout("tcp", r.gateway.Addr(), time.Second)
		if err == nil {
			c.Close()
		}
		return err != nil
	}, 5*time.Second, time.Millisecond)
	close(proceed)
	require.Contains(t, (<-got).body, "late")
	require.NoError(t, <-stopped)
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	cfg := DefaultConfig()
	cfg.Listen = r.gateway.Addr()
	env := r.gateway.env
	env.Registerer = nil
	_, err := open(t.Context(), cfg, env, r.nats, r.store)
	require.ErrorContains(t, err, cfg.Listen)
	require.ErrorContains(t, err, "--listen")
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000"} {
		c := DefaultConfig()
		c.Listen = bad
		require.ErrorContains(t, c.Validate(), "listen")
	}
	c := DefaultConfig()
	require.NoError(t, c.Validate())
	c.Listen = ":8080"
	require.NoError(t, c.Validate())
}

func FuzzParseQuestion(f *testing.F) {
	f.Add([]byte(`{"series":[{"id":"a","values":[1,null,2.5]}],"level":0.9}`))
	f.Add([]byte(`[1,2,null]`))
	f.Add([]byte(`[`))
	f.Add([]byte(`{"series":[{"values":[]}]}`))
	f.Add([]byte(`{"series":[{"values":"]"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := parseQuestion(body)
		if err == nil {
			require.NotEmpty(t, q.series)
			divide(q.series)
		} else {
			require.Equal(t, fault.Invalid, fault.CodeOf(err))
		}
	})
}
