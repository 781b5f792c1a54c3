//go:build accuracy

package train_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/process"
)

// TestGains measures what each method is worth: the change of the test MAE against plain training,
// with as many series seen and the same seeds, and the standard error of the mean over seeds. It
// prints; what must hold of methods is tested elsewhere.
func TestGains(t *testing.T) {
	const seeds, steps = 8, 1600
	x, h := draw(t, "gain", 4000, 256)
	plain := func(c train.Config, s train.Source, stages []train.Stage, members int) []*train.Network {
		c.LearningRate, c.Batch = 0.01, 16
		results, err := train.Ensemble(train.Job{Plan: layout(t, smallBank()), Engine: engine(), Config: c, Source: s, Curriculum: stages, Threads: 2}, members)
		require.NoError(t, err)
		var all []*train.Network
		for _, r := range results {
			all = append(all, r.Network)
			if len(r.Snapshots) > 0 {
				all = r.Snapshots
			}
		}
		return all
	}
	recipe := func(seed uint64, lengths ...int) train.Recipe {
		return train.Recipe{Seed: seed, Name: "gain", Lengths: lengths}
	}
	source := func(r train.Recipe) train.Source {
		s, err := train.Fresh(r)
		require.NoError(t, err)
		return s
	}
	stages := func(r train.Recipe, by string) []train.Stage {
		s, err := train.Curriculum(r, by, 2)
		require.NoError(t, err)
		return s
	}
	few := func(seed uint64) train.Source {
		x, h := all(t, source(train.Recipe{Seed: seed, Name: "few", Lengths: []int{256}, Count: 200}))
		s, err := train.Series(x, h)
		require.NoError(t, err)
		return s
	}
	short := []int{64, 128, 256, 512}
	report(t, "fresh series, n = 256", seeds, x, h, []method{
		{"plain", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps}, source(recipe(s, 256)), nil, 1)
		}},
		{"average 0.99", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps, Average: 0.99}, source(recipe(s, 256)), nil, 1)
		}},
		{"constant rate", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps, Schedule: train.Schedule{Kind: train.Constant}}, source(recipe(s, 256)), nil, 1)
		}},
		{"constant rate, average 0.99", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps, Average: 0.99, Schedule: train.Schedule{Kind: train.Constant}}, source(recipe(s, 256)), nil, 1)
		}},
		{"4 seeds, a quarter each", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps / 4}, source(recipe(s, 256)), nil, 4)
		}},
		{"4 seeds, all each", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps}, source(recipe(s, 256)), nil, 4)
		}},
		{"4 snapshots", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps, Schedule: train.Schedule{Cycles: 4}}, source(recipe(s, 256)), nil, 1)
		}},
		{"curriculum by distance", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps}, source(recipe(s, 256)), stages(recipe(s, 256), train.ByDistance), 1)
		}},
	})
	report(t, "fresh series, n = 64 to 512, scored at 256", seeds, x, h, []method{
		{"plain", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps}, source(recipe(s, short...)), nil, 1)
		}},
		{"curriculum by length", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps}, source(recipe(s, short...)), stages(recipe(s, short...), train.ByLength), 1)
		}},
	})
	spoiling := func(r train.Recipe) train.Recipe {
		for _, c := range [][]process.Spec{
			nil, {spoil("white", "size", 0.5)}, {spoil("trend", "size", 2)}, {spoil("outliers", "rate", 0.02)},
			{spoil("trend", "size", 2), spoil("outliers", "rate", 0.02)}, {spoil("trend", "size", 2), spoil("white", "size", 0.5)},
		} {
			r.Mix = append(r.Mix, train.Condition{Contaminate: c})
		}
		return r
	}
	mixed := spoiling(train.Recipe{Seed: 99, Name: "gain/mixed", Lengths: []int{256}, Count: 4000})
	mx, mh := all(t, source(mixed))
	report(t, "fresh series of six conditions, n = 256, scored on all", seeds, mx, mh, []method{
		{"plain", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps}, source(spoiling(recipe(s, 256))), nil, 1)
		}},
		{"curriculum by contamination", func(s uint64) []*train.Network {
			r := spoiling(recipe(s, 256))
			return plain(train.Config{Seed: s, Steps: steps}, source(r), stages(r, train.ByContamination), 1)
		}},
	})
	augmented := func(a []train.Augmentation, biased ...train.Augmentation) func(uint64) []*train.Network {
		return func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps, Augment: a, Biased: biased}, few(s), nil, 1)
		}
	}
	report(t, "200 fixed series, n = 256", seeds, x, h, []method{
		{"plain", augmented(nil)},
		{"flip", augmented([]train.Augmentation{train.Flip})},
		{"reverse", augmented([]train.Augmentation{train.Reverse})},
		{"slice", augmented([]train.Augmentation{train.Slice})},
		{"flip, reverse, slice", augmented([]train.Augmentation{train.Flip, train.Reverse, train.Slice})},
		{"noise", augmented(nil, train.Noise)},
		{"time_warp", augmented(nil, train.TimeWarp)},
		{"magnitude_warp", augmented(nil, train.MagnitudeWarp)},
		{"4 seeds", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps}, few(s), nil, 4)
		}},
		{"4 snapshots", func(s uint64) []*train.Network {
			return plain(train.Config{Seed: s, Steps: steps, Schedule: train.Schedule{Cycles: 4}}, few(s), nil, 1)
		}},
	})
}

func spoil(kind, param string, v float64) process.Spec {
	return process.Spec{Kind: kind, Params: map[string][]float64{param: {v}}}
}

type method struct {
	name  string
	train func(seed uint64) []*train.Network
}

// report prints the MAE of each method and its difference to the first.
func report(t *testing.T, title string, seeds int, x [][]float64, h []float64, methods []method) {
	t.Helper()
	t.Log(title)
	var first []float64
	for _, m := range methods {
		var scores, differences []float64
		for seed := range seeds {
			scores = append(scores, mae(t, x, h, m.train(uint64(seed))...))
		}
		if first == nil {
			first = scores
		}
		for i, s := range scores {
			differences = append(differences, s-first[i])
		}
		mean, _ := meanSE(scores)
		change, se := meanSE(differences)
		t.Logf("  %-28s MAE %.4f  %+.4f ± %.4f", m.name, mean, change, se)
	}
}

// TestMetaGain compares what a network from Reptile and one from plain training on the same domains,
// with as many series seen, adapt to: white noise as strong as the series, which neither has seen.
func TestMetaGain(t *testing.T) {
	const seeds, steps, inner, batch = 6, 200, 8, 16
	mix := []train.Condition{
		{}, {Contaminate: []process.Spec{{Kind: "white", Params: map[string][]float64{"size": {0.5}}}}},
		{Contaminate: []process.Spec{{Kind: "trend", Params: map[string][]float64{"size": {2}}}}},
		{Contaminate: []process.Spec{{Kind: "outliers", Params: map[string][]float64{"rate": {0.02}}}}},
	}
	x, h := all(t, spoilt(t, "gain", 1000))
	scores := map[string][]float64{}
	for seed := range uint64(seeds) {
		var domains []train.Source
		for i, c := range mix {
			s, err := train.Fresh(train.Recipe{Seed: seed, Name: "meta" + string(rune('a'+i)), Lengths: []int{256}, Mix: []train.Condition{c}})
			require.NoError(t, err)
			domains = append(domains, s)
		}
		reptile, err := train.MetaTrain(train.MetaJob{
			Plan: layout(t, smallBank()), Engine: engine(), Domains: domains,
			Config: train.MetaConfig{Seed: seed, Steps: steps, Inner: inner, Batch: batch, Rate: 0.003, Meta: 1},
		})
		require.NoError(t, err)
		together, err := train.Fresh(train.Recipe{Seed: seed, Name: "meta", Lengths: []int{256}, Mix: mix})
		require.NoError(t, err)
		plain, err := train.Train(train.Job{
			Plan: layout(t, smallBank()), Engine: engine(), Source: together,
			Config: train.Config{Seed: seed, Steps: steps * inner, Batch: batch, LearningRate: 0.01},
		})
		require.NoError(t, err)
		for name, n := range map[string]*train.Network{"plain": plain.Network, "reptile": reptile} {
			scores[name+" 0"] = append(scores[name+" 0"], mae(t, x, h, n))
			for few, label := range map[int]string{5: " 5", 20: " 20", 50: " 50"} {
				a, err := train.Adapt(train.AdaptJob{Network: n, Engine: engine(), Seed: seed, Source: spoiltSeed(t, seed, few)})
				require.NoError(t, err)
				scores[name+label] = append(scores[name+label], mae(t, x, h, a.Network))
			}
		}
	}
	for _, few := range []string{" 0", " 5", " 20", " 50"} {
		for _, name := range []string{"plain", "reptile"} {
			mean, se := meanSE(scores[name+few])
			t.Logf("%-8s adapted to%3s series: MAE %.4f ± %.4f", name, few, mean, se)
		}
	}
}

func spoiltSeed(t testing.TB, seed uint64, count int) train.Source {
	t.Helper()
	s, err := train.Fresh(train.Recipe{Seed: 100 + seed, Name: "few", Lengths: []int{256}, Count: count, Mix: []train.Condition{{
		Contaminate: []process.Spec{{Kind: "white", Params: map[string][]float64{"size": {1}}}},
	}}})
	require.NoError(t, err)
	return s
}
