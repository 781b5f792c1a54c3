package pipeline

import (
	"encoding/json"
	"fmt"

	"github.com/longmemory/hurst/pkg/search"
)

// The parameters and values of each kind of task: what the planner writes and the worker reads.

// GenerateParams ask for series First to First+Count-1 of a set.
type GenerateParams struct {
	Mix     []Condition `json:"mix"`
	Hurst   Range       `json:"hurst"`
	Lengths []int       `json:"lengths"`
	Set     string      `json:"set"`
	First   int         `json:"first"`
	Count   int         `json:"count"`
}

// ExtractParams ask for a feature set of the input "series".
type ExtractParams struct {
	Features string `json:"features"`
}

// TuneParams are a study and what its trials have come to.
type TuneParams struct {
	Sampler string        `json:"sampler"`
	Models  []Study       `json:"models"`
	Results []TrialResult `json:"results"` // by trial index
}

// TrialResult is the score of a trial.
type TrialResult struct {
	Trial int     `json:"trial"`
	MAE   float64 `json:"mae"`
}

// TuneValue is the study's next step.
type TuneValue struct {
	Trials []Trial `json:"trials"` // all so far, by index
	Done   bool    `json:"done"`
	Best   []Trial `json:"best,omitempty"` // of each study, when done
}

// Trial is one setting of a model's hyperparameters.
type Trial struct {
	Index  int           `json:"index"`
	Kind   string        `json:"kind"`
	Params search.Params `json:"params"`
	MAE    float64       `json:"mae,omitempty"` // once scored
}

// Recipe says how series are made.
type Recipe struct {
	Mix     []Condition `json:"mix"`
	Hurst   Range       `json:"hurst"`
	Lengths []int       `json:"lengths"`
}

// TrainParams ask for a model, fitted to the inputs "train-…" and scored on "validation-…": shards of
// features or of series, whichever the model reads.
type TrainParams struct {
	Model  string        `json:"model"`
	Params search.Params `json:"params"`
	Trial  bool          `json:"trial"` // score only: no bundle is kept
	// Fresh is what the trainer makes its own training series by, instead of reading shards.
	Fresh *Recipe `json:"fresh,omitempty"`
	// Process is what all series are, where they are clean, of one process, and with H in the range for
	// which the best possible error is known; empty: it is not known.
	Process string `json:"process,omitempty"`
}

// Score is what the value of a train or evaluate task says of a model on one set.
type Score struct {
	Count    int           `json:"count"`
	MAE      float64       `json:"mae"`
	SE       float64       `json:"se"` // standard error of MAE
	Bias     float64       `json:"bias"`
	RMSE     float64       `json:"rmse"`
	Coverage float64       `json:"coverage"` // of the 90 % interval
	Width    float64       `json:"width"`    // of the 90 % interval, mean
	ByLength []LengthScore `json:"by_length,omitempty"`
}

// LengthScore is a score at one series length.
type LengthScore struct {
	Length   int     `json:"length"`
	Count    int     `json:"count"`
	MAE      float64 `json:"mae"`
	SE       float64 `json:"se"`
	Coverage float64 `json:"coverage"`
	Width    float64 `json:"width"`
	Limit    float64 `json:"limit,omitempty"` // best possible MAE, where known
}

// At returns the score at a length; zero means all lengths.
func (s Score) At(length int) (mae, se float64, ok bool) {
	if length == 0 {
		return s.MAE, s.SE, true
	}
	for _, l := range s.ByLength {
		if l.Length == length {
			return l.MAE, l.SE, true
		}
	}
	return 0, 0, false
}

// TrainValue is the outcome of a train task.
type TrainValue struct {
	Model      string        `json:"model"`
	Params     search.Params `json:"params"`
	Validation Score         `json:"validation"`
}

// EvaluateParams name the model under test.
type EvaluateParams struct {
	Model   string `json:"model"`
	Process string `json:"process,omitempty"` // as in TrainParams
}

// EvaluateValue is the outcome of an evaluate task.
type EvaluateValue struct {
	Model string `json:"model"`
	Test  Score  `json:"test"`
}

// NoopParams are those of a task that does nothing.
type NoopParams struct {
	Index        int    `json:"index"`
	Milliseconds int    `json:"milliseconds"`
	Fail         string `json:"fail,omitempty"`
}

// decode reads a result's value; a memo that another program wrote may hold anything.
func decode[T any](r Result) (T, error) {
	var v T
	if err := json.Unmarshal(r.Value, &v); err != nil {
		return v, fmt.Errorf("value of task %s: %w", r.Key.Short(), err)
	}
	return v, nil
}
