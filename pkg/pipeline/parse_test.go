package pipeline_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pipelines"
	"github.com/longmemory/hurst/pkg/pipeline"
)

func TestQuickstartParses(t *testing.T) {
	t.Parallel()
	spec, err := pipeline.Parse(pipelines.Quickstart)
	require.NoError(t, err)
	require.Equal(t, "quickstart", spec.Name)
	require.Len(t, spec.Stages, 6)
	again, err := pipeline.Load(spec.Canonical())
	require.NoError(t, err)
	require.Equal(t, spec.Digest(), again.Digest(), "the canonical form survives a round trip")
}

func TestEveryPipelineParses(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("../../pipelines")
	require.NoError(t, err)
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".yaml") {
			data, err := os.ReadFile("../../pipelines/" + f.Name())
			require.NoError(t, err)
			_, err = pipeline.Parse(data)
			require.NoError(t, err, f.Name())
		}
	}
}

func TestStagesAreSortedByNeed(t *testing.T) {
	t.Parallel()
	spec, err := pipeline.Parse([]byte(`{version: 1, name: x, stages: [
		{name: c, kind: noop, needs: [b]}, {name: a, kind: noop}, {name: b, kind: noop, needs: [a]}]}`))
	require.NoError(t, err)
	var names []string
	for _, s := range spec.Stages {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"a", "b", "c"}, names)
}

// edits makes a broken spec from the quickstart by replacing one text.
type edit struct{ from, to, want string }

// brokenEdits are mistakes that people make; want is a part of the error.
var brokenEdits = []edit{
	{"version: 1", "version: 2", "version: 2 is not allowed; want 1"},
	{"version: 1\n", "", "lacks version"},
	{"version: 1", "version: one", "version:"},
	{"name: quickstart", "name: Quick Start", "name: \"Quick Start\" is not a name"},
	{"name: quickstart", "name: ''", "is not a name"},
	{"name: quickstart", "name: [a]", "name: is of type array; want string"},
	{"name: quickstart", "name: " + strings.Repeat("a", 64), "is not a name"},
	{"name: quickstart\n", "", "lacks name"},
	{"seed: 20261123", "seed: -1", "seed: -1 is too small; allowed: at least 0"},
	{"seed: 20261123", "seed: 1.5", "seed: 1.5 is of type number; want integer"},
	{"seed: 20261123", "seed: 9007199254740992", "is too large"},
	{"seed: 20261123", "seed: 99999999999999999999", "seed:"},
	{"seed: 20261123", "seed: abc", "seed: \"abc\" is of type string; want integer"},
	{"seed: 20261123", "sede: 1", "unknown keys: sede"},
	{"seed: 20261123", "seed: .nan", "not a finite number"},
	{"seed: 20261123", "seed: .inf", "not a finite number"},
	{"seed: 20261123", "seed: 1\nseed: 2", "the key stands here twice"},
	{"seed: 20261123", "salt: " + strings.Repeat("x", 65), "salt"},
	{"kind: generate", "kind: genrate", "stages[0].kind: \"genrate\" is not known; allowed: generate, extract"},
	{"kind: generate\n", "\n", "lacks kind"},
	{"- name: extract\n", "- \n", "lacks name"},
	{"- name: extract\n", "- name: generate\n", "is the name of an earlier stage"},
	{"- name: extract\n", "- name: Extract\n", "is not a name"},
	{"process: fgn", "process: brownian", "there is no process \"brownian\"; there are: fgn"},
	{"process: fgn", "prozess: fgn", "unknown keys: prozess"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: {min: 0.9, max: 0.1}", "must be larger than min, which is 0.9"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: {min: 0.5, max: 0.5}", "must be larger than min"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: {min: 0.1, max: 1.5}", "stages[0].with.hurst.max: 1.5 is too large; allowed: at most 0.98"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: {min: -0.1, max: 0.9}", "hurst.min: -0.1 is too small"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: {min: 0.1}", "lacks max"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: 0.7", "hurst: 0.7 is of type number; want object"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: {min: low, max: 0.9}", "hurst.min: \"low\" is of type string; want number"},
	{"hurst: {min: 0.1, max: 0.9}", "hurst: null", "hurst"},
	{"lengths: [256, 500, 1024]", "lengths: []", "has 0 items; want at least 1"},
	{"lengths: [256, 500, 1024]", "lengths: 500", "want array"},
	{"lengths: [256, 500, 1024]", "lengths: [63]", "lengths[0]: 63 is too small; allowed: at least 64"},
	{"lengths: [256, 500, 1024]", "lengths: [500, 1000001]", "lengths[1]: 1000001 is too large"},
	{"lengths: [256, 500, 1024]", "lengths: [500, 500]", "same item twice"},
	{"lengths: [256, 500, 1024]", "lengths: [500.5]", "want integer"},
	{"lengths: [256, 500, 1024]", "lengths: ['500']", "is of type string"},
	{"lengths: [256, 500, 1024]", "lengths: [256, 1024]", "stages[5].with.gate.length: 500 is no length that is generated"},
	{"lengths: [256, 500, 1024]\n", "\n", "lacks lengths"},
	{"train: 24000", "train: 0", "train: 0 is too small; allowed: at least 10"},
	{"train: 24000", "train: -5", "is too small"},
	{"train: 24000", "train: 1000000000", "is too large"},
	{"train: 24000", "train: many", "is of type string"},
	{"train: 24000", "trian: 24000", "unknown keys: trian"},
	{"series: {train: 24000, validation: 6000, test: 6000}", "series: {train: 24000}", "lacks validation, test"},
	{"series: {train: 24000, validation: 6000, test: 6000}", "series: 100", "want object"},
	{"shard: 3000", "shard: -1", "is too small"},
	{"shard: 3000", "shard: 200000", "is too large"},
	{"shard: 3000", "shard: 13000", "shard: 13000 is too large for series of 1024 points; allowed: at most 12288"},
	{"needs: [generate]", "needs: [generat]", "stages[1].needs[0]: \"generat\" is no stage of this spec; there are: generate, extract"},
	{"needs: [generate]", "needs: [extract]", "is the stage itself"},
	{"needs: [generate]", "needs: []", "names no stage of kind generate, which extract reads"},
	{"needs: [generate]", "needs: generate", "want array"},
	{"needs: [generate]", "needs: [1]", "want string"},
	{"needs: [generate]", "needs: [generate, generate]", "same item twice"},
	{"needs: [generate]", "needs: [train]", "is a stage of kind train, which extract does not read"},
	{"needs: [extract, tune]", "needs: [extract]", "names no stage of kind tune"},
	{"needs: [extract, tune]", "needs: [tune]", "names no stage of kind extract"},
	{"needs: [train, evaluate]", "needs: [evaluate]", "names no stage of kind train"},
	{"features: basic", "features: basik", "\"basik\" is no feature set; there are:"},
	{"features: basic", "features: 7", "is of type number; want string"},
	{"features: basic", "set: basic", "unknown keys: set"},
	{"sampler: random", "sampler: tpe", "\"tpe\" is not known; allowed: random"},
	{"fraction: 0.25", "fraction: 0", "fraction: 0 is too small; allowed: more than 0"},
	{"fraction: 0.25", "fraction: 2", "fraction: 2 is too large; allowed: at most 1"},
	{"fraction: 0.25", "fraction: half", "want number"},
	{"- kind: ridge\n", "- kind: rigde\n", "stages[2].with.models[0].kind: \"rigde\" is no model; there are:"},
	{"- kind: ridge\n", "- type: ridge\n", "lacks kind"},
	{"trials: 6", "trials: 0", "trials: 0 is too small"},
	{"trials: 6", "trials: 1e9", "is too large"},
	{"trials: 6", "trials: six", "want integer"},
	{"trials: 6", "trails: 6", "unknown keys: trails"},
	{"trials: 6", "params: {lamda: 1}", "lamda"},
	{"trials: 6", "params: {lambda: -1}", "lambda"},
	{"trials: 6", "params: {lambda: big}", "lambda"},
	{"trials: 6", "params: 3", "want object"},
	{"trials: 6", "space: {lambda: {min: 1, max: 0.1}}", "lambda"},
	{"trials: 6", "space: {lambda: {min: 0, max: 1, log: true}}", "lambda"},
	{"trials: 6", "space: {lambda: {low: 1}}", "unknown keys: low"},
	{"trials: 6", "space: {lambda: {min: -1, max: 1}}", "space.lambda: reaches beyond the limits"},
	{"trials: 6", "space: {lambda: {values: [0.1, big]}}", "space.lambda: reaches beyond the limits"},
	{"trials: 6", "trials: 1999", "have 2003 trials together; allowed: at most 2000"},
	{"trials: 6", "space: {colour: {min: 1, max: 2}}", "space.colour: is no hyperparameter of ridge"},
	{"trials: 6", "space: [1]", "want object"},
	{"trials: 6", "space: {lambda: {values: []}}", "has 0 items"},
	{"epochs: 12", "epochs: 0", "epochs"},
	{"epochs: 12", "epochs: 1.5", "epochs"},
	{"epochs: 12", "epoch: 12", "epoch"},
	{"model: hurst", "model: ''", "is not a name"},
	{"model: hurst", "model: ../x", "is not a name"},
	{"model: hurst\n", "alias: champion\n", "lacks model"},
	{"length: 500", "length: 501", "501 is no length that is generated; there are: [256 500 1024]"},
	{"length: 500", "length: -1", "is too small"},
	{"max_mae: 0.026", "max_mae: 2", "max_mae: 2 is too large"},
	{"max_mae: 0.026", "max_mae: -0.1", "is too small"},
	{"max_mae: 0.026", "max_mea: 0.026", "unknown keys: max_mea"},
	{"max_mae: 0.026", "beat_champion: maybe", "is of type string; want boolean"},
	{"gate: {length: 500, max_mae: 0.026}", "gate: strict", "want object"},
}

// brokenDocuments are whole documents that are no spec.
func brokenDocuments() map[string]edit {
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'j'; i++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	return map[string]edit{
		"empty":              {to: "", want: "it is empty"},
		"only a comment":     {to: "# nothing\n", want: "it is empty"},
		"null":               {to: "null", want: "want object"},
		"a list":             {to: "[1, 2]", want: "want object"},
		"a word":             {to: "hello", want: "want object"},
		"a number":           {to: "42", want: "want object"},
		"not YAML":           {to: "a: [1", want: "it is not YAML"},
		"a tab":              {to: "a:\n\t- b", want: "it is not YAML"},
		"binary":             {to: "\x00\x01\x02\xff", want: "the spec is not valid"},
		"invalid UTF-8":      {to: "name: \xff\xfe", want: "the spec is not valid"},
		"two documents":      {to: "version: 1\n---\nversion: 1", want: "second document"},
		"deep":               {to: deep, want: "the spec is not valid"},
		"YAML bomb":          {to: bomb, want: "more than 100000 values"},
		"anchor in itself":   {to: "a: &a [*a]", want: "the spec is not valid"},
		"merge key":          {to: "x: &x {a: 1}\nb:\n  <<: *x", want: "merge keys"},
		"key is a list":      {to: "[a]: 1", want: "a key must be a plain word"},
		"custom tag":         {to: "name: !!python/object x", want: "not supported"},
		"binary tag":         {to: "name: !!binary aGVsbG8=", want: "not supported"},
		"no stages":          {to: "{version: 1, name: x, stages: []}", want: "has 0 items; want at least 1"},
		"circle":             {to: "{version: 1, name: x, stages: [{name: a, kind: noop, needs: [b]}, {name: b, kind: noop, needs: [a]}]}", want: "in a circle: a, b"},
		"long circle":        {to: "{version: 1, name: x, stages: [{name: a, kind: noop, needs: [c]}, {name: b, kind: noop, needs: [a]}, {name: c, kind: noop, needs: [b]}, {name: d, kind: noop}]}", want: "in a circle: a, b, c"},
		"generate with none": {to: "{version: 1, name: x, stages: [{name: a, kind: generate}]}", want: "lacks with"},
		"unknown in noop":    {to: "{version: 1, name: x, stages: [{name: a, kind: noop, with: {speed: 1}}]}", want: "unknown keys: speed"},
		"noop fails oddly":   {to: "{version: 1, name: x, stages: [{name: a, kind: noop, with: {fail: loudly}}]}", want: "is not known"},
		"too many stages":    {to: "{version: 1, name: x, stages: [" + strings.Repeat("{name: a, kind: noop},", 65) + "]}", want: "at most 64"},
		"100 MB":             {to: strings.Repeat("a: b\n", 20<<20), want: "at most 1048576 are read"},
	}
}

func TestBrokenSpecsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	documents := brokenDocuments()
	for i, e := range brokenEdits {
		require.Contains(t, string(pipelines.Quickstart), e.from, "edit %d finds nothing to replace", i)
		e.to = strings.Replace(string(pipelines.Quickstart), e.from, e.to, 1)
		documents[fmt.Sprintf("edit %d: %.40q", i, brokenEdits[i].to)] = e
	}
	require.GreaterOrEqual(t, len(documents), 100)
	for name, e := range documents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := pipeline.Parse([]byte(e.to))
			var bad *pipeline.SpecError
			require.ErrorAs(t, err, &bad)
			require.Contains(t, err.Error(), e.want)
			require.Less(t, len(err.Error()), 4000, "an error is for people to read")
		})
	}
}

func TestErrorNamesLinePathAndValue(t *testing.T) {
	t.Parallel()
	text := strings.Replace(string(pipelines.Quickstart), "max: 0.9", "max: 1.5", 1)
	line := 1 + strings.Count(text[:strings.Index(text, "max: 1.5")], "\n")
	_, err := pipeline.Parse([]byte(text))
	require.EqualError(t, err, fmt.Sprintf("the spec is not valid: line %d: stages[0].with.hurst.max: 1.5 is too large; allowed: at most 0.98", line))
}

func FuzzParse(f *testing.F) {
	f.Add(pipelines.Quickstart)
	for _, e := range brokenDocuments() {
		if len(e.to) < 1<<16 {
			f.Add([]byte(e.to))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		spec, err := pipeline.Parse(data)
		if err != nil {
			return
		}
		again, err := pipeline.Load(spec.Canonical())
		require.NoError(t, err)
		require.True(t, bytes.Equal(spec.Canonical(), again.Canonical()))
		_, err = pipeline.Unfold(spec, func(pipeline.Key) *pipeline.Result { return nil })
		require.NoError(t, err)
	})
}
