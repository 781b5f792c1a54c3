package model

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/search"
)

// small is the fit of a network of a few steps, with parameters of its own.
func small(kind string, more search.Params) FitJob {
	job := jobOf(kind)
	if n := min(200, len(job.TrainSeries.X)); n > 0 {
		job.TrainSeries = Series{job.TrainSeries.X[:n], job.TrainSeries.H[:n]}
	}
	maps.Copy(job.Params, search.Params{"epochs": 2, "batch": 64})
	maps.Copy(job.Params, more)
	return job
}

// weights are those of a fit, as a bundle holds them.
func weights(t testing.TB, kind string, job FitJob) []byte {
	t.Helper()
	f, err := networkLearner{kind}.Fit(job)
	require.NoError(t, err)
	data, err := encodeTensors(f.Tensors())
	require.NoError(t, err)
	return data
}

// A fit that is stopped after any step and resumed ends with the same bits as one that is not, also
// within an ensemble.
func TestResume(t *testing.T) {
	t.Parallel()
	for kind, more := range map[string]search.Params{
		"mlp":        {"steps": 7, "ensemble": 2, "average": 0.9},
		"filterbank": {"steps": 5, "schedule": "plateau", "augment": []any{"flip", "slice"}},
	} {
		job := small(kind, more)
		whole := weights(t, kind, job)
		total := max(1, wholeOf(job.Params, "ensemble")) * wholeOf(job.Params, "steps")
		for stop := range total {
			first, told := job, 0
			var state []byte
			first.Progress = func(Progress) bool { told++; return told <= stop+1 }
			first.Checkpoint = func(s func() []byte) { state = s() }
			_, err := networkLearner{kind}.Fit(first)
			if stop == total-1 { // the last step cannot be stopped after
				require.NoError(t, err)
				break
			}
			require.ErrorIs(t, err, ErrStopped)
			second, again := job, 0
			second.Resume = state
			second.Progress = func(Progress) bool { again++; return true }
			require.True(t, bytes.Equal(whole, weights(t, kind, second)), "%s stopped after step %d", kind, stop+1)
			require.Equal(t, 1+total-(stop+1), again, "it went on after step %d", stop+1)
		}
	}
}

func TestResumePassesOverWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	job := small("mlp", nil)
	whole := weights(t, "mlp", job)
	var state []byte
	other := job
	other.Seed = 6
	other.Checkpoint = func(s func() []byte) { state = s() }
	weights(t, "mlp", other)
	require.NotEmpty(t, state)
	torn := append(slices.Clone(state[:len(state)/2]), make([]byte, len(state)/2)...)
	for _, resume := range [][]byte{state, torn, {}, []byte("null"), encodeState([]byte("garbage"), engine.Native), encodeState(nil, engine.Native)} {
		again := job
		again.Resume = resume
		require.True(t, bytes.Equal(whole, weights(t, "mlp", again)))
	}
	_, err := decodeState(state, engine.Gorgonia)
	require.Error(t, err, "another engine gives other bits")
}

// broken is an engine that stops working after some uses.
type broken struct {
	nn.Engine
	left *int
}

func (b broken) Name() string { return "broken" }

func (b broken) use() error {
	if *b.left--; *b.left < 0 {
		return errors.New("the device is lost")
	}
	return nil
}

func (b broken) NewTrainer(p *nn.Plan, s nn.Size) (nn.Trainer, error) {
	t, err := b.Engine.NewTrainer(p, s)
	return brokenTrainer{t, b}, err
}

func (b broken) NewPredictor(p *nn.Plan, s nn.Size) (nn.Predictor, error) {
	t, err := b.Engine.NewPredictor(p, s)
	return brokenPredictor{t, b}, err
}

type brokenTrainer struct {
	nn.Trainer
	b broken
}

func (t brokenTrainer) Forward(dst []float32, w nn.Weights, b *nn.Batch, pass nn.Pass) error {
	return errors.Join(t.b.use(), t.Trainer.Forward(dst, w, b, pass))
}

type brokenPredictor struct {
	nn.Predictor
	b broken
}

func (t brokenPredictor) Predict(dst []float32, b *nn.Batch) error {
	return errors.Join(t.b.use(), t.Predictor.Predict(dst, b))
}

// breaking returns engines of which the first works so many times; the probe uses it twice.
func breaking(t testing.TB, uses int) engine.List {
	t.Helper()
	native, err := engine.Of(engine.Native)
	require.NoError(t, err)
	e, err := native[0].Probe()
	require.NoError(t, err)
	return append(engine.List{{Name: "broken", Open: func() (nn.Engine, error) { return broken{e, &uses}, nil }}}, native...)
}

func TestFitFallsBackAndSaysSo(t *testing.T) {
	t.Parallel()
	job := small("filterbank", nil)
	want := fitAnew(t, job, "filterbank")
	require.Equal(t, engine.Native, want.Engine)
	require.Empty(t, want.Failed)
	job.Engines = breaking(t, 4)
	m := fitAnew(t, job, "filterbank")
	require.Equal(t, engine.Native, m.Engine)
	require.Len(t, m.Failed, 1)
	require.Equal(t, "broken", m.Failed[0].Engine)
	require.Contains(t, m.Failed[0].Reason, "the device is lost")
	require.Equal(t, want.Tensors, m.Tensors, "it began again")
	bundle, err := Encode(m)
	require.NoError(t, err)
	back, err := Decode(bundle)
	require.NoError(t, err)
	require.Equal(t, m.Failed, back.Failed)

	job.Params["engine"] = "cuda"
	_, err = networkLearner{"filterbank"}.Fit(job)
	require.ErrorIs(t, err, engine.ErrNone)
	require.ErrorContains(t, err, "cuda: not built into this program")
}

func TestSessionFallsBack(t *testing.T) {
	t.Parallel()
	m := fit(t, "filterbank")
	x, _ := noise(t, "test", 3, 200)
	want, err := m.NewSession().Estimate(x, 0.9)
	require.NoError(t, err)
	s := m.NewSessionOn(breaking(t, 4))
	for range 5 {
		got, err := s.Estimate(x, 0.9)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err = m.NewSessionOn(breaking(t, 3)[:1]).Estimate(x, 0.9)
	require.NoError(t, err)
	s = m.NewSessionOn(breaking(t, 2)[:1])
	_, err = s.Estimate(x, 0.9)
	require.ErrorContains(t, err, "the device is lost")
	_, err = s.Estimate(x, 0.9)
	require.ErrorIs(t, err, engine.ErrNone)
}

func TestHeadsGiveIntervals(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"gaussian", "quantiles"} {
		job := jobOf("filterbank")
		job.Params["head"] = head
		m := fitAnew(t, job, "filterbank")
		require.Less(t, m.MAE, 0.07, head)
		r := evaluation(t, m)
		require.InDelta(t, 0.9, r.Overall.Coverage90, 0.06, head) // as in TestEveryKindLearns
		s := m.NewSession()
		widths := map[float64]bool{}
		for i := range 10 {
			x, _ := noise(t, "test", i, 200)
			a, err := s.Estimate(x, 0.9)
			require.NoError(t, err)
			require.True(t, a.Lower < a.H && a.H < a.Upper, head)
			widths[math.Round(1e6*(a.Upper-a.Lower))] = true
		}
		require.Greater(t, len(widths), 5, "%s: each series has a width of its own", head)
	}
}

func TestEnsemblesAndSnapshotsAreAveraged(t *testing.T) {
	t.Parallel()
	for _, more := range []search.Params{{"ensemble": 3}, {"snapshots": 3, "steps": 12}} {
		m := fitAnew(t, small("filterbank", more), "filterbank")
		require.Equal(t, 3, m.Members)
		bundle, err := Encode(m)
		require.NoError(t, err)
		back, err := Decode(bundle)
		require.NoError(t, err)
		f, ok := back.fitted.(networkFitted)
		require.True(t, ok)
		require.Len(t, f.members, 3)
		x, _ := noise(t, "test", 1, 200)
		got, err := back.NewSession().Estimate(x, 0.9)
		require.NoError(t, err)
		sum := 0.0
		for i := range 3 {
			one := f
			one.members = f.members[i : i+1]
			o := make([]Opinion, 1)
			require.NoError(t, one.Predictor().Predict(o, Inputs{Rows: 1, Series: [][]float64{x}}))
			sum += o[0].H / 3
		}
		require.InDelta(t, sum, got.H, 1e-6)
	}
}

func TestFreshSeries(t *testing.T) {
	t.Parallel()
	job := small("filterbank", search.Params{ParamFresh: true, "steps": 200, "batch": 32, "curriculum": "length"})
	job.TrainSeries = Series{}
	job.Fresh = &train.Recipe{Lengths: []int{128, 256}, MinHurst: 0.1, MaxHurst: 0.9}
	m := fitAnew(t, job, "filterbank")
	require.Equal(t, Lengths{128, 256}, m.Lengths)
	require.Equal(t, HRange{0.1, 0.9}, m.HRange)
	require.Less(t, m.MAE, 0.07)
	job.Params["steps"] = 20
	a := fitAnew(t, job, "filterbank").Tensors
	job.Threads = 1
	require.Equal(t, a, fitAnew(t, job, "filterbank").Tensors)
	job.Seed++
	require.NotEqual(t, a, fitAnew(t, job, "filterbank").Tensors)
}

// TestFixedLength: longer series are cut for networks that read one length, and shorter ones refused.
func TestFixedLength(t *testing.T) {
	t.Parallel()
	m := fitAnew(t, small("cnn", search.Params{"length": 128}), "cnn")
	require.Equal(t, Lengths{128, 256}, m.Lengths)
	s := m.NewSession()
	long, _ := noise(t, "test", 1, 1000)
	a, err := s.Estimate(long, 0.9)
	require.NoError(t, err)
	sum := 0.0
	for _, from := range []int{0, 124, 249, 373, 498, 622, 747, 872} {
		one, err := s.Estimate(long[from:][:128], 0.9)
		require.NoError(t, err)
		sum += one.H / 8
	}
	require.InDelta(t, sum, a.H, 1e-6)
	_, err = s.Estimate(long[:127], 0.9)
	require.ErrorContains(t, err, "127 values, and the model reads at least 128")
	copy(long, make([]float64, 300)) // a part without variation
	_, err = s.Estimate(long, 0.9)
	require.NoError(t, err)
}

func TestParametersTogether(t *testing.T) {
	t.Parallel()
	for text, p := range map[string]search.Params{
		`curriculum of filterbank is "length": it needs series that are fresh`: {"curriculum": "length"},
		`snapshots of filterbank is 3: it needs the schedule cosine`:           {"snapshots": 3, "schedule": "constant"},
		`loss of filterbank is "crps": for the head point want auto or one of`: {"loss": "crps"},
		`length of filterbank is 63: want 0, for any length`:                   {"length": 63},
		`augment of filterbank is [noise]: want some of [flip reverse slice]`:  {"augment": []any{"noise"}},
	} {
		require.ErrorContains(t, CheckTogether("filterbank", p), text)
	}
	require.ErrorContains(t, CheckTogether("transformer", search.Params{"heads": 3}), "units, which are 64, must be a multiple")
	require.NoError(t, CheckTogether("filterbank", search.Params{"biased": []any{"noise"}, "loss": "huber"}))
	require.NoError(t, CheckTogether("ridge", nil))
}

func TestSeriesOfWalks(t *testing.T) {
	t.Parallel()
	rows := []dataset.Row{{Class: dataset.Noise, Values: []float32{1, 2, 4}, H: 0.3}, {Class: dataset.Walk, Values: []float32{1, 2, 4}, H: 0.6}}
	s, err := SeriesOf(rows)
	require.NoError(t, err)
	require.Equal(t, Series{[][]float32{{1, 2, 4}, {1, 2}}, []float64{0.3, 0.6}}, s)
	require.Equal(t, []int{3, 2}, s.Lengths())
	require.NoError(t, s.Check())
	_, err = SeriesOf([]dataset.Row{{Class: dataset.Walk, Values: []float32{1}}})
	require.Error(t, err)
	require.Len(t, JoinSeries([]Series{s, s}).X, 4)
	require.Error(t, Series{}.Check())
	require.ErrorContains(t, Series{[][]float32{{1, float32(math.NaN())}}, []float64{1}}.Check(), "NaN at point 2")
}
