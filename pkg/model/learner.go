package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/mlp"
	"github.com/longmemory/hurst/pkg/search"
)

// Learner fits models of one kind.
type Learner interface {
	Kind() string
	// Fit is a pure function of the job: the same job gives the same bits, resumed or not.
	Fit(job FitJob) (Fitted, error)
	// Load makes again what was fitted, from a bundle. It checks what it is given.
	Load(m Manifest, tensors []Tensor) (Fitted, error)
}

// FitJob is what a model is to be fitted to, and how.
type FitJob struct {
	Params            search.Params // those missing have their defaults
	Train, Validation dataset.Features
	Seed              uint64

	// Progress is told the part done, 0 to 1, and a line for people. False stops the fit, which then
	// returns ErrStopped. May be nil.
	Progress func(fraction float64, message string) bool
	// Checkpoint is given, now and then, what Resume needs to go on from there. May be nil.
	Checkpoint func(state []byte)
	// Resume is a state that Checkpoint was given. One that is damaged or another job's is passed
	// over: the fit starts from the beginning, and its result is the same.
	Resume []byte
}

// ErrStopped is what a fit returns that Progress stopped.
var ErrStopped = errors.New("fit stopped")

// Fitted is the outcome of a fit. It does not change.
type Fitted interface {
	Kind() string
	Predictor() Predictor // a new one
	Tensors() []Tensor    // for the bundle
	Network() *mlp.Spec   // nil where the kind has no network
}

// Predictor turns features into exponents. It is not safe for concurrent use.
type Predictor interface {
	// Predict writes H for each of the rows of x to dst, not clipped to [0, 1].
	Predict(dst []float64, x []float64, rows int)
}

// kind is an entry of the table of learners.
type kind struct {
	learner Learner
	params  []param
}

// kinds lists all learners. A new kind of model joins here.
func kinds() []kind {
	return []kind{
		{ridgeLearner{}, ridgeParams()},
		{mlpLearner{}, mlpParams()},
		{treeLearner{"gbm"}, gbmParams()},
		{treeLearner{"forest"}, forestParams("sqrt", true)},
		{treeLearner{"extratrees"}, forestParams("all", false)},
	}
}

// Kinds returns the names that Lookup knows.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.learner.Kind())
	}
	return names
}

// Lookup returns the learner of a kind.
func Lookup(name string) (Learner, error) {
	k, err := lookup(name)
	return k.learner, err
}

func lookup(name string) (kind, error) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.learner.Kind() == name })
	if i < 0 {
		return kind{}, fmt.Errorf("there is no kind of model %.40q; known are %s", name, strings.Join(Kinds(), ", "))
	}
	return all[i], nil
}

// check tells whether a job can be begun.
func (j FitJob) check(kind string) error {
	if err := CheckParams(kind, j.Params); err != nil {
		return err
	}
	if j.Train.Rows == 0 || j.Validation.Rows == 0 {
		return fmt.Errorf("%d series to train with and %d to validate with: want at least one of each",
			j.Train.Rows, j.Validation.Rows)
	}
	if err := j.Train.Check(); err != nil {
		return fmt.Errorf("training features: %w", err)
	}
	if err := j.Validation.Check(); err != nil {
		return fmt.Errorf("validation features: %w", err)
	}
	if j.Train.Set != j.Validation.Set || j.Train.Version != j.Validation.Version || !slices.Equal(j.Train.Names, j.Validation.Names) {
		return fmt.Errorf("training features are %s/%d, validation features %s/%d: want the same",
			j.Train.Set, j.Train.Version, j.Validation.Set, j.Validation.Version)
	}
	return nil
}

func (j FitJob) progress(fraction float64, format string, args ...any) bool {
	return j.Progress == nil || j.Progress(fraction, fmt.Sprintf(format, args...))
}
