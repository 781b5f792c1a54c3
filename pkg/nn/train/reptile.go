package train

import (
	"errors"
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// MetaJob is a training that looks for weights from which few steps lead to what any of several
// domains needs.
type MetaJob struct {
	Plan    *nn.Plan
	Engine  nn.Engine
	Config  MetaConfig
	Domains []Source // samples of each
	Start   *Network // to begin with; nil: weights drawn from the seed

	Threads, Workers int // as in [Job]
	Resume           []byte
	Progress         func(MetaEvent) bool
}

// MetaConfig says how to meta-train. Zero fields mean the values named.
type MetaConfig struct {
	Seed  uint64  `json:"seed"`
	Steps int     `json:"steps"`           // of the weights; to be given
	Inner int     `json:"inner,omitempty"` // steps within a domain for each: 8
	Batch int     `json:"batch,omitempty"` // samples in an inner step: 16
	Rate  float64 `json:"rate,omitempty"`  // of the inner Adam: 0.001
	// Meta is the part of the way to a domain's weights that is gone, at the beginning; it falls to
	// zero: 0.5.
	Meta float64 `json:"meta,omitempty"`
	Loss Loss    `json:"loss,omitempty"` // that of the head
}

// MetaEvent tells how far a meta-training is.
type MetaEvent struct {
	Step, Steps int
	Loss        float64 // of the last inner steps, its mean
	State       func() []byte
}

// MetaTrain is Reptile: for a domain at a time, w' are the weights after some steps of Adam on its
// samples from w, and then w moves towards w':
//
//	w = w + ε (w' - w)
//
// A. Nichol, J. Achiam, J. Schulman, On first-order meta-learning algorithms, arXiv:1803.02999,
// algorithm 2; the inner Adam has no first moment, as there. [Adapt] is what the weights are for.
func MetaTrain(job MetaJob) (*Network, error) {
	m, err := newMeta(job)
	if err != nil {
		return nil, fmt.Errorf("meta-train: %w", err)
	}
	defer m.close()
	for m.step < m.job.Config.Steps {
		loss, err := m.learn()
		if err != nil {
			return nil, fmt.Errorf("meta-train: %w", err)
		}
		if job.Progress != nil && !job.Progress(MetaEvent{m.step, m.job.Config.Steps, loss, m.save}) {
			break
		}
	}
	w := m.weights.Clone()
	fold(m.plan, w, m.target)
	return &Network{Plan: m.plan, Weights: w, Inputs: m.inputs}, nil
}

type meta struct {
	job MetaJob
	encoding
	step            int
	weights, inner  nn.Weights
	optimiser       *adam
	engine          nn.Trainer
	pool            *pool
	grad            []float32
	outputs, slopes []float32
}

func (c MetaConfig) complete(h nn.Head) MetaConfig {
	c.Inner, c.Batch = orInt(c.Inner, 8), orInt(c.Batch, 16)
	c.Rate, c.Meta = orFloat(c.Rate, 1e-3), orFloat(c.Meta, 0.5)
	if c.Loss == "" {
		c.Loss = DefaultLoss(h)
	}
	return c
}

func (c MetaConfig) check(h nn.Head) error {
	switch {
	case c.Steps < 1 || c.Steps > MaxSteps:
		return fmt.Errorf("steps: %d is outside 1 to %d", c.Steps, MaxSteps)
	case c.Inner < 1 || c.Inner > 1000:
		return fmt.Errorf("inner: %d is outside 1 to 1000", c.Inner)
	case c.Batch < 1 || c.Batch > MaxBatch:
		return fmt.Errorf("batch: %d is outside 1 to %d", c.Batch, MaxBatch)
	case !(c.Rate > 0 && c.Rate <= 1):
		return fmt.Errorf("rate: %v: want more than 0 and at most 1", c.Rate)
	case !(c.Meta > 0 && c.Meta <= 1):
		return fmt.Errorf("meta: %v: want more than 0 and at most 1", c.Meta)
	}
	return c.Loss.check(h)
}

func newMeta(job MetaJob) (*meta, error) {
	if job.Plan == nil || job.Engine == nil || len(job.Domains) == 0 || slices.Contains(job.Domains, nil) {
		return nil, errors.New("a job needs a plan, an engine and domains")
	}
	head := job.Plan.Spec.Head
	job.Config = job.Config.complete(head)
	if err := job.Config.check(head); err != nil {
		return nil, err
	}
	job.Threads = max(1, job.Threads)
	m := &meta{job: job, encoding: encoding{plan: job.Plan}}
	if err := m.setUp(); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

func (m *meta) setUp() error {
	job, p := m.job, m.plan
	longest, err := m.setScale()
	if err != nil {
		return err
	}
	m.weights = p.NewWeights(job.Config.Seed)
	if job.Start != nil {
		m.weights = job.Start.Weights.Clone()
		unfold(p, m.weights, m.target)
	}
	if job.Resume != nil {
		if err := m.resume(job.Resume); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
	}
	m.inner = m.weights.Clone()
	m.optimiser = newAdam(p, AdamW)
	m.optimiser.beta1 = 0
	rows := job.Config.Batch
	m.grad = make([]float32, p.Size)
	m.outputs, m.slopes = make([]float32, rows*p.Outputs()), make([]float32, rows*p.Outputs())
	size := nn.Size{Rows: rows, Length: longest, Threads: job.Threads}
	if !p.Spec.Input.Series {
		size.Length, longest = 1, 1
	}
	if m.engine, err = job.Engine.NewTrainer(p, size); err != nil {
		return err
	}
	m.pool = newPool(poolJob{
		encoding: m.encoding, sources: job.Domains, sequence: newRounds(job.Config, job.Domains),
		augment: func() *augmenter { return newAugmenter(0, nil) },
		first:   m.step * job.Config.Inner, last: job.Config.Steps * job.Config.Inner,
		rows: rows, longest: longest, workers: max(1, orInt(job.Workers, job.Threads)),
	})
	return nil
}

// setScale checks the domains, settles how samples become numbers, and returns the longest series.
func (m *meta) setScale() (longest int, err error) {
	for i, d := range m.job.Domains {
		info := d.Info()
		if err := (Config{}).fits(m.plan.Spec.Input, info); err != nil {
			return 0, fmt.Errorf("domain %d: %w", i, err)
		}
		longest = max(longest, info.Longest)
		m.target.Centre += info.Target.Centre / float64(len(m.job.Domains))
		m.target.Unit += info.Target.Unit / float64(len(m.job.Domains))
	}
	if m.plan.Spec.Head.Sigmoid {
		m.target = Scale{Unit: 1}
	}
	if start := m.job.Start; start != nil {
		if err := errors.Join(start.Check(), start.of(m.plan)); err != nil {
			return 0, fmt.Errorf("start: %w", err)
		}
		m.inputs = start.Inputs
		return longest, nil
	}
	if !m.plan.Spec.Input.Series {
		if m.inputs, err = learnInputs(m.plan.Spec.Input.Channels, m.job.Domains...); err != nil {
			return 0, err
		}
	}
	return longest, m.inputs.check(m.plan)
}

// learn goes to a domain's weights, and part of the way there.
func (m *meta) learn() (float64, error) {
	c := m.job.Config
	keep(&m.inner, m.weights)
	m.optimiser.reset()
	total := 0.0
	for k := range c.Inner {
		loss, err := m.within(uint64(m.step*c.Inner + k))
		if err != nil {
			return 0, err
		}
		total += loss
	}
	part := c.Meta * (1 - float64(m.step)/float64(c.Steps))
	m.optimiser.kernels.EMA(m.weights.Params, m.inner.Params, float32(1-part))
	m.optimiser.kernels.EMA(m.weights.State, m.inner.State, float32(1-part))
	if !allFinite(m.weights.Params) || !finite(total) {
		return 0, fmt.Errorf("%w in step %d: a rate below %v helps", ErrDiverged, m.step+1, c.Rate)
	}
	m.step++
	return total / float64(c.Inner), nil
}

// within makes one step within a domain.
func (m *meta) within(pass uint64) (float64, error) {
	s, err := m.pool.next()
	if err != nil {
		return 0, err
	}
	c, width := m.job.Config, s.batch.Rows*m.plan.Outputs()
	out, slopes := m.outputs[:width], m.slopes[:width]
	if err := m.engine.Forward(out, m.inner, &s.batch, nn.Pass{Seed: c.Seed, Step: pass}); err != nil {
		return 0, err
	}
	loss := c.Loss.Evaluate(slopes, out, s.targets[:s.batch.Rows], m.plan.Spec.Head)
	if err := m.engine.Backward(m.grad, slopes); err != nil {
		return 0, err
	}
	m.optimiser.update(m.inner.Params, m.grad, 1, c.Rate, 0)
	m.pool.release(s)
	return loss, nil
}

func (m *meta) close() {
	if m.pool != nil {
		m.pool.close()
	}
	if m.engine != nil {
		m.engine.Close()
	}
}
