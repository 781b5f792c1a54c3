package train

import (
	"encoding/hex"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// stateHeader is what a training's state says beside its tensors.
type stateHeader struct {
	Job       string   `json:"job"` // digest of all that the result depends on
	Optimiser int      `json:"optimiser"`
	Snapshots int      `json:"snapshots"`
	Progress  progress `json:"progress"`
}

// stateVersion changes whenever a state would mean something else.
const stateVersion = "2"

// identity sums up what the result of a job with a complete config depends on, but for the engine: a training may be resumed on
// another one, then with other bits.
func (j Job) identity() string {
	d := newDigest("train")
	d.json(j.Plan.Spec)
	d.json(j.Config)
	sources := []Source{j.Source, j.Validation}
	for _, s := range j.Curriculum {
		d.float(s.Until)
		sources = append(sources, s.Source)
	}
	for _, s := range sources {
		if s == nil {
			d.number(0)
			continue
		}
		sum := s.Info().Digest
		d.bytes(sum[:])
	}
	if start := j.Start; start != nil {
		d.floats(start.Weights.Params)
		d.floats(start.Weights.State)
		d.json(start.Inputs)
	}
	sum := d.sum()
	return hex.EncodeToString(sum[:])
}

// held returns the weights that a state has, by name.
func (t *training) held() map[string]*nn.Weights {
	all := map[string]*nn.Weights{"weights": &t.weights}
	if t.average.Params != nil {
		all["average"] = &t.average
	}
	if t.Best.Seen {
		all["best"] = &t.bestWeights
	}
	for i := range t.snapshots {
		all[fmt.Sprintf("snapshot%d", i)] = &t.snapshots[i]
	}
	return all
}

// numbers returns all that a state holds of numbers, by the names of its tensors.
func (t *training) numbers() []section {
	all := []section{{name: "optimiser.first", values: t.optimiser.first}, {name: "optimiser.second", values: t.optimiser.second}}
	for name, w := range t.held() {
		all = append(all, section{name: name + ".parameters", values: w.Params}, section{name: name + ".moments", values: w.State})
	}
	return all
}

// save returns the state as it is.
func (t *training) save() []byte {
	h := stateHeader{Job: t.job.identity(), Optimiser: t.optimiser.steps, Snapshots: len(t.snapshots), Progress: t.progress}
	return pack(h, t.numbers())
}

// resume goes on from a state. The training has been set up but for what begins at a step.
func (t *training) resume(data []byte) error {
	var h stateHeader
	stored, err := unpack(data, &h)
	if err != nil {
		return err
	}
	if err := t.checkState(h); err != nil {
		return err
	}
	t.progress = h.Progress
	t.optimiser.steps = h.Optimiser
	if t.Best.Seen {
		t.bestWeights = t.weights.Clone()
	}
	t.snapshots = nil
	for range h.Snapshots {
		t.snapshots = append(t.snapshots, t.weights.Clone())
	}
	for _, s := range t.numbers() {
		if err := stored.read(s.values, s.name); err != nil {
			return err
		}
	}
	return stored.end()
}

func (t *training) checkState(h stateHeader) error {
	p := h.Progress
	switch {
	case h.Job != t.job.identity():
		return fmt.Errorf("%w: it is of another job", ErrState)
	case p.Step < 0 || p.Step > t.steps || h.Optimiser != p.Step || p.Seen < 0 || p.Losses < 0 || p.Stale < 0:
		return fmt.Errorf("%w: step %d of %d", ErrState, p.Step, t.steps)
	case h.Snapshots < 0 || h.Snapshots > MaxCycles:
		return fmt.Errorf("%w: %d snapshots", ErrState, h.Snapshots)
	case p.Best.Seen && t.validation == nil:
		return fmt.Errorf("%w: it has been validated", ErrState)
	}
	return nil
}
