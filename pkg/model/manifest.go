package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/conformal"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/search"
)

// Format is the version of the bundle's form that this package writes. It reads older ones too, but
// for networks, which format 1 kept in another form.
const Format = 2

// Manifest says all about a model but its weights.
type Manifest struct {
	Format      int                   `json:"format"`
	Kind        string                `json:"kind"`
	Params      search.Params         `json:"params"`            // all of the kind's
	Features    FeatureSet            `json:"features,omitzero"` // of kinds that read them
	Network     *nn.Spec              `json:"network,omitempty"` // of kinds that have one
	Members     int                   `json:"members,omitempty"` // networks whose answers are averaged; 0: one
	Calibration conformal.Calibration `json:"calibration"`
	Metrics     []Metric              `json:"metrics"` // on the validation set, by length
	MAE         float64               `json:"mae"`     // on all of it
	MAESE       float64               `json:"mae_se"`  // its standard error
	Lengths     Lengths               `json:"lengths"` // trained on
	HRange      HRange                `json:"hurst"`   // trained on
	Lineage     Lineage               `json:"lineage"`
	Engine      string                `json:"engine"`           // that it was fitted with
	Failed      []engine.Tried        `json:"failed,omitempty"` // engines that failed in the middle of the fit, and why
	Tensors     artifact.Digest       `json:"tensors"`          // of weights.safetensors
}

// FeatureSet names the features that a model reads.
type FeatureSet struct {
	Set     string   `json:"set"`
	Version int      `json:"version"`
	Names   []string `json:"names"`
}

// Metric is a model's error on series of one length; where there are many lengths, of those from N
// to 2N-1.
type Metric struct {
	N     int     `json:"n"`
	MAE   float64 `json:"mae"`
	SE    float64 `json:"se"` // of MAE
	Count int     `json:"count"`
}

// Lengths is a range of series lengths, ends included.
type Lengths struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// HRange is a range of Hurst exponents.
type HRange struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Lineage says what a model was made from.
type Lineage struct {
	Train      []artifact.Digest `json:"train"` // shards of features
	Validation []artifact.Digest `json:"validation"`
	Seed       uint64            `json:"seed"`
	Parent     artifact.Digest   `json:"parent,omitempty"`  // bundle of the model that this one was adapted from
	Adapted    *Adapted          `json:"adapted,omitempty"` // to what
	Process    string            `json:"process,omitempty"` // of all series, where they are clean and of one; see [Limit]
}

const (
	maxMetrics = 64
	maxLineage = 8192
	maxText    = 64   // bytes of an engine's name
	maxReason  = 1024 // bytes of why one failed
	maxMembers = 256
)

// Check tells what is wrong with a manifest, which may come from a stranger.
func (m Manifest) Check() error {
	if m.Format < 1 || m.Format > Format {
		return fmt.Errorf("bundle format %d: this program reads 1 to %d", m.Format, Format)
	}
	if err := CheckParams(m.Kind, m.Params); err != nil {
		return err
	}
	if err := m.checkInputs(); err != nil {
		return err
	}
	if len(m.Engine) == 0 || len(m.Engine) > maxText {
		return fmt.Errorf("engine %.20q: want a name of 1 to %d bytes", m.Engine, maxText)
	}
	if err := m.Calibration.Validate(); err != nil {
		return err
	}
	if m.Lengths.Min < 1 || m.Lengths.Max < m.Lengths.Min {
		return fmt.Errorf("trained lengths %d to %d", m.Lengths.Min, m.Lengths.Max)
	}
	if !(m.HRange.Min >= -1 && m.HRange.Max >= m.HRange.Min && m.HRange.Max <= 2) {
		return fmt.Errorf("trained exponents %v to %v", m.HRange.Min, m.HRange.Max)
	}
	return errors.Join(m.checkMetrics(), m.Lineage.check(), checkDigest("tensors", m.Tensors))
}

// errOldNetwork says that a bundle is too old.
var errOldNetwork = errors.New("a network of bundle format 1, which this program does not read any more: train it again")

// checkInputs tells whether the manifest describes what the kind reads, and with what.
func (m Manifest) checkInputs() error {
	features := len(m.Features.Names)
	switch {
	case ReadsSeries(m.Kind) && (features > 0 || m.Features.Set != ""):
		return fmt.Errorf("%d features for a model of kind %s, which reads series", features, m.Kind)
	case !ReadsSeries(m.Kind) && (features == 0 || features > dataset.MaxFeatures):
		return fmt.Errorf("%d features: want 1 to %d", features, dataset.MaxFeatures)
	case m.Members < 0 || m.Members > maxMembers || m.Members > 0 && m.Network == nil:
		return fmt.Errorf("%d networks: want at most %d", m.Members, maxMembers)
	case m.Format == 1 && m.Network != nil:
		return errOldNetwork
	case len(m.Failed) > len(engine.Priority()):
		return fmt.Errorf("%d engines failed: there are %d", len(m.Failed), len(engine.Priority()))
	}
	for _, t := range m.Failed {
		if len(t.Engine) > maxText || len(t.Reason) > maxReason {
			return fmt.Errorf("a failed engine's name has %d bytes and the reason %d: want at most %d and %d", len(t.Engine), len(t.Reason), maxText, maxReason)
		}
	}
	return nil
}

// short bounds the reasons of failures.
func short(failed []engine.Tried) []engine.Tried {
	failed = slices.Clone(failed)
	for i, t := range failed {
		if len(t.Reason) > maxReason {
			failed[i].Reason = strings.ToValidUTF8(t.Reason[:maxReason], "")
		}
	}
	return failed
}

func (m Manifest) checkMetrics() error {
	if len(m.Metrics) > maxMetrics {
		return fmt.Errorf("%d metrics, at most %d", len(m.Metrics), maxMetrics)
	}
	for _, e := range append([]Metric{{N: 1, MAE: m.MAE, SE: m.MAESE, Count: 1}}, m.Metrics...) {
		if !(e.MAE >= 0 && e.MAE <= 1 && e.SE >= 0 && e.SE <= 1) || e.N < 1 || e.Count < 1 {
			return fmt.Errorf("metric %+v: want errors from 0 to 1 and positive counts", e)
		}
	}
	return nil
}

func (l Lineage) check() error {
	if len(l.Train)+len(l.Validation) > maxLineage {
		return fmt.Errorf("lineage of %d shards, at most %d", len(l.Train)+len(l.Validation), maxLineage)
	}
	if l.Parent != "" {
		if err := checkDigest("lineage's parent", l.Parent); err != nil {
			return err
		}
	}
	if a := l.Adapted; a != nil && !(a.Series > 0 && a.Before >= 0 && a.Before <= 1 && a.After >= 0 && a.After <= 1) {
		return fmt.Errorf("adapted %+v: want errors from 0 to 1 and a positive count", *a)
	}
	for _, list := range [][]artifact.Digest{l.Train, l.Validation} {
		for _, d := range list {
			if err := checkDigest("lineage", d); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkDigest(what string, d artifact.Digest) error {
	if !d.Valid() {
		return fmt.Errorf("%s: %.70q is not a digest: want 64 hexadecimal digits", what, string(d))
	}
	return nil
}
