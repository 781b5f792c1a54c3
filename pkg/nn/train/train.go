// Package train fits the weights of neural networks, on any engine: losses, optimisers, schedules,
// sources of samples that are kept or made while training, and what goes beyond one plain training:
// augmentation, curricula, ensembles, meta-learning and adaptation.
//
// [Train] is a pure function of its [Job], whatever the number of threads and workers. It can be
// stopped after any step and resumed to the same bits from the state that an [Event] gives.
package train

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// Job is a training.
type Job struct {
	Plan   *nn.Plan
	Engine nn.Engine
	Config Config

	Source Source // what is learned from
	// Validation is what errors are measured on, and has an end. Nil: there is no validation, and the
	// result is the last weights.
	Validation Source
	Curriculum []Stage // what is learned from before Source
	// Start is a network of the same plan to begin with; nil: weights drawn from the seed.
	Start *Network

	Threads int // of the engine at once; zero: 1. The result does not depend on it.
	Workers int // that make samples ahead; zero: as many as threads. The result does not depend on it.

	// Resume is what [Event.State] gave, of a training of the same job. Nil: start.
	Resume []byte
	// Progress is told of each step. False stops the training, which then ends with what it has. May
	// be nil.
	Progress func(Event) bool
}

// Event tells how far a training is, after a step.
type Event struct {
	Member      int // of an ensemble, from 0
	Step, Steps int // steps done, of so many
	Epoch       int // passes through Source that are complete; of one without end, zero
	Series      int // samples learned from so far, each time that one was
	Rate        float64
	Loss        float64 // mean since the last validation
	Validated   bool    // the errors were measured in this step
	Validation  Score   // when last measured
	Best        Score   // of the weights kept
	// State returns what Job.Resume needs to go on from here: a safetensors file of all numbers, whose
	// metadata say the rest. It is nil if a number is not finite any more. It is to be called before
	// Progress returns.
	State func() []byte
}

// Score is how good a network is on the validation samples.
type Score struct {
	MAE  float64 `json:"mae"`  // in the targets' unit; of a Gaussian's mean, or of the middle quantile
	Loss float64 `json:"loss"` // in training's
}

// Result is the outcome of a training.
type Result struct {
	Network *Network
	// Snapshots are the networks at the end of each cycle of a schedule that has more than one.
	Snapshots  []*Network
	Steps      int   // done
	BestStep   int   // of the network; Steps where there is no validation
	Validation Score // of the network
	Stopped    bool  // Progress said so
}

// ErrDiverged says that a training left what numbers can hold. A lower learning rate helps, and so
// do warm-up and clipping.
var ErrDiverged = errors.New("training diverged")

// Train fits a network. It keeps the weights with the least error on the validation samples: the MAE
// of a point, the loss of other heads.
func Train(job Job) (*Result, error) {
	t, err := newTraining(job)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	defer t.close()
	if err := t.run(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return t.result(), nil
}

func (t *training) run() error {
	if t.job.Start != nil && t.Step == 0 {
		if err := t.validate(); err != nil {
			return err
		}
	}
	for t.Step < t.steps && !t.impatient() {
		if err := t.learn(); err != nil {
			return err
		}
		due := t.due()
		if due {
			if err := t.validate(); err != nil {
				return err
			}
		}
		t.snapshot()
		if !t.report(due) {
			t.stopped = true
			return nil
		}
	}
	return nil
}

// due tells whether this step ends with a validation: the last does.
func (t *training) due() bool {
	return t.Step%t.every == 0 || t.Step == t.steps
}

// impatient tells whether the error has not improved for Patience validations.
func (t *training) impatient() bool {
	return t.validation != nil && t.job.Config.Patience > 0 && t.Stale >= t.job.Config.Patience
}

func (t *training) report(validated bool) bool {
	if t.job.Progress == nil {
		return true
	}
	_, epoch, _ := t.order.at(t.Step)
	e := Event{
		Step: t.Step, Steps: t.steps, Epoch: epoch, Series: t.Seen, Rate: t.rate,
		Loss: t.Reported, Validated: validated && t.validation != nil, Validation: t.Score, Best: t.Best.Score, State: t.state,
	}
	if t.Losses > 0 {
		e.Loss = t.LossSum / float64(t.Losses)
	}
	return t.job.Progress(e)
}

func (t *training) result() *Result {
	r := &Result{Steps: t.Step, BestStep: t.Step, Validation: t.Best.Score, Stopped: t.stopped}
	w := t.current()
	if t.Best.Seen {
		w, r.BestStep = t.bestWeights, t.Best.Step
	}
	r.Network = t.network(w)
	for _, s := range t.snapshots {
		r.Snapshots = append(r.Snapshots, t.network(s))
	}
	return r
}
