package trainer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/worker"
)

// fit fits a model, resuming from the newest checkpoint, and leaves one when it is cut short.
func (t *trainer) fit(ctx context.Context, w *worker.Work, learner model.Learner, job model.FitJob) (model.Fitted, error) {
	resume, err := w.Resume(ctx)
	if err != nil {
		return nil, err
	}
	c := checkpointer{between: t.checkpoint, last: time.Now(), store: func(state []byte) error { return w.Checkpoint(ctx, state) }}
	pace := pace{begun: time.Now()}
	job.Resume = resume
	job.Checkpoint = c.offer
	job.Progress = func(p model.Progress) bool {
		w.Progress(p.Fraction, pace.message(p, time.Now()))
		ended := ctx.Err() != nil
		c.stopping = !ended && w.Draining()
		return !ended && !c.stopping && c.err == nil
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
	return nil, worker.ErrHandedBack
}

// checkpointer stores one state in a while, and that at which a fit stops.
type checkpointer struct {
	store    func(state []byte) error
	between  time.Duration
	last     time.Time
	stopping bool
	err      error
}

func (c *checkpointer) offer(state func() []byte) {
	if c.err == nil && (c.stopping || time.Since(c.last) >= c.between) {
		c.err = c.store(state())
		c.last = time.Now()
	}
}

// pace says how fast a fit is, by what it has done since it began.
type pace struct {
	begun time.Time
	first float64 // fraction when first told
	told  bool
}

// message returns a report's own, with series a second and the time that is left.
func (p *pace) message(r model.Progress, now time.Time) string {
	if !p.told {
		p.told, p.first, p.begun = true, r.Fraction, now
	}
	seconds, done := now.Sub(p.begun).Seconds(), r.Fraction-p.first
	text := r.Message
	if seconds < 0.5 || done <= 0 {
		return text
	}
	if r.Series > 0 {
		text += fmt.Sprintf(", %.0f series/s", float64(r.Series)/seconds)
	}
	left := time.Duration(seconds / done * (1 - r.Fraction) * float64(time.Second))
	return text + fmt.Sprintf(", %s left", left.Round(time.Second))
}
