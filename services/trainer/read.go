package trainer

import (
	"context"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/worker"
)

// set is features or series, whichever a model reads.
type set struct {
	features dataset.Features
	series   model.Series
}

// read reads the shards of a set that a kind of model reads, in the order of the task's inputs.
func read(ctx context.Context, w *worker.Work, kind, name string) (set, []artifact.Digest, error) {
	if model.ReadsSeries(kind) {
		return series(ctx, w, name)
	}
	return features(ctx, w, name)
}

func features(ctx context.Context, w *worker.Work, name string) (set, []artifact.Digest, error) {
	var parts []dataset.Features
	digests, err := eachShard(ctx, w, name, "features", func(data []byte) error {
		part, err := dataset.DecodeFeatures(data)
		parts = append(parts, part)
		return err
	})
	if err != nil {
		return set{}, nil, err
	}
	all, err := dataset.Concat(parts)
	return set{features: all}, digests, fault.With(fault.Invalid, err)
}

func series(ctx context.Context, w *worker.Work, name string) (set, []artifact.Digest, error) {
	var parts []model.Series
	digests, err := eachShard(ctx, w, name, "series", func(data []byte) error {
		rows, err := dataset.DecodeSeries(data)
		if err != nil {
			return err
		}
		part, err := model.SeriesOf(rows)
		parts = append(parts, part)
		return err
	})
	if err != nil {
		return set{}, nil, err
	}
	all := model.JoinSeries(parts)
	if err := all.Check(); err != nil {
		return set{}, nil, fault.New(fault.Invalid, "series of the %s set: %w", name, err)
	}
	return set{series: all}, digests, nil
}

// eachShard calls f with the bytes of each shard of a set, and returns their digests.
func eachShard(ctx context.Context, w *worker.Work, name, what string, f func([]byte) error) ([]artifact.Digest, error) {
	var digests []artifact.Digest
	for _, in := range w.Task.Inputs {
		if !pipeline.InSet(in.Name, name) {
			continue
		}
		data, err := w.Read(ctx, in)
		if err != nil {
			return nil, err
		}
		if err := f(data); err != nil {
			return nil, fault.New(fault.Invalid, "%s %s: %w", what, in.Name, err)
		}
		digests = append(digests, in.Ref.Digest)
	}
	return digests, nil
}

// recipe returns what fresh series are made by.
func recipe(p pipeline.Recipe) *train.Recipe {
	r := &train.Recipe{Lengths: p.Lengths, MinHurst: p.Hurst.Min, MaxHurst: p.Hurst.Max}
	for _, c := range p.Mix {
		r.Mix = append(r.Mix, train.Condition{Process: c.Process, Contaminate: c.Contaminate, Share: c.Share})
	}
	return r
}
