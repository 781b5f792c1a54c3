package connect

import (
	"context"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/service"
)

// TestMain lets goroutines be that the embedded S3 server's libraries never end.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/gofiber/utils/v2.StartTimeStampUpdater.func1.1"),
	)
}

// running starts servers and returns where they are. The embedded servers can be started once at a
// time in a process: only one test calls it.
func running(t *testing.T) config.Servers {
	t.Helper()
	all, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, all.Close(context.Background())) })
	e := all.Endpoints()
	servers := config.DefaultServers()
	servers.NATSURL, servers.NATSUser, servers.NATSPassword = e.NATS.URL, e.NATS.User, config.Secret(e.NATS.Password)
	servers.RedisAddr, servers.RedisPassword = e.Redis.Addr, config.Secret(e.Redis.Password)
	servers.S3 = config.S3{Endpoint: e.S3.Endpoint, Bucket: e.S3.Bucket, Region: e.S3.Region, AccessKey: e.S3.AccessKey, SecretKey: config.Secret(e.S3.SecretKey)}
	return servers
}

// nobody is an address where nothing listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// silent is an address where connections are taken and nothing is said.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts into the backlog
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l.Addr().String()
}

func TestOpen(t *testing.T) {
	right := running(t)
	var all sync.WaitGroup // at once, for most of them wait
	t.Run("right addresses", func(t *testing.T) {
		c, err := Open(t.Context(), "test", right, service.Env{})
		require.NoError(t, err)
		require.NoError(t, c.NATS.Flush(t.Context()))
		require.Equal(t, "hurst-test", c.NATS.Raw().Opts.Name)
		ref, err := artifact.Put(t.Context(), c.Store, []byte("bytes"), "text/plain")
		require.NoError(t, err)
		data, err := artifact.Get(t.Context(), c.Store, ref)
		require.NoError(t, err)
		require.Equal(t, "bytes", string(data))
		require.NoError(t, c.AwaitRedis(t.Context()))
		require.Equal(t, right.RedisAddr, c.Redis.Addr)
		require.NoError(t, c.Close(t.Context()))
		require.True(t, c.NATS.Raw().IsClosed())
	})
	wrong(t, &all, right)
	wrongRedis(t, &all, right)
	all.Wait()
}

func wrong(t *testing.T, all *sync.WaitGroup, right config.Servers) {
	t.Helper()
	free, deaf := nobody(t), silent(t)
	socket := "unix://" + filepath.Join(t.TempDir(), "none.sock")
	for name, c := range map[string]struct {
		change func(*config.Servers)
		words  []string // all of which the error says
		not    string   // which it must not say
	}{
		"no NATS":        {func(s *config.Servers) { s.NATSURL = "nats://" + free }, []string{free, "is nats-server running"}, "s3"},
		"deaf NATS":      {func(s *config.Servers) { s.NATSURL = "nats://" + deaf }, []string{deaf}, "s3"},
		"NATS password":  {func(s *config.Servers) { s.NATSPassword = "hunter2" }, []string{right.NATSURL[7:], "password"}, "hunter2"},
		"NATS user":      {func(s *config.Servers) { s.NATSUser = "stranger" }, []string{right.NATSURL[7:], `"stranger"`}, right.NATSPassword.Reveal()},
		"NATS URL":       {func(s *config.Servers) { s.NATSURL = "nats://me:hunter2@[::1:4222" }, []string{"NATS address"}, "hunter2"},
		"no S3":          {func(s *config.Servers) { s.S3.Endpoint = "http://" + free }, []string{"http://" + free, "nothing listens there"}, "NATS"},
		"deaf S3":        {func(s *config.Servers) { s.S3.Endpoint = "http://" + deaf }, []string{"http://" + deaf, "no answer within"}, "NATS"},
		"no S3 socket":   {func(s *config.Servers) { s.S3.Endpoint = socket }, []string{socket, "nothing listens there"}, "NATS"},
		"S3 endpoint":    {func(s *config.Servers) { s.S3.Endpoint = "ftp://x" }, []string{"ftp://x"}, "NATS"},
		"S3 secret key":  {func(s *config.Servers) { s.S3.SecretKey = "hunter2" }, []string{right.S3.Endpoint, "secret key"}, "hunter2"},
		"S3 access key":  {func(s *config.Servers) { s.S3.AccessKey = "stranger" }, []string{right.S3.Endpoint, "access key"}, right.S3.SecretKey.Reveal()},
		"S3 bucket":      {func(s *config.Servers) { s.S3.Bucket = "A" }, []string{`"A"`}, "NATS"},
		"both":           {func(s *config.Servers) { s.NATSURL, s.S3.Endpoint = "nats://"+free, "http://"+free }, []string{"http://" + free, "NATS at " + free}, "\n"},
		"both, and deaf": {func(s *config.Servers) { s.NATSURL, s.S3.Endpoint = "nats://"+deaf, "http://"+deaf }, []string{"http://" + deaf, "NATS at " + deaf}, "\n"},
	} {
		servers := right
		c.change(&servers)
		all.Go(func() {
			began := time.Now()
			conns, err := Open(t.Context(), "test", servers, service.Env{})
			took := time.Since(began)
			t.Run(name, func(t *testing.T) {
				require.Less(t, took, 15*time.Second)
				require.Error(t, err)
				require.Nil(t, conns)
				for _, word := range c.words {
					require.ErrorContains(t, err, word)
				}
				require.NotContains(t, err.Error(), c.not)
				require.NotContains(t, err.Error(), "\n", "one line")
			})
		})
	}
}

func wrongRedis(t *testing.T, all *sync.WaitGroup, right config.Servers) {
	t.Helper()
	for name, addr := range map[string]string{"no Redis": nobody(t), "deaf Redis": silent(t), "Redis password": right.RedisAddr} {
		servers := right
		servers.RedisAddr, servers.RedisPassword = addr, "hunter2"
		conns, err := Open(t.Context(), "test", servers, service.Env{})
		require.NoError(t, err, "who does not ask for Redis is not told about it")
		t.Cleanup(func() { require.NoError(t, conns.Close(context.Background())) })
		all.Go(func() {
			began := time.Now()
			err := conns.AwaitRedis(t.Context())
			took := time.Since(began)
			t.Run(name, func(t *testing.T) {
				require.Less(t, took, 15*time.Second)
				require.ErrorContains(t, err, addr)
				require.NotContains(t, err.Error(), "hunter2")
			})
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	deaf := silent(t)
	servers := config.DefaultServers()
	servers.NATSURL, servers.S3.Endpoint = "nats://"+deaf, "http://"+deaf
	servers.S3.AccessKey, servers.S3.SecretKey = "a", "s"
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := Open(ctx, "test", servers, service.Env{})
	require.Less(t, time.Since(began), 3*time.Second)
	require.ErrorContains(t, err, "http://"+deaf)
	require.ErrorContains(t, err, "NATS at "+deaf)
}
