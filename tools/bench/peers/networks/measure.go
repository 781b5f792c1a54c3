package main

import (
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// network returns a network of the zoo for series of q.N points, with its own dropout or another.
func network(q question, dropout *float64) (*nn.Plan, error) {
	if q.Network == zoo.NameFilterBank {
		dropout = nil // it has none
	}
	spec, err := zoo.New(q.Network, zoo.Options{Length: q.N, Dropout: dropout})
	if err != nil {
		return nil, err
	}
	return spec.Plan()
}

// learner is a network in training.
type learner struct {
	plan    *nn.Plan
	trainer nn.Trainer
	weights nn.Weights
	batch   nn.Batch
	targets []float32

	outputs, slope, gradient, first, second []float32
	steps                                   uint64
}

func (w *worker) learner(q question, dropout *float64) (*learner, error) {
	p, err := network(q, dropout)
	if err != nil {
		return nil, err
	}
	x, y, err := noise(q.Network, q.Rows, q.N)
	if err != nil {
		return nil, err
	}
	t, err := w.engine.NewTrainer(p, nn.Size{Rows: q.Rows, Length: q.N, Threads: q.Threads})
	if err != nil {
		return nil, err
	}
	vector := func() []float32 { return make([]float32, p.Size) }
	return &learner{
		plan: p, trainer: t, weights: p.NewWeights(1), batch: nn.Batch{X: x, Rows: q.Rows, Length: q.N}, targets: y,
		outputs: make([]float32, q.Rows), slope: make([]float32, q.Rows),
		gradient: vector(), first: vector(), second: vector(),
	}, nil
}

// descend computes the gradient of the mean squared error.
func (l *learner) descend() error {
	l.steps++
	if err := l.trainer.Forward(l.outputs, l.weights, &l.batch, nn.Pass{Seed: 1, Step: l.steps}); err != nil {
		return err
	}
	for i, o := range l.outputs {
		l.slope[i] = 2 * (o - l.targets[i]) / float32(len(l.outputs))
	}
	return l.trainer.Backward(l.gradient, l.slope)
}

// step makes one of Adam's.
func (l *learner) step() error {
	if err := l.descend(); err != nil {
		return err
	}
	b1, b2 := float32(1), float32(1)
	for range min(l.steps, 20_000) {
		b1, b2 = b1*0.9, b2*0.999
	}
	kernel.Best().Adam(l.weights.Params, l.first, l.second, l.gradient, kernel.AdamStep{
		Rate: 1e-4, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Correct1: 1 / (1 - b1), Correct2: 1 / (1 - b2),
	})
	return nil
}

// load leaves weights of some steps of training, data, and what the network makes of them: outputs as
// after training, and the gradient as in training without dropout.
func (w *worker) load(q question) (answer, error) {
	q.Rows = 16
	l, err := w.learner(q, new(0.0))
	if err != nil {
		return answer{}, err
	}
	defer l.trainer.Close()
	for range 10 {
		if err := l.step(); err != nil {
			return answer{}, err
		}
	}
	weights := l.weights.Clone()
	if err := l.descend(); err != nil {
		return answer{}, err
	}
	p, err := w.engine.NewPredictor(l.plan, nn.Size{Rows: q.Rows, Length: q.N})
	if err != nil {
		return answer{}, err
	}
	defer p.Close()
	if err := p.SetWeights(weights); err != nil {
		return answer{}, err
	}
	if err := p.Predict(l.outputs, &l.batch); err != nil {
		return answer{}, err
	}
	for name, values := range map[string][]float32{"params": weights.Params, "state": weights.State, "x": l.batch.X,
		"y": l.targets, "outputs": l.outputs, "gradient": l.gradient} {
		if err := w.write(q.Network+"."+name, values); err != nil {
			return answer{}, err
		}
	}
	var a answer
	for _, t := range l.plan.Params {
		a.Shapes = append(a.Shapes, t.Shape)
	}
	return a, nil
}

func (w *worker) step(q question) (answer, error) {
	l, err := w.learner(q, nil)
	if err != nil {
		return answer{}, err
	}
	defer l.trainer.Close()
	if err := l.step(); err != nil { // touches all memory
		return answer{}, err
	}
	return clocked(q.Repeat, l.step)
}

func (w *worker) predict(q question) (answer, error) {
	plan, err := network(q, nil)
	if err != nil {
		return answer{}, err
	}
	p, err := w.engine.NewPredictor(plan, nn.Size{Rows: q.Rows, Length: q.N, Threads: q.Threads})
	if err != nil {
		return answer{}, err
	}
	defer p.Close()
	if err := p.SetWeights(plan.NewWeights(1)); err != nil {
		return answer{}, err
	}
	x, _, err := noise(q.Network, q.Rows, q.N)
	if err != nil {
		return answer{}, err
	}
	dst, batch := make([]float32, q.Rows), nn.Batch{X: x, Rows: q.Rows, Length: q.N}
	work := func() error { return p.Predict(dst, &batch) }
	if err := work(); err != nil {
		return answer{}, err
	}
	return clocked(q.Repeat, work)
}
