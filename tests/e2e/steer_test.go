//go:build integration

package e2e

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
	"github.com/longmemory/hurst/tests/system"
)

// runEvents tells when a run that is called small ends.
func runEvents(ended chan<- time.Time) func(context.Context, string, *pipelinev1.Run) {
	return func(_ context.Context, _ string, r *pipelinev1.Run) {
		if r.GetName() == "small" && system.Ended(r) {
			select {
			case ended <- time.Now():
			default:
			}
		}
	}
}

// count subscribes to what becomes of the attempts of one run, and counts one kind of event.
func count(t *testing.T, c *system.Client, run string, state workv1.TaskEvent_State) *atomic.Int64 {
	t.Helper()
	var n atomic.Int64
	events, err := rpc.Subscribe(c.NATS, wire.SubjectTaskEvents+"."+run, func(_ context.Context, _ string, e *workv1.TaskEvent) {
		if e.GetState() == state {
			n.Add(1)
		}
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = events.Unsubscribe() })
	return &n
}

// retries tries a task again that fails for a while, and a run that waits for it can be cancelled.
func retries(t *testing.T, c *system.Client, _ *pipelinev1.Run) {
	run := c.Submit(t, noop("transient", "fail: transient"), "transient").GetRun()
	again := count(t, c, run, workv1.TaskEvent_STATE_RETRYING)
	require.Eventually(t, func() bool { return again.Load() >= 2 }, 30*time.Second, 20*time.Millisecond, "the task is not tried again")
	steer(t, c, wire.SubjectCancel, &pipelinev1.CancelRequest{Run: run})
	cancelled := c.Await(t, run, 10*time.Second, system.Ended)
	require.Equal(t, "cancelled", cancelled.GetStatus())
}

// cancelAndResume stops a run in the middle; what was done is not done again.
func cancelAndResume(t *testing.T, c *system.Client, _ *pipelinev1.Run) {
	const tasks = 12
	run := c.Submit(t, noop("long", "tasks: 12, chain: true, milliseconds: 150"), "long").GetRun()
	done := count(t, c, run, workv1.TaskEvent_STATE_DONE)
	c.Await(t, run, limit, func(r *pipelinev1.Run) bool { return r.GetStages()[0].GetDone() >= 3 })
	steer(t, c, wire.SubjectCancel, &pipelinev1.CancelRequest{Run: run})
	cancelled := c.Await(t, run, 10*time.Second, system.Ended)
	require.Equal(t, "cancelled", cancelled.GetStatus())
	before := cancelled.GetStages()[0].GetDone()
	require.Less(t, int(before), tasks)
	time.Sleep(400 * time.Millisecond) // two tasks' time, in which nothing may happen
	require.InDelta(t, before, c.Run(t, run).GetStages()[0].GetDone(), 1, "tasks go on after the run was cancelled")

	steer(t, c, wire.SubjectResume, &pipelinev1.ResumeRequest{Run: run})
	resumed := c.Succeed(t, run, limit)
	require.EqualValues(t, tasks, resumed.GetStages()[0].GetDone())
	require.LessOrEqual(t, int(done.Load()), tasks+1, "more was executed than was left to do")
}

// steer asks the orchestrator for something that answers with the run.
func steer(t *testing.T, c *system.Client, subject string, request proto.Message) {
	t.Helper()
	_, err := rpc.Call[pipelinev1.Run](t.Context(), c.NATS, subject, request)
	require.NoError(t, err)
}
