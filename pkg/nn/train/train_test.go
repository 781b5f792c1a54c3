package train_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/train"
)

// A network that answers 1/2 for all has a MAE of 0.2 on H ~ U(0.1, 0.9); the limit at 128 points is
// 0.043.
func TestLearnsHurstExponents(t *testing.T) {
	t.Parallel()
	j := job(t)
	j.Source, j.Validation = fresh(t, "train", 0, 128), fresh(t, "validation", 500, 128)
	j.Config.Steps, j.Config.Every = 600, 100
	r, err := train.Train(j)
	require.NoError(t, err)
	require.Less(t, r.Validation.MAE, 0.06)

	x, h := draw(t, "score", 500, 128)
	require.InDelta(t, r.Validation.MAE, mae(t, x, h, r.Network), 0.006, "three standard errors of other series")
}

// mae returns the error of networks' mean answers.
func mae(t testing.TB, x [][]float64, h []float64, networks ...*train.Network) float64 {
	t.Helper()
	longest := 0
	for _, s := range x {
		longest = max(longest, len(s))
	}
	p, err := train.NewPredictor(engine(), nn.Size{Rows: 32, Length: longest}, networks...)
	require.NoError(t, err)
	defer p.Close()
	out := make([]float64, len(x)*p.Outputs())
	require.NoError(t, p.Predict(out, x))
	sum := 0.0
	for i, y := range h {
		sum += math.Abs(out[i*p.Outputs()] - y)
	}
	return sum / float64(len(x))
}

func TestSameBytesForAnyThreadsAndWorkers(t *testing.T) {
	t.Parallel()
	var want *train.Result
	for _, c := range []struct{ threads, workers int }{{1, 1}, {2, 1}, {4, 3}, {1, 7}} {
		j := job(t)
		j.Threads, j.Workers = c.threads, c.workers
		r, err := train.Train(j)
		require.NoError(t, err)
		if want == nil {
			want = r
		}
		require.Equal(t, want.Network.Weights, r.Network.Weights, "%+v", c)
		require.Equal(t, want.Validation, r.Validation)
	}
	j := job(t)
	j.Config.Seed++
	r, err := train.Train(j)
	require.NoError(t, err)
	require.NotEqual(t, want.Network.Weights, r.Network.Weights)
}

// rich is a training that uses all that a state must hold.
func rich(t testing.TB) train.Job {
	t.Helper()
	j := job(t)
	s := nn.Layer{Kind: nn.Dropout, Rate: 0.1}
	spec := smallBank()
	spec.Layers = append(spec.Layers, s)
	spec.Head = nn.Head{Kind: nn.Gaussian}
	j.Plan = layout(t, spec)
	j.Config.Steps, j.Config.Every, j.Config.Clip, j.Config.Patience = 40, 4, 1, 8
	j.Config.Schedule = train.Schedule{Warmup: 5, Cycles: 3}
	j.Config.Augment = []train.Augmentation{train.Flip, train.Reverse, train.Slice}
	x, h := draw(t, "rich", 50, 90)
	for i := range x {
		x[i] = x[i][:60+i%30]
	}
	var err error
	j.Source, err = train.Series(x, h)
	require.NoError(t, err)
	j.Curriculum, err = train.Curriculum(train.Recipe{Seed: 1, Lengths: []int{64, 80}}, train.ByDistance, 2)
	require.NoError(t, err)
	return j
}

func TestResumedAtAnyStepEndsTheSame(t *testing.T) {
	t.Parallel()
	var states [][]byte
	j := rich(t)
	j.Progress = func(e train.Event) bool {
		states = append(states, e.State())
		return true
	}
	want, err := train.Train(j)
	require.NoError(t, err)
	require.Len(t, want.Snapshots, 3)
	require.Len(t, states, want.Steps)
	for at, state := range states {
		j := rich(t)
		j.Resume, j.Threads, j.Workers = state, 1+at%2, 1+at%3
		steps := at + 1
		j.Progress = func(e train.Event) bool {
			steps++
			require.Equal(t, steps, e.Step)
			return true
		}
		r, err := train.Train(j)
		require.NoError(t, err)
		require.Equal(t, want, r, "resumed after step %d", at+1)
	}
}

func TestResumeRefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	var state []byte
	j := job(t)
	j.Config.Steps = 5
	j.Progress = func(e train.Event) bool { state = e.State(); return e.Step < 3 }
	r, err := train.Train(j)
	require.NoError(t, err)
	require.True(t, r.Stopped)
	require.Equal(t, 3, r.Steps)

	try := func(change func(*train.Job), state []byte) error {
		j := job(t)
		j.Config.Steps, j.Resume = 5, state
		change(&j)
		_, err := train.Train(j)
		return err
	}
	none := func(*train.Job) {}
	require.NoError(t, try(none, state))
	for _, change := range []func(*train.Job){
		func(j *train.Job) { j.Config.Seed++ },
		func(j *train.Job) { j.Source = fresh(t, "other", 0, 64, 100) },
		func(j *train.Job) { j.Validation = fresh(t, "other", 40, 64, 100) },
		func(j *train.Job) { s := smallBank(); s.Layers[4].Kind = nn.ReLU; j.Plan = layout(t, s) },
	} {
		require.ErrorIs(t, try(change, state), train.ErrState)
	}
	for at := 0; at < len(state); at += 1 + len(state)/50 {
		damaged := append([]byte(nil), state...)
		damaged[at] ^= 16
		require.ErrorIs(t, try(none, damaged), train.ErrState)
		require.ErrorIs(t, try(none, state[:at]), train.ErrState)
	}
}

func TestKeepsTheBestAndStopsWhenNothingGetsBetter(t *testing.T) {
	t.Parallel()
	j := job(t)
	x, h := draw(t, "few", 20, 64)
	var err error
	j.Source, err = train.Series(x, h)
	require.NoError(t, err)
	j.Validation = fresh(t, "validation", 100, 64)
	j.Config.Steps, j.Config.Every, j.Config.Patience, j.Config.Average = 2000, 5, 6, 0
	var best train.Score
	seen := 0
	j.Progress = func(e train.Event) bool {
		if e.Validated {
			if best == (train.Score{}) || e.Validation.MAE < best.MAE {
				best = e.Validation
			}
			require.Equal(t, best, e.Best)
		}
		seen = e.Series
		return true
	}
	r, err := train.Train(j)
	require.NoError(t, err)
	require.Equal(t, best, r.Validation)
	require.Equal(t, r.BestStep+5*6, r.Steps, "six validations later")
	require.Less(t, r.Steps, 2000)
	require.Equal(t, 10*r.Steps, seen, "20 samples are two batches of 10")
}

// The series are 400 times one number away from zero; a constant of the training would be seen.
func TestScaleAndLevelAreNotSeen(t *testing.T) {
	t.Parallel()
	j := job(t)
	r, err := train.Train(j)
	require.NoError(t, err)
	x, _ := draw(t, "scale", 20, 100)
	p, err := train.NewPredictor(engine(), nn.Size{Rows: 8, Length: 100}, r.Network)
	require.NoError(t, err)
	defer p.Close()
	want, got := make([]float64, 20), make([]float64, 20)
	require.NoError(t, p.Predict(want, x))
	for _, c := range []struct{ factor, level float64 }{{1e-12, 0}, {1e12, 0}, {3, 1000}, {1e-200, 0}, {1e200, 1e201}} {
		y := make([][]float64, len(x))
		for i := range x {
			for _, v := range x[i] {
				y[i] = append(y[i], v*c.factor+c.level)
			}
		}
		require.NoError(t, p.Predict(got, y))
		for i := range want { // a last bit of float32 in an input moves H by far less
			require.InDelta(t, want[i], got[i], 1e-5, "%+v", c)
		}
	}
}

func TestVectorsWithGapsAndOutliers(t *testing.T) {
	t.Parallel()
	x, y := linear(t, 400)
	x[0], x[7] = math.NaN(), 1e9
	source, err := train.Vectors(x, 3, y)
	require.NoError(t, err)
	training, validation, err := train.Split(source, 0.25, 1)
	require.NoError(t, err)
	require.Equal(t, 300, training.Info().Len)
	p := layout(t, nn.Spec{
		Input: nn.Input{Channels: 3}, Layers: []nn.Layer{{Kind: nn.Dense, Units: 8}, {Kind: nn.Tanh}}, Head: nn.Head{Kind: nn.Point},
	})
	r, err := train.Train(train.Job{
		Plan: p, Engine: engine(), Source: training, Validation: validation,
		Config: train.Config{Epochs: 60, LearningRate: 0.02, Loss: train.Huber},
	})
	require.NoError(t, err)
	require.Less(t, r.Validation.MAE, 8.0, "of targets with a deviation of 200")
	require.Len(t, r.Network.Inputs.Mean, 3)
}

// linear returns rows of three features, the third of no use, and targets far from zero.
func linear(t testing.TB, rows int) (x, y []float64) {
	noise, _ := draw(t, "linear", rows, 3)
	for _, r := range noise {
		x = append(x, 5+r[0], 100*r[1], r[2])
		y = append(y, 1000+200*math.Tanh(r[0])-20*r[1])
	}
	return x, y
}

func TestEveryHead(t *testing.T) {
	t.Parallel()
	for _, head := range []nn.Head{
		{Kind: nn.Point, Sigmoid: true}, {Kind: nn.Gaussian}, {Kind: nn.Quantiles, Levels: []float64{0.05, 0.25, 0.5, 0.75, 0.95}},
	} {
		spec := smallBank()
		spec.Head = head
		j := job(t)
		j.Plan = layout(t, spec)
		j.Config.Steps = 400
		j.Config.Every = 100
		if head.Sigmoid {
			j.Config.Loss = train.MAE
		}
		r, err := train.Train(j)
		require.NoError(t, err)
		require.Less(t, r.Validation.MAE, 0.085, "%v", head)
		covers(t, head, r.Network)
	}
}

// covers holds that a head's 90 % interval has from 75 to 100 % of 400 series: a short training of
// few weights is off by some, but a wrong unit or sign would be far off.
func covers(t *testing.T, head nn.Head, n *train.Network) {
	t.Helper()
	if head.Kind == nn.Point {
		return
	}
	x, h := draw(t, "cover", 400, 100)
	p, err := train.NewPredictor(engine(), nn.Size{Rows: 50, Length: 100}, n)
	require.NoError(t, err)
	defer p.Close()
	width := p.Outputs()
	out := make([]float64, 400*width)
	require.NoError(t, p.Predict(out, x))
	inside := 0
	for i, y := range h {
		o := out[i*width:][:width]
		low, high := o[0], o[width-1]
		if head.Kind == nn.Gaussian {
			half := 1.645 * math.Exp(o[1]/2)
			low, high = o[0]-half, o[0]+half
		}
		require.Less(t, low, high)
		inside += map[bool]int{true: 1}[low <= y && y <= high]
	}
	require.InDelta(t, 0.9, float64(inside)/400, 0.15, "%v", head)
}

// failing is an engine whose trainer fails after some steps.
type failing struct {
	nn.Engine
	after int
}

type failingTrainer struct {
	nn.Trainer
	left int
}

var errEngine = errors.New("a chip melted")

func (f failing) NewTrainer(p *nn.Plan, s nn.Size) (nn.Trainer, error) {
	t, err := f.Engine.NewTrainer(p, s)
	return &failingTrainer{t, f.after}, err
}

func (f *failingTrainer) Backward(grad, outputs []float32) error {
	if f.left--; f.left < 0 {
		return errEngine
	}
	return f.Trainer.Backward(grad, outputs)
}

func TestFailuresAreReturned(t *testing.T) {
	t.Parallel()
	j := job(t)
	j.Engine = failing{engine(), 3}
	_, err := train.Train(j)
	require.ErrorIs(t, err, errEngine)
	require.ErrorContains(t, err, "step 4")

	j = job(t)
	j.Config.LearningRate, j.Config.Average = 10, 0
	j.Config.Optimiser, j.Config.WeightDecay = train.Adam, 0
	j.Source = broken{j.Source}
	_, err = train.Train(j)
	require.ErrorContains(t, err, "a worm")
}

// broken is a source that fails at sample 100.
type broken struct{ train.Source }

type brokenMaker struct{ train.Maker }

func (b broken) Maker() train.Maker { return brokenMaker{b.Source.Maker()} }

func (b brokenMaker) Make(i uint64, s *train.Sample) error {
	if i >= 100 {
		return errors.New("a worm")
	}
	return b.Maker.Make(i, s)
}

// After the buffers have grown, a step takes no memory: neither the loop nor the workers.
func TestStepsTakeNoMemory(t *testing.T) {
	j := job(t)
	j.Validation = nil
	j.Config.Steps, j.Config.Every, j.Config.Clip = 3000, 3000, 1
	x, h := draw(t, "memory", 64, 100)
	var err error
	j.Source, err = train.Series(x, h)
	require.NoError(t, err)
	step, more := make(chan struct{}), make(chan bool)
	j.Progress = func(train.Event) bool {
		step <- struct{}{}
		return <-more
	}
	done := make(chan error)
	go func() {
		_, err := train.Train(j)
		done <- err
	}()
	for range 200 {
		<-step
		more <- true
	}
	taken := testing.AllocsPerRun(500, func() {
		<-step
		more <- true
	})
	<-step
	more <- false
	require.NoError(t, <-done)
	require.Less(t, taken, 1.0)
}
