package orchestrator

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/wire"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// watch is what is known of a unit's current attempt. Nothing of it is stored: it is heard again,
// or looked up, after a restart.
type watch struct {
	pipeline.Observed
	key      pipeline.Key
	heard    time.Time // of the attempt, or when it was enqueued
	fraction float64
	message  string
}

// onTaskEvent notes what a worker says about an attempt.
func (o *Orchestrator) onTaskEvent(_ context.Context, _ string, e *workv1.TaskEvent) {
	if d := o.driver(e.GetAttempt().GetRun()); d != nil {
		d.event(e)
	}
}

// onHeartbeat notes which attempts are held.
func (o *Orchestrator) onHeartbeat(_ context.Context, _ string, h *workv1.Heartbeat) {
	for _, a := range h.GetHolding() {
		if d := o.driver(a.GetRun()); d != nil {
			d.beat(a)
		}
	}
}

// beat notes that an attempt is held.
func (d *driver) beat(a *workv1.Attempt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w := d.watches[a.GetStage()+"/"+a.GetUnit()]; w != nil && w.Attempt == a.GetAttempt() {
		w.heard = time.Now()
	}
}

// event notes what became of an attempt, and wakes the driver when that may change the plan.
func (d *driver) event(e *workv1.TaskEvent) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := e.GetAttempt()
	w := d.watches[a.GetStage()+"/"+a.GetUnit()]
	if e.GetState() == workv1.TaskEvent_STATE_DONE {
		// Whoever did it: the memo is there.
		d.recheck[pipeline.Key(e.GetKey())] = true
		d.wake()
	}
	if w == nil || w.Attempt != a.GetAttempt() {
		return
	}
	w.heard = time.Now()
	switch e.GetState() {
	case workv1.TaskEvent_STATE_PROGRESS:
		w.fraction, w.message = e.GetFraction(), e.GetMessage()
		d.progressed = true
	case workv1.TaskEvent_STATE_RETRYING:
		w.message = "will be tried again: " + e.GetMessage()
		d.progressed = true
	case workv1.TaskEvent_STATE_RETURNED:
		w.Fate = pipeline.Returned
		d.wake()
	case workv1.TaskEvent_STATE_FAILED:
		w.Fate, w.Error = pipeline.Dead, e.GetFailure().GetMessage()
		w.LostInput = artifact.Digest(e.GetFailure().GetLostDigest())
		d.wake()
	}
}

// expect begins to watch an attempt.
func (d *driver) expect(path string, key pipeline.Key, attempt uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watches[path] = &watch{Observed: pipeline.Observed{Attempt: attempt}, key: key, heard: time.Now()}
}

// observed returns what is known of all attempts.
func (d *driver) observed() map[string]pipeline.Observed {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[string]pipeline.Observed, len(d.watches))
	for path, w := range d.watches {
		all[path] = w.Observed
	}
	return all
}

// probes is how many attempts are looked up in their queues at one tick.
const probes = 64

// probe looks up the attempts that have been silent for long: a queue entry that is waiting is
// alive; one that is active without a heartbeat, or gone without a memo, is lost. Attempts that the
// driver knows only from the state, for it has just begun, are looked up at once. Whoever cannot hear
// the heartbeats does not take silence for an answer.
func (d *driver) probe(ctx context.Context, g pipeline.Graph) {
	if !d.o.conns.NATS.Raw().IsConnected() {
		d.excuse()
		return
	}
	began := !d.probed
	d.probed = true
	var suspects []pipeline.Unit
	for u := range g.Units {
		attempt, tried := d.state.Attempts[u.Path()]
		if u.Result != nil || !tried || attempt.Over {
			continue
		}
		d.mu.Lock()
		w := d.watches[u.Path()]
		d.mu.Unlock()
		switch {
		case w == nil || w.Attempt != attempt.N:
			d.expect(u.Path(), u.Key, attempt.N)
			if began {
				suspects = append(suspects, u)
			}
		case len(suspects) < probes && d.silent(w):
			suspects = append(suspects, u)
		}
	}
	switch {
	case len(suspects) == 0:
	case !d.hears(ctx):
		d.excuse()
	default:
		d.lookUpAll(ctx, suspects)
	}
}

// hears tells whether a word through NATS comes back.
func (d *driver) hears(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, tick/2)
	defer cancel()
	return d.o.conns.NATS.Raw().FlushWithContext(ctx) == nil
}

// excuse has the silence of every attempt begin now.
func (d *driver) excuse() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.watches {
		w.heard = time.Now()
	}
}

func (d *driver) silent(w *watch) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return w.Fate == pipeline.Alive && time.Since(w.heard) > d.o.cfg.LostAfter
}

// lookUpAll looks several attempts up at once.
func (d *driver) lookUpAll(ctx context.Context, units []pipeline.Unit) {
	var group errgroup.Group
	group.SetLimit(parallel)
	for _, u := range units {
		attempt := d.state.Attempts[u.Path()].N
		group.Go(func() error { d.lookUp(ctx, u, attempt); return nil })
	}
	_ = group.Wait()
}

// lookUp asks asynq what became of an attempt.
func (d *driver) lookUp(ctx context.Context, u pipeline.Unit, attempt uint32) {
	id := wire.JobID(d.id, u.Stage, u.Name, attempt)
	state, lastErr, err := d.o.jobs.State(ctx, pipeline.QueueOf(u.Task.Kind), id)
	if err != nil {
		d.log.WarnContext(ctx, "look up a silent task", "task", u.Path(), "err", err)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	w := d.watches[u.Path()]
	if w == nil || w.Attempt != attempt || w.Fate != pipeline.Alive {
		return
	}
	switch state {
	case job.Pending, job.Retry:
		w.heard = time.Now()
	case job.Active:
		if time.Since(w.heard) > d.o.cfg.LostAfter {
			d.recheck[u.Key] = true // it may be done, and only the event was lost
			w.Fate = pipeline.Lost
			d.log.WarnContext(ctx, "attempt lost: its worker is silent", "task", u.Path(), "attempt", attempt)
		}
	case job.Missing:
		// Done, and the event was lost: then there is a memo. Or Redis was emptied, of which the
		// task is innocent: it goes back into the queue uncharged.
		d.recheck[u.Key] = true
		w.Fate = pipeline.Gone
	case job.Archived:
		d.recheck[u.Key] = true
		w.Fate, w.Error = pipeline.Dead, lastErr
	}
}
