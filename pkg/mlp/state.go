package mlp

import (
	"fmt"
	"slices"
)

// State is a training after some epoch: all that is needed to go on and end with the same bits as
// if nothing had happened. It survives JSON unchanged.
type State struct {
	Spec      Spec      `json:"spec"`
	Config    Config    `json:"config"`     // without Resume
	Epoch     int       `json:"epoch"`      // epochs done
	Step      int       `json:"step"`       // updates done
	Params    []float32 `json:"params"`     // in the tensors' order
	First     []float32 `json:"first"`      // the optimiser's moments
	Second    []float32 `json:"second"`     //
	Best      []float32 `json:"best"`       // parameters of the best epoch
	BestEpoch int       `json:"best_epoch"` // 0: none yet
	BestError float64   `json:"best_error"` // its validation error
}

// check tells what keeps a training with spec and cfg from resuming at s.
func (s *State) check(spec Spec, cfg Config) error {
	cfg.Resume = nil
	size := spec.Parameters()
	switch {
	case s.Spec.Inputs != spec.Inputs || s.Spec.Activation != spec.Activation || !slices.Equal(s.Spec.Hidden, spec.Hidden):
		return fmt.Errorf("it is of the network %+v, not %+v", s.Spec, spec)
	case s.Config != cfg:
		return fmt.Errorf("it was made with %+v, not %+v", s.Config, cfg)
	case s.Epoch < 0 || s.Epoch > cfg.Epochs || s.Step < 0 || s.BestEpoch < 0 || s.BestEpoch > s.Epoch || !finite(s.BestError):
		return fmt.Errorf("its epoch %d, step %d, best epoch %d and best error %v do not fit %d epochs",
			s.Epoch, s.Step, s.BestEpoch, s.BestError, cfg.Epochs)
	}
	for _, part := range [][]float32{s.Params, s.First, s.Second, s.Best} {
		if len(part) != size {
			return fmt.Errorf("it has %d parameters, not %d", len(part), size)
		}
		if err := checkFinite(part); err != nil {
			return fmt.Errorf("it %w", err)
		}
	}
	for _, v := range s.Second {
		if v < 0 {
			return fmt.Errorf("it has a negative mean square, %v", v)
		}
	}
	return nil
}
