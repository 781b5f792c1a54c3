package system

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/embedded"
)

// Servers are the three that Hurst stands on, each as a process of its own on loopback.
type Servers struct {
	Endpoints embedded.Endpoints
	programs  map[string]Program
	processes map[string]*Process
	dir       string
}

// Names of the servers.
const (
	NATS  = "nats-server"
	Redis = "redis-server"
	S3    = "s3-server"
)

// StartServers starts a nats-server, a redis-server and an S3 server that keep what they keep in dir.
func StartServers(t testing.TB, dir string) *Servers {
	t.Helper()
	s := &Servers{dir: dir, programs: map[string]Program{}, processes: map[string]*Process{}}
	e := &s.Endpoints
	e.NATS = embedded.NATSEndpoint{User: "hurst", Password: rand.Text()}
	e.Redis = embedded.RedisEndpoint{Addr: FreeAddr(t), Password: rand.Text()}
	e.S3 = embedded.S3Endpoint{Bucket: "hurst", Region: "us-east-1", AccessKey: rand.Text(), SecretKey: rand.Text()}

	natsAddr := FreeAddr(t)
	e.NATS.URL = "nats://" + natsAddr
	s.programs[NATS] = Program{
		Name: NATS, Dir: dir, Path: Build(t, dir, NATS, "github.com/nats-io/nats-server/v2"),
		Args: []string{"-c", s.write(t, "nats.conf", fmt.Sprintf(
			"listen: %q\njetstream { store_dir: %q }\nauthorization { user: %q, password: %q }\n",
			natsAddr, s.NATSDir(), e.NATS.User, e.NATS.Password))},
	}

	_, port, err := net.SplitHostPort(e.Redis.Addr)
	require.NoError(t, err)
	s.programs[Redis] = Program{
		Name: Redis, Dir: dir, Path: Installed(t, Redis),
		Args: []string{s.write(t, "redis.conf", fmt.Sprintf(
			"bind 127.0.0.1\nport %s\nrequirepass %s\nsave \"\"\nappendonly no\nmaxmemory-policy noeviction\n", port, e.Redis.Password))},
	}

	s3Addr := FreeAddr(t)
	e.S3.Endpoint = "http://" + s3Addr
	s.programs[S3] = Program{
		Name: S3, Dir: dir, Path: Build(t, dir, S3, "github.com/longmemory/hurst/tests/system/s3server"),
		Args: []string{"--listen", s3Addr, "--dir", filepath.Join(dir, "s3")},
		Env:  []string{"ACCESS_KEY=" + e.S3.AccessKey, "SECRET_KEY=" + e.S3.SecretKey},
	}
	for name := range s.programs {
		s.Start(t, name)
	}
	for _, addr := range []string{natsAddr, e.Redis.Addr, s3Addr} {
		awaitListener(t, addr)
	}
	return s
}

// NATSDir is where JetStream keeps its data.
func (s *Servers) NATSDir() string { return filepath.Join(s.dir, "nats") }

// Start starts a server again.
func (s *Servers) Start(t testing.TB, name string) {
	t.Helper()
	s.processes[name] = Start(t, s.programs[name])
}

// Kill ends a server as kill -9 does.
func (s *Servers) Kill(name string) { s.processes[name].Kill() }

// write leaves a configuration file, which holds a password, where others cannot read it.
func (s *Servers) write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func awaitListener(t testing.TB, addr string) {
	t.Helper()
	require.Eventually(t, func() bool {
		conn, err := net.DialTimeout("tcp", addr, time.Second) //nolint:noctx // it has a limit
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, 15*time.Second, 20*time.Millisecond, "nothing listens on %s", addr)
}
