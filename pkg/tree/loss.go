package tree

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Loss is what boosting makes small.
type Loss string

// Squared leads to means, Absolute to medians, Quantile to the quantile that Boost.Quantile says.
const (
	Squared  Loss = "squared"
	Absolute Loss = "absolute"
	Quantile Loss = "quantile"
)

// objective is a loss: squares, or alpha·max(e, 0) + (1-alpha)·max(-e, 0) of the errors e.
type objective struct {
	squared bool
	alpha   float64
	factor  float64 // that makes the loss what its name says: 2 for absolute errors, else 1
}

func (b Boost) objective() (objective, error) {
	switch b.Loss {
	case Squared, "":
		return objective{squared: true, factor: 1}, nil
	case Absolute:
		return objective{alpha: 0.5, factor: 2}, nil
	case Quantile:
		if !(b.Quantile > 0 && b.Quantile < 1) {
			return objective{}, fmt.Errorf("quantile is %v: want a number between 0 and 1", b.Quantile)
		}
		return objective{alpha: b.Quantile, factor: 1}, nil
	}
	return objective{}, fmt.Errorf("loss is %.40q: want %s, %s or %s", string(b.Loss), Squared, Absolute, Quantile)
}

// start returns the constant with the least loss.
func (o objective) start(y []float64) float64 {
	if o.squared {
		return mean(y)
	}
	return quantileOf(slices.Clone(y), o.alpha)
}

// pull returns the direction and strength in which a residual would have its prediction moved: the
// negative gradient.
func (o objective) pull(residual float64) float64 {
	switch {
	case o.squared:
		return residual
	case residual > 0:
		return o.alpha
	case residual < 0:
		return o.alpha - 1
	}
	return 0
}

// value returns what a leaf adds to the predictions of rows with the given residuals, which it sorts.
// Only means are shrunk by l2: a median has no size to be traded against.
func (o objective) value(residuals []float64, l2 float64) float64 {
	if !o.squared {
		return quantileOf(residuals, o.alpha)
	}
	sum := 0.0
	for _, r := range residuals {
		sum += r
	}
	return sum / (float64(len(residuals)) + l2)
}

// mean returns the mean loss of predictions.
func (o objective) mean(y, prediction []float64) float64 {
	sum := 0.0
	for i, v := range y {
		e := v - prediction[i]
		switch {
		case o.squared:
			sum += e * e
		case e > 0:
			sum += o.alpha * e
		default:
			sum -= (1 - o.alpha) * e
		}
	}
	return o.factor * sum / float64(len(y))
}

// quantileOf sorts v and returns its quantile, linear between the values: Hyndman and Fan's
// definition 7 (The American Statistician 50, 1996), which is numpy's too.
func quantileOf(v []float64, alpha float64) float64 {
	slices.Sort(v)
	at := alpha * float64(len(v)-1)
	i := int(math.Floor(at))
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}

// Check tells what is wrong with the settings.
func (b Boost) Check() error {
	_, loss := b.objective()
	return errors.Join(loss,
		whole("number of trees", b.Trees, 1, MaxTrees),
		number("learning rate", b.LearningRate, 1e-9, 1),
		leaves(b.MaxLeaves),
		whole("greatest depth", b.MaxDepth, 0, MaxDepth),
		whole("least rows to split", b.MinSplit, 0, MaxRows),
		whole("least rows in a leaf", b.MinLeaf, 0, MaxRows),
		number("least gain", b.MinGain, 0, math.MaxFloat64),
		number("l2", b.L2, 0, 1e12),
		number("share of rows", b.Rows, 0, 1),
		number("share of inputs", b.Columns, 0, 1),
		whole("patience", b.Patience, 0, MaxTrees),
		checkBins(b.Bins), whole("number of workers", b.Workers, 0, 4096),
	)
}

func leaves(n int) error {
	const most = 1 << 14
	if n == 0 {
		return nil
	}
	return whole("greatest number of leaves", n, 2, most)
}
