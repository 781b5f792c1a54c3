package model

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/safetensors"
	"github.com/longmemory/hurst/pkg/search"
)

// Fit trains on the first engine that works, and on the next, from the beginning, when that fails.
func (l networkLearner) Fit(job FitJob) (Fitted, error) {
	if err := job.check(l.kind); err != nil {
		return nil, err
	}
	if err := CheckTogether(l.kind, job.Params); err != nil {
		return nil, err
	}
	fit, err := l.prepare(job)
	if err != nil {
		return nil, fmt.Errorf("fit %s: %w", l.kind, err)
	}
	engines := job.Engines
	if name := textOf(fit.params, "engine"); name != engine.Auto || engines == nil {
		if engines, err = engine.Of(name); err != nil {
			return nil, err
		}
	}
	var results []*train.Result
	name, failed, err := engines.Do(func(e nn.Engine) (err error) {
		results, err = fit.run(e)
		return err
	})
	switch {
	case fit.stopped:
		return nil, ErrStopped
	case err != nil:
		return nil, fmt.Errorf("fit %s: %w", l.kind, err)
	}
	f := fit.fitted(results)
	f.engine, f.failed = name, failed
	return f, f.check()
}

// networkFit is a fit in progress.
type networkFit struct {
	job     FitJob
	kind    string
	params  search.Params
	train   train.Job
	window  int
	stopped bool // Progress said so
}

// prepare makes the training of a job, but for its engine.
func (l networkLearner) prepare(job FitJob) (*networkFit, error) {
	f := &networkFit{job: job, kind: l.kind, params: complete(l.kind, job.Params)}
	spec, err := l.spec(f.params, len(job.Train.Names))
	if err != nil {
		return nil, err
	}
	plan, err := spec.Plan()
	if err != nil {
		return nil, err
	}
	f.train = train.Job{Plan: plan, Threads: job.Threads}
	if err := f.checkSize(); err != nil {
		return nil, err
	}
	if err := f.setSources(); err != nil {
		return nil, err
	}
	f.setConfig()
	return f, nil
}

// maxBundleWeights is how many weights all members together may have, so that a bundle holds them.
const maxBundleWeights = maxBundle / 5

func (f *networkFit) checkSize() error {
	p, n := f.train.Plan, f.members()
	if total := n * (p.Size + p.StateSize); total > maxBundleWeights {
		return fmt.Errorf("%d networks of %d weights are %d together, at most %d", n, p.Size+p.StateSize, total, maxBundleWeights)
	}
	if total := len(wantedTensors(p, n)); total > safetensors.MaxTensors {
		return fmt.Errorf("%d networks have %d tensors together, at most %d", n, total, safetensors.MaxTensors)
	}
	return nil
}

func (f *networkFit) members() int {
	return wholeOf(f.params, "ensemble") * wholeOf(f.params, "snapshots")
}

// setConfig translates parameters.
func (f *networkFit) setConfig() {
	p := f.params
	c := train.Config{
		Seed: f.job.Seed, Batch: wholeOf(p, "batch"), Epochs: wholeOf(p, "epochs"),
		LearningRate: numberOf(p, "learning_rate"), WeightDecay: numberOf(p, "weight_decay"),
		Clip: numberOf(p, "clip"), Average: numberOf(p, "average"), Patience: wholeOf(p, "patience"),
		Schedule: train.Schedule{Kind: textOf(p, "schedule"), Cycles: wholeOf(p, "snapshots")},
		Augment:  textsOf[train.Augmentation](p, "augment"), Biased: textsOf[train.Augmentation](p, "biased"),
	}
	if loss := textOf(p, "loss"); loss != "auto" {
		c.Loss = train.Loss(loss)
	} else if f.kind == "filterbank" && nn.HeadKind(textOf(p, "head")) == nn.Point {
		c.Loss = train.MAE
	}
	samples := f.train.Source.Info().Len
	if steps := wholeOf(p, "steps"); steps > 0 || samples == 0 {
		c.Epochs, c.Steps = 0, steps
		if steps == 0 {
			c.Steps = freshSteps
		}
	}
	steps := c.Steps
	if c.Epochs > 0 {
		c.Batch = min(c.Batch, samples)
		steps = c.Epochs * ((samples + c.Batch - 1) / c.Batch)
	}
	c.Schedule.Warmup = int(numberOf(p, "warmup") * float64(steps))
	f.train.Config = c
}

// freshSteps is how long to train on series without end where nothing is said.
const freshSteps = 10_000

// run trains on an engine. What is resumed from was left by a training on the same engine.
func (f *networkFit) run(e nn.Engine) ([]*train.Result, error) {
	job := f.train
	job.Engine = e
	f.stopped = false
	started, resumed := 0, false
	state, err := decodeState(f.job.Resume, e.Name())
	if err == nil {
		job.Resume = state
	}
	begun := false
	job.Progress = func(ev train.Event) bool {
		if !begun {
			begun, started, resumed = true, ev.Series, job.Resume != nil
		}
		return f.tell(e.Name(), ev, started, resumed)
	}
	if !f.job.progress(0, "%s on %s", f.about(), e.Name()) {
		f.stopped = true
		return nil, nil
	}
	results, err := train.Ensemble(job, wholeOf(f.params, "ensemble"))
	if errors.Is(err, train.ErrState) && !begun { // damaged, or another job's
		job.Resume = nil
		results, err = train.Ensemble(job, wholeOf(f.params, "ensemble"))
	}
	return results, err
}

// about says what is trained.
func (f *networkFit) about() string {
	weights := fmt.Sprintf("%d weights", f.train.Plan.Size)
	switch samples := f.train.Source.Info().Len; {
	case samples == 0:
		return "fresh series, " + weights
	case f.window == 0:
		return fmt.Sprintf("%d series, %d features, %s", samples, f.train.Plan.Spec.Input.Channels, weights)
	default:
		return fmt.Sprintf("%d series, %s", samples, weights)
	}
}

// tell passes on what train tells, and offers its state.
func (f *networkFit) tell(engine string, ev train.Event, started int, resumed bool) bool {
	members := wholeOf(f.params, "ensemble")
	last := ev.Step == ev.Steps && ev.Member == members-1
	p := Progress{
		Fraction: (float64(ev.Member) + float64(ev.Step)/float64(ev.Steps)) / float64(members),
		Message:  f.message(ev), Series: max(0, ev.Series-started),
	}
	if f.job.Progress != nil && !f.job.Progress(p) && !last {
		f.stopped = true
	}
	if f.job.Checkpoint != nil && !last {
		f.job.Checkpoint(func() []byte { return encodeState(ev.State(), engine) })
	}
	return !f.stopped
}

func (f *networkFit) message(ev train.Event) string {
	text := fmt.Sprintf("step %d of %d: loss %.4g", ev.Step, ev.Steps, ev.Loss)
	if ev.Best.MAE > 0 {
		text += fmt.Sprintf(", validation MAE %.4f", ev.Validation.MAE)
	}
	if n := wholeOf(f.params, "ensemble"); n > 1 {
		text = fmt.Sprintf("network %d of %d, %s", ev.Member+1, n, text)
	}
	return text
}

// fitted collects the networks that were trained: of each training the best, or its snapshots.
func (f *networkFit) fitted(results []*train.Result) networkFitted {
	n := networkFitted{kind: f.kind, plan: f.train.Plan, window: f.window}
	for _, r := range results {
		networks := r.Snapshots
		if wholeOf(f.params, "snapshots") == 1 || len(networks) == 0 {
			networks = []*train.Network{r.Network}
		}
		for _, one := range networks {
			n.inputs = one.Inputs
			n.members = append(n.members, one.Weights)
		}
	}
	return n
}
