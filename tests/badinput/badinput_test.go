//go:build integration

// Package badinput gives the programs what they cannot use, and requires one clear line, an exit code
// that is not zero, nothing that runs on, and nothing that a later run trips over.
package badinput

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/tests/system"
)

// outcome is what became of a program.
type outcome struct {
	code   int
	stderr string
	took   time.Duration
	left   []int // processes that it left behind
}

// hurst runs the command line.
func hurst(t *testing.T, stdin io.Reader, args ...string) outcome {
	t.Helper()
	return execute(system.Binary(t, "hurst"), stdin, []string{"HOME=" + t.TempDir()}, args...)
}

// execute runs a program in a session of its own. It may be called from several goroutines.
func execute(path string, stdin io.Reader, env []string, args ...string) outcome {
	var stderr bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}, env...)
	cmd.Stdin, cmd.Stderr = stdin, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.WaitDelay = time.Second // it may end before it has read all of its input
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return outcome{code: -1, stderr: err.Error()}
	}
	timer := time.AfterFunc(time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer timer.Stop()
	_ = cmd.Wait() // what it says is in cmd.ProcessState
	return outcome{cmd.ProcessState.ExitCode(), stderr.String(), time.Since(start), system.Session(cmd.Process.Pid)}
}

// refused requires one line on standard error, with certain words, an exit code, and nothing left.
func (o outcome) refused(t *testing.T, code int, words ...string) {
	t.Helper()
	require.Equal(t, code, o.code, "stderr: %s", o.stderr)
	lines := strings.Split(strings.TrimSpace(o.stderr), "\n")
	require.Len(t, lines, 1, "one line is enough: %s", o.stderr)
	require.NotContains(t, lines[0], "goroutine")
	for _, word := range words {
		require.Contains(t, lines[0], word)
	}
	require.Less(t, o.took, 15*time.Second)
	require.Empty(t, o.left, "processes that were left behind")
}
