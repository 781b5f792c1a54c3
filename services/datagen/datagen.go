// Package datagen generates shards of series whose Hurst exponent is known.
package datagen

import (
	"context"
	"time"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/worker"
)

// New connects the service. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*worker.Service, error) {
	return worker.Open(ctx, "datagen", pipeline.QueueDatagen, cfg.Settings, env, map[string]worker.Func{
		pipeline.KindGenerate: generate,
		pipeline.KindNoop:     noop,
	})
}

// generate makes the series of one shard.
func generate(ctx context.Context, w *worker.Work) (worker.Output, error) {
	var p pipeline.GenerateParams
	if err := w.Params(&p); err != nil {
		return worker.Output{}, err
	}
	if err := check(p); err != nil {
		return worker.Output{}, err
	}
	g, err := newGenerator(p, w.Task.Seed)
	if err != nil {
		return worker.Output{}, fault.With(fault.Invalid, err)
	}
	rows := make([]dataset.Row, 0, p.Count)
	for i := range p.Count {
		if err := ctx.Err(); err != nil {
			return worker.Output{}, err
		}
		row, err := g.series(uint64(p.First + i))
		if err != nil {
			return worker.Output{}, fault.With(fault.Invalid, err)
		}
		rows = append(rows, row)
		w.Progress(float64(i+1)/float64(p.Count), "generating series")
	}
	data, err := dataset.EncodeSeries(rows)
	if err != nil {
		return worker.Output{}, err
	}
	return worker.Output{Artifacts: []worker.Artifact{{
		Name: pipeline.OutputSeries, Type: "application/vnd.apache.parquet", Data: data,
	}}}, nil
}

// noop does nothing for as long as it is told to, and ends as it is told to.
func noop(ctx context.Context, w *worker.Work) (worker.Output, error) {
	var p pipeline.NoopParams
	if err := w.Params(&p); err != nil {
		return worker.Output{}, err
	}
	if p.Milliseconds > 0 {
		select {
		case <-ctx.Done():
			return worker.Output{}, ctx.Err()
		case <-w.Drain:
			return worker.Output{}, worker.ErrHandedBack
		case <-time.After(time.Duration(p.Milliseconds) * time.Millisecond):
		}
	}
	switch p.Fail {
	case "permanent":
		return worker.Output{}, fault.New(fault.Invalid, "the noop task was told to fail")
	case "transient":
		return worker.Output{}, fault.New(fault.Unavailable, "the noop task was told to fail for a while")
	case "panic":
		panic("the noop task was told to panic")
	}
	return worker.Output{Value: p.Index}, nil
}
