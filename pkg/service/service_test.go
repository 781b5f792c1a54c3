package service_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
)

// TestMain is also the program that the tests start as a child and send signals to.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_PART") == "1" {
		os.Exit(service.Main("part", partConfig{Servers: config.DefaultServers()}, newPart))
	}
	goleak.VerifyTestMain(m)
}

type partConfig struct {
	config.Servers `koanf:",squash"`
	Do             string `koanf:"do" help:"how the part behaves"`
}

type part struct {
	do  string
	env service.Env
}

func newPart(_ context.Context, cfg partConfig, env service.Env) (*part, error) {
	if cfg.Do == "not start" {
		return nil, errors.New("no server at 127.0.0.1:1")
	}
	return &part{do: cfg.Do, env: env}, nil
}

func (p *part) Run(ctx context.Context) error {
	_, span := telemetry.Span(ctx, "work")
	defer span.End()
	p.env.Ready.Set("part", nil)
	p.env.Logger.Info("at work")
	switch p.do {
	case "finish":
		return nil
	case "fail":
		return errors.New("disk full")
	case "panic":
		panic("index out of range")
	}
	<-ctx.Done()
	switch p.do {
	case "hang":
		p.hang()
	case "fail to drain":
		return errors.New("cannot hand back")
	case "return the context's error":
		return fmt.Errorf("wait: %w", ctx.Err())
	}
	p.env.Logger.Info("drained")
	return nil
}

func (p *part) hang() { select {} }

// child is a running program.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	log   bytes.Buffer
}

func start(t *testing.T, environ []string, args ...string) *child {
	self, err := os.Executable()
	require.NoError(t, err)
	c := &child{cmd: exec.Command(self, args...)}
	c.cmd.Env = append(append(os.Environ(), "TEST_PART=1"), environ...)
	stderr, err := c.cmd.StderrPipe()
	require.NoError(t, err)
	c.lines = bufio.NewScanner(stderr)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	return c
}

// until reads the log up to a line that contains text, and returns that line.
func (c *child) until(t *testing.T, text string) string {
	for c.lines.Scan() {
		fmt.Fprintln(&c.log, c.lines.Text())
		if strings.Contains(c.lines.Text(), text) {
			return c.lines.Text()
		}
	}
	t.Fatalf("no line with %q in the log:\n%s", text, c.log.String())
	return ""
}

// exit waits for the end and returns the exit code.
func (c *child) exit(t *testing.T) int {
	for c.lines.Scan() {
		fmt.Fprintln(&c.log, c.lines.Text())
	}
	err := c.cmd.Wait()
	if exit := new(exec.ExitError); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return c.cmd.ProcessState.ExitCode()
}

func (c *child) signal(t *testing.T, s os.Signal) { require.NoError(t, c.cmd.Process.Signal(s)) }

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		log  string
	}{
		{[]string{"--do=finish"}, 0, "msg=stopped"},
		{[]string{"--do=fail"}, 1, `msg=failed service=part err="disk full"`},
		{[]string{"--do=panic"}, 1, "index out of range"},
		{[]string{"--do=not start"}, 1, "start part: no server at 127.0.0.1:1"},
		{[]string{"--admin-listen=256.0.0.1:0"}, 1, "admin_listen"},
		{[]string{"--dp=finish"}, 2, `part: unknown flag --dp; did you mean "do"?`},
		{[]string{"--grace=-1s"}, 2, "grace is -1s"},
		{[]string{"--config.verify"}, 0, ""},
		{[]string{"--help"}, 0, ""},
	} {
		p := start(t, nil, c.args...)
		require.Equal(t, c.code, p.exit(t), "%v: %s", c.args, p.log.String())
		require.Contains(t, p.log.String(), c.log)
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		do     string
		signal os.Signal
		code   int
		log    string
	}{
		{"", syscall.SIGTERM, 0, "drained"},
		{"", syscall.SIGINT, 0, "drained"},
		{"return the context's error", syscall.SIGTERM, 0, "stopped"},
		{"fail to drain", syscall.SIGTERM, 1, "cannot hand back"},
	} {
		p := start(t, []string{"HURST_DO=" + c.do})
		p.until(t, "at work")
		p.signal(t, c.signal)
		require.Equal(t, c.code, p.exit(t), p.log.String())
		require.Contains(t, p.log.String(), c.log)
	}
}

func TestPartThatDoesNotDrainIsAbandoned(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--do=hang", "--grace=10ms")
	p.until(t, "at work")
	before := time.Now()
	p.signal(t, syscall.SIGTERM)
	line := p.until(t, "not drained in time")
	require.Contains(t, line, "pkg/service_test.(*part).hang (1)", "says what is running")
	require.Equal(t, 1, p.exit(t))
	require.Less(t, time.Since(before), 5*time.Second)
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--do=hang", "--grace=1h")
	p.until(t, "at work")
	p.signal(t, syscall.SIGINT)
	p.until(t, "msg=drain")
	p.signal(t, syscall.SIGINT)
	require.Equal(t, 1, p.exit(t))
	require.Contains(t, p.log.String(), "second signal")
}

func get(t *testing.T, url string) (int, string) {
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

func TestAdminServerAndTracesOfAProgram(t *testing.T) {
	t.Parallel()
	spans := make(chan struct{}, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { spans <- struct{}{} }))
	defer collector.Close()
	defer http.DefaultClient.CloseIdleConnections()

	p := start(t, []string{"HURST_OTLP_ENDPOINT=" + collector.URL}, "--admin-listen=127.0.0.1:0", "--do=hang", "--grace=1s")
	addr := regexp.MustCompile(`addr=(\S+)`).FindStringSubmatch(p.until(t, "admin server listens"))[1]
	p.until(t, "at work")
	code, body := get(t, "http://"+addr+"/readyz")
	require.Equal(t, 200, code, body)
	_, body = get(t, "http://"+addr+"/metrics")
	require.Contains(t, body, "go_goroutines")
	require.Contains(t, body, "process_open_fds")

	p.signal(t, syscall.SIGTERM)
	p.until(t, "msg=drain")
	code, body = get(t, "http://"+addr+"/readyz")
	require.Equal(t, 503, code, "still answers, but wants no more work")
	require.JSONEq(t, `{"ready":false,"reasons":{"service":"draining"}}`, body)
	require.Equal(t, 1, p.exit(t))

	p = start(t, []string{"HURST_OTLP_ENDPOINT=" + collector.URL})
	p.until(t, "at work")
	p.signal(t, syscall.SIGTERM)
	require.Equal(t, 0, p.exit(t))
	require.NotEmpty(t, spans, "the last spans are sent before the end")
}

func TestAdmin(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "hurst_things_total", Help: "Things."}))
	ready := new(service.Readiness)
	h := service.Admin(ready, registry)
	ask := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	require.Equal(t, 200, ask("/healthz").Code)
	require.Contains(t, ask("/metrics").Body.String(), "hurst_things_total 0")
	require.Equal(t, 404, ask("/").Code)
	require.Equal(t, 503, ask("/readyz").Code)

	ready.Set("part", nil)
	require.Equal(t, 200, ask("/readyz").Code)
	ready.Set("nats", errors.New("no server"))
	w := ask("/readyz")
	require.Equal(t, 503, w.Code)
	var got struct {
		Ready   bool
		Reasons map[string]string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
	require.Equal(t, map[string]string{"nats": "no server"}, got.Reasons)
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	ready := new(service.Readiness)
	require.Equal(t, map[string]string{"service": "starting"}, ready.Reasons())
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, ready.Wait(ended), context.Canceled)
	require.ErrorContains(t, ready.Wait(ended), "service: starting")

	waited := make(chan error, 2)
	for range 2 {
		go func() { waited <- ready.Wait(t.Context()) }()
	}
	ready.Set("nats", errors.New("dialling"))
	ready.Set("nats", nil)
	require.NoError(t, errors.Join(<-waited, <-waited))
	require.Empty(t, ready.Reasons())
	ready.Set("nats", errors.New(""))
	require.NotEmpty(t, ready.Reasons(), "an error without words is one too")
	ready.Drain()
	ready.Set("nats", nil)
	require.Equal(t, map[string]string{"service": "draining"}, ready.Reasons())

	var none *service.Readiness
	none.Set("x", nil)
	none.Drain()
	require.NotEmpty(t, none.Reasons())
}

func TestGroup(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var drained bool
	err := service.Group(t.Context(),
		func(context.Context) error { return nil }, // ends early, which is no reason to end the rest
		func(context.Context) error { return broken },
		func(ctx context.Context) error {
			<-ctx.Done()
			drained = true
			return ctx.Err()
		})
	require.ErrorIs(t, err, broken)
	require.True(t, drained, "waits for all")
	require.NoError(t, service.Group(t.Context()))
}
