package train_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/process"
)

func TestEnsembleIsTheMeanOfItsMembers(t *testing.T) {
	t.Parallel()
	j := job(t)
	results, err := train.Ensemble(j, 3)
	require.NoError(t, err)
	alone, err := train.Train(j)
	require.NoError(t, err)
	require.Equal(t, alone, results[0], "the first is that of the job")
	require.NotEqual(t, results[0].Network.Weights, results[1].Network.Weights)

	x, _ := draw(t, "ensemble", 10, 80)
	predict := func(n ...*train.Network) []float64 {
		p, err := train.NewPredictor(engine(), nn.Size{Rows: 4, Length: 80}, n...)
		require.NoError(t, err)
		defer p.Close()
		out := make([]float64, 10)
		require.NoError(t, p.Predict(out, x))
		return out
	}
	want := make([]float64, 10)
	for _, r := range results {
		for i, v := range predict(r.Network) {
			want[i] += v / 3
		}
	}
	got := predict(results[0].Network, results[1].Network, results[2].Network)
	require.InDeltaSlice(t, want, got, 1e-12)
}

func TestEnsembleResumesInAnyMember(t *testing.T) {
	t.Parallel()
	run := func(resume []byte, progress func(train.Event) bool) []*train.Result {
		j := rich(t)
		j.Config.Steps, j.Config.Schedule.Cycles, j.Resume, j.Progress = 6, 2, resume, progress
		r, err := train.Ensemble(j, 3)
		require.NoError(t, err)
		return r
	}
	var states [][]byte
	want := run(nil, func(e train.Event) bool { states = append(states, e.State()); return true })
	require.Len(t, states, 18)
	for i, s := range states {
		require.Equal(t, want, run(s, nil), "state %d", i)
	}
	j := rich(t)
	j.Config.Steps, j.Config.Schedule.Cycles, j.Resume = 6, 2, states[9]
	_, err := train.Ensemble(j, 2)
	require.ErrorIs(t, err, train.ErrState)
}

// A mixture of N(0, 1) and N(2, 1) has mean 1 and variance 2.
func TestGaussiansMix(t *testing.T) {
	t.Parallel()
	p := layout(t, nn.Spec{Input: nn.Input{Channels: 1}, Head: nn.Head{Kind: nn.Gaussian}})
	network := func(mean float32) *train.Network {
		return &train.Network{Plan: p, Weights: nn.Weights{Params: []float32{0, 0, mean, 0}, State: nil}, Inputs: train.Inputs{Mean: []float64{0}, Scale: []float64{1}}}
	}
	two, err := train.NewPredictor(engine(), nn.Size{Rows: 1}, network(0), network(2))
	require.NoError(t, err)
	defer two.Close()
	out := make([]float64, 2)
	require.NoError(t, two.Predict(out, [][]float64{{7}}))
	require.InDeltaSlice(t, []float64{1, math.Log(2)}, out, 1e-12)
}

func TestAugmentationsThatChangeHAreRefused(t *testing.T) {
	t.Parallel()
	for _, a := range []train.Augmentation{train.Noise, train.TimeWarp, train.MagnitudeWarp} {
		j := job(t)
		j.Config.Steps, j.Config.Augment = 2, []train.Augmentation{a}
		_, err := train.Train(j)
		require.ErrorContains(t, err, string(a)+" changes the Hurst exponent")
		j.Config.Augment, j.Config.Biased = nil, []train.Augmentation{a}
		_, err = train.Train(j)
		require.NoError(t, err)
	}
}

// Thirty series are soon known by heart; with parts of them, turned over and round, a network learns
// more of H. The gain over six seeds is far above its standard error.
func TestAugmentationHelpsWhereSeriesAreFew(t *testing.T) {
	t.Parallel()
	x, h := draw(t, "thirty", 30, 256)
	source, err := train.Series(x, h)
	require.NoError(t, err)
	var gains []float64
	for seed := range uint64(6) {
		score := func(augment ...train.Augmentation) float64 {
			r, err := train.Train(train.Job{
				Plan: layout(t, smallBank()), Engine: engine(), Source: source, Validation: fresh(t, "score", 300, 256),
				Config: train.Config{Seed: seed, Epochs: 120, Every: 240, Batch: 15, LearningRate: 0.01, Augment: augment},
			})
			require.NoError(t, err)
			return r.Validation.MAE
		}
		gains = append(gains, score()-score(train.Flip, train.Reverse, train.Slice))
	}
	gain, se := meanSE(gains)
	t.Logf("gain %.4f ± %.4f", gain, se)
	require.Greater(t, gain, 2*se)
}

func meanSE(v []float64) (mean, se float64) {
	n := float64(len(v))
	for _, x := range v {
		mean += x / n
	}
	for _, x := range v {
		se += (x - mean) * (x - mean) / (n - 1) / n
	}
	return mean, math.Sqrt(se)
}

func TestCurriculumBeginsWithWhatIsEasy(t *testing.T) {
	t.Parallel()
	trend := process.Spec{Kind: "trend"}
	r := train.Recipe{Seed: 1, Name: "all", Lengths: []int{64, 128, 256, 512}, MinHurst: 0.2, MaxHurst: 0.9, Mix: []train.Condition{
		{Contaminate: []process.Spec{trend, trend}}, {}, {Contaminate: []process.Spec{trend}},
	}}
	stages, err := train.Curriculum(r, train.ByLength, 3)
	require.NoError(t, err)
	require.Len(t, stages, 3)
	var shortest []int
	for _, s := range stages {
		shortest = append(shortest, s.Source.Info().Shortest)
	}
	require.Equal(t, []int{512, 256, 128}, shortest)
	require.Equal(t, 0.5, stages[2].Until)

	stages, err = train.Curriculum(r, train.ByDistance, 1)
	require.NoError(t, err)
	m, s := stages[0].Source.Maker(), train.Sample{}
	for i := range uint64(200) {
		require.NoError(t, m.Make(i, &s))
		require.InDelta(t, 0.5, s.Target, 0.2)
	}
	_, err = train.Curriculum(r, train.ByContamination, 2)
	require.NoError(t, err)
	_, err = train.Curriculum(r, "colour", 2)
	require.ErrorContains(t, err, "known are length, contamination and distance")
}

func TestFreshSeriesArePure(t *testing.T) {
	t.Parallel()
	r := train.Recipe{Seed: 3, Name: "mix", Lengths: []int{64, 100}, Mix: []train.Condition{
		{Share: 2}, {Process: process.Spec{Kind: "fbm"}},
		{Contaminate: []process.Spec{{Kind: "missing", Params: map[string][]float64{"interpolate": {0}}}}},
	}}
	source, err := train.Fresh(r)
	require.NoError(t, err)
	require.Zero(t, source.Info().Len)
	forth, back := source.Maker(), source.Maker()
	made := map[uint64][]float64{}
	var s train.Sample
	for i := range uint64(80) {
		require.NoError(t, forth.Make(i, &s))
		require.Len(t, s.X, source.Length(i))
		require.Equal(t, 64+36*int(i%2), len(s.X))
		require.True(t, s.Target >= 0.1 && s.Target <= 0.9)
		require.False(t, slices.ContainsFunc(s.X, math.IsNaN))
		made[i] = append(slices.Clone(s.X), s.Target)
	}
	for i := uint64(80); i > 0; i-- {
		require.NoError(t, back.Make(i-1, &s))
		require.Equal(t, made[i-1], append(slices.Clone(s.X), s.Target))
	}
}

// The increments of a walk of H have the lag-1 correlation 2^(2H-1) - 1 of noise, not that of a walk,
// near 1. Of 100 points its standard deviation is about 0.1, of 400 such means less than 0.01.
func TestWalksAreDifferenced(t *testing.T) {
	t.Parallel()
	source, err := train.Fresh(train.Recipe{Seed: 3, Lengths: []int{100}, MinHurst: 0.3, MaxHurst: 0.3, Mix: []train.Condition{{Process: process.Spec{Kind: "fbm"}}}})
	require.NoError(t, err)
	m, s, sum := source.Maker(), train.Sample{}, 0.0
	for i := range uint64(400) {
		require.NoError(t, m.Make(i, &s))
		above, below := 0.0, 0.0
		for k := 1; k < len(s.X); k++ {
			above += s.X[k] * s.X[k-1]
			below += s.X[k] * s.X[k]
		}
		sum += above / below / 400
	}
	require.InDelta(t, math.Pow(2, 2*0.3-1)-1, sum, 0.03)
}

func TestRecipesAreChecked(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]train.Recipe{
		"lengths: 0 of them":     {},
		"lengths[1]: 1 is":       {Lengths: []int{64, 1}},
		"no process \"rain\"":    {Lengths: []int{64}, Mix: []train.Condition{{Process: process.Spec{Kind: "rain"}}}},
		"no contamination":       {Lengths: []int{64}, Mix: []train.Condition{{Contaminate: []process.Spec{{Kind: "rust"}}}}},
		"share: -1":              {Lengths: []int{64}, Mix: []train.Condition{{Share: -1}}},
		"hurst: 0.1 to 2":        {Lengths: []int{64}, MaxHurst: 2},
		"hurst: 0.8 to 0.2":      {Lengths: []int{64}, MinHurst: 0.8, MaxHurst: 0.2},
		"distance: 3":            {Lengths: []int{64}, Distance: 3},
		"count: -1 is negative":  {Lengths: []int{64}, Count: -1},
		"lengths: 257 of them":   {Lengths: make([]int, 257)},
		"lengths[0]: 1000000 is": {Lengths: []int{1_000_000}},
	} {
		_, err := train.Fresh(r)
		require.ErrorContains(t, err, want)
	}
}

func domains(t testing.TB, name string) []train.Source {
	t.Helper()
	var all []train.Source
	for _, c := range [][]process.Spec{
		nil,
		{{Kind: "white", Params: map[string][]float64{"size": {0.5}}}},
		{{Kind: "trend", Params: map[string][]float64{"size": {2}}}},
		{{Kind: "outliers", Params: map[string][]float64{"rate": {0.02}}}},
	} {
		s, err := train.Fresh(train.Recipe{Seed: 2, Name: name, Lengths: []int{128}, Mix: []train.Condition{{Contaminate: c}}})
		require.NoError(t, err)
		all = append(all, s)
	}
	return all
}

func metaJob(t testing.TB) train.MetaJob {
	return train.MetaJob{
		Plan: layout(t, smallBank()), Engine: engine(), Domains: domains(t, "meta"),
		Config: train.MetaConfig{Seed: 1, Steps: 30, Rate: 0.003},
	}
}

func TestMetaTrainResumesAtAnyStep(t *testing.T) {
	t.Parallel()
	var states [][]byte
	j := metaJob(t)
	j.Progress = func(e train.MetaEvent) bool { states = append(states, e.State()); return true }
	want, err := train.MetaTrain(j)
	require.NoError(t, err)
	require.Len(t, states, 30)
	for at := 0; at < 30; at += 7 {
		j := metaJob(t)
		j.Resume, j.Workers, j.Threads = states[at], 3, 2
		n, err := train.MetaTrain(j)
		require.NoError(t, err)
		require.Equal(t, want.Weights, n.Weights, "resumed after step %d", at+1)
	}
	j = metaJob(t)
	j.Config.Inner, j.Resume = 4, states[3]
	_, err = train.MetaTrain(j)
	require.ErrorIs(t, err, train.ErrState)
}

// The weights of Reptile are nearer to what a new domain needs than those drawn at first.
func TestMetaTrainingMakesAdaptationQuick(t *testing.T) {
	t.Parallel()
	j := metaJob(t)
	j.Config.Steps = 400
	n, err := train.MetaTrain(j)
	require.NoError(t, err)
	drawn := &train.Network{Plan: j.Plan, Weights: j.Plan.NewWeights(1)}
	x, h := all(t, spoilt(t, "test", 300))
	var errs []float64
	for _, from := range []*train.Network{drawn, n} {
		a, err := train.Adapt(train.AdaptJob{Network: from, Engine: engine(), Source: spoilt(t, "few", 20), Steps: 60})
		require.NoError(t, err)
		errs = append(errs, mae(t, x, h, a.Network))
	}
	t.Logf("MAE %.4f from drawn weights, %.4f from Reptile's", errs[0], errs[1])
	require.Less(t, errs[1], 0.8*errs[0])
}
