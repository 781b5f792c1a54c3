// Package extractor computes the features of the series in a shard.
package extractor

import (
	"context"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/worker"
)

// New connects the service. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*worker.Service, error) {
	return worker.Open(ctx, "extractor", pipeline.QueueFeatures, cfg.Settings, env, map[string]worker.Func{
		pipeline.KindExtract: extract,
	})
}

// extract computes a feature set of every series of a shard, in their order.
func extract(ctx context.Context, w *worker.Work) (worker.Output, error) {
	var p pipeline.ExtractParams
	if err := w.Params(&p); err != nil {
		return worker.Output{}, err
	}
	set, err := feature.Lookup(p.Features)
	if err != nil {
		return worker.Output{}, fault.With(fault.Invalid, err)
	}
	shard, err := w.Input(ctx, pipeline.OutputSeries)
	if err != nil {
		return worker.Output{}, err
	}
	rows, err := dataset.DecodeSeries(shard)
	if err != nil {
		return worker.Output{}, fault.With(fault.Invalid, err)
	}
	features, err := extractRows(ctx, w, set, rows)
	if err != nil {
		return worker.Output{}, err
	}
	data, err := dataset.EncodeFeatures(features)
	if err != nil {
		return worker.Output{}, err
	}
	return worker.Output{Artifacts: []worker.Artifact{{
		Name: pipeline.OutputFeatures, Type: "application/vnd.apache.parquet", Data: data,
	}}}, nil
}

func extractRows(ctx context.Context, w *worker.Work, set feature.Set, rows []dataset.Row) (dataset.Features, error) {
	cols := len(set.Names)
	f := dataset.Features{
		Set: set.Name, Version: set.Version, Names: set.Names, Rows: len(rows),
		X: make([]float64, len(rows)*cols), H: make([]float64, len(rows)),
		N: make([]int, len(rows)), Index: make([]uint64, len(rows)),
	}
	extractor := feature.NewExtractor(set)
	var x []float64
	for i, row := range rows {
		if err := ctx.Err(); err != nil {
			return f, err
		}
		x = x[:0]
		for _, v := range row.Values {
			x = append(x, float64(v))
		}
		if row.Class == dataset.Walk {
			x = increments(x)
		}
		if err := extractor.Extract(f.X[i*cols:(i+1)*cols], x); err != nil {
			return f, fault.New(fault.Invalid, "series %d: %w", row.Index, err)
		}
		f.H[i], f.N[i], f.Index[i] = row.H, row.N, row.Index
		w.Progress(float64(i+1)/float64(len(rows)), "extracting features")
	}
	return f, nil
}

// increments replaces a walk by its increments, which inference looks at as well.
func increments(x []float64) []float64 {
	for i := range x[1:] {
		x[i] = x[i+1] - x[i]
	}
	return x[:len(x)-1]
}
