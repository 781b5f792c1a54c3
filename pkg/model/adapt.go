package model

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/conformal"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
)

// AdaptJob is a few labelled series of the kind that a model is to be adapted to, and how.
type AdaptJob struct {
	Series  Series          // train.MinAdapt to train.MaxAdapt of them
	Parent  artifact.Digest // of the model's bundle
	Data    artifact.Digest // of what the series are kept in
	Seed    uint64
	Steps   int     // at most; zero: 100
	Rate    float64 // of learning; zero: 0.001
	Engines engine.List
	Threads int
}

// Adapted says what a model was adapted to.
type Adapted struct {
	Series  int     `json:"series"`   // that it was adapted with
	Before  float64 `json:"before"`   // mean absolute error on them before
	After   float64 `json:"after"`    // and after, each predicted by networks that had not seen it
	AfterSE float64 `json:"after_se"` // standard error of After
}

// Adapt returns a model whose networks are trained further on a few labelled series. Where that was
// not found to help, by predicting series that were left out, the model is nil. Its intervals are the
// old ones, wider where the errors on the series are larger than those that these were made for.
func Adapt(m *Model, job AdaptJob) (*Model, Adapted, error) {
	of, ok := m.fitted.(networkFitted)
	if !ok {
		return nil, Adapted{}, fmt.Errorf("a model of kind %s cannot be adapted: only networks can", m.Kind)
	}
	source, err := m.adaptSource(job.Series)
	if err != nil {
		return nil, Adapted{}, err
	}
	if job.Engines == nil {
		job.Engines, _ = engine.Of() // cannot fail
	}
	var results []*train.Adapted
	name, failed, err := job.Engines.Do(func(e nn.Engine) (err error) {
		results, err = of.adapt(e, source, job)
		return err
	})
	if err != nil {
		return nil, Adapted{}, fmt.Errorf("adapt the model: %w", err)
	}
	found := Adapted{Series: len(job.Series.X)}
	changed := false
	for _, r := range results {
		found.Before += r.Before / float64(len(results))
		found.After += r.After / float64(len(results))
		found.AfterSE += r.AfterSE / float64(len(results)) // of members that err alike, the same
		changed = changed || r.Changed
	}
	if !changed {
		return nil, found, nil
	}
	of.engine, of.failed = name, failed
	adapted, err := m.adapted(of, results, job, found)
	return adapted, found, err
}

// adaptSource returns the series as the model's networks read them.
func (m *Model) adaptSource(s Series) (train.Source, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("labelled series: %w", err)
	}
	if ReadsSeries(m.Kind) {
		window := windowOf(&nn.Plan{Spec: *m.Network}, m.Lengths.Max)
		cut := Series{H: s.H}
		for i, x := range s.X {
			if err := m.readable(wide(nil, x)); err != nil {
				return nil, fmt.Errorf("labelled series %d: %w", i+1, err)
			}
			cut.X = append(cut.X, x[:min(len(x), window)])
		}
		return train.Series(cut.X, cut.H)
	}
	cols := len(m.set.Names)
	x, extractor := make([]float64, len(s.X)*cols), feature.NewExtractor(m.set)
	for i, row := range s.X {
		if err := extractor.Extract(x[i*cols:][:cols], wide(nil, row)); err != nil {
			return nil, fmt.Errorf("labelled series %d: %w", i+1, err)
		}
	}
	return train.Vectors(x, cols, s.H)
}

// adapt adapts each member.
func (f networkFitted) adapt(e nn.Engine, source train.Source, job AdaptJob) ([]*train.Adapted, error) {
	var all []*train.Adapted
	for _, n := range f.networks() {
		r, err := train.Adapt(train.AdaptJob{
			Network: n, Engine: e, Source: source, Seed: job.Seed, Rate: job.Rate, Steps: job.Steps, Threads: job.Threads,
		})
		if err != nil {
			return nil, err
		}
		if !r.Changed { // so that all members have one plan
			if r.Network, err = train.Freeze(n); err != nil {
				return nil, err
			}
		}
		all = append(all, r)
	}
	return all, nil
}

// adapted puts the new model together.
func (m *Model) adapted(f networkFitted, results []*train.Adapted, job AdaptJob, found Adapted) (*Model, error) {
	f.members, f.plan = nil, results[0].Network.Plan
	for _, r := range results {
		f.members = append(f.members, r.Network.Weights)
	}
	lengths := job.Series.Lengths()
	a := &Model{fitted: f, set: m.set, Manifest: m.Manifest}
	a.Format, a.Network, a.Engine, a.Failed = Format, f.Network(), f.engine, short(f.failed)
	a.Lengths = Lengths{min(m.Lengths.Min, slices.Min(lengths)), max(m.Lengths.Max, slices.Max(lengths))}
	if f.window > 0 {
		a.Lengths.Max = m.Lengths.Max // longer series were cut
	}
	a.HRange = HRange{min(m.HRange.Min, slices.Min(job.Series.H)), max(m.HRange.Max, slices.Max(job.Series.H))}
	a.Lineage = Lineage{Train: []artifact.Digest{job.Data}, Seed: job.Seed, Parent: job.Parent, Adapted: &found}
	a.MAE, a.MAESE = found.After, found.AfterSE
	slices.Sort(lengths)
	middle := lengths[len(lengths)/2]
	a.Metrics = []Metric{{N: middle, MAE: found.After, SE: found.AfterSE, Count: found.Series}}
	a.Calibration = widen(m.Calibration, found.After, middle)
	weights, err := encodeTensors(f.Tensors())
	if err != nil {
		return nil, err
	}
	a.Tensors = artifact.DigestOf(weights)
	return a, errors.Join(f.check(), a.Check())
}

// widen makes intervals wider if the mean absolute error on series of n points is larger than that
// which they are for, taken from their half widths at 50 %: of a Gaussian, 0.845 of the mean absolute
// error.
func widen(c conformal.Calibration, mae float64, n int) conformal.Calibration {
	half, err := c.HalfWidth(0.5, n)
	if err != nil || half == 0 {
		return c
	}
	factor := max(1, mae*math.Sqrt2*math.Erfinv(0.5)*math.Sqrt(math.Pi/2)/half)
	c.Quantiles = slices.Clone(c.Quantiles)
	for i := range c.Quantiles {
		c.Quantiles[i] *= factor
	}
	return c
}
