package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// Config says how to train. All of it has a say in the result. Zero fields mean the values named.
type Config struct {
	Seed uint64 `json:"seed"` // of the first weights, the order of samples, dropout and augmentation

	// Steps is how many updates to make; Epochs is the same in passes through a source that has an
	// end. One of them is to be given.
	Steps  int `json:"steps,omitempty"`
	Epochs int `json:"epochs,omitempty"`
	Batch  int `json:"batch,omitempty"` // samples in an update: 32

	Loss         Loss     `json:"loss,omitempty"`          // that of the head, see [DefaultLoss]
	Optimiser    string   `json:"optimiser,omitempty"`     // "adamw", or "adam", whose decay is part of the gradient
	LearningRate float64  `json:"learning_rate,omitempty"` // the highest: 0.001
	WeightDecay  float64  `json:"weight_decay,omitempty"`  // of matrices: none
	Clip         float64  `json:"clip,omitempty"`          // longest gradient, by its norm: no limit
	Schedule     Schedule `json:"schedule,omitzero"`

	// Average is the decay of an exponential moving average of the weights, such as 0.999, that
	// validation and the result then use: none.
	Average float64 `json:"average,omitempty"`

	// Every is how many steps pass between validations: an epoch, or a twentieth of Steps.
	Every    int `json:"every,omitempty"`
	Patience int `json:"patience,omitempty"` // validations without a better error before stopping: no limit

	Augment []Augmentation `json:"augment,omitempty"` // of series, those that keep H: none
	// Biased are augmentations that change H itself while the label stays. [Augmentation] says by how
	// much.
	Biased []Augmentation `json:"biased,omitempty"`
	// Slice is the shortest part of a series that [Slice] takes: 0.5.
	Slice float64 `json:"slice,omitempty"`
}

// Schedule says how the learning rate moves.
type Schedule struct {
	// Kind is "cosine", which falls to Floor along half a cosine, "constant", or "plateau", which
	// multiplies by Factor after Patience validations without a better error. Empty: cosine.
	Kind   string  `json:"kind,omitempty"`
	Warmup int     `json:"warmup,omitempty"` // steps over which it first rises from zero
	Floor  float64 `json:"floor,omitempty"`  // the lowest, as a part of the highest
	// Cycles is how often a cosine starts again, each keeping a snapshot of the weights at its end:
	// one. I. Loshchilov, F. Hutter, SGDR, ICLR 2017; G. Huang et al., Snapshot ensembles, ICLR 2017.
	Cycles   int     `json:"cycles,omitempty"`
	Factor   float64 `json:"factor,omitempty"`   // of a plateau: 0.5
	Patience int     `json:"patience,omitempty"` // of a plateau: 5
}

// Limits of a Config, which may come from outside.
const (
	MaxSteps  = 100_000_000
	MaxBatch  = 1 << 16
	MaxCycles = 64
)

// complete replaces zero fields.
func (c Config) complete(head nn.Head) Config {
	c.Batch = orInt(c.Batch, 32)
	c.LearningRate = orFloat(c.LearningRate, 1e-3)
	c.Slice = orFloat(c.Slice, 0.5)
	if c.Loss == "" {
		c.Loss = DefaultLoss(head)
	}
	if c.Optimiser == "" {
		c.Optimiser = AdamW
	}
	s := &c.Schedule
	if s.Kind == "" {
		s.Kind = Cosine
	}
	s.Factor = orFloat(s.Factor, 0.5)
	s.Patience = orInt(s.Patience, 5)
	s.Cycles = orInt(s.Cycles, 1)
	return c
}

// check tells what is wrong with a complete config.
func (c Config) check(head nn.Head) error {
	if (c.Steps > 0) == (c.Epochs > 0) {
		return fmt.Errorf("steps: %d, epochs: %d: want one of them, 1 or more", c.Steps, c.Epochs)
	}
	if err := c.checkNumbers(); err != nil {
		return err
	}
	if c.Optimiser != Adam && c.Optimiser != AdamW {
		return fmt.Errorf("optimiser: there is no %.40q: known are %s and %s", c.Optimiser, Adam, AdamW)
	}
	if err := c.Loss.check(head); err != nil {
		return err
	}
	if err := c.Schedule.check(); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	return c.checkAugment()
}

func (c Config) checkNumbers() error {
	for _, f := range []struct {
		name      string
		v, lo, hi float64
	}{
		{"steps", float64(c.Steps), 0, MaxSteps},
		{"epochs", float64(c.Epochs), 0, MaxSteps},
		{"batch", float64(c.Batch), 1, MaxBatch},
		{"learning_rate", c.LearningRate, 1e-9, 10},
		{"weight_decay", c.WeightDecay, 0, 10},
		{"clip", c.Clip, 0, math.MaxFloat32},
		{"average", c.Average, 0, 0.999999},
		{"every", float64(c.Every), 0, MaxSteps},
		{"patience", float64(c.Patience), 0, MaxSteps},
		{"slice", c.Slice, 0.01, 1},
	} {
		if !(f.v >= f.lo && f.v <= f.hi) {
			return fmt.Errorf("%s: %v is outside %v to %v", f.name, f.v, f.lo, f.hi)
		}
	}
	if c.WeightDecay*c.LearningRate >= 1 {
		return fmt.Errorf("weight_decay: %v times the learning rate %v is 1 or more", c.WeightDecay, c.LearningRate)
	}
	return nil
}

func (c Config) checkAugment() error {
	for _, a := range c.Augment {
		if slices.Contains(biasedAugmentations(), a) {
			return fmt.Errorf("augment: %s changes the Hurst exponent that it leaves the label of: name it in biased if it is wanted", a)
		}
		if !slices.Contains(keepingAugmentations(), a) {
			return fmt.Errorf("augment: there is no %.40q: known are %v", string(a), keepingAugmentations())
		}
	}
	for _, a := range c.Biased {
		if !slices.Contains(biasedAugmentations(), a) {
			return fmt.Errorf("biased: there is no %.40q: known are %v", string(a), biasedAugmentations())
		}
	}
	return nil
}

func orInt(v, standard int) int {
	if v == 0 {
		return standard
	}
	return v
}

func orFloat(v, standard float64) float64 {
	if v == 0 {
		return standard
	}
	return v
}
