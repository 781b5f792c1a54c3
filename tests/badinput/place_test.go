//go:build integration

package badinput

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/tests/system"
)

// mount makes a file system of its own, which only root may.
func mount(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("only root may mount a file system: run this test as root")
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

func upIn(t *testing.T, data string, args ...string) outcome {
	t.Helper()
	return hurst(t, nil, append([]string{"up", "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
}

// comesUp requires that `hurst up` works in a place now.
func comesUp(t *testing.T, data string) {
	t.Helper()
	up := system.StartUp(t, data)
	works(t, up)
	up.Stop(t)
}

func TestFullDisk(t *testing.T) {
	disk := mount(t, "size=32m")
	ballast := filepath.Join(disk, "ballast")
	require.ErrorIs(t, os.WriteFile(ballast, make([]byte, 33<<20), 0o600), syscall.ENOSPC)
	data := filepath.Join(disk, "data")
	for _, mode := range []string{"--processes=false", "--processes"} {
		upIn(t, data, mode).refused(t, 1, data, "full")
	}
	require.NoError(t, os.Remove(ballast))
	comesUp(t, data)
}

// TestDiskThatRunsFull fills the disk in the middle of a run. Tasks that need space are tried again;
// with space again, the run goes on.
func TestDiskThatRunsFull(t *testing.T) {
	disk := mount(t, "size=48m")
	up := system.StartUp(t, filepath.Join(disk, "data"))
	ballast := filepath.Join(disk, "ballast")
	require.ErrorIs(t, os.WriteFile(ballast, make([]byte, 48<<20), 0o600), syscall.ENOSPC)

	generate := `version: 1
name: full
stages: [{name: generate, kind: generate, with: {lengths: [500], shard: 100, series: {train: 500, validation: 100, test: 100}}}]
`
	o := hurst(t, strings.NewReader(generate), "submit", "--data", up.Data, "-")
	o.refused(t, 1, "hurst: ", "space")
	require.NoError(t, os.Truncate(ballast, 47<<20)) // enough for the run's papers, not for its series
	run := up.Submit(t, []byte(generate), "full").GetRun()
	up.Await(t, run, limit, system.Trouble)
	require.NoError(t, os.Remove(ballast))
	up.Succeed(t, run, limit)
	up.Stop(t)
}

func TestReadOnly(t *testing.T) {
	disk := mount(t, "size=32m")
	require.NoError(t, syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	data := filepath.Join(disk, "data")
	upIn(t, data).refused(t, 1, data, "read-only")
	upIn(t, disk).refused(t, 1, disk, "read-only")
	require.NoError(t, syscall.Mount("", disk, "", syscall.MS_REMOUNT, ""))
	comesUp(t, data)
}

func TestNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("precious"), 0o600))
	upIn(t, file).refused(t, 1, file)
	upIn(t, filepath.Join(file, "below")).refused(t, 1, file)
	upIn(t, filepath.Join(t.TempDir(), strings.Repeat("x", 300))).refused(t, 1)
	left, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "precious", string(left))
}

func TestSecondUp(t *testing.T) {
	up := system.StartUp(t, filepath.Join(t.TempDir(), "data"))
	upIn(t, up.Data).refused(t, 1, up.Data, "in use", fmt.Sprint(up.Process.PID()))
	works(t, up) // the first is not disturbed
	up.Stop(t)
	comesUp(t, up.Data)
}

func TestPortsInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	data := filepath.Join(t.TempDir(), "data")
	for _, mode := range []string{"--processes=false", "--processes"} {
		hurst(t, nil, "up", mode, "--data", data, "--listen", l.Addr().String()).refused(t, 1, port)
		upIn(t, data, mode, "--nats-port", port).refused(t, 1, port, "in use")
	}
	require.NoError(t, l.Close())
	comesUp(t, data)
}
