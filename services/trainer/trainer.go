// Package trainer fits models to series, or to features of them, and measures them.
package trainer

import (
	"context"
	"runtime"
	"time"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/worker"
)

// New connects the service. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*worker.Service, error) {
	t, err := newTrainer(cfg)
	if err != nil {
		return nil, err
	}
	return worker.Open(ctx, "trainer", pipeline.QueueTrain, cfg.Settings, env, map[string]worker.Func{
		pipeline.KindTrain:    t.train,
		pipeline.KindEvaluate: t.evaluate,
	})
}

// trainer performs tasks.
type trainer struct {
	engines    engine.List
	threads    int
	checkpoint time.Duration // least between two
}

func newTrainer(cfg Config) (*trainer, error) {
	engines, err := engine.Of(cfg.FrameworkPriority...)
	if err != nil {
		return nil, fault.New(fault.Invalid, "framework_priority: %w", err)
	}
	t := &trainer{engines: engines, threads: cfg.Threads, checkpoint: cfg.Checkpoint}
	if t.threads == 0 {
		t.threads = runtime.GOMAXPROCS(0)
	}
	return t, nil
}

// train fits a model and scores it on the validation set. Trials leave nothing but the score.
func (t *trainer) train(ctx context.Context, w *worker.Work) (worker.Output, error) {
	var p pipeline.TrainParams
	if err := w.Params(&p); err != nil {
		return worker.Output{}, err
	}
	a, err := t.assemble(ctx, w, p)
	if err != nil {
		return worker.Output{}, err
	}
	m, err := model.New(a)
	if err != nil {
		return worker.Output{}, err
	}
	score, err := scoreOf(m, set{a.Validation, a.ValidationSeries}, p.Process)
	if err != nil {
		return worker.Output{}, err
	}
	out := worker.Output{
		Engine: engineOf(m),
		Value:  pipeline.TrainValue{Model: p.Model, Params: m.Params, Validation: score},
	}
	if p.Trial {
		return out, nil
	}
	bundle, err := model.Encode(m)
	if err != nil {
		return worker.Output{}, err
	}
	out.Artifacts = []worker.Artifact{{Name: pipeline.OutputBundle, Type: model.MediaType, Data: bundle}}
	return out, nil
}

// engineOf says what a model was fitted with, and what failed before.
func engineOf(m *model.Model) string {
	text := m.Engine
	for _, f := range m.Failed {
		text += "; " + f.Engine + " failed: " + f.Reason
	}
	return text
}

// assemble reads what the model learns from and fits it.
func (t *trainer) assemble(ctx context.Context, w *worker.Work, p pipeline.TrainParams) (model.Assembly, error) {
	a := model.Assembly{Params: p.Params, Lineage: model.Lineage{Seed: w.Task.Seed, Process: p.Process}}
	learner, err := model.Lookup(p.Model)
	if err != nil {
		return a, fault.With(fault.Invalid, err)
	}
	var training, validation set
	if p.Fresh == nil {
		if training, a.Lineage.Train, err = read(ctx, w, p.Model, pipeline.SetTrain); err != nil {
			return a, err
		}
	} else {
		a.Fresh = recipe(*p.Fresh)
	}
	if validation, a.Lineage.Validation, err = read(ctx, w, p.Model, pipeline.SetValidation); err != nil {
		return a, err
	}
	a.Train, a.TrainSeries = training.features, training.series
	a.Validation, a.ValidationSeries = validation.features, validation.series
	a.Fitted, err = t.fit(ctx, w, learner, model.FitJob{
		Params: p.Params, Train: a.Train, Validation: a.Validation,
		TrainSeries: a.TrainSeries, ValidationSeries: a.ValidationSeries, Fresh: a.Fresh,
		Seed: w.Task.Seed, Engines: t.engines, Threads: t.threads,
	})
	return a, err
}
