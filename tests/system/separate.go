package system

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/embedded"
)

// Counts says how many of each service there are; services that it leaves out: one.
type Counts map[string]int

// Services are the names of all eight, in the order in which they are stopped.
func Services() []string {
	return []string{"datagen", "extractor", "trainer", "tuner", "orchestrator", "deployer", "inference", "gateway"}
}

// Separate is every service as a program of its own, against servers that are programs of their own.
type Separate struct {
	Client
	Servers   *Servers
	instances []*Instance
}

// Instance is one of the programs of a service. It may be killed and started again.
type Instance struct {
	Service string
	Admin   string // address of /readyz and /metrics
	Process *Process
	program Program
}

// StartSeparate starts servers and services in dir, and waits until all are ready.
func StartSeparate(t testing.TB, dir string, counts Counts) *Separate {
	t.Helper()
	s := &Separate{Servers: StartServers(t, dir)}
	e := s.Servers.Endpoints
	gateway := FreeAddr(t)
	e.GatewayURL, e.OTLP = "http://"+gateway, "http://"+gateway
	for _, service := range Services() {
		for i := range max(1, counts[service]) {
			s.add(t, service, i, dir, gateway, e)
		}
	}
	s.Client.connect(t, e)
	for _, instance := range s.instances {
		instance.AwaitReady(t)
	}
	return s
}

// add starts one program of a service.
func (s *Separate) add(t testing.TB, service string, i int, dir, gateway string, e embedded.Endpoints) {
	t.Helper()
	admin := FreeAddr(t)
	program := Program{
		Name: fmt.Sprintf("%s-%d", service, i), Path: Binary(t, service), Dir: dir,
		Env: append(Environ(e), "HURST_ADMIN_LISTEN="+admin),
	}
	if service == "gateway" {
		program.Env = append(program.Env, "HURST_LISTEN="+gateway)
	}
	s.instances = append(s.instances, &Instance{Service: service, Admin: admin, Process: Start(t, program), program: program})
}

// Environ is the configuration of a service that works against the given servers.
func Environ(e embedded.Endpoints) []string {
	return []string{
		"HURST_NATS_URL=" + e.NATS.URL, "HURST_NATS_USER=" + e.NATS.User, "HURST_NATS_PASSWORD=" + e.NATS.Password,
		"HURST_REDIS_ADDR=" + e.Redis.Addr, "HURST_REDIS_PASSWORD=" + e.Redis.Password,
		"HURST_S3_ENDPOINT=" + e.S3.Endpoint, "HURST_S3_BUCKET=" + e.S3.Bucket, "HURST_S3_REGION=" + e.S3.Region,
		"HURST_S3_ACCESS_KEY=" + e.S3.AccessKey, "HURST_S3_SECRET_KEY=" + e.S3.SecretKey,
		"HURST_OTLP_ENDPOINT=" + e.OTLP, "HURST_LOG_LEVEL=info", "HURST_GRACE=10s",
	}
}

// Instances returns the programs of a service.
func (s *Separate) Instances(service string) []*Instance {
	return slices.DeleteFunc(slices.Clone(s.instances), func(i *Instance) bool { return i.Service != service })
}

// Stop sends every service SIGTERM, in order, and requires that each ends well. The servers are
// ended by the test.
func (s *Separate) Stop(t testing.TB) time.Duration {
	t.Helper()
	start := time.Now()
	s.Client.Close(context.WithoutCancel(t.Context()))
	for _, instance := range s.instances {
		instance.Process.Terminate(t, Grace)
	}
	return time.Since(start)
}

// Restart starts a program again that has ended.
func (i *Instance) Restart(t testing.TB) {
	t.Helper()
	require.False(t, i.Process.Running())
	i.Process = Start(t, i.program)
}

// AwaitReady waits until the program says that it can do its work. The inference service cannot
// without a model: for it being alive is enough.
func (i *Instance) AwaitReady(t testing.TB) {
	t.Helper()
	path := "/readyz"
	if i.Service == "inference" {
		path = "/healthz"
	}
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + i.Admin + path) //nolint:noctx // it ends with the program
		if err == nil {
			_ = answer.Body.Close()
		}
		return err == nil && answer.StatusCode == http.StatusOK || !i.Process.Running()
	}, 20*time.Second, 20*time.Millisecond, "%s is not ready", i.Process.Name)
	require.True(t, i.Process.Running(), "%s ended: %s", i.Process.Name, strings.TrimSpace(i.Process.Log()))
}
