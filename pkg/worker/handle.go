package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/wire"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// ErrHandedBack is what a [Func] returns when it stopped because the worker is shutting down. The
// orchestrator then gives the task to another.
var ErrHandedBack = errors.New("the worker is shutting down")

// errRevoked ends the context of an attempt that nobody waits for any more.
var errRevoked = errors.New("the attempt was revoked")

// stale is the age from which an attempt is looked at twice: it may have been done meanwhile.
const stale = 3 * time.Second

// handle performs one delivery. What it returns is for asynq: nil ends the job, fault.Unavailable
// has it run again, anything else archives it.
func (w *Worker) handle(ctx context.Context, d job.Delivery) error {
	a := new(workv1.Assignment)
	if err := proto.Unmarshal(d.Payload, a); err != nil {
		return fault.New(fault.Invalid, "job %s holds no assignment: %w", d.ID, err)
	}
	attempt := &workv1.Attempt{Run: a.GetRun(), Stage: a.GetStage(), Unit: a.GetUnit(), Attempt: a.GetAttempt()}
	trace.SpanFromContext(ctx).SetAttributes(
		attribute.String("hurst.run", a.GetRun()),
		attribute.String("hurst.task", a.GetStage()+"/"+a.GetUnit()),
		attribute.String("hurst.key", a.GetKey()),
		attribute.Int("hurst.attempt", int(a.GetAttempt())),
	)
	ctx, release := w.hold(ctx, d.ID, attempt)
	defer release()
	e := &eventer{worker: w, attempt: attempt, key: a.GetKey()}
	e.send(ctx, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_STARTED})

	task := wire.ToTask(a.GetTask())
	if d.Retried > 0 || a.GetAttempt() > 1 || time.Since(d.Enqueued) > stale {
		if done, err := w.doneAlready(ctx, task.Key()); err != nil || done {
			if done {
				e.send(ctx, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_DONE})
			}
			return err
		}
	}
	started := time.Now()
	err := w.perform(ctx, d, task, a.GetKey(), e)
	return w.settle(ctx, d, e, err, time.Since(started))
}

// perform runs the task and commits its memo.
func (w *Worker) perform(ctx context.Context, d job.Delivery, task pipeline.Task, key string, e *eventer) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "panic: %v\n%s", p, debug.Stack())
		}
	}()
	if string(task.Key()) != key {
		return fault.New(fault.Invalid, "the assignment's key %.12s is not its task's, %s", key, task.Key().Short())
	}
	f, ok := w.funcs[task.Kind]
	if !ok {
		return fault.New(fault.Invalid, "tasks of kind %q are not for the %s service", task.Kind, w.cfg.Service)
	}
	if want := pipeline.VersionOf(task.Kind); task.Version != want {
		return fault.New(fault.Unavailable, "the task wants version %d of the code for %s, and this worker has %d: update the older of orchestrator and worker", task.Version, task.Kind, want)
	}
	started := time.Now()
	work := NewWork(task, w.cfg.Store, d.Drain)
	work.report = func(fraction float64, message string) {
		e.send(ctx, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_PROGRESS, Fraction: fraction, Message: message})
	}
	out, err := f(ctx, work)
	if err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return w.commit(ctx, work, out, time.Since(started))
}

// settle turns the outcome of an attempt into an event and into what asynq is told.
func (w *Worker) settle(ctx context.Context, d job.Delivery, e *eventer, err error, took time.Duration) error {
	// The attempt's own context may have ended; what became of it must be told all the same.
	report, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	log := w.cfg.Logger.With("run", e.attempt.GetRun(), "stage", e.attempt.GetStage(), "task", e.attempt.GetUnit(), "attempt", e.attempt.GetAttempt())
	outcome, event := classify(ctx, d, err)
	w.metrics.observe(e.attempt.GetStage(), outcome, took)
	e.send(report, event)
	switch outcome {
	case outcomeDone:
		log.InfoContext(ctx, "task done", "seconds", took.Seconds())
	case outcomeReturned, outcomeRevoked:
		log.InfoContext(ctx, "task "+outcome, "seconds", took.Seconds())
		return nil
	default:
		log.ErrorContext(ctx, "task "+outcome, "err", err)
	}
	return err
}

// Outcomes of an attempt.
const (
	outcomeDone     = "done"
	outcomeReturned = "returned"
	outcomeRevoked  = "revoked"
	outcomeRetrying = "retrying"
	outcomeFailed   = "failed"
)

// classify says what an attempt's error means.
func classify(ctx context.Context, d job.Delivery, err error) (string, *workv1.TaskEvent) {
	draining := false
	select {
	case <-d.Drain:
		draining = true
	default:
	}
	var lost *artifact.LostError
	switch {
	case err == nil:
		return outcomeDone, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_DONE}
	case errors.Is(context.Cause(ctx), errRevoked):
		return outcomeRevoked, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_RETURNED, Message: errRevoked.Error()}
	case errors.Is(err, ErrHandedBack), draining && ctx.Err() != nil:
		return outcomeReturned, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_RETURNED, Message: ErrHandedBack.Error()}
	case errors.Is(ctx.Err(), context.Canceled):
		// Its job was deleted, which the orchestrator does when it revokes; the two race.
		return outcomeRevoked, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_RETURNED, Message: errRevoked.Error()}
	case errors.As(err, &lost):
		return outcomeFailed, failed(err, fault.NotFound, string(lost.Digest))
	case fault.CodeOf(err) == fault.Unavailable && d.Retried < d.MaxRetry:
		return outcomeRetrying, &workv1.TaskEvent{State: workv1.TaskEvent_STATE_RETRYING, Message: err.Error()}
	}
	return outcomeFailed, failed(err, fault.CodeOf(err), "")
}

func failed(err error, code fault.Code, lost string) *workv1.TaskEvent {
	return &workv1.TaskEvent{
		State:   workv1.TaskEvent_STATE_FAILED,
		Message: err.Error(),
		Failure: &workv1.Failure{Code: string(code), Message: err.Error(), LostDigest: lost},
	}
}

// eventer sends the events of one attempt.
type eventer struct {
	worker  *Worker
	attempt *workv1.Attempt
	key     string
}

func (e *eventer) send(ctx context.Context, event *workv1.TaskEvent) {
	event.Attempt, event.Key, event.Worker = e.attempt, e.key, e.worker.name
	e.worker.publish(ctx, fmt.Sprintf("%s.%s", wire.SubjectTaskEvents, e.attempt.GetRun()), event)
}
