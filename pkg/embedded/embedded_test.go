package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/embedded"
)

// The tests that start servers do not run beside each other: there can be one set in a process.

// ofLibraries are goroutines that libraries start once in a process and never end.
var ofLibraries = []goleak.Option{
	// The clock that fasthttp puts into the Date header.
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
	// Looks for idle workers every 10 s, and only then finds that its server has stopped.
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
	// The clock of fiber's caches.
	goleak.IgnoreAnyFunction("github.com/gofiber/utils/v2.StartTimeStampUpdater.func1.1"),
}

func start(t testing.TB, cfg embedded.Config) *embedded.Servers {
	t.Helper()
	s, err := embedded.Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}

func connect(t testing.TB, s *embedded.Servers, options ...nats.Option) *nats.Conn {
	t.Helper()
	e := s.Endpoints().NATS
	nc, err := nats.Connect(e.URL, append(options, nats.UserInfo(e.User, e.Password))...)
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	return nc
}

func redisClient(t testing.TB, e embedded.RedisEndpoint) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: e.Addr, Password: e.Password})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func s3Client(t testing.TB, e embedded.S3Endpoint) *minio.Core {
	t.Helper()
	transport := &http1{socket: strings.TrimPrefix(e.Endpoint, "unix://")}
	c, err := minio.NewCore("localhost", &minio.Options{
		Creds: credentials.NewStaticV4(e.AccessKey, e.SecretKey, ""), Region: e.Region,
		Transport: transport.transport(t), BucketLookup: minio.BucketLookupPath, MaxRetries: 1,
	})
	require.NoError(t, err)
	return c
}

func TestServers(t *testing.T) {
	s := start(t, embedded.Config{Dir: t.TempDir()})
	ctx, e := t.Context(), s.Endpoints()

	for name, nc := range map[string]*nats.Conn{"socket": connect(t, s), "in process": connect(t, s, nats.InProcessServer(s.InProcess()))} {
		js, err := jetstream.New(nc)
		require.NoError(t, err)
		kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "runs"})
		require.NoError(t, err, name)
		_, err = kv.PutString(ctx, "a", "1")
		require.NoError(t, err, name)
	}
	_, err := nats.Connect(e.NATS.URL)
	require.ErrorIs(t, err, nats.ErrAuthorization)

	rdb := redisClient(t, e.Redis)
	require.NoError(t, rdb.Set(ctx, "k", "v", 30*time.Millisecond).Err())
	require.Eventually(t, func() bool { return errors.Is(rdb.Get(ctx, "k").Err(), redis.Nil) },
		5*time.Second, 5*time.Millisecond, "keys expire as time passes")
	require.ErrorContains(t, redisClient(t, embedded.RedisEndpoint{Addr: e.Redis.Addr}).Get(ctx, "k").Err(), "NOAUTH")

	_, err = s3Client(t, e.S3).PutObject(ctx, e.S3.Bucket, "a/b", strings.NewReader("x"), 1, "", "", minio.PutObjectOptions{})
	require.NoError(t, err)
	wrong := e.S3
	wrong.SecretKey = "no"
	_, err = s3Client(t, wrong).StatObject(ctx, e.S3.Bucket, "a/b", minio.StatObjectOptions{})
	require.Equal(t, 403, minio.ToErrorResponse(err).StatusCode)

	require.Equal(t, os.Getpid(), e.PID)
	for _, secret := range []string{e.NATS.Password, e.Redis.Password, e.S3.AccessKey, e.S3.SecretKey} {
		require.GreaterOrEqual(t, len(secret), 20)
	}
	select {
	case err := <-s.Err():
		t.Fatalf("all is well, but %v", err)
	default:
	}
}

func TestDataSurvivesARestart(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	first := start(t, embedded.Config{Dir: dir})
	js, err := jetstream.New(connect(t, first))
	require.NoError(t, err)
	kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "runs"})
	require.NoError(t, err)
	_, err = kv.PutString(ctx, "a", "1")
	require.NoError(t, err)
	_, err = s3Client(t, first.Endpoints().S3).PutObject(ctx, embedded.Bucket, "a/b", strings.NewReader("x"), 1, "", "", minio.PutObjectOptions{})
	require.NoError(t, err)
	require.NoError(t, first.Close(ctx))

	second := start(t, embedded.Config{Dir: dir})
	js, err = jetstream.New(connect(t, second))
	require.NoError(t, err)
	kv, err = js.KeyValue(ctx, "runs")
	require.NoError(t, err)
	entry, err := kv.Get(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, "1", string(entry.Value()))
	body, _, _, err := s3Client(t, second.Endpoints().S3).GetObject(ctx, embedded.Bucket, "a/b", minio.GetObjectOptions{})
	require.NoError(t, err)
	defer body.Close()
	data, err := io.ReadAll(body)
	require.NoError(t, err)
	require.Equal(t, "x", string(data))
	require.NotEqual(t, first.Endpoints().S3.SecretKey, second.Endpoints().S3.SecretKey, "credentials are new each time")
}

func TestCloseLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	wd, err := os.Getwd()
	require.NoError(t, err)
	ignored := append([]goleak.Option{goleak.IgnoreCurrent()}, ofLibraries...)
	for range 2 {
		s, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
		require.NoError(t, err)
		require.NoError(t, embedded.WriteEndpoints(dir, s.Endpoints()))
		require.NoError(t, s.Close(context.Background()))
		require.NoError(t, s.Close(context.Background()), "a second time")
		_, open := <-s.Err()
		require.False(t, open)
		goleak.VerifyNone(t, ignored...)
	}
	run, err := os.ReadDir(filepath.Join(dir, "run"))
	require.NoError(t, err)
	require.Empty(t, run)
	require.NoFileExists(t, filepath.Join(dir, "lock"))
	now, err := os.Getwd()
	require.NoError(t, err)
	require.Equal(t, wd, now, "the working directory is the user's")
}

func TestCloseIsBoundedByItsContext(t *testing.T) {
	s, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ended); err != nil {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.NoError(t, s.Close(t.Context()), "it went on in the background")
}

func TestErrTellsOfADeadServer(t *testing.T) {
	s := start(t, embedded.Config{Dir: t.TempDir()})
	s.InProcess().(interface{ Shutdown() }).Shutdown()
	select {
	case err := <-s.Err():
		require.ErrorContains(t, err, "NATS")
	case <-time.After(10 * time.Second):
		t.Fatal("nobody said that NATS ended")
	}
}

func TestFilesAreForThisUserOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := start(t, embedded.Config{Dir: dir})
	require.NoError(t, embedded.WriteEndpoints(dir, s.Endpoints()))
	_, err := s3Client(t, s.Endpoints().S3).PutObject(t.Context(), embedded.Bucket, "a/b", strings.NewReader("x"), 1, "", "", minio.PutObjectOptions{})
	require.NoError(t, err)
	for _, path := range []string{"", "run", "run/s3.sock", "run/endpoints.json", "lock", "s3", "s3/hurst", "s3/hurst/a", "s3/hurst/a/b", "nats"} {
		info, err := os.Stat(filepath.Join(dir, path))
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "%q: %v", path, info.Mode())
	}
}

func TestLongPathsPutTheSocketElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	s := start(t, embedded.Config{Dir: dir})
	socket := strings.TrimPrefix(s.Endpoints().S3.Endpoint, "unix://")
	require.LessOrEqual(t, len(socket), 100)
	info, err := os.Stat(filepath.Dir(socket))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	_, err = s3Client(t, s.Endpoints().S3).PutObject(t.Context(), embedded.Bucket, "a", strings.NewReader("x"), 1, "", "", minio.PutObjectOptions{})
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	require.NoDirExists(t, filepath.Dir(socket))
}

func TestRealRedis(t *testing.T) {
	m := start(t, embedded.Config{Dir: t.TempDir()}) // its Redis stands for a real one
	e := m.Endpoints().Redis
	cfg := embedded.Config{Dir: filepath.Join(t.TempDir(), "new")}
	cfg.Redis.Addr, cfg.Redis.Password = e.Addr, "wrong"
	_, err := embedded.Start(t.Context(), cfg)
	require.ErrorContains(t, err, e.Addr)
	require.NotContains(t, err.Error(), "wrong")
	require.NoDirExists(t, cfg.Dir)
	cfg.Redis.Password = e.Password
	_, err = embedded.Start(t.Context(), cfg)
	require.ErrorContains(t, err, "only one", "it came as far as the second object store")
	require.NoDirExists(t, cfg.Dir)
}

// TestSilence runs the other tests' binary to see what the libraries print.
func TestSilence(t *testing.T) {
	if dir := os.Getenv("HURST_TEST_SILENCE"); dir != "" {
		s := start(t, embedded.Config{Dir: dir})
		_, err := s3Client(t, s.Endpoints().S3).StatObject(t.Context(), "none", "x", minio.StatObjectOptions{})
		require.Error(t, err)
		// An object that cannot be read: an internal error.
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "s3/hurst/loop"), 0o700))
		require.NoError(t, os.Symlink("self", filepath.Join(dir, "s3/hurst/loop/self")))
		_, _, _, err = s3Client(t, s.Endpoints().S3).GetObject(t.Context(), embedded.Bucket, "loop/self", minio.GetObjectOptions{})
		require.Error(t, err)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSilence$")
	cmd.Env = append(os.Environ(), "HURST_TEST_SILENCE="+t.TempDir())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "PASS", strings.TrimSpace(strings.SplitN(string(out), "coverage:", 2)[0]))
}

func TestTheLoggerHearsOfInternalErrors(t *testing.T) {
	var log bytes.Buffer
	dir := t.TempDir()
	s := start(t, embedded.Config{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, os.Symlink("self", filepath.Join(dir, "s3/hurst/self")))
	_, _, _, err := s3Client(t, s.Endpoints().S3).GetObject(t.Context(), embedded.Bucket, "self", minio.GetObjectOptions{})
	require.Equal(t, 500, minio.ToErrorResponse(err).StatusCode)
	require.NoError(t, s.Close(t.Context()))
	require.Contains(t, log.String(), "key=self")
	require.NotContains(t, log.String(), s.Endpoints().S3.SecretKey)
}

func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		s, err := embedded.Start(b.Context(), embedded.Config{Dir: dir})
		require.NoError(b, err)
		b.StopTimer()
		require.NoError(b, s.Close(b.Context()))
		b.StartTimer()
	}
	if status, err := os.ReadFile("/proc/self/status"); err == nil && runtime.GOOS == "linux" {
		_, rss, _ := strings.Cut(string(status), "VmRSS:")
		rss, _, _ = strings.Cut(rss, "\n")
		b.Log("RSS", strings.TrimSpace(rss))
	}
}
