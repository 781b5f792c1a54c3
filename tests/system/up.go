package system

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/embedded"
)

// Grace is what a program has to end in after SIGTERM: its own grace of ten seconds, and one more in
// which it tells what did not end.
const Grace = 11 * time.Second

// Up is a `hurst up`.
type Up struct {
	Client
	Process *Process
	Data    string
}

// StartUp starts `hurst up` with more arguments over a data directory, and waits until it is ready.
func StartUp(t testing.TB, data string, args ...string) *Up {
	t.Helper()
	logs := filepath.Join(data, "..", "logs")
	require.NoError(t, os.MkdirAll(logs, 0o700))
	process := Start(t, Program{
		Name: "up", Path: Binary(t, "hurst"), Dir: logs,
		Args: append([]string{"up", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "info"}, args...),
	})
	var endpoints embedded.Endpoints
	require.Eventually(t, func() bool {
		var err error
		endpoints, err = embedded.ReadEndpoints(data)
		return err == nil || !process.Running()
	}, 30*time.Second, 20*time.Millisecond, "hurst up does not become ready")
	require.True(t, process.Running(), "hurst up ended: %s", process.Log())
	u := &Up{Process: process, Data: data}
	u.Client.connect(t, endpoints)
	u.Client.awaitServices(t)
	return u
}

// Stop ends the system as a person does, and requires that it ends well.
func (u *Up) Stop(t testing.TB) time.Duration {
	t.Helper()
	u.Client.Close(context.WithoutCancel(t.Context()))
	return u.Process.Terminate(t, Grace)
}
