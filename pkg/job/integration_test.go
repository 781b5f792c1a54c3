//go:build integration

package job_test

import (
	"context"
	"net"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/job"
)

// realRedis is a redis-server process, without persistence.
type realRedis struct {
	addr string
	cmd  *exec.Cmd
}

func startRealRedis(t testing.TB, addr string) *realRedis {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	r := &realRedis{addr: addr, cmd: exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1",
		"--save", "", "--appendonly", "no", "--dir", t.TempDir(), "--loglevel", "warning")}
	require.NoError(t, r.cmd.Start(), "these tests need redis-server: install it")
	t.Cleanup(r.kill)
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer c.Close()
	require.Eventually(t, func() bool { return c.Ping(context.Background()).Err() == nil }, 10*time.Second, 20*time.Millisecond)
	return r
}

func (r *realRedis) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func setupReal(t testing.TB) (*bundle, *realRedis) {
	t.Helper()
	r := startRealRedis(t, freeAddr(t))
	b := &bundle{bell: startBell(t), redis: job.Redis{Addr: r.addr}}
	b.connect(t)
	return b, r
}

func TestRealRedisKilledAndEmptied(t *testing.T) {
	t.Parallel()
	b, r := setupReal(t)
	done := make(chan string, 16)
	b.serve(t, job.ServerConfig{Concurrency: 2}, func(_ context.Context, d job.Delivery) error {
		done <- d.ID
		return nil
	})
	for i := range 3 {
		id := "t" + strconv.Itoa(i)
		require.Eventually(t, func() bool {
			return b.client.Enqueue(context.Background(), job.Task{ID: id, Queue: queue, Type: "fit"}) == nil
		}, 15*time.Second, 20*time.Millisecond)
		start := time.Now()
		require.Equal(t, id, <-done)
		require.Less(t, time.Since(start), 5*time.Second)
		r.kill()
		r = startRealRedis(t, r.addr)
	}
	c := redis.NewClient(&redis.Options{Addr: r.addr})
	defer c.Close()
	require.NoError(t, c.FlushAll(t.Context()).Err())
	b.enqueue(t, job.Task{ID: "last"})
	require.Equal(t, "last", <-done)
	b.becomes(t, "last", job.Missing)
}

// A Redis that takes connections and does not answer must not keep a server from stopping.
func TestRealRedisHangs(t *testing.T) {
	t.Parallel()
	b, r := setupReal(t)
	entered := make(chan struct{})
	stop := b.serve(t, job.ServerConfig{Grace: time.Second}, func(_ context.Context, d job.Delivery) error {
		close(entered)
		<-d.Drain
		return job.ErrHandBack
	})
	b.enqueue(t, job.Task{ID: "a"})
	<-entered
	require.NoError(t, r.cmd.Process.Signal(syscall.SIGSTOP))
	start := time.Now()
	stop()
	require.Less(t, time.Since(start), 12*time.Second)
	t.Logf("stopped after %s", time.Since(start).Round(time.Millisecond))
	_, _, err := b.client.State(t.Context(), queue, "a")
	require.Error(t, err)
	require.NoError(t, r.cmd.Process.Signal(syscall.SIGCONT))
}

func TestRealRedisQueues(t *testing.T) {
	t.Parallel()
	b, _ := setupReal(t)
	for i := range 50 {
		b.enqueue(t, job.Task{ID: strconv.Itoa(i)})
	}
	qs, err := b.client.Queues(t.Context())
	require.NoError(t, err)
	require.Equal(t, 50, qs[0].Pending)
	require.NoError(t, b.client.Delete(t.Context(), queue, "7"))
	b.becomes(t, "7", job.Missing)
	entered := make(chan struct{}, 1)
	stop := b.serve(t, job.ServerConfig{}, func(_ context.Context, d job.Delivery) error {
		entered <- struct{}{}
		<-d.Drain
		return job.ErrHandBack
	})
	<-entered
	stop()
	qs, err = b.client.Queues(t.Context())
	require.NoError(t, err)
	require.Equal(t, 49, qs[0].Pending)
	require.Zero(t, qs[0].Active+qs[0].Retry+qs[0].Archived)
}

func BenchmarkRealHop(b *testing.B) {
	bu, _ := setupReal(b)
	hops(b, bu, 6)
}
