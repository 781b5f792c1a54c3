// Package model is what a learned model is: how one is fitted to series or to features of
// them, what it says of a series and how sure it is, how it is scored, and the bundle that it is kept in.
//
// A bundle is data, never code: a tar of model.json (the [Manifest]) and weights.safetensors, with
// fixed headers, so that one model is one byte string with one digest. [Decode] takes bundles from
// strangers: it can fail, but not execute anything, nor use more memory than a small multiple of the
// bundle. A third file, "signature", is reserved for an ed25519 signature of the other two; it is
// carried along and not checked yet.
package model

import (
	"errors"
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/conformal"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/search"
)

// MediaType is the type of an artifact that is a bundle.
const MediaType = "application/vnd.hurst.model+tar"

// Model is a learned model. It does not change and is safe for concurrent use; answers come from
// its sessions.
type Model struct {
	Manifest
	Signature []byte // of the bundle, unchecked; nil without one

	fitted Fitted
	set    feature.Set // of kinds that read features
}

// Assembly is what a model is put together from.
type Assembly struct {
	Fitted            Fitted
	Params            search.Params    // that it was fitted with
	Train, Validation dataset.Features // of kinds that read features
	// TrainSeries and ValidationSeries are those of kinds that read series; with Fresh, TrainSeries is
	// empty.
	TrainSeries, ValidationSeries Series
	Fresh                         *train.Recipe
	Lineage                       Lineage
}

// New makes a model of what was fitted. The validation set gives its calibration and metrics.
func New(a Assembly) (*Model, error) {
	kind := a.Fitted.Kind()
	if err := CheckParams(kind, a.Params); err != nil {
		return nil, err
	}
	m := &Model{fitted: a.Fitted, Manifest: Manifest{
		Format: Format, Kind: kind, Params: complete(kind, a.Params), Network: a.Fitted.Network(), Lineage: a.Lineage, Engine: engine.Native,
	}}
	if n, ok := a.Fitted.(networkFitted); ok {
		m.Engine, m.Failed = n.engine, short(n.failed)
		if len(n.members) > 1 {
			m.Members = len(n.members)
		}
	}
	if err := m.adopt(a); err != nil {
		return nil, err
	}
	weights, err := encodeTensors(a.Fitted.Tensors())
	if err != nil {
		return nil, err
	}
	m.Tensors = artifact.DigestOf(weights)
	return m, m.Manifest.Check()
}

// adopt takes from the data what the model is for, and how good it is.
func (m *Model) adopt(a Assembly) error {
	if ReadsSeries(m.Kind) {
		if err := m.trainedOn(a); err != nil {
			return err
		}
		return m.score(seriesData(a.ValidationSeries))
	}
	set, err := feature.Lookup(a.Train.Set)
	if err != nil {
		return err
	}
	m.set = set
	m.Features = FeatureSet{Set: a.Train.Set, Version: a.Train.Version, Names: slices.Clone(a.Train.Names)}
	for _, f := range []dataset.Features{a.Train, a.Validation} {
		if err := m.Accepts(f); err != nil {
			return err
		}
	}
	m.Lengths = Lengths{Min: slices.Min(a.Train.N), Max: slices.Max(a.Train.N)}
	m.HRange = HRange{Min: slices.Min(a.Train.H), Max: slices.Max(a.Train.H)}
	return m.score(featureData(a.Validation))
}

// trainedOn sets the lengths and exponents of the series that the model has learned from.
func (m *Model) trainedOn(a Assembly) error {
	if a.Fresh != nil {
		m.Lengths = Lengths{Min: slices.Min(a.Fresh.Lengths), Max: slices.Max(a.Fresh.Lengths)}
		m.HRange = HRange{a.Fresh.MinHurst, a.Fresh.MaxHurst}
		return nil
	}
	if err := a.TrainSeries.Check(); err != nil {
		return fmt.Errorf("training series: %w", err)
	}
	n := a.TrainSeries.Lengths()
	m.Lengths = Lengths{Min: slices.Min(n), Max: slices.Max(n)}
	m.HRange = HRange{Min: slices.Min(a.TrainSeries.H), Max: slices.Max(a.TrainSeries.H)}
	return nil
}

// score sets what the validation set says about the model.
func (m *Model) score(validation examples) error {
	opinions, err := m.predict(validation)
	if err != nil {
		return err
	}
	residual := make([]float64, len(opinions))
	for i, o := range opinions {
		residual[i] = (o.H - validation.h[i]) / o.Spread
	}
	m.Calibration = conformal.Calibrate(residual, validation.n)
	report := m.report(validation, opinions)
	m.MAE, m.MAESE = report.Overall.MAE, report.Overall.SE
	for _, s := range report.ByN {
		m.Metrics = append(m.Metrics, Metric{N: s.N, MAE: s.MAE, SE: s.SE, Count: s.Count})
	}
	return nil
}

// Accepts tells whether f holds the features that the model was fitted to.
func (m *Model) Accepts(f dataset.Features) error {
	if f.Set != m.Features.Set || f.Version != m.Features.Version || !slices.Equal(f.Names, m.Features.Names) {
		return fmt.Errorf("features %s/%d of %d columns are not those of the model, %s/%d of %d",
			f.Set, f.Version, len(f.Names), m.Features.Set, m.Features.Version, len(m.Features.Names))
	}
	if f.Rows == 0 {
		return errors.New("there are no rows of features")
	}
	return f.Check()
}

// clip moves an estimate to where a Hurst exponent can be.
func clip(h float64) float64 { return min(max(h, 0), 1) }
