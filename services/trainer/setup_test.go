package trainer

import (
	"context"
	"encoding/json"
	"maps"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/search"
	"github.com/longmemory/hurst/pkg/worker"
)

// shards are small features by the name of their shard, made once for all tests, which only read them.
var shards = sync.OnceValue(func() map[string][]byte {
	set, err := feature.Lookup("basic")
	must(err)
	e := feature.NewExtractor(set)
	all := map[string][]byte{}
	for _, name := range []string{"train-0000", "train-0001", "validation-0000", "test-0000"} {
		f := dataset.Features{Set: set.Name, Version: set.Version, Names: set.Names, Rows: 120}
		f.X = make([]float64, f.Rows*len(set.Names))
		for i := range f.Rows {
			rng := process.Source(3, name, uint64(i))
			h := 0.1 + 0.8*rng.Float64()
			x := make([]float64, []int{128, 256}[i%2])
			must(process.NewFGN(len(x)).Generate(x, h, rng))
			must(e.Extract(f.Row(i), x))
			f.H, f.N, f.Index = append(f.H, h), append(f.N, len(x)), append(f.Index, uint64(i))
		}
		data, err := dataset.EncodeFeatures(f)
		must(err)
		all[name] = data
	}
	return all
})

// seriesShards are the same series themselves; every third is a walk.
var seriesShards = sync.OnceValue(func() map[string][]byte {
	all := map[string][]byte{}
	for name := range shards() {
		var rows []dataset.Row
		for i := range 120 {
			rng := process.Source(3, name, uint64(i))
			row := dataset.Row{Index: uint64(i), H: 0.1 + 0.8*rng.Float64(), Process: "fgn", Class: dataset.Noise}
			x := make([]float64, []int{128, 256}[i%2])
			must(process.NewFGN(len(x)).Generate(x, row.H, rng))
			if i%3 == 0 {
				row.Class = dataset.Walk
				for j := range x[1:] {
					x[j+1] += x[j]
				}
			}
			for _, v := range x {
				row.Values = append(row.Values, float32(v))
			}
			rows = append(rows, row)
		}
		data, err := dataset.EncodeSeries(rows)
		must(err)
		all[name] = data
	}
	return all
})

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// input stores bytes and returns them as an input.
func input(t testing.TB, store artifact.Store, name string, data []byte) pipeline.Input {
	t.Helper()
	ref, err := artifact.Put(t.Context(), store, data, "application/octet-stream")
	require.NoError(t, err)
	return pipeline.Input{Name: name, Ref: ref}
}

// trainTask returns a task whose inputs are in the store.
func trainTask(t testing.TB, store artifact.Store, p pipeline.TrainParams, names ...string) pipeline.Task {
	t.Helper()
	if names == nil {
		names = []string{"train-0000", "train-0001", "validation-0000"}
	}
	params, err := json.Marshal(p)
	require.NoError(t, err)
	task := pipeline.Task{Kind: pipeline.KindTrain, Version: pipeline.VersionOf(pipeline.KindTrain), Params: params, Seed: 11}
	for _, name := range names {
		data := shards()[name]
		if model.ReadsSeries(p.Model) {
			data = seriesShards()[name]
		}
		task.Inputs = append(task.Inputs, input(t, store, name, data))
	}
	return task
}

func mlp(epochs int) pipeline.TrainParams {
	return pipeline.TrainParams{Process: "fgn", Model: "mlp", Params: search.Params{"hidden": []any{8}, "epochs": epochs, "batch": 32}}
}

// subject is a trainer of the default configuration.
func subject(t testing.TB) *trainer {
	t.Helper()
	tr, err := newTrainer(DefaultConfig())
	require.NoError(t, err)
	return tr
}

func filterBank(more search.Params) pipeline.TrainParams {
	p := search.Params{"units": 4, "hidden": []any{8}, "epochs": 3, "batch": 32}
	maps.Copy(p, more)
	return pipeline.TrainParams{Process: "fgn", Model: "filterbank", Params: p}
}

// undisturbed performs a task from beginning to end.
func undisturbed(t testing.TB, store artifact.Store, task pipeline.Task) worker.Output {
	t.Helper()
	out, err := subject(t).train(t.Context(), worker.NewWork(task, store, nil))
	require.NoError(t, err)
	return out
}

// after is a context that is asked whether it has ended, as a fit does at each step, and acts when it
// is asked for the n-th time.
type after struct {
	context.Context
	n  int
	do func()
}

func (a *after) Err() error {
	if a.n--; a.n == 0 {
		a.do()
	}
	return a.Context.Err()
}

func decode(t testing.TB, bundle []byte) *model.Model {
	t.Helper()
	m, err := model.Decode(bundle)
	require.NoError(t, err)
	return m
}
