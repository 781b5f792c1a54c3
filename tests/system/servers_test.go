//go:build integration

package system

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/artifacttest"
	"github.com/longmemory/hurst/pkg/artifact/s3"
)

// TestServers requires that the servers that other tests stand on answer, and that the S3 server
// passes the suite that every store passes.
func TestServers(t *testing.T) {
	servers := StartServers(t, t.TempDir())
	var c Client
	c.connect(t, servers.Endpoints)
	require.NoError(t, c.NATS.Raw().Flush())
	require.NotEmpty(t, c.NATS.Raw().ConnectedServerVersion())

	r := redis.NewClient(&redis.Options{Addr: servers.Endpoints.Redis.Addr, Password: servers.Endpoints.Redis.Password})
	defer r.Close()
	require.NoError(t, r.Ping(t.Context()).Err())

	var buckets atomic.Int64
	artifacttest.Run(t, func(t *testing.T) artifact.Store {
		e := servers.Endpoints.S3
		store, err := s3.Open(t.Context(), s3.Config{
			Endpoint: e.Endpoint, Bucket: fmt.Sprintf("bucket-%d", buckets.Add(1)), AccessKey: e.AccessKey, SecretKey: e.SecretKey,
		})
		require.NoError(t, err)
		t.Cleanup(store.Close)
		return store
	})
}
