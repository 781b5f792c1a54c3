package train

import (
	"encoding/hex"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// stateHeader is what a training's state begins with. The sections are: parameters and moments of
// the weights, both means of the optimiser, and the weights of the average, the best and the
// snapshots as far as there are any.
type stateHeader struct {
	Version   int      `json:"version"`
	Job       string   `json:"job"` // digest of all that the result depends on
	Optimiser int      `json:"optimiser"`
	Snapshots int      `json:"snapshots"`
	Progress  progress `json:"progress"`
}

// stateVersion changes whenever a state would mean something else.
const stateVersion = 1

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

// held returns the weights that a state has, in the order of its sections.
func (t *training) held() []*nn.Weights {
	all := []*nn.Weights{&t.weights}
	if t.average.Params != nil {
		all = append(all, &t.average)
	}
	if t.Best.Seen {
		all = append(all, &t.bestWeights)
	}
	for i := range t.snapshots {
		all = append(all, &t.snapshots[i])
	}
	return all
}

// save returns the state as it is.
func (t *training) save() []byte {
	h := stateHeader{Version: stateVersion, Job: t.job.identity(), Optimiser: t.optimiser.steps, Snapshots: len(t.snapshots), Progress: t.progress}
	sections := [][]byte{floatBytes(t.optimiser.first), floatBytes(t.optimiser.second)}
	for _, w := range t.held() {
		sections = append(sections, floatBytes(w.Params), floatBytes(w.State))
	}
	return pack(h, sections)
}

// resume goes on from a state. The training has been set up but for what begins at a step.
func (t *training) resume(data []byte) error {
	var h stateHeader
	sections, err := unpack(data, &h)
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
	into := [][]float32{t.optimiser.first, t.optimiser.second}
	for _, w := range t.held() {
		into = append(into, w.Params, w.State)
	}
	if len(sections) != len(into) {
		return fmt.Errorf("%w: %d sections: want %d", ErrState, len(sections), len(into))
	}
	for i, dst := range into {
		if err := readFloats(dst, sections[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *training) checkState(h stateHeader) error {
	p := h.Progress
	switch {
	case h.Version != stateVersion:
		return fmt.Errorf("%w: it is of version %d: want %d", ErrState, h.Version, stateVersion)
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
