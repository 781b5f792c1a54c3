package graph

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// New returns the engine "gorgonia". Its networks take any number of series and lengths up to those
// of [nn.Size]; they build a graph for each shape of batch, and keep the last few. Recurrent layers
// are unrolled, and take at most 512 points.
//
// Weights, outputs and gradients are float32, as with all engines, and the arithmetic between is
// float64: in float32, gonum's inner products depend on where in memory their arguments begin.
// Size.Threads is of no meaning: gonum's matrix products use what processors they find, with the
// same bits for any number.
func New() nn.Engine { return engine{} }

type engine struct{}

func (engine) Name() string { return "gorgonia" }

// NewTrainer implements [nn.Engine].
func (engine) NewTrainer(p *nn.Plan, size nn.Size) (nn.Trainer, error) {
	c, err := newCache(p, size, true)
	if err != nil {
		return nil, err
	}
	return &trainer{cache: c}, nil
}

// NewPredictor implements [nn.Engine].
func (engine) NewPredictor(p *nn.Plan, size nn.Size) (nn.Predictor, error) {
	c, err := newCache(p, size, false)
	if err != nil {
		return nil, err
	}
	return &predictor{cache: c}, nil
}

// trainer implements [nn.Trainer].
type trainer struct {
	cache
	last *network // of the last forward
	rows int
}

// Forward implements [nn.Trainer].
func (t *trainer) Forward(dst []float32, w nn.Weights, b *nn.Batch, pass nn.Pass) error {
	t.last = nil
	if err := t.check(dst, w, b); err != nil {
		return err
	}
	n, err := t.network(b)
	if err != nil {
		return err
	}
	in := &given{weights: w, batch: b, pass: pass, lengths: lengths(n.tracks, b)}
	n.fill(ofParams, in)
	n.fill(ofBatch, in)
	if err := n.forward(dst); err != nil {
		return err
	}
	t.last, t.rows = n, b.Rows
	return n.move(t.plan, w.State, in)
}

// Backward implements [nn.Trainer].
func (t *trainer) Backward(grad, outputs []float32) error {
	if t.last == nil {
		return fmt.Errorf("backward: there was no forward that ended well")
	}
	if len(grad) != t.plan.Size || len(outputs) != t.rows*t.plan.Outputs() {
		return fmt.Errorf("backward: room for %d gradients and gradients of %d outputs: want %d and %d",
			len(grad), len(outputs), t.plan.Size, t.rows*t.plan.Outputs())
	}
	return t.last.backward(t.plan, grad, outputs)
}

// predictor implements [nn.Predictor].
type predictor struct {
	cache
	weights nn.Weights
	version int // of the weights; zero: there are none
}

// SetWeights implements [nn.Predictor].
func (p *predictor) SetWeights(w nn.Weights) error {
	if err := p.checkWeights(w); err != nil {
		return err
	}
	p.weights = w.Clone()
	p.version++
	return nil
}

// Predict implements [nn.Predictor].
func (p *predictor) Predict(dst []float32, b *nn.Batch) error {
	if p.version == 0 {
		return fmt.Errorf("predict: weights have not been set")
	}
	if err := p.check(dst, p.weights, b); err != nil {
		return err
	}
	step, outputs := p.atOnce(), p.plan.Outputs()
	for first := 0; first < b.Rows; first += step {
		last := min(first+step, b.Rows)
		if err := p.predict(dst[first*outputs:last*outputs], part(b, first, last)); err != nil {
			return err
		}
	}
	return nil
}

func (p *predictor) predict(dst []float32, b *nn.Batch) error {
	n, err := p.network(b)
	if err != nil {
		return err
	}
	in := &given{weights: p.weights, batch: b, lengths: lengths(n.tracks, b)}
	if n.version != p.version {
		n.fill(ofParams, in)
		n.fill(ofState, in)
		n.version = p.version
	}
	n.fill(ofBatch, in)
	return n.forward(dst)
}

// part returns some of a batch's series.
func part(b *nn.Batch, first, last int) *nn.Batch {
	width := len(b.X) / b.Rows
	p := &nn.Batch{X: b.X[first*width : last*width], Rows: last - first, Length: b.Length}
	if b.Lengths != nil {
		p.Lengths = b.Lengths[first:last]
	}
	return p
}
