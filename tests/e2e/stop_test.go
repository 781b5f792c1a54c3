//go:build integration

package e2e

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tests/system"
)

// slow is the small pipeline beside tasks that wait, so that there is a middle to stop it in, often.
func slow() []byte {
	return append(small[:len(small):len(small)], `
  - name: wait
    kind: noop
    with: {tasks: 24, milliseconds: 300}
`...)
}

// TestStopUp sends `hurst up` SIGTERM in the middle of a run: it ends well and in time, and another
// one over the same data finishes the run with the same result.
func TestStopUp(t *testing.T) {
	var first map[string]string
	for name, args := range map[string][]string{"one process": nil, "processes": {"--processes"}} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			up := system.StartUp(t, data, args...)
			run := up.Submit(t, slow(), "stopped").GetRun()
			for _, done := range []int32{1, 4, 8, 12, 16, 20, 30} {
				up.Await(t, run, limit, func(r *pipelinev1.Run) bool { return tasksDone(r) >= done || system.Ended(r) })
				t.Logf("after %d tasks: stopped in %s", done, up.Stop(t).Round(time.Millisecond))
				up = system.StartUp(t, data, args...)
			}
			digests := system.Digests(t, up.Succeed(t, run, limit))
			up.Stop(t)
			if first == nil {
				first = digests
			}
			require.Equal(t, first, digests)
		})
	}
}

// TestStopServices sends each service SIGTERM in the middle of a run, and starts it again.
func TestStopServices(t *testing.T) {
	s := system.StartSeparate(t, t.TempDir(), nil)
	run := s.Submit(t, slow(), "stopped").GetRun()
	for i, service := range system.Services() {
		s.Await(t, run, limit, func(r *pipelinev1.Run) bool { return tasksDone(r) >= int32(4*i) || system.Ended(r) })
		instance := s.Instances(service)[0]
		t.Logf("%s: stopped in %s", service, instance.Process.Terminate(t, system.Grace).Round(time.Millisecond))
		instance.Restart(t)
		instance.AwaitReady(t)
	}
	s.Succeed(t, run, limit)
	t.Logf("all: stopped in %s", s.Stop(t).Round(time.Millisecond))
}

func tasksDone(r *pipelinev1.Run) (done int32) {
	for _, stage := range r.GetStages() {
		done += stage.GetDone()
	}
	return done
}
