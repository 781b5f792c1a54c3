package native

import (
	"errors"

	"github.com/longmemory/hurst/pkg/nn"
)

// Predictor computes outputs, see [nn.Predictor].
type Predictor struct {
	m       *machine
	phases  []phase
	prepare []phase
	ready   bool // it has weights
	closed  bool
}

// NewPredictor reserves the memory for batches of a size.
func (e *Engine) NewPredictor(p *nn.Plan, size nn.Size) (nn.Predictor, error) {
	prog, err := e.prepare(p, size, false)
	if err != nil {
		return nil, err
	}
	m := newMachine(prog)
	m.weights = nn.Weights{Params: make([]float32, p.Size), State: make([]float32, p.StateSize)}
	return &Predictor{m: m, phases: m.phases(prog.forwardPhases), prepare: []phase{{len(prog.preparers), m.prepare}}}, nil
}

// SetWeights copies the weights, see [nn.Predictor].
func (p *Predictor) SetWeights(w nn.Weights) error {
	if p.closed {
		return errClosed
	}
	if err := p.m.checkWeights(w); err != nil {
		return err
	}
	copy(p.m.weights.Params, w.Params)
	copy(p.m.weights.State, w.State)
	p.m.crew.run(p.prepare)
	p.ready = true
	return nil
}

// Predict computes the outputs of a batch, see [nn.Predictor].
func (p *Predictor) Predict(dst []float32, b *nn.Batch) error {
	m := p.m
	if p.closed {
		return errClosed
	}
	if !p.ready {
		return errors.New("native: prediction without weights")
	}
	if err := m.checkBatch(b, dst); err != nil {
		return err
	}
	m.batch, m.dst = *b, dst
	m.count, _ = m.cut(b.Rows)
	m.measureBatch(b)
	m.setTasks(p.phases, m.forwardPhases)
	m.crew.run(p.phases)
	m.batch.X, m.dst = nil, nil
	return nil
}

// Close ends the workers.
func (p *Predictor) Close() {
	if !p.closed {
		p.closed = true
		p.m.crew.close()
	}
}
