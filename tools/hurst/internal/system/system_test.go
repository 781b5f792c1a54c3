package system

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// The test program stands in for hurst: "service NAME" is a child, "parent DIR" a program that has
// children and waits to be killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "service":
			code, _ := Main(os.Args[2], os.Args[3:])
			os.Exit(code)
		case "parent":
			parent(os.Args[2])
		}
	}
	os.Exit(m.Run())
}

func parent(dir string) {
	_, err := Start(context.Background(), Config{Dir: dir, Listen: "127.0.0.1:0", Processes: true, Executable: os.Args[0]})
	fmt.Println("started", err)
	select {}
}

func setup(t *testing.T, processes bool) *System {
	t.Helper()
	s, err := Start(t.Context(), Config{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Processes: processes, Executable: os.Args[0],
		Log: testLog{t}, LogLevel: "error",
	})
	require.NoError(t, err)
	return s
}

// testLog sends what is logged to the test's own log.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// One set of embedded servers fits into a process, so these tests take turns.

func TestGoroutines(t *testing.T) {
	s := setup(t, false)
	answers(t, s)
	metrics := get(t, s.Endpoints().GatewayURL+"/metrics")
	require.Contains(t, metrics, `service="datagen"`)
	require.Contains(t, metrics, "go_goroutines")
	require.NoError(t, s.Stop())
	_, err := embedded.ReadEndpoints(s.cfg.Dir)
	require.ErrorIs(t, err, embedded.ErrNotRunning)
}

func TestProcesses(t *testing.T) {
	s := setup(t, true)
	answers(t, s)
	children := childrenOf(t, os.Getpid())
	require.Len(t, children, len(Names()))

	for pid, name := range children {
		if strings.HasSuffix(name, "orchestrator") {
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		}
	}
	require.Eventually(t, func() bool {
		now := childrenOf(t, os.Getpid())
		for pid, name := range now {
			if strings.HasSuffix(name, "orchestrator") && children[pid] == "" {
				return len(now) == len(Names())
			}
		}
		return false
	}, 5*time.Second, 10*time.Millisecond, "a killed service is started again")
	answers(t, s)

	require.NoError(t, s.Stop())
	require.Empty(t, childrenOf(t, os.Getpid()))
}

func TestChildrenDieWithParent(t *testing.T) {
	cmd := exec.Command(os.Args[0], "parent", t.TempDir())
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "started <nil>\n", line)
	children := childrenOf(t, cmd.Process.Pid)
	require.Len(t, children, len(Names()))

	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.Eventually(t, func() bool {
		for pid := range children {
			if isService(pid) {
				return false
			}
		}
		return true
	}, 5*time.Second, 10*time.Millisecond)
}

func TestCannotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = Start(t.Context(), Config{Dir: t.TempDir(), Listen: taken.Addr().String()})
	require.ErrorContains(t, err, "--listen")
	require.ErrorContains(t, err, taken.Addr().String())

	_, err = Start(t.Context(), Config{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Processes: true, Executable: "/no/such/program", Log: testLog{t},
	})
	require.ErrorContains(t, err, "/no/such/program")
	require.Empty(t, childrenOf(t, os.Getpid()))

	s := setup(t, false)
	defer func() { require.NoError(t, s.Stop()) }()
	_, err = Start(t.Context(), Config{Dir: s.cfg.Dir, Listen: "127.0.0.1:0"})
	require.ErrorContains(t, err, "in use by process")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Start(ctx, Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	require.ErrorIs(t, err, context.Canceled)
}

// answers checks that the orchestrator can be talked to.
func answers(t *testing.T, s *System) {
	t.Helper()
	e := s.Endpoints().NATS
	conn, err := rpc.Connect(t.Context(), rpc.Config{URL: e.URL, User: e.User, Password: e.Password})
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	require.Eventually(t, func() bool {
		_, err := rpc.Call[pipelinev1.ListResponse](t.Context(), conn, wire.SubjectList, &pipelinev1.ListRequest{})
		return err == nil
	}, 5*time.Second, 20*time.Millisecond)
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	var b strings.Builder
	_, err = bufio.NewReader(resp.Body).WriteTo(&b)
	require.NoError(t, err)
	return b.String()
}

// childrenOf returns the services among the children of a process, with their command lines.
func childrenOf(t *testing.T, pid int) map[int]string {
	t.Helper()
	found := map[int]string{}
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		t.Skip("needs Linux: /proc lists the children of a process")
	}
	for _, task := range tasks {
		list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		if err != nil {
			continue // the thread has ended
		}
		for _, text := range strings.Fields(string(list)) {
			child, err := strconv.Atoi(text)
			require.NoError(t, err)
			if isService(child) {
				found[child] = commandLine(child)
			}
		}
	}
	return found
}

func isService(pid int) bool { return strings.Contains(commandLine(pid), " service ") }

func commandLine(pid int) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // gone: empty
	return strings.Trim(strings.ReplaceAll(string(line), "\x00", " "), " ")
}
