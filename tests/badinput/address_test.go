//go:build integration

package badinput

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/tests/system"
)

// limit is how long a run that should end well may take.
const limit = time.Minute

// TestWrongAddresses starts each service with one setting that is wrong: it ends soon, and says which.
// All are started at once, for most of them wait.
func TestWrongAddresses(t *testing.T) {
	servers := system.StartServers(t, t.TempDir())
	nobody := system.FreeAddr(t)
	type attempt struct {
		service, setting string
		code             int
		says             string
		outcome          outcome
	}
	var attempts []*attempt
	for _, service := range system.Services() {
		for _, a := range []attempt{
			{setting: "NATS_URL=nats://" + nobody, code: 1, says: nobody},
			{setting: "NATS_PASSWORD=wrong", code: 1, says: "password"},
			{setting: "S3_ENDPOINT=http://" + nobody, code: 1, says: nobody},
			{setting: "S3_SECRET_KEY=wrong", code: 1, says: "key"},
			{setting: "REDIS_ADDR=" + nobody, code: 1, says: nobody},
			{setting: "REDIS_PASSWORD=wrong", code: 1, says: "password"},
			{setting: "NATS_URL=bogus", code: 2, says: "bogus"},
			{setting: "S3_ENDPOINT=ftp://x", code: 2, says: "ftp://x"},
			{setting: "REDIS_ADDR=6379", code: 2, says: "6379"},
			{setting: "GRACE=soon", code: 2, says: "soon"},
			{setting: "LOG_LEVEL=loud", code: 2, says: "loud"},
		} {
			needsRedis := !slices.Contains([]string{"deployer", "inference", "gateway"}, service)
			if needsRedis || a.code == 2 || !strings.HasPrefix(a.setting, "REDIS") {
				a.service = service
				attempts = append(attempts, &a)
			}
		}
	}
	var all sync.WaitGroup
	for _, a := range attempts {
		path := system.Binary(t, a.service)
		env := append(system.Environ(servers.Endpoints), "HURST_"+a.setting)
		all.Go(func() { a.outcome = execute(path, nil, env) })
	}
	all.Wait()
	for _, a := range attempts {
		t.Run(a.service+" "+a.setting, func(t *testing.T) {
			a.outcome.refused(t, a.code, a.service, a.says)
			require.NotContains(t, a.outcome.stderr, servers.Endpoints.S3.SecretKey)
		})
	}
}

// TestWrongAddressesOfClients asks systems that are not there.
func TestWrongAddressesOfClients(t *testing.T) {
	nobody := "nats://" + system.FreeAddr(t)
	for _, args := range [][]string{{"runs", "list"}, {"models", "list"}, {"predict", filepath.Join(system.Root(t), "testdata", "nile_min.csv")}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			hurst(t, nil, append(args, "--nats", nobody)...).refused(t, 1, nobody[7:])
			hurst(t, nil, append(args, "--data", t.TempDir())...).refused(t, 1, "hurst up")
		})
	}
	upIn(t, filepath.Join(t.TempDir(), "data"), "--redis", system.FreeAddr(t)).refused(t, 1, "Redis")
}
