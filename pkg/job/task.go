// Package job is asynq with a doorbell: work that takes long, in queues on Redis, handed to
// workers within a millisecond or two instead of asynq's second. It fixes the traps of asynq that
// would lose or double work: see [Server] and [Client].
package job

import (
	"errors"
	"strings"
	"time"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	maxPayload     = 1 << 20        // bytes; larger things belong in the object store
	unlimited      = 24 * time.Hour // a task's time when it names none: asynq wants a limit
	headerEnqueued = "hurst-enqueued"
)

// ErrHandBack is returned by a handler that stops undone, because its Delivery was drained or
// is stale. The task is queued again and the attempt is not counted against its retries.
var ErrHandBack = errors.New("handed back undone")

// Redis says where the queues are. A standalone or Sentinel-fronted server: asynq is not safe on Cluster.
type Redis struct {
	Addr     string // host:port
	Password string // empty: none
}

// Task is work to be queued.
type Task struct {
	ID       string // unique within the queue: a second task of this ID is the first
	Queue    string
	Type     string
	Payload  []byte        // at most 1 MiB
	Timeout  time.Duration // of one execution, rounded up to seconds; zero: 24 h
	MaxRetry int           // retries after transient failures; zero: none
	Deadline time.Time     // after which it is not executed any more; zero: none
}

func (t Task) check() error {
	for _, f := range []struct{ name, value string }{{"ID", t.ID}, {"queue", t.Queue}, {"type", t.Type}} {
		if strings.TrimSpace(f.value) == "" {
			return fault.New(fault.Invalid, "a task without %s cannot be queued (ID %q, queue %q, type %q)", f.name, t.ID, t.Queue, t.Type)
		}
	}
	if len(t.Payload) > maxPayload {
		return fault.New(fault.Invalid, "the payload of task %s is %d bytes, at most %d are allowed: store the bytes and queue a reference", t.ID, len(t.Payload), maxPayload)
	}
	return nil
}

// timeout is what asynq is told: whole seconds, never zero, which would mean asynq's 30 minutes.
func (t Task) timeout() time.Duration {
	if t.Timeout <= 0 {
		return unlimited
	}
	return (t.Timeout + time.Second - 1).Truncate(time.Second)
}

// Delivery is a task in the hands of a handler.
type Delivery struct {
	ID, Queue, Type string
	Payload         []byte
	Retried         int       // transient failures of this task so far
	MaxRetry        int       // as it was enqueued
	Enqueued        time.Time // zero when another program than ours enqueued it

	// Drain is closed when the server wants to stop: save what is worth saving and return ErrHandBack.
	Drain <-chan struct{}
}

// State is where a task is:
//
//	          Enqueue            taken               done
//	missing ----------> pending -------> active --------------> missing
//	                       ^               |-- transient --> retry
//	                       |------ backoff over --------------'
//	                                       '-- permanent --> archived
type State string

// The states of a task.
const (
	Pending  State = "pending"
	Active   State = "active" // or its worker died within the last minute or two
	Retry    State = "retry"
	Archived State = "archived"
	Missing  State = "missing" // done, deleted, lost with Redis, or never enqueued
)

// QueueInfo is the state of a queue.
type QueueInfo struct {
	Queue                            string
	Pending, Active, Retry, Archived int
	Latency                          time.Duration // age of the oldest pending task
	Paused                           bool
}
