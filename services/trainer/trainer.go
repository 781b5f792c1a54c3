// Package trainer fits models to features and measures them.
package trainer

import (
	"context"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/worker"
)

// New connects the service. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*worker.Service, error) {
	return worker.Open(ctx, "trainer", pipeline.QueueTrain, cfg.Settings, env, map[string]worker.Func{
		pipeline.KindTrain:    train,
		pipeline.KindEvaluate: evaluate,
	})
}

// train fits a model and scores it on the validation set. Trials leave nothing but the score.
func train(ctx context.Context, w *worker.Work) (worker.Output, error) {
	var p pipeline.TrainParams
	if err := w.Params(&p); err != nil {
		return worker.Output{}, err
	}
	a, err := assemble(ctx, w, p)
	if err != nil {
		return worker.Output{}, err
	}
	m, err := model.New(a)
	if err != nil {
		return worker.Output{}, err
	}
	score, err := scoreOf(m, a.Validation, p.Process)
	if err != nil {
		return worker.Output{}, err
	}
	out := worker.Output{
		Engine: m.Engine,
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

// assemble reads the features and fits the model to them.
func assemble(ctx context.Context, w *worker.Work, p pipeline.TrainParams) (model.Assembly, error) {
	a := model.Assembly{Params: p.Params, Lineage: model.Lineage{Seed: w.Task.Seed, Process: p.Process}}
	learner, err := model.Lookup(p.Model)
	if err != nil {
		return a, fault.With(fault.Invalid, err)
	}
	if a.Train, a.Lineage.Train, err = features(ctx, w, pipeline.SetTrain); err != nil {
		return a, err
	}
	if a.Validation, a.Lineage.Validation, err = features(ctx, w, pipeline.SetValidation); err != nil {
		return a, err
	}
	a.Fitted, err = fit(ctx, w, learner, model.FitJob{
		Params: p.Params, Train: a.Train, Validation: a.Validation, Seed: w.Task.Seed,
	})
	return a, err
}

// features reads the shards of a set, in the order of the task's inputs.
func features(ctx context.Context, w *worker.Work, set string) (dataset.Features, []artifact.Digest, error) {
	var parts []dataset.Features
	var digests []artifact.Digest
	for _, in := range w.Task.Inputs {
		if !pipeline.InSet(in.Name, set) {
			continue
		}
		data, err := w.Read(ctx, in)
		if err != nil {
			return dataset.Features{}, nil, err
		}
		part, err := dataset.DecodeFeatures(data)
		if err != nil {
			return dataset.Features{}, nil, fault.New(fault.Invalid, "features %s: %w", in.Name, err)
		}
		parts = append(parts, part)
		digests = append(digests, in.Ref.Digest)
	}
	all, err := dataset.Concat(parts)
	return all, digests, fault.With(fault.Invalid, err)
}
