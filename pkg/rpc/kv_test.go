package rpc_test

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
)

type change struct {
	key, value string
	deleted    bool
}

// watch begins a watch that ends with the test.
func watch(t *testing.T, kv *rpc.KV, pattern string) <-chan change {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	changes, done := make(chan change, 64), make(chan error, 1)
	go func() {
		done <- kv.Watch(ctx, pattern, func(key string, value []byte) { changes <- change{key, string(value), value == nil} })
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	return changes
}

// until reads changes until it is told want.
func until(t *testing.T, changes <-chan change, want change) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case got := <-changes:
			if got == want {
				return
			}
		case <-timeout:
			t.Fatalf("never told %+v", want)
		}
	}
}

func TestKV(t *testing.T) {
	t.Parallel()
	kv, err := setup(t).KV(t.Context(), "runs")
	require.NoError(t, err)
	_, err = kv.Get(t.Context(), "a.1")
	require.Equal(t, fault.NotFound, fault.CodeOf(err))
	require.NoError(t, kv.Put(t.Context(), "a.1", []byte("x")))
	v, err := kv.Get(t.Context(), "a.1")
	require.NoError(t, err)
	require.Equal(t, "x", string(v))
	require.Equal(t, fault.Invalid, fault.CodeOf(kv.Put(t.Context(), "no good", nil)))

	changes := watch(t, kv, "a.*")
	require.Equal(t, change{key: "a.1", value: "x"}, <-changes)
	require.NoError(t, kv.Put(t.Context(), "b.1", []byte("other")))
	require.NoError(t, kv.Put(t.Context(), "a.2", []byte("y")))
	require.NoError(t, kv.Delete(t.Context(), "a.1"))
	require.Equal(t, change{key: "a.2", value: "y"}, <-changes)
	require.Equal(t, change{key: "a.1", deleted: true}, <-changes)
	require.Equal(t, fault.Invalid, fault.CodeOf(kv.Watch(t.Context(), "no good", nil)))
}

func TestKVBucketDeleted(t *testing.T) {
	t.Parallel()
	c := setup(t)
	kv, err := c.KV(t.Context(), "runs")
	require.NoError(t, err)
	changes := watch(t, kv, ">")
	require.NoError(t, kv.Put(t.Context(), "k", []byte("1")))
	until(t, changes, change{key: "k", value: "1"})
	require.NoError(t, c.JetStream().DeleteKeyValue(t.Context(), "runs"))
	require.NoError(t, kv.Put(t.Context(), "k", []byte("2")))
	until(t, changes, change{key: "k", value: "2"})
}

func TestKVServerWiped(t *testing.T) {
	t.Parallel()
	addr, stop := startServer(t, t.TempDir(), -1)
	u, err := url.Parse(addr)
	require.NoError(t, err)
	port, err := strconv.Atoi(u.Port())
	require.NoError(t, err)
	c := connect(t, rpc.Config{URL: addr})
	kv, err := c.KV(t.Context(), "runs")
	require.NoError(t, err)
	changes := watch(t, kv, ">")
	require.NoError(t, kv.Put(t.Context(), "k", []byte("1")))
	until(t, changes, change{key: "k", value: "1"})

	stop()
	startServer(t, t.TempDir(), port) // the same address, an empty store
	require.Eventually(t, func() bool { return kv.Put(t.Context(), "k", []byte("2")) == nil }, 20*time.Second, 50*time.Millisecond)
	until(t, changes, change{key: "k", value: "2"})
	require.NoError(t, kv.Put(t.Context(), "k", []byte("3")))
	until(t, changes, change{key: "k", value: "3"})
}

// Several clients make the bucket again at once, and each of them may ask before it answers.
func TestKVBucketDeletedUnderManyClients(t *testing.T) {
	t.Parallel()
	url, _ := startServer(t, t.TempDir(), -1)
	var kvs []*rpc.KV
	var conns []*rpc.Conn
	for range 4 {
		c := connect(t, rpc.Config{URL: url})
		kv, err := c.KV(t.Context(), "runs")
		require.NoError(t, err)
		conns, kvs = append(conns, c), append(kvs, kv)
	}
	for range 6 {
		if err := conns[0].JetStream().DeleteKeyValue(t.Context(), "runs"); !errors.Is(err, jetstream.ErrBucketNotFound) {
			require.NoError(t, err)
		}
		var clients sync.WaitGroup
		for _, kv := range kvs {
			clients.Go(func() {
				for range 3 {
					if _, err := kv.Get(t.Context(), "a"); fault.CodeOf(err) != fault.NotFound {
						assert.NoError(t, err)
					}
					assert.NoError(t, kv.Put(t.Context(), "a", []byte("1")))
				}
			})
		}
		clients.Wait()
	}
}
