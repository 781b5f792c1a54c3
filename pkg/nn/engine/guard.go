package engine

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// Failure is the error of an engine that could not do its work: it returned an error or panicked.
type Failure struct {
	Engine string
	Err    error
}

func (f *Failure) Error() string { return fmt.Sprintf("engine %s: %s", f.Engine, f.Err) }

// Unwrap returns the engine's own error.
func (f *Failure) Unwrap() error { return f.Err }

// guarded is an engine whose errors and panics are failures.
type guarded struct {
	name   string
	engine nn.Engine
}

func (g guarded) Name() string { return g.name }

// guard turns what f returns or panics with into a failure.
func (g guarded) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Failure{g.name, fmt.Errorf("panic: %v", p)}
		}
	}()
	if err := f(); err != nil {
		return &Failure{g.name, err}
	}
	return nil
}

func (g guarded) NewTrainer(p *nn.Plan, size nn.Size) (nn.Trainer, error) {
	t := &trainer{guarded: g}
	err := g.guard(func() (err error) { t.of, err = g.engine.NewTrainer(p, size); return err })
	if err != nil {
		return nil, err
	}
	t.forward = func() error { return t.of.Forward(t.dst, t.w, t.b, t.pass) }
	t.backward = func() error { return t.of.Backward(t.grad, t.outputs) }
	return t, nil
}

func (g guarded) NewPredictor(p *nn.Plan, size nn.Size) (nn.Predictor, error) {
	t := &predictor{guarded: g}
	err := g.guard(func() (err error) { t.of, err = g.engine.NewPredictor(p, size); return err })
	if err != nil {
		return nil, err
	}
	t.predict = func() error { return t.of.Predict(t.dst, t.b) }
	return t, nil
}

// trainer keeps its closures and their arguments, so that a step allocates nothing.
type trainer struct {
	guarded
	of                 nn.Trainer
	forward, backward  func() error
	dst, grad, outputs []float32
	w                  nn.Weights
	b                  *nn.Batch
	pass               nn.Pass
}

func (t *trainer) Forward(dst []float32, w nn.Weights, b *nn.Batch, pass nn.Pass) error {
	t.dst, t.w, t.b, t.pass = dst, w, b, pass
	return t.guard(t.forward)
}

func (t *trainer) Backward(grad, outputs []float32) error {
	t.grad, t.outputs = grad, outputs
	return t.guard(t.backward)
}

func (t *trainer) Close() { _ = t.guard(func() error { t.of.Close(); return nil }) }

// predictor is the same for predictions.
type predictor struct {
	guarded
	of      nn.Predictor
	predict func() error
	dst     []float32
	b       *nn.Batch
}

func (p *predictor) SetWeights(w nn.Weights) error {
	return p.guard(func() error { return p.of.SetWeights(w) })
}

func (p *predictor) Predict(dst []float32, b *nn.Batch) error {
	p.dst, p.b = dst, b
	return p.guard(p.predict)
}

func (p *predictor) Close() { _ = p.guard(func() error { p.of.Close(); return nil }) }
