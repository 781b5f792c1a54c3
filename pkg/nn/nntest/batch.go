package nntest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
)

// pass is the pass of all trainings in the suite.
func pass() nn.Pass { return nn.Pass{Seed: 11, Step: 3} }

// Plan lays the case's network out.
func (c Case) Plan(t testing.TB) *nn.Plan {
	t.Helper()
	p, err := c.Spec.Plan()
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return p
}

// Batch returns rows of standard normal values, of the case's lengths over and over. What lies
// beyond the end of a series is NaN, which no engine may read.
func (c Case) Batch(rows int, seed uint64) *nn.Batch {
	in := c.Spec.Input
	b := &nn.Batch{Rows: rows, Length: 1}
	if in.Series {
		b.Length = in.Length
	}
	if c.Lengths != nil {
		b.Length = slices.Max(c.Lengths)
		for i := range rows {
			b.Lengths = append(b.Lengths, c.Lengths[i%len(c.Lengths)])
		}
	}
	b.X = make([]float32, rows*b.Length*in.Channels)
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range b.X {
		b.X[i] = float32(rng.NormFloat64())
	}
	for i, n := range b.Lengths {
		for j := n * in.Channels; j < b.Length*in.Channels; j++ {
			b.X[i*b.Length*in.Channels+j] = float32(math.NaN())
		}
	}
	return b
}

// alone returns series i as a batch of its own, without what lies beyond its end.
func alone(b *nn.Batch, i int) *nn.Batch {
	width := len(b.X) / b.Rows
	points := b.Points(i)
	return &nn.Batch{X: b.X[i*width:][:width/b.Length*points], Rows: 1, Length: points}
}

// Weights returns weights with nothing at a special value: matrices as they begin, gains that are not
// one, biases and queries that are not zero, and running moments as of some training.
func Weights(p *nn.Plan, seed uint64) nn.Weights {
	w := p.NewWeights(seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	for _, tensor := range p.Params {
		for i := range tensor.Of(w.Params) {
			if !tensor.Decays {
				tensor.Of(w.Params)[i] += float32(0.3 * rng.NormFloat64())
			}
		}
	}
	for _, s := range p.State {
		for i, v := range s.Of(w.State) {
			s.Of(w.State)[i] = v*float32(0.5+rng.Float64()) + float32(0.2*rng.Float64())
		}
	}
	return w
}

// size is what a batch needs.
func size(b *nn.Batch, threads int) nn.Size {
	return nn.Size{Rows: b.Rows, Length: b.Length, Threads: threads}
}

// result is what a step of training and a prediction give.
type result struct {
	outputs, grad, state, predicted []float32
}

// outer is the gradient with respect to the outputs that the suite uses: values of both signs,
// different for each output.
func outer(n int) []float32 {
	g := make([]float32, n)
	for i := range g {
		g[i] = float32(math.Cos(float64(3*i+1))) + 0.25
	}
	return g
}

// compute runs one step of training and one prediction.
func compute(t testing.TB, e nn.Engine, p *nn.Plan, w nn.Weights, b *nn.Batch, threads int) result {
	t.Helper()
	n := b.Rows * p.Outputs()
	r := result{make([]float32, n), make([]float32, p.Size), nil, make([]float32, n)}
	w = w.Clone()
	trainer := newTrainer(t, e, p, size(b, threads))
	check(t, trainer.Forward(r.outputs, w, b, pass()), "forward")
	check(t, trainer.Backward(r.grad, outer(n)), "backward")
	r.state = w.State

	predictor := newPredictor(t, e, p, size(b, threads))
	check(t, predictor.SetWeights(w), "set weights")
	check(t, predictor.Predict(r.predicted, b), "predict")
	return r
}

func newTrainer(t testing.TB, e nn.Engine, p *nn.Plan, s nn.Size) nn.Trainer {
	t.Helper()
	trainer, err := e.NewTrainer(p, s)
	check(t, err, "new trainer")
	t.Cleanup(trainer.Close)
	return trainer
}

func newPredictor(t testing.TB, e nn.Engine, p *nn.Plan, s nn.Size) nn.Predictor {
	t.Helper()
	predictor, err := e.NewPredictor(p, s)
	check(t, err, "new predictor")
	t.Cleanup(predictor.Close)
	return predictor
}

func check(t testing.TB, err error, what string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// each runs a test for each case, at once with the others.
func each(t *testing.T, cases []Case, test func(*testing.T, Case)) {
	t.Helper()
	if len(cases) == 0 {
		cases = Specs()
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			test(t, c)
		})
	}
}
