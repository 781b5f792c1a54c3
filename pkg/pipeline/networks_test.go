package pipeline_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/pipeline"
)

// TestEveryPipelineIsPlanned loads the specs that come with Hurst and looks at what each wants first.
func TestEveryPipelineIsPlanned(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../pipelines/*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 3)
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		w := newWorld(t, data)
		require.NotEmpty(t, w.plan(nil), f)
		require.Equal(t, w.spec.Name+".yaml", filepath.Base(f))
	}
}

// two are networks on series beside a model on features.
const two = `
version: 1
name: two
stages:
  - {name: one, kind: generate, with: {lengths: [128], series: {train: 400, validation: 100, test: 100}, shard: 200}}
  - {name: extract, kind: extract, needs: [one]}
  - {name: tune, kind: tune, needs: [extract], with: {fraction: 0.5, models: [{kind: filterbank, params: {fresh: true}}, {kind: cnn}, {kind: ridge}]}}
  - {name: train, kind: train, needs: [extract, tune]}
  - {name: evaluate, kind: evaluate, needs: [extract, train]}
`

// finish performs all tasks that the graph wants, the study naming a trial of each of its models.
func finish(w *world) {
	for range 20 {
		for u := range w.graph().Units {
			if u.Result != nil {
				continue
			}
			w.perform(u)
			if u.Task.Kind != pipeline.KindTune {
				continue
			}
			var p pipeline.TuneParams
			require.NoError(w.t, json.Unmarshal(u.Task.Params, &p))
			v := pipeline.TuneValue{Done: len(p.Results) > 0}
			for i, m := range p.Models {
				v.Trials = append(v.Trials, pipeline.Trial{Index: i, Kind: m.Kind, Params: m.Params})
			}
			if v.Done {
				v.Best = v.Trials
			}
			w.results[u.Key].Value = value(w.t, v)
		}
	}
}

// TestModelsGetWhatTheyRead holds that networks are given shards of series, or a recipe.
func TestModelsGetWhatTheyRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(two))
	finish(w)
	g := w.graph()
	require.True(t, g.Complete())
	made := map[artifact.Digest]string{}
	for u := range g.Units {
		for _, o := range u.Result.Outputs {
			made[o.Ref.Digest] = u.Stage + "/" + u.Name
		}
	}
	inputs := func(u pipeline.Unit) string {
		var names []string
		for _, in := range u.Task.Inputs {
			if in.Name != pipeline.OutputBundle {
				names = append(names, made[in.Ref.Digest])
			}
		}
		return strings.Join(names, " ")
	}
	want := map[string]string{
		"tune/trial-0000":     "one/validation-0000",
		"tune/trial-0001":     "one/train-0000 one/validation-0000",
		"tune/trial-0002":     "extract/train-0000 extract/validation-0000",
		"train/filterbank":    "one/validation-0000",
		"train/cnn":           "one/train-0000 one/train-0001 one/validation-0000",
		"train/ridge":         "extract/train-0000 extract/train-0001 extract/validation-0000",
		"evaluate/filterbank": "one/test-0000",
		"evaluate/cnn":        "one/test-0000",
		"evaluate/ridge":      "extract/test-0000",
	}
	for u := range g.Units {
		if text, ok := want[u.Path()]; ok {
			require.Equal(t, text, inputs(u), u.Path())
			delete(want, u.Path())
		}
		if u.Path() == "train/filterbank" {
			var p pipeline.TrainParams
			require.NoError(t, json.Unmarshal(u.Task.Params, &p))
			require.Equal(t, []int{128}, p.Fresh.Lengths)
			require.Equal(t, pipeline.Range{Min: 0.1, Max: 0.9}, p.Fresh.Hurst)
			require.Equal(t, "fgn", p.Fresh.Mix[0].Process.Kind)
		}
		if u.Path() == "train/cnn" {
			require.NotContains(t, string(u.Task.Params), "fresh\":{")
		}
	}
	require.Empty(t, want)
}

// TestNetworksNeedNoFeatures holds that a pipeline of networks on series has no extract stage, and
// that series of several stages are told apart.
func TestNetworksNeedNoFeatures(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("[extract]", "[one, more]", "extract, ", "one, more, ", ", {kind: ridge}", "", "fresh: true", "steps: 9",
		"  - {name: extract, kind: extract, needs: [one]}", "  - {name: more, kind: generate, with: {lengths: [256], series: {train: 10, validation: 10, test: 10}}}").Replace(two)
	w := newWorld(t, []byte(text))
	finish(w)
	g := w.graph()
	require.True(t, g.Complete())
	var names []string
	for _, u := range g.Stage("train").Units {
		names = names[:0]
		for _, in := range u.Task.Inputs {
			names = append(names, in.Name)
		}
		require.Equal(t, []string{"train-one-0000", "train-one-0001", "train-more-0000", "validation-one-0000", "validation-more-0000"}, names, u.Name)
	}
	require.Len(t, g.Stage("evaluate").Units, 2)
}

func TestNetworksAreChecked(t *testing.T) {
	t.Parallel()
	for says, replace := range map[string][2]string{
		"names no stage of kind extract, which tune reads":                                        {"name: tune, kind: tune, needs: [extract]", "name: tune, kind: tune, needs: [one]"},
		"names no stage of kind extract, which evaluate reads":                                    {"name: evaluate, kind: evaluate, needs: [extract, train]", "name: evaluate, kind: evaluate, needs: [train]"},
		"names no stage of kind generate or extract, whose series evaluate reads":                 {"name: evaluate, kind: evaluate, needs: [extract, train]", "name: evaluate, kind: evaluate, needs: [train]"},
		"curriculum of cnn is \"length\": it needs series that are fresh":                         {"{kind: cnn}", "{kind: cnn, params: {curriculum: length}}"},
		"leads to several stages of kind generate, and fresh series are made as one of them says": {"needs: [extract], with: {fraction", "needs: [extract, two], with: {fraction"},
		"is a stage of kind train, which tune does not read":                                      {"kind: tune, needs: [extract]", "kind: tune, needs: [extract, train]"},
	} {
		text := strings.Replace(two, replace[0], replace[1], 1)
		require.NotEqual(t, two, text, says)
		text += "  - {name: two, kind: generate, with: {lengths: [256], series: {train: 10, validation: 10, test: 10}}}\n"
		_, err := pipeline.Parse([]byte(text))
		require.ErrorContains(t, err, says)
	}
	final := strings.Replace(two, "{kind: cnn}", "{kind: cnn, params: {snapshots: 2}, final: {schedule: plateau}}", 1)
	_, err := pipeline.Parse([]byte(final))
	require.ErrorContains(t, err, "stages[2].with.models[1].final")
}
