package train

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/process"
)

// AdaptJob is a network and a few labelled samples of the kind that it is to be adapted to.
type AdaptJob struct {
	Network *Network
	Engine  nn.Engine
	Source  Source // of MinAdapt to MaxAdapt samples

	Seed    uint64  // of the folds
	Rate    float64 // of Adam; zero: 0.001
	Steps   int     // at most; zero: 200
	Threads int
}

// How many samples a network is adapted to. Fewer cannot be divided into folds, and with more a
// training from the network on ([Job.Start]) is the better way.
const (
	MinAdapt = 5
	MaxAdapt = 500
)

const maxAdaptSteps = 10_000

// Adapted is the outcome of an adaptation.
type Adapted struct {
	// Network is the adapted one, frozen (see [Freeze]); or, where no change was found to help, the
	// one that was given.
	Network *Network
	Changed bool
	Scope   Scope   // what was trained
	Steps   int     // on all samples
	Before  float64 // MAE of the network given
	After   float64 // MAE by cross-validation: of samples that were left out
	AfterSE float64 // its standard error
}

// Adapt trains a network further on a few samples, for as many steps, and of as much of it, as
// cross-validation finds best: each sample is predicted by networks trained without its fold. Of what
// is best within a standard error, sample by sample, the least change is taken, and none at all
// where the gain could be chance, at one in a hundred. All depends on the job alone, but for Threads.
//
// L. Breiman, J. H. Friedman, R. A. Olshen, C. J. Stone, Classification and regression trees,
// Wadsworth 1984, section 3.4.3, on the rule of one standard error.
func Adapt(job AdaptJob) (*Adapted, error) {
	a, err := newAdaptation(job)
	if err != nil {
		return nil, fmt.Errorf("adapt: %w", err)
	}
	defer a.close()
	r, err := a.run()
	if err != nil {
		return nil, fmt.Errorf("adapt: %w", err)
	}
	return r, nil
}

// Scope is what of a network is trained in an adaptation.
type Scope string

// The scopes, from the least on.
const (
	Level Scope = "level" // the bias of the last layer: all answers move alike
	Last  Scope = "last"  // the last layer
	All   Scope = "all"   // all layers
)

// adaptation is an Adapt in progress.
type adaptation struct {
	job       AdaptJob
	frozen    *Network
	start     nn.Weights
	set       *validation // all samples, one a batch
	folds     []int       // of each sample
	trainer   nn.Trainer
	optimiser *adam
	grad      []float32
	outputs   []float32
	slopes    []float32
	targets   []float32
}

// adaptFolds is how many parts the samples are divided into.
const adaptFolds = 5

func newAdaptation(job AdaptJob) (*adaptation, error) {
	if job.Network == nil || job.Engine == nil || job.Source == nil {
		return nil, errors.New("a job needs a network, an engine and a source")
	}
	job.Rate, job.Steps, job.Threads = orFloat(job.Rate, 1e-3), orInt(job.Steps, 200), max(1, job.Threads)
	n := job.Source.Info().Len
	switch {
	case n < MinAdapt || n > MaxAdapt:
		return nil, fmt.Errorf("%d samples: want %d to %d", n, MinAdapt, MaxAdapt)
	case !(job.Rate > 0 && job.Rate <= 1):
		return nil, fmt.Errorf("rate: %v: want more than 0 and at most 1", job.Rate)
	case job.Steps < 1 || job.Steps > maxAdaptSteps:
		return nil, fmt.Errorf("steps: %d is outside 1 to %d", job.Steps, maxAdaptSteps)
	}
	frozen, err := Freeze(job.Network)
	if err != nil {
		return nil, err
	}
	p := frozen.Plan
	// The unit of H in general: the few targets at hand may all be about the same.
	target := Scale{Centre: 0.5, Unit: 0.25}
	if p.Spec.Head.Sigmoid {
		target = Scale{Unit: 1}
	}
	a := &adaptation{job: job, frozen: frozen, start: frozen.Weights.Clone(), optimiser: newAdam(p, AdamW)}
	unfold(p, a.start, target)
	e := encoding{plan: p, inputs: frozen.Inputs, target: target}
	one := Job{Engine: job.Engine, Config: Config{Batch: n, Loss: DefaultLoss(p.Spec.Head)}, Threads: job.Threads}
	if a.set, err = newValidation(e, one, job.Source); err != nil {
		return nil, err
	}
	all := &a.set.batches[0]
	if a.trainer, err = job.Engine.NewTrainer(p, nn.Size{Rows: n, Length: all.batch.Length, Threads: job.Threads}); err != nil {
		a.close()
		return nil, err
	}
	a.grad, a.targets = make([]float32, p.Size), make([]float32, n)
	a.outputs, a.slopes = make([]float32, n*p.Outputs()), make([]float32, n*p.Outputs())
	a.deal(n)
	return a, nil
}

// deal gives each sample a fold, so that each fold has samples of all kinds of targets.
func (a *adaptation) deal(n int) {
	a.folds = make([]int, n)
	for k, i := range process.Source(a.job.Seed, "train/adapt", 0).Perm(n) {
		a.folds[i] = k % adaptFolds
	}
}

func (a *adaptation) close() {
	a.set.close()
	if a.trainer != nil {
		a.trainer.Close()
	}
}

// marks returns the numbers of steps after which errors are looked at.
func marks(most int) []int {
	all := []int{0}
	for k := 1; k < most; k += max(1, k/3) {
		all = append(all, k)
	}
	return append(all, most)
}

// candidate is a change with the errors of each sample that it is found to have.
type candidate struct {
	scope Scope
	steps int
	errs  []float64
}

func (a *adaptation) run() (*Adapted, error) {
	var all []candidate
	at := marks(a.job.Steps)
	for _, scope := range []Scope{Level, Last, All} {
		errs, err := a.crossValidate(scope, at)
		if err != nil {
			return nil, err
		}
		for k, e := range errs {
			all = append(all, candidate{scope, at[k], e})
		}
	}
	c := choose(all)
	r := &Adapted{Network: a.job.Network, Before: mean(all[0].errs), After: mean(c.errs), AfterSE: meanError(c.errs)}
	if c.steps == 0 {
		return r, nil
	}
	r.Changed, r.Scope, r.Steps = true, c.scope, c.steps
	w := a.start.Clone()
	a.optimiser.reset()
	if err := a.fit(w, -1, c.scope, 0, c.steps); err != nil {
		return nil, err
	}
	fold(a.frozen.Plan, w, a.set.target)
	r.Network = &Network{Plan: a.frozen.Plan, Weights: w, Inputs: a.frozen.Inputs}
	return r, r.Network.Check()
}
