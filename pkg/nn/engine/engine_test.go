package engine

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

// fake is the native engine with a fault.
type fake struct {
	nn.Engine
	name    string
	predict func(dst []float32) error // after the prediction
	forward func() error
}

func (f fake) Name() string { return f.name }

func (f fake) NewPredictor(p *nn.Plan, size nn.Size) (nn.Predictor, error) {
	of, err := f.Engine.NewPredictor(p, size)
	return fakePredictor{of, f}, err
}

func (f fake) NewTrainer(p *nn.Plan, size nn.Size) (nn.Trainer, error) {
	of, err := f.Engine.NewTrainer(p, size)
	return fakeTrainer{of, f}, err
}

type fakePredictor struct {
	nn.Predictor
	fake fake
}

func (p fakePredictor) Predict(dst []float32, b *nn.Batch) error {
	err := p.Predictor.Predict(dst, b)
	if err == nil && p.fake.predict != nil {
		err = p.fake.predict(dst)
	}
	return err
}

type fakeTrainer struct {
	nn.Trainer
	fake fake
}

func (t fakeTrainer) Forward(dst []float32, w nn.Weights, b *nn.Batch, pass nn.Pass) error {
	if t.fake.forward != nil {
		if err := t.fake.forward(); err != nil {
			return err
		}
	}
	return t.Trainer.Forward(dst, w, b, pass)
}

func works(t testing.TB) nn.Engine {
	t.Helper()
	list, err := Of(Native)
	require.NoError(t, err)
	e, tried := list.Choose()
	require.NotNil(t, e, "%v", tried)
	return e
}

func candidate(f fake) Candidate {
	return Candidate{f.name, func() (nn.Engine, error) { return f, nil }}
}

func TestEnginesOfThisProgramWork(t *testing.T) {
	t.Parallel()
	for _, name := range []string{Native, Gorgonia} {
		e, tried := Choose([]string{name})
		require.NotNil(t, e, "%v", tried)
		require.Equal(t, name, e.Name())
		require.Equal(t, []Tried{{Engine: name}}, tried)
	}
	e, tried := Choose(nil)
	require.NotNil(t, e)
	require.Equal(t, Native, e.Name())
	require.Equal(t, []Tried{{CUDA, "not built into this program"}, {Native, ""}}, tried)
	e, _ = Choose([]string{Auto})
	require.Equal(t, Native, e.Name())
}

func TestPriorityIsChecked(t *testing.T) {
	t.Parallel()
	require.NoError(t, Check(Priority()))
	require.ErrorContains(t, Check(nil), "no engine is named")
	require.ErrorContains(t, Check([]string{"jax"}), `no engine "jax"; there are cuda, native, gorgonia`)
	require.ErrorContains(t, Check([]string{Native, Native}), "twice")
	_, err := Of(Native, Auto)
	require.Error(t, err)
	e, tried := Choose([]string{"jax"})
	require.Nil(t, e)
	require.Contains(t, tried[0].Reason, "jax")
}

func TestProbeFindsFaults(t *testing.T) {
	t.Parallel()
	good := works(t)
	for says, c := range map[string]Candidate{
		"no device":     {"a", func() (nn.Engine, error) { return nil, errors.New("no device") }},
		"panic: broken": {"b", func() (nn.Engine, error) { panic("broken") }},
		"it computes wrongly: output 1 of a small network": candidate(fake{good, "c", func(dst []float32) error {
			dst[1] += 1e-3
			return nil
		}, nil}),
		"it computes wrongly: output 0": candidate(fake{good, "d", func(dst []float32) error {
			dst[0] = float32(math.NaN())
			return nil
		}, nil}),
		"panic: illegal instruction": candidate(fake{good, "e", func([]float32) error { panic("illegal instruction") }, nil}),
		"out of memory":              candidate(fake{good, "f", nil, func() error { return errors.New("out of memory") }}),
	} {
		_, err := c.Probe()
		require.ErrorContains(t, err, says)
		e, tried := List{c, {"good", func() (nn.Engine, error) { return good, nil }}}.Choose()
		require.Equal(t, "good", e.Name())
		require.Len(t, tried, 2)
		require.Contains(t, tried[0].Reason, says)
	}
	e, tried := List{}.Choose()
	require.Nil(t, e)
	require.Empty(t, tried)
}

// TestFallback lets an engine fail after its probe, by an error and by a panic.
func TestFallback(t *testing.T) {
	t.Parallel()
	good := works(t)
	for _, fail := range []func() error{
		func() error { return errors.New("the device is lost") },
		func() error { panic("the device is lost") },
	} {
		calls := 0
		list := List{
			{CUDA, func() (nn.Engine, error) { return nil, errNotBuilt }},
			candidate(fake{good, "first", nil, func() error {
				if calls++; calls > 1 { // the first is the probe's
					return fail()
				}
				return nil
			}}),
			{"second", func() (nn.Engine, error) { return good, nil }},
		}
		var ran []string
		name, failed, err := list.Do(func(e nn.Engine) error {
			ran = append(ran, e.Name())
			return probe(e)
		})
		require.NoError(t, err)
		require.Equal(t, "second", name)
		require.Equal(t, []string{"first", "second"}, ran)
		require.Len(t, failed, 1)
		require.Equal(t, "first", failed[0].Engine)
		require.Contains(t, failed[0].Reason, "the device is lost")

		calls = 0
		_, failed, err = list[:2].Do(probe)
		require.ErrorIs(t, err, ErrNone)
		require.ErrorContains(t, err, "cuda: not built into this program; first: ")
		require.Len(t, failed, 1)
	}
}

// TestOtherErrorsDoNotFallBack: what is wrong with a job would be wrong on any engine.
func TestOtherErrorsDoNotFallBack(t *testing.T) {
	t.Parallel()
	diverged := errors.New("diverged")
	list, err := Of()
	require.NoError(t, err)
	calls := 0
	name, failed, err := list.Do(func(nn.Engine) error { calls++; return fmt.Errorf("train: %w", diverged) })
	require.ErrorIs(t, err, diverged)
	require.Equal(t, Native, name)
	require.Empty(t, failed)
	require.Equal(t, 1, calls)
}

func TestGuardAllocatesNothing(t *testing.T) {
	e := works(t)
	p, err := probeSpec().Plan()
	require.NoError(t, err)
	w := p.NewWeights(1)
	tr, err := e.NewTrainer(p, nn.Size{Rows: 2, Length: 8})
	require.NoError(t, err)
	defer tr.Close()
	b := &nn.Batch{Rows: 2, Length: 8, X: make([]float32, 16)}
	out, grad := make([]float32, 2), make([]float32, p.Size)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if tr.Forward(out, w, b, nn.Pass{}) != nil || tr.Backward(grad, out) != nil {
			panic("it failed")
		}
	}))
}
