package embedded_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/embedded"
)

// requireRefused checks that a start fails with all of the words and leaves dir as it was.
func requireRefused(t *testing.T, cfg embedded.Config, words ...string) {
	t.Helper()
	ignored := append([]goleak.Option{goleak.IgnoreCurrent()}, ofLibraries...)
	before := tree(t, cfg.Dir)
	_, err := embedded.Start(t.Context(), cfg)
	require.Error(t, err)
	for _, word := range words {
		require.ErrorContains(t, err, word)
	}
	require.NotContains(t, err.Error(), "\n")
	require.Equal(t, before, tree(t, cfg.Dir), "nothing is left behind")
	goleak.VerifyNone(t, ignored...)
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}

func TestBadDirectories(t *testing.T) {
	requireRefused(t, embedded.Config{}, "no data directory")

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	requireRefused(t, embedded.Config{Dir: file}, file, "a file is in the way")
	requireRefused(t, embedded.Config{Dir: filepath.Join(file, "below")}, file, "a file is in the way")

	for _, folder := range []string{"s3", "nats", "run"} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, folder), nil, 0o600))
		requireRefused(t, embedded.Config{Dir: dir}, filepath.Join(dir, folder), "a file is in the way")
	}
	requireRefused(t, embedded.Config{Dir: filepath.Join(t.TempDir(), strings.Repeat("x", 300))}, "not a usable path")
	requireRefused(t, embedded.Config{Dir: "a\x00b"}, "not a usable path")
}

func TestNoPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere: run as another user")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o500))
	requireRefused(t, embedded.Config{Dir: dir}, dir, "may not write")
	requireRefused(t, embedded.Config{Dir: filepath.Join(dir, "below")}, dir, "may not write")
}

// mountTmpfs returns a directory with a file system of its own.
func mountTmpfs(t *testing.T, options string) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root on Linux, to mount a tmpfs")
	}
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("needs the right to mount a tmpfs: %s", out)
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", "-l", dir).Run()) })
	return dir
}

func TestFullDisk(t *testing.T) {
	dir := mountTmpfs(t, "size=256k")
	requireRefused(t, embedded.Config{Dir: dir}, dir, "disk is full", "free some space")
}

func TestReadOnlyFileSystem(t *testing.T) {
	dir := mountTmpfs(t, "ro")
	requireRefused(t, embedded.Config{Dir: dir}, dir, "read-only")
	requireRefused(t, embedded.Config{Dir: filepath.Join(dir, "below")}, dir, "read-only")
}

func TestDirectoryInUse(t *testing.T) {
	dir := t.TempDir()
	s := start(t, embedded.Config{Dir: dir})
	requireRefused(t, embedded.Config{Dir: dir}, dir, fmt.Sprint("process ", os.Getpid()), "another directory")
	connect(t, s) // and that did no harm
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	requireRefused(t, embedded.Config{Dir: filepath.Join(t.TempDir(), "new"), NATSPort: port}, fmt.Sprint("port ", port), "in use")
	requireRefused(t, embedded.Config{Dir: t.TempDir(), NATSPort: -7}, "-7", "65535")
	require.NoError(t, l.Close())
	s := start(t, embedded.Config{Dir: t.TempDir(), NATSPort: port})
	require.Equal(t, fmt.Sprint("nats://127.0.0.1:", port), s.Endpoints().NATS.URL)
}

func TestWrongRedis(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	for address, words := range map[string]string{
		addr: "no Redis listens on " + addr, "nonsense": `"nonsense"`, speaker(t, "HTTP/1.1 400 Bad Request\r\n"): "HTTP/1.1 400",
		speaker(t, ""): "closed", speaker(t, strings.Repeat("x", 1<<20)): "xxx", "host.invalid:6379": "host.invalid",
	} {
		cfg := embedded.Config{Dir: filepath.Join(t.TempDir(), "new")}
		cfg.Redis.Addr = address
		requireRefused(t, cfg, words)
	}
}

// speaker answers every connection with text and closes it.
func speaker(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() {
		require.NoError(t, l.Close())
		<-done
	})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 512))
			_, _ = conn.Write([]byte(text))
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestCancelledStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "new")
	_, err := embedded.Start(ctx, embedded.Config{Dir: dir})
	require.ErrorIs(t, err, context.Canceled)
	require.NoDirExists(t, dir)
}

// TestDamagedJetStream starts on every kind of damage and must be able to keep data again.
func TestDamagedJetStream(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	everyFile := func(t *testing.T, dir string, damage func(path string) error) {
		require.NoError(t, filepath.WalkDir(filepath.Join(dir, "nats"), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			return damage(path)
		}))
	}
	damages := map[string]func(t *testing.T, dir string){
		"emptied files": func(t *testing.T, dir string) {
			everyFile(t, dir, func(path string) error { return os.Truncate(path, 0) })
		},
		"random bytes": func(t *testing.T, dir string) {
			everyFile(t, dir, func(path string) error {
				data := make([]byte, 100)
				for i := range data {
					data[i] = byte(random.Uint32())
				}
				return os.WriteFile(path, data, 0o600)
			})
		},
		"removed files": func(t *testing.T, dir string) { everyFile(t, dir, os.Remove) },
		"a file where JetStream's directory was": func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "nats", "jetstream")))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "nats", "jetstream"), []byte("x"), 0o600))
		},
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			dir, ctx := t.TempDir(), t.Context()
			use := func(log *slog.Logger) {
				s := start(t, embedded.Config{Dir: dir, Logger: log})
				js, err := jetstream.New(connect(t, s))
				require.NoError(t, err)
				kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "runs"})
				require.NoError(t, err)
				_, err = kv.PutString(ctx, "a", "1")
				require.NoError(t, err)
				entry, err := kv.Get(ctx, "a")
				require.NoError(t, err)
				require.Equal(t, "1", string(entry.Value()))
				require.NoError(t, s.Close(ctx))
			}
			use(nil)
			damage(t, dir)
			var log bytes.Buffer
			use(slog.New(slog.NewTextHandler(&log, nil)))
			t.Log(log.String())
			aside, err := filepath.Glob(filepath.Join(dir, "nats.damaged-*"))
			require.NoError(t, err)
			require.Equal(t, len(aside) > 0, strings.Contains(log.String(), "moved aside"))
			use(nil)
		})
	}
}

// TestKilledProcess kills a process that uses a directory: the next one takes it over.
func TestKilledProcess(t *testing.T) {
	if dir := os.Getenv("HURST_TEST_KILLED"); dir != "" {
		s := start(t, embedded.Config{Dir: dir})
		require.NoError(t, embedded.WriteEndpoints(dir, s.Endpoints()))
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGKILL))
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledProcess$")
	cmd.Env = append(os.Environ(), "HURST_TEST_KILLED="+dir)
	require.ErrorContains(t, cmd.Run(), "killed")
	require.FileExists(t, filepath.Join(dir, "run", "endpoints.json"))
	_, err := embedded.ReadEndpoints(dir)
	require.ErrorIs(t, err, embedded.ErrNotRunning)

	s := start(t, embedded.Config{Dir: dir})
	_, err = embedded.ReadEndpoints(dir)
	require.ErrorIs(t, err, embedded.ErrNotRunning, "the dead process's addresses are not ours")
	require.NoError(t, embedded.WriteEndpoints(dir, s.Endpoints()))
	e, err := embedded.ReadEndpoints(dir)
	require.NoError(t, err)
	require.Equal(t, os.Getpid(), e.PID)
}
