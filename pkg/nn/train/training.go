package train

import (
	"errors"
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// training is the state of one call of Train.
type training struct {
	job Job // its config complete
	encoding
	steps, every int
	order        *order
	pool         *pool
	engine       nn.Trainer
	validation   *validation // nil: none

	weights     nn.Weights
	average     nn.Weights // empty: none
	bestWeights nn.Weights // empty: none yet
	snapshots   []nn.Weights
	optimiser   *adam

	grad            []float32
	outputs, slopes []float32 // of a batch, and the loss's gradient there
	rate            float64   // of the last step
	progress
	stopped bool
	state   func() []byte
}

// progress is what a training knows beside its weights.
type progress struct {
	Step     int     `json:"step"`
	Seen     int     `json:"seen"`     // samples
	LossSum  float64 `json:"loss_sum"` // since the last validation
	Losses   int     `json:"losses"`   // that many
	Reported float64 `json:"reported"` // their mean at the last validation
	Score    Score   `json:"score"`
	Best     kept    `json:"best"`
	Stale    int     `json:"stale"` // validations since the best
	Plateau  plateau `json:"plateau"`
}

// kept is what is known of the weights that are best so far.
type kept struct {
	Seen  bool  `json:"seen"`
	Step  int   `json:"step"`
	Score Score `json:"score"`
}

func newTraining(job Job) (*training, error) {
	if job.Plan == nil || job.Engine == nil || job.Source == nil {
		return nil, errors.New("a job needs a plan, an engine and a source")
	}
	head := job.Plan.Spec.Head
	job.Config = job.Config.complete(head)
	if err := job.Config.check(head); err != nil {
		return nil, err
	}
	job.Threads = max(1, job.Threads)
	job.Workers = max(1, orInt(job.Workers, job.Threads))
	t := &training{job: job}
	t.Plateau.Factor = 1
	t.state = t.save
	if err := t.setUp(); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// setUp makes all that a training needs, in the order in which the parts need each other.
func (t *training) setUp() error {
	phases, err := t.schedule()
	if err != nil {
		return err
	}
	if err := t.setScale(phases); err != nil {
		return err
	}
	t.setWeights()
	if err := t.setValidation(); err != nil {
		return fmt.Errorf("validation: %w", err)
	}
	if t.job.Resume != nil {
		if err := t.resume(t.job.Resume); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
	}
	return t.setEngine(phases)
}

// schedule lays out the steps and the sources that they learn from.
func (t *training) schedule() ([]phase, error) {
	c, batch := t.job.Config, t.job.Config.Batch
	last := newPhase(t.job.Source, 0, batch)
	t.steps = c.Steps
	if c.Epochs > 0 {
		if last.batches == 0 {
			return nil, fmt.Errorf("epochs: %d of a source without end: give steps", c.Epochs)
		}
		if t.steps = c.Epochs * last.batches; t.steps > MaxSteps {
			return nil, fmt.Errorf("epochs: %d of %d batches are more than %d steps", c.Epochs, last.batches, MaxSteps)
		}
	}
	if c.Schedule.Cycles > t.steps {
		return nil, fmt.Errorf("schedule: cycles: %d in %d steps", c.Schedule.Cycles, t.steps)
	}
	t.every = orInt(c.Every, last.batches)
	if t.every == 0 {
		t.every = max(1, t.steps/20)
	}
	var phases []phase
	from := 0
	for i, s := range t.job.Curriculum {
		if s.Source == nil || !(s.Until > 0 && s.Until < 1) || i > 0 && s.Until <= t.job.Curriculum[i-1].Until {
			return nil, fmt.Errorf("curriculum: stage %d ends at %v of the training: want rising values between 0 and 1, and a source", i, s.Until)
		}
		phases = append(phases, newPhase(s.Source, from, batch))
		from = int(s.Until * float64(t.steps))
	}
	last.from = from
	return append(phases, last), nil
}

// setScale checks the sources, and settles how their samples become numbers.
func (t *training) setScale(phases []phase) error {
	t.plan = t.job.Plan
	for i, p := range phases {
		if err := t.job.Config.fits(t.plan.Spec.Input, p.source.Info()); err != nil {
			return fmt.Errorf("source %d: %w", i, err)
		}
	}
	t.target = t.job.Source.Info().Target
	if t.plan.Spec.Head.Sigmoid {
		t.target = Scale{Unit: 1}
	}
	if t.job.Start != nil {
		if err := t.job.Start.check(); err != nil {
			return fmt.Errorf("start: %w", err)
		}
		if err := t.job.Start.of(t.plan); err != nil {
			return fmt.Errorf("start: %w", err)
		}
		t.inputs = t.job.Start.Inputs
		return nil
	}
	var err error
	if !t.plan.Spec.Input.Series {
		if t.inputs, err = learnInputs(t.plan.Spec.Input.Channels, t.job.Source); err != nil {
			return err
		}
	}
	return t.inputs.check(t.plan)
}

// slicer returns how long the slices of series are.
func (c Config) slicer(in nn.Input) slicer {
	return slicer{seed: c.Seed, on: slices.Contains(c.Augment, Slice), length: in.Length, least: in.MinLength, shortest: c.Slice}
}

// fits tells whether samples are what a network reads.
func (c Config) fits(in nn.Input, info Info) error {
	cut := c.slicer(in).on
	switch {
	case in.Series == info.Vectors:
		return fmt.Errorf("it has %s, and the network reads %s", kindOf(info.Vectors), kindOf(!in.Series))
	case !in.Series && len(c.Augment)+len(c.Biased) > 0:
		return errors.New("it has vectors, and augmentation is for series")
	case !in.Series && (info.Shortest != in.Channels || info.Longest != in.Channels):
		return fmt.Errorf("it has vectors of %d values, and the network reads %d", info.Longest, in.Channels)
	case !in.Series:
		return nil
	case in.Length > 0 && cut && info.Shortest < in.Length, in.Length > 0 && !cut && (info.Shortest != in.Length || info.Longest != in.Length):
		return fmt.Errorf("its series have %d to %d points, and the network reads %d (the augmentation slice takes so many of more)",
			info.Shortest, info.Longest, in.Length)
	case info.Shortest < in.MinLength:
		return fmt.Errorf("its series have from %d points, and the network reads from %d", info.Shortest, in.MinLength)
	}
	return nil
}

func kindOf(vectors bool) string {
	if vectors {
		return "vectors"
	}
	return "series"
}

func (t *training) setWeights() {
	p, c := t.plan, t.job.Config
	if t.job.Start != nil {
		t.weights = t.job.Start.Weights.Clone()
		unfold(p, t.weights, t.target)
	} else {
		t.weights = p.NewWeights(c.Seed)
	}
	if c.Average > 0 {
		t.average = t.weights.Clone()
	}
	t.optimiser = newAdam(p, c.Optimiser)
	t.grad = make([]float32, p.Size)
	t.outputs = make([]float32, c.Batch*p.Outputs())
	t.slopes = make([]float32, c.Batch*p.Outputs())
}

func (t *training) setValidation() error {
	if t.job.Validation == nil {
		if t.job.Config.Patience > 0 || t.job.Config.Schedule.Kind == Plateau {
			return errors.New("patience and the plateau schedule need samples to validate with")
		}
		return nil
	}
	var err error
	t.validation, err = newValidation(t.encoding, t.job, t.job.Validation)
	return err
}

func (t *training) setEngine(phases []phase) error {
	c, longest := t.job.Config, 0
	var sources []Source
	for _, p := range phases {
		sources = append(sources, p.source)
		longest = max(longest, p.source.Info().Longest)
	}
	in := t.plan.Spec.Input
	if in.Length > 0 {
		longest = in.Length
	}
	values := longest
	if !in.Series {
		longest, values = 1, 1
	}
	var err error
	if t.engine, err = t.job.Engine.NewTrainer(t.plan, nn.Size{Rows: c.Batch, Length: longest, Threads: t.job.Threads}); err != nil {
		return fmt.Errorf("engine %s: %w", t.job.Engine.Name(), err)
	}
	t.order = newOrder(c.Seed, c.Batch, phases, t.job.Config.slicer(in))
	kinds := append(append([]Augmentation(nil), c.Augment...), c.Biased...)
	t.pool = newPool(poolJob{
		encoding: t.encoding, sources: sources, sequence: newOrder(c.Seed, c.Batch, phases, t.job.Config.slicer(in)),
		augment: func() *augmenter { return newAugmenter(c.Seed, kinds) },
		first:   t.Step, last: t.steps, rows: c.Batch, longest: values, workers: t.job.Workers,
	})
	return nil
}

// close ends workers and frees what the engine has.
func (t *training) close() {
	if t.pool != nil {
		t.pool.close()
	}
	if t.engine != nil {
		t.engine.Close()
	}
	if t.validation != nil {
		t.validation.close()
	}
}
