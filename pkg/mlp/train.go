package mlp

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// Config says how to train. Zero fields mean the values named.
type Config struct {
	Seed         uint64  `json:"seed"`
	Epochs       int     `json:"epochs"`        // 40
	Batch        int     `json:"batch"`         // rows in an update: 128
	LearningRate float64 `json:"learning_rate"` // at the start, falling to zero along a cosine: 0.003
	WeightDecay  float64 `json:"weight_decay"`  // per update, times the learning rate: none
	Patience     int     `json:"patience"`      // epochs without a better validation error before stopping; 0: never stop

	Resume *State `json:"-"` // go on from here; nil: start
}

// Limits of a Config, which may come from outside.
const (
	MaxEpochs = 100_000
	MaxBatch  = 65_536
	maxTarget = 1e15 // of targets, so that the weights that produce them fit float32
)

// withDefaults replaces zero fields and tells what is wrong with the others.
func (c Config) withDefaults() (Config, error) {
	if c.Epochs == 0 {
		c.Epochs = 40
	}
	if c.Batch == 0 {
		c.Batch = 128
	}
	if c.LearningRate == 0 {
		c.LearningRate = 0.003
	}
	switch {
	case c.Epochs < 1 || c.Epochs > MaxEpochs:
		return c, fmt.Errorf("epochs: %d is outside 1 to %d", c.Epochs, MaxEpochs)
	case c.Batch < 1 || c.Batch > MaxBatch:
		return c, fmt.Errorf("batch: %d is outside 1 to %d", c.Batch, MaxBatch)
	case !(c.LearningRate > 0 && c.LearningRate <= 10):
		return c, fmt.Errorf("learning_rate: %v is outside 0 to 10", c.LearningRate)
	case !(c.WeightDecay >= 0 && c.WeightDecay*c.LearningRate < 1):
		return c, fmt.Errorf("weight_decay: %v is negative or, times the learning rate, 1 or more", c.WeightDecay)
	case c.Patience < 0:
		return c, fmt.Errorf("patience: %d is negative", c.Patience)
	}
	return c, nil
}

// Progress tells how far a training is, after each epoch. Errors are mean absolute ones, in the
// targets' unit.
type Progress struct {
	Epoch, Epochs     int
	Train, Validation float64      // Train is taken while learning; Validation is it where there is no validation data
	State             func() State // copies the training's state; only during the call
}

// Train fits a network to rows of inputs (spec.Inputs each) and one target a row. It keeps the
// weights of the epoch with the least validation error, or the last where there is no validation
// data. After each epoch it calls progress, if that is not nil; when it returns false the training
// ends with what it has. The result depends on nothing but the arguments, to the bit.
func Train(spec Spec, cfg Config, trainX, trainY, valX, valY []float64, progress func(Progress) bool) (*Network, error) {
	t, err := newTraining(spec, cfg, trainX, trainY, valX, valY)
	if err != nil {
		return nil, err
	}
	for t.epoch < t.cfg.Epochs && !t.impatient() {
		trainError, err := t.runEpoch()
		if err != nil {
			return nil, err
		}
		valError := t.validate(trainError)
		p := Progress{Epoch: t.epoch, Epochs: t.cfg.Epochs, Train: trainError, Validation: valError, State: t.state}
		if progress != nil && !progress(p) {
			break
		}
	}
	return t.network(t.best), nil
}

// training is the state of one call of Train.
type training struct {
	cfg              Config
	*learner         // parameters and buffers
	opt              *adam
	mean, scale      []float64 // of the inputs
	centre, unit     float64   // of the targets
	x, y, target     []float32 // standardised training data; targets of a batch
	valX, valY       []float64
	order            []int
	best             []float32
	bestError        float64
	epoch, bestEpoch int
	steps            int // in all epochs
	predicted        []float64
}

func newTraining(spec Spec, cfg Config, trainX, trainY, valX, valY []float64) (*training, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	if len(trainY) == 0 {
		return nil, fmt.Errorf("there are no rows to train on")
	}
	if err := checkData("training", spec, trainX, trainY); err != nil {
		return nil, err
	}
	if err := checkData("validation", spec, valX, valY); err != nil {
		return nil, err
	}
	if cfg.Patience > 0 && len(valY) == 0 {
		return nil, fmt.Errorf("patience: %d needs validation data", cfg.Patience)
	}
	cfg.Batch = min(cfg.Batch, len(trainY))
	t := &training{cfg: cfg, valX: valX, valY: valY}
	t.standardiseData(spec, trainX, trainY)
	if math.Abs(t.centre) > maxTarget || t.unit > maxTarget {
		return nil, fmt.Errorf("training data: targets of mean %v and deviation %v are too large for float32 weights", t.centre, t.unit)
	}
	t.learner = newLearner(spec, make([]float32, spec.Parameters()), cfg.Batch)
	t.opt = newAdam(t.layers, len(t.params))
	t.best = make([]float32, len(t.params))
	t.target = make([]float32, cfg.Batch)
	t.order = make([]int, len(trainY))
	t.predicted = make([]float64, len(valY))
	t.steps = cfg.Epochs * ((len(trainY) + cfg.Batch - 1) / cfg.Batch)
	if cfg.Resume != nil {
		return t, t.resume(cfg.Resume)
	}
	t.initialise()
	return t, nil
}

// initialise draws the weights so that the size of activations stays the same from layer to layer.
//
// K. He, X. Zhang, S. Ren, J. Sun, Delving deep into rectifiers, ICCV 2015.
func (t *training) initialise() {
	for i, d := range t.layers {
		rng := process.Source(t.cfg.Seed, "nn weights", uint64(i))
		gain := 2.0
		if i == len(t.layers)-1 {
			gain = 1
		}
		sd := math.Sqrt(gain / float64(d.in))
		for j := d.weight; j < d.bias; j++ {
			t.params[j] = float32(sd * rng.NormFloat64())
		}
	}
	copy(t.best, t.params)
}

// runEpoch goes once through the rows, in an order that seed and epoch determine, and returns the
// mean absolute error met on the way.
func (t *training) runEpoch() (float64, error) {
	rng := process.Source(t.cfg.Seed, "nn order", uint64(t.epoch))
	for i := range t.order {
		t.order[i] = i
	}
	rng.Shuffle(len(t.order), func(i, j int) { t.order[i], t.order[j] = t.order[j], t.order[i] })
	total, in := 0.0, t.spec.Inputs
	for at := 0; at < len(t.order); at += t.cfg.Batch {
		rows := t.order[at:min(at+t.cfg.Batch, len(t.order))]
		for r, i := range rows {
			copy(t.input[r*in:(r+1)*in], t.x[i*in:(i+1)*in])
			t.target[r] = t.y[i]
		}
		_, mae := t.loss(t.forward(len(rows)), t.target[:len(rows)])
		if !finite(mae) {
			return 0, fmt.Errorf("training diverged in epoch %d: a learning rate below %v helps", t.epoch+1, t.cfg.LearningRate)
		}
		total += mae * float64(len(rows))
		t.backward(len(rows))
		t.opt.update(t.params, t.grad, t.cfg.LearningRate*cosine(t.opt.step, t.steps), t.cfg.WeightDecay)
	}
	if checkFinite(t.params) != nil {
		return 0, fmt.Errorf("training diverged in epoch %d: a learning rate below %v helps", t.epoch+1, t.cfg.LearningRate)
	}
	t.epoch++
	return total / float64(len(t.order)) * t.unit, nil
}

// validate returns the validation error and keeps the parameters if they are the best yet.
func (t *training) validate(trainError float64) float64 {
	if len(t.valY) == 0 {
		t.bestEpoch, t.bestError = t.epoch, trainError
		copy(t.best, t.params)
		return trainError
	}
	t.network(t.params).NewPredictor().Predict(t.predicted, t.valX, len(t.valY))
	sum := 0.0
	for i, p := range t.predicted {
		sum += math.Abs(p - t.valY[i])
	}
	mae := sum / float64(len(t.valY))
	if t.bestEpoch == 0 || mae < t.bestError {
		t.bestEpoch, t.bestError = t.epoch, mae
		copy(t.best, t.params)
	}
	return mae
}

// impatient tells whether the validation error has not improved for Patience epochs.
func (t *training) impatient() bool {
	return t.cfg.Patience > 0 && t.epoch-t.bestEpoch >= t.cfg.Patience
}

// network returns a network with a copy of the parameters, the targets' scale folded into the last
// layer.
func (t *training) network(params []float32) *Network {
	p := append([]float32(nil), params...)
	last := t.layers[len(t.layers)-1]
	for i := last.weight; i < last.bias; i++ {
		p[i] = float32(float64(p[i]) * t.unit)
	}
	p[last.bias] = float32(float64(float64(p[last.bias])*t.unit) + t.centre)
	spec := t.spec
	spec.Hidden = append([]int(nil), spec.Hidden...)
	return &Network{
		Spec:    spec,
		Mean:    append([]float64(nil), t.mean...),
		Scale:   append([]float64(nil), t.scale...),
		Weights: tensors(spec, p),
	}
}

func (t *training) state() State {
	cfg := t.cfg
	cfg.Resume = nil
	clone := func(v []float32) []float32 { return append([]float32(nil), v...) }
	return State{
		Spec: t.spec, Config: cfg, Epoch: t.epoch, Step: t.opt.step,
		Params: clone(t.params), First: clone(t.opt.first), Second: clone(t.opt.second), Best: clone(t.best),
		BestEpoch: t.bestEpoch, BestError: t.bestError,
	}
}

func (t *training) resume(s *State) error {
	if err := s.check(t.spec, t.cfg); err != nil {
		return fmt.Errorf("resume from a state: %w", err)
	}
	if want := s.Epoch * (t.steps / t.cfg.Epochs); s.Step != want {
		return fmt.Errorf("resume from a state: it has %d updates in %d epochs, not %d: the data is another", s.Step, s.Epoch, want)
	}
	t.epoch, t.bestEpoch, t.bestError, t.opt.step = s.Epoch, s.BestEpoch, s.BestError, s.Step
	copy(t.params, s.Params)
	copy(t.opt.first, s.First)
	copy(t.opt.second, s.Second)
	copy(t.best, s.Best)
	return nil
}
