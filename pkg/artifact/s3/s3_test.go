package s3_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/artifacttest"
	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/embedded"
)

// The tests that start a server do not run beside each other: there can be one in a process.

func start(t testing.TB, dir string) *embedded.Servers {
	t.Helper()
	servers, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, servers.Close(context.Background())) })
	return servers
}

func configOf(servers *embedded.Servers) s3.Config {
	e := servers.Endpoints().S3
	return s3.Config{Endpoint: e.Endpoint, Bucket: e.Bucket, Region: e.Region, AccessKey: e.AccessKey, SecretKey: e.SecretKey}
}

func open(t testing.TB, cfg s3.Config) *s3.Store {
	t.Helper()
	s, err := s3.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestStore(t *testing.T) {
	servers := start(t, t.TempDir())
	var buckets atomic.Int64
	artifacttest.Run(t, func(t *testing.T) artifact.Store {
		cfg := configOf(servers)
		cfg.Bucket = fmt.Sprintf("suite-%d", buckets.Add(1))
		return open(t, cfg)
	})
}

// TestPowerCut tears files behind the server's back, as a power cut does to what was not synced.
func TestPowerCut(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	data := []byte("bytes of an object that nobody synced")
	servers := start(t, dir)
	store := open(t, configOf(servers))
	ref, err := artifact.Put(ctx, store, data, "")
	require.NoError(t, err)
	_, err = store.Write(ctx, "memo/k.json", []byte(`{"outputs":[]}`), artifact.Condition{Absent: true})
	require.NoError(t, err)
	require.NoError(t, servers.Close(ctx))

	bucket := filepath.Join(dir, "s3", embedded.Bucket)
	object, memo := filepath.Join(bucket, ref.Digest.Key()), filepath.Join(bucket, "memo", "k.json")
	for name, tear := range map[string]func(path string) error{
		"cut":    func(path string) error { return os.Truncate(path, 5) },
		"empty":  func(path string) error { return os.Truncate(path, 0) },
		"zeroed": func(path string) error { return os.WriteFile(path, make([]byte, 14), 0o600) },
	} {
		require.NoError(t, tear(object), name)
		require.NoError(t, tear(memo), name)
		torn, err := os.ReadFile(memo)
		require.NoError(t, err)

		servers := start(t, dir)
		store := open(t, configOf(servers))
		_, err = artifact.Get(ctx, store, ref)
		var lost *artifact.LostError
		require.ErrorAs(t, err, &lost, name)
		doc, err := store.Read(ctx, "memo/k.json")
		require.NoError(t, err, name)
		require.Equal(t, string(torn), string(doc.Data), name)

		_, err = artifact.Put(ctx, store, data, "")
		require.NoError(t, err, name)
		_, err = store.Write(ctx, "memo/k.json", []byte(`{"outputs":[]}`), artifact.Condition{Match: doc.ETag})
		require.NoError(t, err, "what is torn can be replaced")
		got, err := artifact.Get(ctx, store, ref)
		require.NoError(t, err, name)
		require.Equal(t, data, got)
		require.NoError(t, servers.Close(ctx))
	}
}

// TestCopiedFiles starts on a copy of the data directory without extended attributes.
func TestCopiedFiles(t *testing.T) {
	from, to, ctx := t.TempDir(), t.TempDir(), t.Context()
	servers := start(t, from)
	store := open(t, configOf(servers))
	etag, err := store.Write(ctx, "runs/a/state.json", []byte("{}"), artifact.Condition{Durable: true})
	require.NoError(t, err)
	require.NoError(t, servers.Close(ctx))
	require.NoError(t, os.CopyFS(filepath.Join(to, "s3"), os.DirFS(filepath.Join(from, "s3"))))

	store = open(t, configOf(start(t, to)))
	doc, err := store.Read(ctx, "runs/a/state.json")
	require.NoError(t, err)
	require.Equal(t, artifact.Document{Data: []byte("{}"), ETag: etag}, doc)
	_, err = store.Write(ctx, "runs/a/state.json", []byte("x"), artifact.Condition{Absent: true})
	require.ErrorIs(t, err, artifact.ErrConflict)
	_, err = store.Write(ctx, "runs/a/state.json", []byte("x"), artifact.Condition{Match: etag})
	require.NoError(t, err)
}

func BenchmarkEmbedded(b *testing.B) {
	store := open(b, configOf(start(b, b.TempDir())))
	ctx := b.Context()
	for _, size := range []int{1 << 10, 1 << 20, 16 << 20} {
		data := make([]byte, size)
		name := fmt.Sprintf("bytes=%d", size)
		b.Run("read/"+name, func(b *testing.B) {
			_, err := store.Write(ctx, "read", data, artifact.Condition{})
			require.NoError(b, err)
			b.SetBytes(int64(size))
			for b.Loop() {
				_, err := store.Read(ctx, "read")
				require.NoError(b, err)
			}
		})
		for _, cond := range []artifact.Condition{{Absent: true}, {Absent: true, Durable: true}, {Durable: true}} {
			b.Run(fmt.Sprintf("write/absent=%v/durable=%v/%s", cond.Absent, cond.Durable, name), func(b *testing.B) {
				b.SetBytes(int64(size))
				i := 0
				for b.Loop() {
					i++
					key := "write/same"
					if cond.Absent {
						key = fmt.Sprintf("write/%v/%d/%d/%d.json", cond.Durable, size, b.N, i)
					}
					_, err := store.Write(ctx, key, data, cond)
					require.NoError(b, err)
				}
			})
		}
	}
}
