package system

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// children hosts services in processes of their own, which die with this one.
type children struct {
	sys   *System
	probe *http.Client
	start chan func() // run on one thread: see spawner
	quit  chan struct{}
}

func newChildren(s *System) *children {
	c := &children{sys: s, probe: &http.Client{Timeout: time.Second}, start: make(chan func()), quit: make(chan struct{})}
	go c.spawner()
	return c
}

// spawner starts processes from one thread that lives as long as this process does: the kernel ends
// a child when the thread that started it ends.
func (c *children) spawner() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case f := <-c.start:
			f()
		case <-c.quit:
			return
		}
	}
}

// close is called when all children have ended.
func (c *children) close() {
	close(c.quit)
	c.probe.CloseIdleConnections()
}

func (c *children) run(ctx context.Context, p part, ready func()) error {
	admin, err := freePort()
	if err != nil {
		return err
	}
	cmd := exec.Command(c.sys.cfg.Executable, "service", p.name) //nolint:noctx // it is told to stop, and drains
	cmd.Env = append(os.Environ(), c.environ(p, admin)...)
	cmd.Stdout, cmd.Stderr = c.output(), c.output()
	cmd.SysProcAttr = childAttr()
	cmd.WaitDelay = time.Second
	started := make(chan error, 1)
	select {
	case c.start <- func() { started <- cmd.Start() }:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := <-started; err != nil {
		return fmt.Errorf("start a process: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		c.awaitReady(watching, admin, ready)
	}()
	defer func() { stop(); <-watched }()
	select {
	case err := <-ended:
		return exit(err)
	case <-ctx.Done():
	}
	_ = cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	select {
	case err := <-ended:
		return exit(err)
	case <-time.After(c.sys.cfg.Grace + 2*time.Second):
		_ = cmd.Process.Kill()
		return exit(<-ended)
	}
}

func exit(err error) error {
	var status *exec.ExitError
	if errors.As(err, &status) {
		return fmt.Errorf("its process ended with %v", status.ProcessState)
	}
	return err
}

// output is where what a child prints goes.
func (c *children) output() io.Writer {
	if c.sys.cfg.Log == nil {
		return os.Stderr
	}
	return c.sys.cfg.Log
}

// environ is the child's configuration: not on its command line, where others could read secrets.
func (c *children) environ(p part, admin string) []string {
	s := c.sys.settings
	v := s.servers
	env := map[string]string{
		"NATS_URL": v.NATSURL, "NATS_USER": v.NATSUser, "NATS_PASSWORD": v.NATSPassword.Reveal(),
		"REDIS_ADDR": v.RedisAddr, "REDIS_PASSWORD": v.RedisPassword.Reveal(),
		"S3_ENDPOINT": v.S3.Endpoint, "S3_BUCKET": v.S3.Bucket, "S3_REGION": v.S3.Region,
		"S3_ACCESS_KEY": v.S3.AccessKey, "S3_SECRET_KEY": v.S3.SecretKey.Reveal(),
		"OTLP_ENDPOINT": v.OTLPEndpoint, "LOG_LEVEL": v.LogLevel, "LOG_FORMAT": v.LogFormat,
		"GRACE": v.Grace.String(), "ADMIN_LISTEN": admin,
	}
	if p.name == "gateway" {
		env["LISTEN"], env["TRACE_DIR"] = s.listen, s.traceDir
	}
	var list []string
	for key, value := range env {
		list = append(list, "HURST_"+key+"="+value)
	}
	return list
}

// awaitReady calls ready when the child says that it has started.
func (c *children) awaitReady(ctx context.Context, admin string, ready func()) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if reasons, err := c.reasons(ctx, admin); err == nil && started(reasons) {
			ready()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// reasons asks a child why it is not ready.
func (c *children) reasons(ctx context.Context, admin string) (map[string]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/readyz", nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.probe.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer struct {
		Ready   *bool             `json:"ready"`
		Reasons map[string]string `json:"reasons"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Ready == nil {
		return nil, errors.New("that is not the service's answer")
	}
	return answer.Reasons, nil
}

// freePort finds an address on loopback that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	return strings.Join([]string{"127.0.0.1", strconv.Itoa(port)}, ":"), nil
}
