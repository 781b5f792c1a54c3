package main

import (
	"math"

	"github.com/longmemory/hurst/pkg/ridge"
	"github.com/longmemory/hurst/pkg/svr"
	"github.com/longmemory/hurst/pkg/tree"
)

// predictor is what a fit returns.
type predictor interface {
	Predict(dst, x []float64, rows int)
}

// learner is one configuration.
type learner struct {
	name string
	most int // rows that it is fitted to
	fit  func(d tree.Data) (predictor, error)
}

// learners returns the configurations in the table's order. Where the peer has defaults they are those.
func learners() []learner {
	all := tree.DefaultForest()
	all.MaxFeatures = tree.All
	return []learner{
		boost("boost leaves=31", tree.DefaultBoost()),
		boost("boost depth=3", tree.Boost{Trees: 100, LearningRate: 0.1, MaxDepth: 3}),
		forest("forest sqrt", tree.DefaultForest()),
		forest("forest all", all),
		forest("extra", tree.DefaultExtra()),
		vectors("svr rbf", svr.Config{Epsilon: 0.1}),
		vectors("svr rbf eps=.01", svr.Config{Epsilon: 0.01}),
		vectors("svr linear", svr.Config{Kernel: svr.Linear, Epsilon: 0.1}),
		vectors("svr poly", svr.Config{Kernel: svr.Polynomial, Epsilon: 0.1}),
		kernels("kernel ridge", 5000, ridge.KernelConfig{Lambda: 1e-3}),
		kernels("kernel landmarks", math.MaxInt, ridge.KernelConfig{Lambda: 1e-3, Landmarks: 1000}),
	}
}

func boost(name string, b tree.Boost) learner {
	return learner{name, math.MaxInt, func(d tree.Data) (predictor, error) {
		return b.Fit(d, tree.Data{}, tree.Watch{})
	}}
}

func forest(name string, f tree.Forest) learner {
	return learner{name, math.MaxInt, func(d tree.Data) (predictor, error) {
		return f.Fit(d, tree.Watch{})
	}}
}

func vectors(name string, c svr.Config) learner {
	return learner{name, math.MaxInt, func(d tree.Data) (predictor, error) {
		m, err := svr.Fit(c, d.X, d.Y, d.Rows, d.Cols)
		if err != nil {
			return nil, err
		}
		return m.NewPredictor(), nil
	}}
}

func kernels(name string, most int, c ridge.KernelConfig) learner {
	return learner{name, most, func(d tree.Data) (predictor, error) {
		m, err := ridge.FitKernel(c, d.X, d.Y, d.Rows, d.Cols)
		if err != nil {
			return nil, err
		}
		return m.NewPredictor(), nil
	}}
}
