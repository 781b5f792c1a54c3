package s3_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/s3"
)

// faulty stands between a store and a server. It counts the requests, and while faults remain, it
// answers with the next of them.
type faulty struct {
	mu       sync.Mutex
	requests int
	faults   []func(w http.ResponseWriter, r *http.Request, server http.Handler)
}

func (f *faulty) set(faults ...func(http.ResponseWriter, *http.Request, http.Handler)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests, f.faults = 0, faults
}

func (f *faulty) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests
}

func (f *faulty) handler(server http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.requests++
		serve := func(w http.ResponseWriter, r *http.Request, server http.Handler) { server.ServeHTTP(w, r) }
		if len(f.faults) > 0 {
			serve, f.faults = f.faults[0], f.faults[1:]
		}
		f.mu.Unlock()
		serve(w, r, server)
	}
}

// unavailable refuses a request.
func unavailable(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.WriteHeader(http.StatusServiceUnavailable)
}

// answerLost does what is asked and breaks the connection instead of saying so.
func answerLost(_ http.ResponseWriter, r *http.Request, server http.Handler) {
	server.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// truncated breaks off in the middle of a body.
func truncated(w http.ResponseWriter, r *http.Request, server http.Handler) {
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, r)
	for key, values := range answer.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// huge promises more than anybody reads.
func huge(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Content-Length", fmt.Sprint(artifact.MaxObject+1))
	w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
	w.WriteHeader(http.StatusOK)
}

// endless does not even say how much.
func endless(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
	for {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return
		}
	}
}

func setupFaulty(t *testing.T) (*s3.Store, *faulty) {
	t.Helper()
	cfg := configOf(start(t, t.TempDir()))
	socket := strings.TrimPrefix(cfg.Endpoint, "unix://")
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = "http", r.In.Host // the signature covers the host
	}}
	f := &faulty{}
	server := httptest.NewServer(f.handler(proxy))
	t.Cleanup(server.Close)
	cfg.Endpoint = server.URL
	return open(t, cfg), f
}

func TestFaults(t *testing.T) {
	store, f := setupFaulty(t)
	ctx := t.Context()
	create := artifact.Condition{Absent: true}

	f.set(unavailable, answerLost)
	etag, err := store.Write(ctx, "a", []byte("one"), create)
	require.NoError(t, err, "the lost answer was a success")
	doc, err := store.Read(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, artifact.Document{Data: []byte("one"), ETag: etag}, doc)

	f.set(answerLost)
	_, err = store.Write(ctx, "a", []byte("other"), create)
	require.ErrorIs(t, err, artifact.ErrConflict, "what is there is not ours")

	f.set(answerLost)
	etag, err = store.Write(ctx, "a", []byte("two"), artifact.Condition{Match: etag})
	require.NoError(t, err)

	f.set(truncated, unavailable)
	doc, err = store.Read(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, artifact.Document{Data: []byte("two"), ETag: etag}, doc)
	f.set(truncated, truncated, truncated, truncated)
	_, err = store.Read(ctx, "a")
	require.ErrorContains(t, err, "broke off")
	require.Equal(t, 4, f.count())

	f.set()
	_, err = store.Write(ctx, "a", nil, create)
	require.ErrorIs(t, err, artifact.ErrConflict)
	_, err = store.Write(ctx, "a", nil, artifact.Condition{Match: "0"})
	require.ErrorIs(t, err, artifact.ErrConflict)
	_, err = store.Read(ctx, "none")
	require.ErrorIs(t, err, artifact.ErrNotFound)
	require.Equal(t, 3, f.count(), "answers are not asked for again")

	f.set()
	_, err = store.Write(ctx, "b", []byte("x"), create)
	require.NoError(t, err)
	_, err = store.Read(ctx, "b")
	require.NoError(t, err)
	require.Equal(t, 2, f.count(), "one request for each")

	f.set(unavailable, unavailable)
	var keys []string
	for key, err := range store.List(ctx, "") {
		require.NoError(t, err)
		keys = append(keys, key)
	}
	require.Equal(t, []string{"a", "b"}, keys)

	f.set(answerLost, unavailable)
	require.NoError(t, store.Delete(ctx, "b"))
	f.set(huge)
	_, err = store.Read(ctx, "a")
	require.ErrorContains(t, err, "more than the limit")
	f.set(endless)
	_, err = store.Read(ctx, "a")
	require.ErrorContains(t, err, "more bytes than the limit")
	require.Equal(t, 1, f.count())
}

func TestOpenErrors(t *testing.T) {
	servers := start(t, t.TempDir())
	good := configOf(servers)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := "http://" + l.Addr().String()
	require.NoError(t, l.Close())
	nothing := "unix://" + filepath.Join(t.TempDir(), "none.sock")
	notS3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello")
	}))
	t.Cleanup(notS3.Close)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }))
	t.Cleanup(broken.Close)

	with := func(change func(*s3.Config)) s3.Config {
		cfg := good
		change(&cfg)
		return cfg
	}
	endpoint := func(e string) s3.Config { return with(func(c *s3.Config) { c.Endpoint = e }) }
	for name, test := range map[string]struct {
		cfg   s3.Config
		words []string
	}{
		"nothing there":       {endpoint(closed), []string{closed, "start the server or correct the endpoint"}},
		"no socket":           {endpoint(nothing), []string{nothing, "start the server or correct the endpoint"}},
		"an unknown host":     {endpoint("http://host.invalid:9000"), []string{"host.invalid:9000"}},
		"always 502":          {endpoint(broken.URL), []string{broken.URL, "502"}},
		"TLS to plain HTTP":   {endpoint(strings.Replace(notS3.URL, "http:", "https:", 1)), []string{"use http://"}},
		"no endpoint":         {endpoint(""), []string{`endpoint ""`, "want http://"}},
		"no scheme":           {endpoint("localhost:9000"), []string{"want http://"}},
		"a relative socket":   {endpoint("unix://x.sock"), []string{"want http://"}},
		"a path":              {endpoint("http://h/bucket"), []string{"without a path"}},
		"credentials in it":   {endpoint("http://u:hush@h:9"), []string{"access key and secret key"}},
		"not a URL":           {endpoint("http://u:hush@h:port%zz"), []string{"not a URL"}},
		"a bad bucket":        {with(func(c *s3.Config) { c.Bucket = "No/Good" }), []string{`"No/Good"`}},
		"no bucket":           {with(func(c *s3.Config) { c.Bucket = "" }), []string{"bucket"}},
		"no secret key":       {with(func(c *s3.Config) { c.SecretKey = "" }), []string{"secret key"}},
		"a wrong secret key":  {with(func(c *s3.Config) { c.SecretKey = "hush" }), []string{good.Endpoint, "check the access key"}},
		"an unknown key pair": {with(func(c *s3.Config) { c.AccessKey = "hush" }), []string{good.Endpoint, "check the access key"}},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := s3.Open(t.Context(), test.cfg)
			require.Error(t, err)
			for _, word := range test.words {
				require.ErrorContains(t, err, word)
			}
			require.NotContains(t, err.Error(), "hush")
			require.NotContains(t, err.Error(), good.SecretKey)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", test.cfg, test.cfg, test.cfg), good.SecretKey)
			require.Less(t, time.Since(began), 8*time.Second)
		})
	}
}

// TestSilentEndpoint has a server that accepts and never answers.
func TestSilentEndpoint(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	endpoint := (&url.URL{Scheme: "http", Host: l.Addr().String()}).String()
	_, err = s3.Open(ctx, s3.Config{Endpoint: endpoint, Bucket: "hurst", AccessKey: "a", SecretKey: "b"})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, endpoint)
}

// TestCloseLeavesNothing looks for goroutines of the client.
func TestCloseLeavesNothing(t *testing.T) {
	cfg := configOf(start(t, t.TempDir()))
	before := goleak.IgnoreCurrent()
	for range 2 {
		store, err := s3.Open(t.Context(), cfg)
		require.NoError(t, err)
		_, err = store.Write(t.Context(), "a", []byte("x"), artifact.Condition{})
		require.NoError(t, err)
		store.Close()
	}
	goleak.VerifyNone(t, before,
		// The server's side of the connections, which sees their end a little later.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).workerFunc"),
		// A clock that fasthttp starts once.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}
