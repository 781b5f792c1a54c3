package pipeline

import (
	"encoding/json"
	"slices"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/search"
)

// Spec is a pipeline as a person wrote it, checked, with defaults filled in.
type Spec struct {
	Version int     `json:"version"`
	Name    string  `json:"name"`
	Seed    uint64  `json:"seed"`
	Salt    string  `json:"salt,omitempty"` // changes every task's key
	Stages  []Stage `json:"stages"`         // each after all that it needs
}

// Stage is one step of a pipeline. Exactly one of the pointers, that of its kind, is set.
type Stage struct {
	Name  string   `json:"name"`
	Kind  string   `json:"kind"`
	Needs []string `json:"needs,omitempty"`

	Generate *Generate `json:"generate,omitempty"`
	Extract  *Extract  `json:"extract,omitempty"`
	Tune     *Tune     `json:"tune,omitempty"`
	Train    *Train    `json:"train,omitempty"`
	Evaluate *Evaluate `json:"evaluate,omitempty"`
	Deploy   *Deploy   `json:"deploy,omitempty"`
	Noop     *Noop     `json:"noop,omitempty"`
}

// The kinds of stages.
const (
	KindGenerate = "generate"
	KindExtract  = "extract"
	KindTune     = "tune"
	KindTrain    = "train"
	KindEvaluate = "evaluate"
	KindDeploy   = "deploy"
	KindNoop     = "noop"
)

// Generate makes series whose Hurst exponent is known.
type Generate struct {
	Process     *process.Spec  `json:"process,omitempty"`     // with Contaminate the short form of a mix of one; a parsed spec has
	Contaminate []process.Spec `json:"contaminate,omitempty"` // the mix alone
	Mix         []Condition    `json:"mix"`
	Hurst       Range          `json:"hurst"`
	Lengths     []int          `json:"lengths"`
	Series      Sets           `json:"series"`
	Shard       int            `json:"shard"` // series per task
}

// Range is a closed interval.
type Range struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Sets counts the series of the three sets.
type Sets struct {
	Train      int `json:"train"`
	Validation int `json:"validation"`
	Test       int `json:"test"`
}

// Extract computes a feature set of every series.
type Extract struct {
	Features string `json:"features"`
}

// Tune is a study.
type Tune struct {
	Sampler  string  `json:"sampler"`
	Fraction float64 `json:"fraction"` // part of the training shards that a trial sees
	Models   []Study `json:"models"`
}

// Study is the search over one kind of model.
type Study struct {
	Kind   string        `json:"kind"`
	Trials int           `json:"trials"`
	Params search.Params `json:"params,omitempty"` // fixed in the trials
	Space  search.Space  `json:"space,omitempty"`  // searched
	Final  search.Params `json:"final,omitempty"`  // replaces the trials' when the winner is trained
}

// Train fits the winner of each study on the whole training set.
type Train struct{}

// Evaluate measures every trained model on the test set.
type Evaluate struct{}

// Deploy offers the best model to the deployer.
type Deploy struct {
	Model string `json:"model"`
	Alias string `json:"alias"`
	Gate  Gate   `json:"gate"`
}

// Gate is what a model must reach to be promoted.
type Gate struct {
	MaxMAE       float64 `json:"max_mae"` // zero: any
	Length       int     `json:"length"`  // series length at which the MAE is taken; zero: all
	BeatChampion bool    `json:"beat_champion"`
}

// Noop is tasks that do nothing.
type Noop struct {
	Tasks        int    `json:"tasks"`
	Chain        bool   `json:"chain"`
	Milliseconds int    `json:"milliseconds"`
	Fail         string `json:"fail,omitempty"`
}

// Canonical returns the spec as bytes: equal specs, however written, have equal bytes.
func (s Spec) Canonical() []byte {
	data, err := json.Marshal(s)
	if err != nil {
		panic("pipeline: spec that cannot be marshalled: " + err.Error())
	}
	return data
}

// Digest names the spec's content.
func (s Spec) Digest() artifact.Digest { return artifact.DigestOf(s.Canonical()) }

// Load reads what [Spec.Canonical] wrote.
func Load(data []byte) (Spec, error) {
	var s Spec
	err := json.Unmarshal(data, &s)
	return s, err
}

// stage returns the stage with the given name, or nil.
func (s Spec) stage(name string) *Stage {
	for i := range s.Stages {
		if s.Stages[i].Name == name {
			return &s.Stages[i]
		}
	}
	return nil
}

// ForProof returns the spec with a salt, so that every task is executed again, and without the
// stages that change what others see.
func (s Spec) ForProof(salt string) Spec {
	s.Salt = salt
	s.Stages = slices.DeleteFunc(slices.Clone(s.Stages), func(stage Stage) bool { return stage.Deploy != nil })
	return s
}
