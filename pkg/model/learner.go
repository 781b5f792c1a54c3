package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
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
	Params search.Params // those missing have their defaults
	// Train and Validation are for kinds that read features.
	Train, Validation dataset.Features
	// TrainSeries and ValidationSeries are for kinds that read series; see [ReadsSeries].
	TrainSeries, ValidationSeries Series
	// Fresh makes training series without end, in the place of TrainSeries. It is for jobs whose
	// parameter "fresh" is true.
	Fresh *train.Recipe
	Seed  uint64

	// Engines compute networks, the first that works; nil: those of engine.Priority. The parameter
	// "engine", where it names one, goes before.
	Engines engine.List
	Threads int // of networks, at once; zero: 1. They have no say in the result.

	// Progress is told how far the fit is. False stops it; it then returns ErrStopped. May be nil.
	Progress func(Progress) bool
	// Checkpoint is offered, after each step and before the fit stops, what Resume needs to go on from
	// there: a function that makes it, to be called at once or not at all. May be nil.
	Checkpoint func(state func() []byte)
	// Resume is a state that Checkpoint was given. One that is damaged or another job's is passed
	// over: the fit starts from the beginning, and its result is the same.
	Resume []byte
}

// Progress says how far a fit is.
type Progress struct {
	Fraction float64 // done, 0 to 1
	Message  string  // a line for people
	Series   int     // that were learned from since this fit began or resumed, each time counted; 0: not known
}

// ErrStopped is what a fit returns that Progress stopped.
var ErrStopped = errors.New("fit stopped")

// Fitted is the outcome of a fit. It does not change.
type Fitted interface {
	Kind() string
	Predictor() Predictor // a new one
	Tensors() []Tensor    // for the bundle
	Network() *nn.Spec    // nil where the kind has no network
}

// Predictor turns features or series into exponents. It is not safe for concurrent use.
type Predictor interface {
	// Predict writes an opinion of each row of the inputs to dst.
	Predict(dst []Opinion, in Inputs) error
}

// Inputs are what a predictor reads: features, row after row, or as many series.
type Inputs struct {
	Rows     int
	Features []float64
	Series   [][]float64
}

// Opinion is what a predictor says of a series.
type Opinion struct {
	H float64 // not clipped to [0, 1]
	// Spread is how large an error is to be expected, times the square root of the series' length and
	// in any unit; 1 where the predictor has no view.
	Spread float64
}

// withoutSpread is a predictor that knows of features and exponents only.
type withoutSpread struct {
	of interface {
		Predict(dst, x []float64, rows int)
	}
	h []float64
}

func (p *withoutSpread) Predict(dst []Opinion, in Inputs) error {
	if len(p.h) < in.Rows {
		p.h = make([]float64, in.Rows)
	}
	p.of.Predict(p.h[:in.Rows], in.Features, in.Rows)
	for i := range in.Rows {
		dst[i] = Opinion{p.h[i], 1}
	}
	return nil
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
		{networkLearner{"mlp"}, mlpParams()},
		{treeLearner{"gbm"}, gbmParams()},
		{treeLearner{"forest"}, forestParams("sqrt", true)},
		{treeLearner{"extratrees"}, forestParams("all", false)},
		{networkLearner{"filterbank"}, filterBankParams()},
		{networkLearner{"cnn"}, cnnParams()},
		{networkLearner{"transformer"}, transformerParams()},
		{networkLearner{"lstm"}, lstmParams()},
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

// ReadsSeries tells whether models of a kind read series themselves, and not features of them.
func ReadsSeries(kind string) bool {
	k, err := lookup(kind)
	if err != nil {
		return false
	}
	n, ok := k.learner.(networkLearner)
	return ok && n.kind != "mlp"
}

// check tells whether a job can be begun.
func (j FitJob) check(kind string) error {
	if err := CheckParams(kind, j.Params); err != nil {
		return err
	}
	if ReadsSeries(kind) {
		return j.checkSeries()
	}
	return j.checkFeatures()
}

func (j FitJob) checkFeatures() error {
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

func (j FitJob) checkSeries() error {
	fresh := truthOf(j.Params, ParamFresh)
	switch {
	case fresh && j.Fresh == nil:
		return errors.New("fresh series are wanted, and there is no recipe for them")
	case !fresh && len(j.TrainSeries.X) == 0 || len(j.ValidationSeries.X) == 0:
		return fmt.Errorf("%d series to train with and %d to validate with: want at least one of each",
			len(j.TrainSeries.X), len(j.ValidationSeries.X))
	case !fresh:
		if err := j.TrainSeries.Check(); err != nil {
			return fmt.Errorf("training series: %w", err)
		}
	}
	if err := j.ValidationSeries.Check(); err != nil {
		return fmt.Errorf("validation series: %w", err)
	}
	return nil
}

func (j FitJob) progress(fraction float64, format string, args ...any) bool {
	return j.Progress == nil || j.Progress(Progress{Fraction: fraction, Message: fmt.Sprintf(format, args...)})
}
