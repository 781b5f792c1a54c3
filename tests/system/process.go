package system

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Program is what to start.
type Program struct {
	Name string // of its log file
	Path string
	Args []string
	Env  []string // beside PATH and HOME
	Dir  string   // working directory, and where the log is written
}

// Process is a program that runs, in a session of its own, so that what it leaves behind is found.
type Process struct {
	Name string
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when it has ended
}

// Start starts a program. The test that it was started for ends it, and shows its log if it fails.
func Start(t testing.TB, p Program) *Process {
	t.Helper()
	path := filepath.Join(p.Dir, p.Name+".log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(t, err)
	cmd := exec.Command(p.Path, p.Args...) //nolint:gosec,noctx // a test starts what it names, and ends it itself
	cmd.Dir = p.Dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.Dir, "TMPDIR=" + os.TempDir()}, p.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	require.NoError(t, cmd.Start())
	require.NoError(t, log.Close())
	process := &Process{Name: p.Name, cmd: cmd, log: path, done: make(chan struct{})}
	go func() {
		defer close(process.done)
		_ = cmd.Wait() // what it says is in cmd.ProcessState
	}()
	t.Cleanup(func() {
		process.Kill()
		for _, pid := range process.Left() {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", p.Name, tail(path, 2000))
		}
	})
	return process
}

// PID is the process's number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends the process a signal.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends the process as kill -9 does, and waits until it is gone.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.done
}

// Running tells whether the process has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Exit waits for the end of the process and returns its exit code, and -1 if it does not end in time
// or a signal ended it.
func (p *Process) Exit(limit time.Duration) int {
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(limit):
		return -1
	}
}

// Log returns the end of what the process wrote.
func (p *Process) Log() string { return tail(p.log, 6000) }

// Left returns the processes of the session that have not ended.
func (p *Process) Left() []int { return Session(p.PID()) }

// Session returns the processes of a session that have not ended.
func Session(id int) []int {
	entries, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var left []int
	for _, entry := range entries {
		data, err := os.ReadFile(entry)
		if err != nil {
			continue // it ended meanwhile
		}
		// pid (name) state ppid pgrp session …; the name may hold anything.
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(entry)))
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		if len(fields) > 3 && fields[3] == strconv.Itoa(id) && fields[0] != "Z" {
			left = append(left, pid)
		}
	}
	return left
}

// Terminate sends SIGTERM, and requires that the process ends well within the limit and leaves no
// other behind.
func (p *Process) Terminate(t testing.TB, limit time.Duration) time.Duration {
	t.Helper()
	start := time.Now()
	p.Signal(syscall.SIGTERM)
	code := p.Exit(limit)
	require.Zero(t, code, "%s ends with %d (-1: not within %s) after SIGTERM; it said:\n%s", p.Name, code, limit, p.Log())
	require.Empty(t, p.Left(), "processes that %s left behind", p.Name)
	return time.Since(start)
}

func tail(path string, size int64) string {
	file, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return err.Error()
	}
	data := make([]byte, min(size, info.Size()))
	if _, err := file.ReadAt(data, info.Size()-int64(len(data))); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Sprintf("%s (%v)", data, err)
	}
	return string(data)
}
