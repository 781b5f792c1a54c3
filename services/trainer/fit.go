package trainer

import (
	"context"
	"errors"
	"time"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/worker"
)

// between is the least time between two checkpoints.
const between = 2 * time.Second

// fit fits a model, resuming from the newest checkpoint, and leaves one when it is cut short.
func fit(ctx context.Context, w *worker.Work, learner model.Learner, job model.FitJob) (model.Fitted, error) {
	resume, err := w.Resume(ctx)
	if err != nil {
		return nil, err
	}
	c := checkpointer{last: time.Now(), store: func(state []byte) error { return w.Checkpoint(ctx, state) }}
	job.Resume = resume
	job.Checkpoint = c.offer
	job.Progress = func(fraction float64, message string) bool {
		w.Progress(fraction, message)
		return ctx.Err() == nil && !w.Draining() && c.err == nil
	}
	fitted, err := learner.Fit(job)
	switch {
	case !errors.Is(err, model.ErrStopped):
		return fitted, fault.With(fault.Invalid, err)
	case c.err != nil:
		return nil, c.err
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	if err := c.flush(); err != nil {
		return nil, err
	}
	return nil, worker.ErrHandedBack
}

// checkpointer stores one state in a while, and holds the newest.
type checkpointer struct {
	store   func(state []byte) error
	last    time.Time
	pending []byte
	err     error
}

func (c *checkpointer) offer(state []byte) {
	c.pending = state
	if time.Since(c.last) >= between {
		c.err = c.flush()
		c.last = time.Now()
	}
}

// flush stores the newest state, unless it is stored.
func (c *checkpointer) flush() error {
	if c.pending == nil {
		return nil
	}
	err := c.store(c.pending)
	c.pending = nil
	return err
}
