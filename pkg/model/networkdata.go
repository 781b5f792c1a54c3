package model

import (
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/nn/train"
)

// setSources says what is learned from, and what errors are measured on while that is done.
func (f *networkFit) setSources() error {
	j := f.job
	var err error
	if !f.train.Plan.Spec.Input.Series {
		if f.train.Source, err = train.Vectors(j.Train.X, len(j.Train.Names), j.Train.H); err != nil {
			return fmt.Errorf("training features: %w", err)
		}
		if f.train.Validation, err = train.Vectors(j.Validation.X, len(j.Validation.Names), j.Validation.H); err != nil {
			return fmt.Errorf("validation features: %w", err)
		}
		return nil
	}
	if truthOf(f.params, ParamFresh) {
		err = f.setFresh()
	} else {
		err = f.setSeries()
	}
	if err != nil {
		return fmt.Errorf("training series: %w", err)
	}
	if f.train.Validation, err = f.source(j.ValidationSeries); err != nil {
		return fmt.Errorf("validation series: %w", err)
	}
	return nil
}

// setSeries learns from series that are there.
func (f *networkFit) setSeries() error {
	f.window = windowOf(f.train.Plan, slices.Max(f.job.TrainSeries.Lengths()))
	var err error
	f.train.Source, err = f.source(f.job.TrainSeries)
	return err
}

// source returns a set of series, those that are longer than the network reads in parts.
func (f *networkFit) source(s Series) (train.Source, error) {
	if length := f.train.Plan.Spec.Input.Length; length > 0 && !slices.Contains(textsOf[train.Augmentation](f.params, "augment"), train.Slice) {
		s = parts(s, length)
	}
	if least := f.train.Plan.Spec.Input.MinLength + f.train.Plan.Spec.Input.Length; len(s.X) == 0 || slices.Min(s.Lengths()) < least {
		return nil, fmt.Errorf("the network reads at least %d points, and some series have fewer", least)
	}
	return train.Series(s.X, s.H)
}

// parts cuts series into parts of one length. What is left over is not used; a shorter series stays
// as it is.
func parts(s Series, length int) Series {
	var cut Series
	for i, x := range s.X {
		for from := 0; from == 0 || from+length <= len(x); from += length {
			cut.X, cut.H = append(cut.X, x[from:min(len(x), from+length)]), append(cut.H, s.H[i])
		}
	}
	return cut
}

// setFresh learns from series that are made meanwhile.
func (f *networkFit) setFresh() error {
	r := f.recipe()
	f.window = windowOf(f.train.Plan, slices.Max(r.Lengths))
	var err error
	if f.train.Source, err = train.Fresh(r); err != nil {
		return err
	}
	if by := textOf(f.params, "curriculum"); by != "none" {
		f.train.Curriculum, err = train.Curriculum(r, by, curriculumStages)
	}
	return err
}

// curriculumStages is how many easier stages come before all that is to be learned.
const curriculumStages = 3

// recipe returns that of the fresh series, of streams that nothing else draws from.
func (f *networkFit) recipe() train.Recipe {
	r := *f.job.Fresh
	r.Seed, r.Name, r.Count = f.job.Seed, "fresh", 0
	if length := f.train.Plan.Spec.Input.Length; length > 0 {
		r.Lengths = []int{length}
	}
	return r
}
