package train

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// MaxMembers bounds an ensemble.
const MaxMembers = 64

// Ensemble trains networks that differ in their seeds: first weights, order, dropout and
// augmentation. The first is that of job alone. A [Predictor] of all gives the mean of what they
// answer. Events tell of the member that is trained, and their states resume the whole.
func Ensemble(job Job, members int) ([]*Result, error) {
	if members < 1 || members > MaxMembers {
		return nil, fmt.Errorf("train: an ensemble of %d: want 1 to %d", members, MaxMembers)
	}
	e := &ensemble{job: job, members: members}
	inner := []byte(nil)
	if job.Resume != nil {
		var err error
		if inner, err = e.resume(job.Resume); err != nil {
			return nil, fmt.Errorf("train: resume: %w", err)
		}
	}
	for len(e.done) < members {
		r, err := e.member(inner)
		if err != nil {
			return nil, err
		}
		e.done = append(e.done, r)
		inner = nil
		if r.Stopped {
			break
		}
	}
	for _, r := range e.done { // those of a state come without inputs, which all share
		r.Network.Inputs = e.done[len(e.done)-1].Network.Inputs
	}
	return e.done, nil
}

type ensemble struct {
	job     Job
	members int
	done    []*Result
}

// member trains the next one, from its state if there is one.
func (e *ensemble) member(state []byte) (*Result, error) {
	job, index := e.job, len(e.done)
	job.Config.Seed = memberSeed(job.Config.Seed, index)
	job.Resume = state
	if e.job.Progress != nil {
		job.Progress = func(ev Event) bool {
			inner := ev.State
			ev.Member = index
			ev.State = func() []byte { return e.state(inner()) }
			return e.job.Progress(ev)
		}
	}
	return Train(job)
}

// memberSeed returns the seed of a member: of the first, the one that was given.
func memberSeed(seed uint64, member int) uint64 {
	if member == 0 {
		return seed
	}
	d := newDigest("train/member")
	d.number(seed)
	d.number(uint64(member))
	sum := d.sum()
	return binary.LittleEndian.Uint64(sum[:])
}

type ensembleHeader struct {
	Ensemble string       `json:"ensemble"`
	Done     []memberDone `json:"done"`
}

type memberDone struct {
	Steps      int   `json:"steps"`
	BestStep   int   `json:"best_step"`
	Validation Score `json:"validation"`
	Snapshots  int   `json:"snapshots"`
}

func (e *ensemble) identity() string {
	d := newDigest("train/ensemble")
	d.number(uint64(e.members))
	job := e.job
	job.Config = job.Config.complete(job.Plan.Spec.Head)
	d.bytes([]byte(job.identity()))
	sum := d.sum()
	return hex.EncodeToString(sum[:])
}

// state returns that of the whole: the networks that are done, and the state of the one in hand.
func (e *ensemble) state(inner []byte) []byte {
	h := ensembleHeader{Ensemble: e.identity()}
	var sections []section
	for _, r := range e.done {
		h.Done = append(h.Done, memberDone{r.Steps, r.BestStep, r.Validation, len(r.Snapshots)})
		for _, n := range append([]*Network{r.Network}, r.Snapshots...) {
			sections = append(sections, weightSections(len(sections)/2, n.Weights)...)
		}
	}
	return pack(h, append(sections, section{name: innerState, inner: inner}))
}

// innerState names the state of the member in hand.
const innerState = "member"

// weightSections are the weights of network i of those that are done.
func weightSections(i int, w nn.Weights) []section {
	return []section{
		{name: fmt.Sprintf("done%d.parameters", i), values: w.Params},
		{name: fmt.Sprintf("done%d.moments", i), values: w.State},
	}
}

// resume takes up what is done, and returns the state of the member in hand.
func (e *ensemble) resume(data []byte) ([]byte, error) {
	if e.job.Plan == nil || e.job.Source == nil {
		return nil, errors.New("a job needs a plan and a source")
	}
	var h ensembleHeader
	stored, err := unpack(data, &h)
	if err != nil {
		return nil, err
	}
	if h.Ensemble != e.identity() || len(h.Done) >= e.members {
		return nil, fmt.Errorf("%w: it is of another ensemble", ErrState)
	}
	i := 0
	next := func() (*Network, error) {
		n := &Network{Plan: e.job.Plan, Weights: nn.Weights{Params: make([]float32, e.job.Plan.Size), State: make([]float32, e.job.Plan.StateSize)}}
		for _, s := range weightSections(i, n.Weights) {
			if err := stored.read(s.values, s.name); err != nil {
				return nil, err
			}
		}
		i++
		return n, nil
	}
	for _, m := range h.Done {
		r, err := m.result(next)
		if err != nil {
			return nil, err
		}
		e.done = append(e.done, r)
	}
	inner := stored.take(innerState)
	return inner, stored.end()
}

// result reads what a member's training gave.
func (m memberDone) result(next func() (*Network, error)) (*Result, error) {
	r := &Result{Steps: m.Steps, BestStep: m.BestStep, Validation: m.Validation}
	if m.Snapshots < 0 || m.Snapshots > MaxCycles {
		return nil, fmt.Errorf("%w: %d snapshots", ErrState, m.Snapshots)
	}
	var err error
	if r.Network, err = next(); err != nil {
		return nil, err
	}
	for range m.Snapshots {
		n, err := next()
		if err != nil {
			return nil, err
		}
		r.Snapshots = append(r.Snapshots, n)
	}
	return r, nil
}
