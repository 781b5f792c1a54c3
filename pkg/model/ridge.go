package model

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/ridge"
)

// ridgeLearner fits linear models in closed form.
type ridgeLearner struct{}

func ridgeParams() []param {
	return []param{{
		name: "lambda", value: 1e-4, search: logRange(1e-7, 1e-1), check: between(1e-12, 1e6),
	}}
}

func (ridgeLearner) Kind() string { return "ridge" }

func (ridgeLearner) Fit(job FitJob) (Fitted, error) {
	if err := job.check("ridge"); err != nil {
		return nil, err
	}
	lambda := numberOf(complete("ridge", job.Params), "lambda")
	if !job.progress(0, "%d series, %d features", job.Train.Rows, len(job.Train.Names)) {
		return nil, ErrStopped
	}
	m, err := ridge.Fit(job.Train.X, job.Train.H, job.Train.Rows, len(job.Train.Names), lambda)
	if err != nil {
		return nil, fmt.Errorf("fit ridge: %w", err)
	}
	if !job.progress(1, "fitted") {
		return nil, ErrStopped
	}
	return ridgeFitted{m}, nil
}

func (ridgeLearner) Load(m Manifest, tensors []Tensor) (Fitted, error) {
	cols := len(m.Features.Names)
	t, err := pick(tensors, []Tensor{
		{Name: "bias", Shape: []int{1}, F64: []float64{}},
		{Name: "mean", Shape: []int{cols}, F64: []float64{}},
		{Name: "scale", Shape: []int{cols}, F64: []float64{}},
		{Name: "weights", Shape: []int{cols}, F64: []float64{}},
	})
	if err != nil {
		return nil, err
	}
	if err := checkScale(t["scale"].F64); err != nil {
		return nil, err
	}
	return ridgeFitted{ridge.Model{
		Mean: t["mean"].F64, Scale: t["scale"].F64, Weights: t["weights"].F64, Bias: t["bias"].F64[0],
	}}, nil
}

// checkScale refuses standard deviations that are none.
func checkScale(scale []float64) error {
	for i, s := range scale {
		if !(s > 0) {
			return fmt.Errorf("the scale of feature %d is %v: want a positive number", i, s)
		}
	}
	return nil
}

type ridgeFitted struct{ model ridge.Model }

func (ridgeFitted) Kind() string           { return "ridge" }
func (ridgeFitted) Network() *nn.Spec      { return nil }
func (f ridgeFitted) Predictor() Predictor { return &withoutSpread{of: f.model} }

func (f ridgeFitted) Tensors() []Tensor {
	cols := len(f.model.Weights)
	return []Tensor{
		{Name: "bias", Shape: []int{1}, F64: []float64{f.model.Bias}},
		{Name: "mean", Shape: []int{cols}, F64: f.model.Mean},
		{Name: "scale", Shape: []int{cols}, F64: f.model.Scale},
		{Name: "weights", Shape: []int{cols}, F64: f.model.Weights},
	}
}
