// Package model is what a learned model is: how one is fitted to features, what it says of a series
// and how sure it is, how it is scored, and the bundle that it is kept in.
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
	set    feature.Set
}

// Assembly is what a model is put together from.
type Assembly struct {
	Fitted            Fitted
	Params            search.Params // that it was fitted with
	Train, Validation dataset.Features
	Lineage           Lineage
	Engine            string // empty: "native"
}

// New makes a model of what was fitted. The validation set gives its calibration and metrics.
func New(a Assembly) (*Model, error) {
	set, err := feature.Lookup(a.Train.Set)
	if err != nil {
		return nil, err
	}
	if a.Engine == "" {
		a.Engine = "native"
	}
	if err := CheckParams(a.Fitted.Kind(), a.Params); err != nil {
		return nil, err
	}
	m := &Model{fitted: a.Fitted, set: set, Manifest: Manifest{
		Format:   Format,
		Kind:     a.Fitted.Kind(),
		Params:   complete(a.Fitted.Kind(), a.Params),
		Features: FeatureSet{Set: a.Train.Set, Version: a.Train.Version, Names: slices.Clone(a.Train.Names)},
		Network:  a.Fitted.Network(),
		Lineage:  a.Lineage,
		Engine:   a.Engine,
	}}
	for _, f := range []dataset.Features{a.Train, a.Validation} {
		if err := m.Accepts(f); err != nil {
			return nil, err
		}
	}
	m.Lengths = Lengths{Min: slices.Min(a.Train.N), Max: slices.Max(a.Train.N)}
	m.HRange = HRange{Min: slices.Min(a.Train.H), Max: slices.Max(a.Train.H)}
	if err := m.score(a.Validation); err != nil {
		return nil, err
	}
	weights, err := encodeTensors(a.Fitted.Tensors())
	if err != nil {
		return nil, err
	}
	m.Tensors = artifact.DigestOf(weights)
	return m, m.Manifest.Check()
}

// score sets what the validation set says about the model.
func (m *Model) score(validation dataset.Features) error {
	h, err := m.predict(validation)
	if err != nil {
		return err
	}
	residual := make([]float64, len(h))
	for i := range h {
		residual[i] = h[i] - validation.H[i]
	}
	m.Calibration = conformal.Calibrate(residual, validation.N)
	report := m.report(validation, h)
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

// predict returns H for every row, within [0, 1].
func (m *Model) predict(f dataset.Features) ([]float64, error) {
	if err := m.Accepts(f); err != nil {
		return nil, err
	}
	h := make([]float64, f.Rows)
	m.fitted.Predictor().Predict(h, f.X, f.Rows)
	for i, v := range h {
		if !finite(v) {
			return nil, fmt.Errorf("model predicts %v for row %d", v, i)
		}
		h[i] = clip(v)
	}
	return h, nil
}

// clip moves an estimate to where a Hurst exponent can be.
func clip(h float64) float64 { return min(max(h, 0), 1) }
