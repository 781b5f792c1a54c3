package model

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/nn/engine"
)

// DefaultLevel is an interval's probability when nothing is said.
const DefaultLevel = 0.95

// What an answer's flags say.
const (
	// FlagLength: the series is shorter or longer than those the model was trained on.
	FlagLength = "outside_trained_lengths"
	// FlagShort: with fewer than 128 points any estimate is rough.
	FlagShort = "short"
	// FlagEdge: the estimate is at the end of the exponents that the model was trained on, and the
	// truth may be beyond.
	FlagEdge = "edge_of_trained_range"
)

const shortSeries = 128

// Answer is what a model says of a series.
type Answer struct {
	H     float64  `json:"h"` // from 0 to 1
	Lower float64  `json:"lower"`
	Upper float64  `json:"upper"`
	Level float64  `json:"level"` // the probability that the interval holds the truth
	Flags []string `json:"flags,omitempty"`
}

// Result is an answer or the reason why there is none.
type Result struct {
	Answer Answer
	Err    error
}

// Session answers with one model. It is not safe for concurrent use; keep a pool of them.
type Session struct {
	model     *Model
	extractor *feature.Extractor // nil: the model reads series
	predictor Predictor
	x         []float64 // features
	shown     [][]float64
	opinions  []Opinion
	rows      []int // of the series in a batch that can be shown to the model
}

// NewSession returns a session of the model.
func (m *Model) NewSession() *Session { return m.NewSessionOn(nil) }

// NewSessionOn returns a session whose networks are computed by the first of the engines that works,
// and by the next when that fails; nil: those of engine.Priority.
func (m *Model) NewSessionOn(engines engine.List) *Session {
	s := &Session{model: m}
	if n, ok := m.fitted.(networkFitted); ok {
		s.predictor = n.predictorOn(engines)
	} else {
		s.predictor = m.fitted.Predictor()
	}
	if !ReadsSeries(m.Kind) {
		s.extractor = feature.NewExtractor(m.set)
	}
	return s
}

// Estimate answers for a series without gaps, such as series.Check returns, with an interval of the
// level given; zero: [DefaultLevel].
func (s *Session) Estimate(x []float64, level float64) (Answer, error) {
	r := s.EstimateAll([][]float64{x}, []float64{level})[0]
	return r.Answer, r.Err
}

// EstimateAll answers for many series at once, each at its own level. One that cannot be answered
// for has its error and does not disturb the others. It panics if the lengths differ.
func (s *Session) EstimateAll(xs [][]float64, levels []float64) []Result {
	if len(xs) != len(levels) {
		panic(fmt.Sprintf("model: %d series and %d levels", len(xs), len(levels)))
	}
	results := make([]Result, len(xs))
	s.reserve(len(xs))
	in := s.inputs(xs, results)
	if err := s.predictor.Predict(s.opinions[:in.Rows], in); err != nil {
		for _, i := range s.rows {
			results[i].Err = err
		}
		return results
	}
	for k, i := range s.rows {
		results[i].Answer, results[i].Err = s.model.answer(s.opinions[k], len(xs[i]), levels[i])
	}
	return results
}

// inputs returns what the model is shown of the series that it can be shown, which rows then lists;
// the others have their error.
func (s *Session) inputs(xs [][]float64, results []Result) Inputs {
	s.rows, s.shown = s.rows[:0], s.shown[:0]
	cols := len(s.model.Features.Names)
	for i, x := range xs {
		if s.extractor == nil {
			results[i].Err = s.model.readable(x)
		} else {
			results[i].Err = s.extractor.Extract(s.x[len(s.rows)*cols:][:cols], x)
		}
		if results[i].Err == nil {
			s.rows, s.shown = append(s.rows, i), append(s.shown, x)
		}
	}
	n := len(s.rows)
	return Inputs{Rows: n, Features: s.x[:n*cols], Series: s.shown}
}

// readable tells why a model that reads series cannot read one.
func (m *Model) readable(x []float64) error {
	least := m.Network.Input.Length + m.Network.Input.MinLength
	if len(x) < least {
		return fmt.Errorf("%w: %d values, and the model reads at least %d", estimator.ErrTooShort, len(x), least)
	}
	for i, v := range x {
		if !finite(v) {
			return fmt.Errorf("%w: point %d is %v", estimator.ErrNotFinite, i+1, v)
		}
	}
	if !varies(x) {
		return estimator.ErrConstant
	}
	return nil
}

func (s *Session) reserve(rows int) {
	if len(s.opinions) < rows {
		s.opinions, s.x = make([]Opinion, rows), make([]float64, rows*len(s.model.Features.Names))
	}
}

// answer dresses a prediction for a series of n points.
func (m *Model) answer(o Opinion, n int, level float64) (Answer, error) {
	h := o.H
	if !finite(h) {
		return Answer{}, fmt.Errorf("the model predicts %v for a series of %d points", h, n)
	}
	if level == 0 {
		level = DefaultLevel
	}
	half, err := m.Calibration.HalfWidth(level, n)
	if err != nil {
		return Answer{}, fmt.Errorf("interval: %w", err)
	}
	a := Answer{H: clip(h), Level: level}
	half *= o.Spread
	a.Lower, a.Upper = clip(a.H-half), clip(a.H+half)
	if n < m.Lengths.Min || n > m.Lengths.Max {
		a.Flags = append(a.Flags, FlagLength)
	}
	if n < shortSeries {
		a.Flags = append(a.Flags, FlagShort)
	}
	if h <= m.HRange.Min || h >= m.HRange.Max {
		a.Flags = append(a.Flags, FlagEdge)
	}
	return a, nil
}
