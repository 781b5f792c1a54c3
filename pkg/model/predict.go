package model

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/dataset"
)

// examples are a set that a model is measured on: features or series, and the truth of each.
type examples struct {
	features *dataset.Features
	series   [][]float32
	h        []float64
	n        []int
}

func featureData(f dataset.Features) examples { return examples{features: &f, h: f.H, n: f.N} }
func seriesData(s Series) examples            { return examples{series: s.X, h: s.H, n: s.Lengths()} }

// check tells whether the model can be measured on the data.
func (m *Model) check(d examples) error {
	if ReadsSeries(m.Kind) != (d.features == nil) {
		return fmt.Errorf("a model of kind %s does not read these data: it reads %s", m.Kind, m.reads())
	}
	if d.features != nil {
		return m.Accepts(*d.features)
	}
	return Series{d.series, d.h}.Check()
}

func (m *Model) reads() string {
	if ReadsSeries(m.Kind) {
		return "series"
	}
	return "features " + m.Features.Set
}

// predictBatch is how many series are predicted at once.
const predictBatch = 256

// predict returns an opinion of every series, H within [0, 1].
func (m *Model) predict(d examples) ([]Opinion, error) {
	if err := m.check(d); err != nil {
		return nil, err
	}
	opinions := make([]Opinion, len(d.h))
	predictor := m.fitted.Predictor()
	if err := eachBatch(d, func(from, to int, in Inputs) error {
		return predictor.Predict(opinions[from:to], in)
	}); err != nil {
		return nil, err
	}
	for i, o := range opinions {
		if !finite(o.H) {
			return nil, fmt.Errorf("model predicts %v for row %d", o.H, i)
		}
		opinions[i].H = clip(o.H)
	}
	return opinions, nil
}

// eachBatch calls f with the inputs of some series after the other.
func eachBatch(d examples, f func(from, to int, in Inputs) error) error {
	if d.features != nil {
		return f(0, len(d.h), Inputs{Rows: len(d.h), Features: d.features.X})
	}
	xs := make([][]float64, 0, predictBatch)
	for from := 0; from < len(d.series); from += predictBatch {
		to := min(from+predictBatch, len(d.series))
		xs = xs[:to-from]
		for i, x := range d.series[from:to] {
			xs[i] = wide(xs[i], x)
		}
		if err := f(from, to, Inputs{Rows: to - from, Series: xs}); err != nil {
			return err
		}
	}
	return nil
}
