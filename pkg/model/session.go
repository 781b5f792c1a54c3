package model

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/feature"
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
	extractor *feature.Extractor
	predictor Predictor
	x, h      []float64
	rows      []int // of the series in a batch that have features
}

// NewSession returns a session of the model.
func (m *Model) NewSession() *Session {
	return &Session{model: m, extractor: feature.NewExtractor(m.set), predictor: m.fitted.Predictor()}
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
	cols := len(s.model.Features.Names)
	s.reserve(len(xs), cols)
	s.rows = s.rows[:0]
	for i, x := range xs {
		row := s.x[len(s.rows)*cols:][:cols]
		if err := s.extractor.Extract(row, x); err != nil {
			results[i].Err = err
			continue
		}
		s.rows = append(s.rows, i)
	}
	n := len(s.rows)
	s.predictor.Predict(s.h[:n], s.x[:n*cols], n)
	for k, i := range s.rows {
		results[i].Answer, results[i].Err = s.model.answer(s.h[k], len(xs[i]), levels[i])
	}
	return results
}

func (s *Session) reserve(rows, cols int) {
	if len(s.h) < rows {
		s.h, s.x = make([]float64, rows), make([]float64, rows*cols)
	}
}

// answer dresses a prediction for a series of n points.
func (m *Model) answer(h float64, n int, level float64) (Answer, error) {
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
